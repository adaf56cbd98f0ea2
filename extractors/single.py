"""One public post that a person found by hand, into the warehouse as `ingest_url`.

    address ──point()──► lookup() of its platform, or the answer that its software gives for it ──┐
        └─ unknown ──► its page ──► WordPress says its id (REST) | a forum's engine | an article ──┴──► understand() ──► land()

Politely: the platform's own limiter, robots.txt for pages. Nothing lands unless something was understood.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urljoin, urlsplit

from extractors.addresses import Pointer, point
from extractors.arrival import land
from extractors.base import Item, Key, Mention, Page, PlatformError, Reading
from extractors.http import Answer, Http
from extractors.markup import decode_text
from extractors.parse import understand
from extractors.reach import is_private
from extractors.registry import Platform, platform
from extractors.revisit import without_cursor
from extractors.sessions import base_url, interval, open_session
from extractors.values import count, mapping
from settings import RenownError, Settings
from settings.models import Rate, Source
from warehouse.connection import connect
from warehouse.landing import Landing
from warehouse.rejects import settle_rejects

SOURCE = "ingest_url"  # under which it is accounted
_OURS = ("robots", "private", "redirect", "network", "host")  # errors that say nothing about whose form an address has
_WORDPRESS = re.compile(
    r"<link\b(?=[^>]*type=[\"']application/json[\"'])[^>]*href=[\"']([^\"']*?/wp/v2/(?:posts|pages)/(\d+))[\"']", re.I
)
_POST = re.compile(r"[#?&/](?:post-?|p=?|pid=?|posts/)(\d+)/?$")


@dataclass(frozen=True)
class Found:
    """What an address led to: the platform, its session, and the pages with the post (and what came along with it)."""

    platform: str
    http: Http
    source: Source
    pages: list[Page]


@dataclass(frozen=True)
class Single:
    """What was stored of it: mentions, and how many were new to the warehouse or known."""

    platform: str
    mentions: list[Mention]
    new: int
    known: int


def ingest_url(settings: Settings, address: str, *, url: str) -> Single:
    """Fetch the post of this address and land it in the warehouse at `url`.

    Raises RenownError that says in one line why not: no web address, needs a login, forbidden by robots.txt, gone, no parser.
    """
    found = find(settings, address)
    module = platform(found.platform)
    outcomes = [understand(module, item, settings.now()) for page in found.pages for item in page.items]
    mentions = [outcome for outcome in outcomes if isinstance(outcome, Mention)]
    if not any(not mention.deleted for mention in mentions):
        raise _nothing(found, [outcome for outcome in outcomes if isinstance(outcome, str)], bool(mentions))
    with connect(url) as connection:
        host = urlsplit(address).hostname
        landing = Landing(connection, SOURCE, found.platform, settings.now(), "ingest", host, settings.config_version)
        landing.open()
        counters = land(landing, module, found.http, without_cursor(found.pages), found.source)
        settle_rejects(connection, SOURCE)
    return Single(found.platform, mentions, counters["items_new"], counters["items_known"])


def _stay_public(settings: Settings, address: str) -> None:
    """Raises RenownError for a host of a private network that is neither a source of sources.yml nor the sandbox."""
    host = urlsplit(address).hostname
    own = [os.environ.get("RENOWN_SANDBOX_URL"), *(source.base_url for source in settings.sources.sources)]
    if host is None or host in {urlsplit(base).hostname for base in own if base} or not is_private(host):
        return
    raise RenownError(
        f"{host} lies in a private network, and is no source of sources.yml",
        "give the address of a public post, or add the site",
        2,
    )


def _nothing(found: Found, reasons: list[str], is_deleted: bool) -> RenownError:
    if is_deleted or any(page.gone for page in found.pages):
        return RenownError(f"{found.platform}: the post is not there (any more)", "nothing to do", 2)
    if reasons and found.platform != "news":
        return RenownError(f"{found.platform}: the post cannot be understood ({reasons[0]})", "report the address", 2)
    return RenownError(
        "no parser for this address: its page holds no post and no article", "give the address of a single public post", 2
    )


def find(settings: Settings, address: str) -> Found:
    """Read what the address leads to. Raises RenownError."""
    pointer = point(address, settings.sources.sources)
    _stay_public(settings, address)
    if pointer is None or (pointer.key is None and pointer.path is None):
        return _by_page(settings, address, pointer)
    try:
        return _asked(settings, address, pointer)
    except PlatformError as error:
        if pointer.sure or error.code in _OURS:
            raise RenownError(error.what, error.mend, _exit_code(error)) from None
        return _by_page(settings, address, None)


def _asked(settings: Settings, address: str, pointer: Pointer) -> Found:
    """By the platform's look-up or its answer for this one post. Raises PlatformError with secrets taken out."""
    module = platform(pointer.platform)
    reading = _reading(settings, module, pointer)
    try:
        pages = list(_by_key(reading, module, pointer.key) if pointer.key else _by_path(reading, module, pointer, address))
    except PlatformError as error:
        error.what = reading.http.clean(error.what)
        raise
    return Found(pointer.platform, reading.http, reading.source, pages)


def _by_key(reading: Reading, module: Platform, key: Key) -> Iterator[Page]:
    hook: Callable[..., Iterator[Page]] = module.lookup  # type: ignore[attr-defined]
    if key.native_id.startswith("at://") and not key.native_id.startswith("at://did:"):
        key = replace(key, native_id=_resolved(reading, key.native_id))
    return hook(reading, [key])


def _resolved(reading: Reading, uri: str) -> str:
    """An at:// uri with the author's DID for the handle (com.atproto.identity.resolveHandle, public)."""
    handle, _, rest = uri.removeprefix("at://").partition("/")
    asked = {"handle": handle}
    told = reading.http.get_json(f"{reading.base_url}/xrpc/com.atproto.identity.resolveHandle", asked, endpoint="resolveHandle")
    return f"at://{mapping(told).get('did')}/{rest}"


def _by_path(reading: Reading, module: Platform, pointer: Pointer, address: str) -> Iterator[Page]:
    """The answer for the thread, and of it the post that is meant; NodeBB answers with a path where the address lacks the title."""
    values = _values(reading.http, module, f"{reading.base_url}/{pointer.path}")
    if values and isinstance(values[0], str):
        values = _values(reading.http, module, f"{reading.base_url}/api{values[0]}")
    items = [item for value in values for item in module.items(value, address, reading.source.site)]
    yield Page([item for item in items if _number(item) == pointer.number])


def _values(http: Http, module: Platform, url: str) -> list[Any]:
    def read(answer: Answer) -> list[Any]:
        values = module.decode(answer.body)
        for value in values:
            if error := module.error_of(value, answer.status, answer.headers):
                raise error
        return values

    try:
        found: list[Any] = http.get_page(url, endpoint="single", read=read)
    except PlatformError:
        raise
    except RenownError as error:  # decode(): not the form that this platform answers in
        raise PlatformError("fatal", error.what, error.mend, code="malformed") from None
    return found


def _number(item: Item) -> int | None:
    """The post's place in its thread, from 1: Discourse's post_number, NodeBB's index (from 0)."""
    post = mapping(item.value.get("item"))
    index = count(post.get("index"))
    return count(post.get("post_number")) or (index + 1 if index is not None else None)


def _reading(settings: Settings, module: Platform, pointer: Pointer) -> Reading:
    """A session for this one post: rate, options and site of a source of the platform where there is one. Raises RenownError without login."""
    contract = module.CONTRACT
    missing = [name for name in contract.secrets if not os.environ.get(name)]
    if missing and not os.environ.get("RENOWN_SANDBOX_URL"):
        raise RenownError(
            f"{contract.platform} needs a login", f"set {', '.join(missing)} ({contract.how_to or contract.auth})", 2
        )
    host = urlsplit(pointer.base_url or "").hostname
    alike = (
        s
        for s in settings.sources.sources
        if s.platform == contract.platform and urlsplit(s.base_url or "").hostname in (None, host)
    )
    known = next(alike, None)
    source = Source(
        id=SOURCE, platform=contract.platform, terms="approved", base_url=pointer.base_url or (known.base_url if known else None),
        site=pointer.site or (known.site if known else ""), options={**(known.options if known else {}), **pointer.options},
        rate=known.rate if known else Rate(requests=contract.rate[0], per_seconds=contract.rate[1]),
    )  # fmt: skip
    http = open_session(settings, source, module, patient=False)
    return Reading(source, settings, http, base_url(source, module), {}, *interval(settings, source))


# -- pages made for people ---------------------------------------------------------------------------------------------
def _by_page(settings: Settings, address: str, pointer: Pointer | None) -> Found:
    """By the page behind the address: its WordPress id, its forum's engine, or an article."""
    parts = urlsplit(address)
    root = f"{parts.scheme}://{parts.netloc}"
    reading = _reading(settings, platform("news"), Pointer("news", base_url=root, site=pointer.site if pointer else ""))
    reading.http.home = root
    try:
        answer: Answer = reading.http.get_page(address, endpoint="article")
    except PlatformError as error:
        raise _refused(error) from None
    text = decode_text(answer.body, answer.headers.get("content-type"))
    if (own := _wordpress(text, address, pointer)) and (found := _by_rest(settings, address, own)):
        return found
    site = pointer.site if pointer else parts.hostname or ""
    if items := _forum_posts(text, address, site):
        return Found("forum_html", reading.http, reading.source, [Page(_meant(items, address))])
    items = list(platform("news").items({"html": text}, answer.url, reading.source.site))
    return Found("news", reading.http, reading.source, [Page(items)])


def _forum_posts(text: str, address: str, site: str) -> list[Item]:
    """The posts of a thread's page, [] where no engine is known in it, or where it is no HTML at all."""
    try:
        return list(platform("forum_html").items({"html": text}, address, site))
    except RenownError:
        return []


def _refused(error: PlatformError) -> RenownError:
    """A page's error in the words of somebody who gave an address."""
    if error.code in ("404", "410"):
        return RenownError(f"nothing is at this address (HTTP {error.code})", "check it in a browser", 2)
    if error.code in ("401", "402", "403"):
        return RenownError(
            f"the site does not show this address without a login (HTTP {error.code})", "nothing to do: it is not public", 2
        )
    return RenownError(error.what.removeprefix("news: "), error.mend, _exit_code(error))


def _exit_code(error: PlatformError) -> int:
    """2 where another address is the mend, 1 where this one may do another time."""
    return 1 if error.code != "host" and error.action in ("retry", "wait_until", "stop") else 2


def _wordpress(text: str, address: str, pointer: Pointer | None) -> Pointer | None:
    """The post's or the comment's own id in the REST API, which WordPress (5.5 and later) names in the page's head."""
    found = _WORDPRESS.search(text[:400_000])
    if not found:
        return None
    route = urljoin(address, found[1].replace("&amp;", "&"))
    root = re.sub(r"/(?:wp-json/|(?:index\.php)?\?rest_route=/)wp/v2/.*", "", route)
    comment = re.fullmatch(r"comment-(\d+)", urlsplit(address).fragment)
    key = Key("comment", comment[1]) if comment else Key("post", found[2])
    options = {"rest_route": True} if "rest_route=" in route else {}
    return Pointer(
        "wordpress", key, base_url=root, site=pointer.site if pointer else urlsplit(root).hostname or "", options=options
    )


def _by_rest(settings: Settings, address: str, pointer: Pointer) -> Found | None:
    """The item of the site's REST API, None where its owner has closed that: its page is read then."""
    try:
        found = _asked(settings, address, pointer)
    except PlatformError:
        return None
    return found if any(page.items for page in found.pages) else None


def _meant(items: list[Item], address: str) -> list[Item]:
    """The post that the address names, else the first of its page."""
    named = _POST.search(address)
    return [item for item in items if item.native_id == named[1]] if named else items[:1]
