"""WordPress: posts and comments of one site by the REST API of its core.

    posts?search&after&before (a query an alias) ──┐             posts?modified_after (edits) ──┐
         └─ comments?post=1,2,3 (threads)          ├──► {item, author | post, parent} ──► post | comment
    comments?search&after&before ──────────────────┘    (a feed's body: {entry, feed})
Sources: developer.wordpress.org/rest-api (posts, comments, pagination), the core's controllers, answers recorded from WordPress 6.1.9.
`date` is the site's local time without a zone, so `date_gmt` is read; `after` and `before` leave their own second out.
"""

from __future__ import annotations

import os
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode, urlsplit
from zoneinfo import ZoneInfo

from extractors import query
from extractors.base import (
    Action,
    Basis,
    Contract,
    ErrorRule,
    Item,
    Key,
    Mention,
    Page,
    PlatformError,
    Reading,
    Tombstone,
    contract_error,
    iso,
)
from extractors.decoding import decode_json
from extractors.http import Ask, malformed
from extractors.limits import wait_seconds
from extractors.platforms import rss
from extractors.shapes import wordpress_objects
from extractors.shapes.wordpress_objects import host, make_item, unwrapped
from extractors.slices import Answer, Repeats, Slice, Threads, walk
from extractors.source_options import FLAG, Form
from extractors.times import from_iso
from extractors.values import count, identifier, mapping, objects
from settings import RenownError

_CLOSED = "read the site's feed with platform rss (/feed/), or set options.password_env to an application password's variable"
_NO_API = "read the site's feed with platform rss (/feed/), or set options.rest_route: true for a site without permalinks"
_LATER = "correct the source's base_url, query or page_size"
_SIGN = "make a new application password, or leave options.password_env out"
CONTRACT = Contract(
    platform="wordpress",
    base_url=None,
    endpoints=("posts", "comments", "pages"),
    auth="none; an application password for sites that want a login (options.password_env)",
    credential_env=None,
    cursor="time_slice",
    is_sorted=True,
    page_limit=100,
    cap=None,
    errors=(
        ErrorRule("rest_no_route", "fatal", "the site has no such REST route", _NO_API),
        ErrorRule("rest_disabled", "fatal", "the REST API is switched off", _NO_API),
        ErrorRule("rest_cannot_access", "fatal", "the REST API is closed to visitors", _CLOSED),
        ErrorRule("rest_login_required", "fatal", "the REST API is closed to visitors", _CLOSED),
        ErrorRule("rest_not_logged_in", "fatal", "the REST API wants a login", _CLOSED),
        ErrorRule("rest_unauthorized", "fatal", "the REST API wants a login", _CLOSED),
        ErrorRule("rest_api_access_restricted", "fatal", "the REST API is closed to visitors", _CLOSED),
        ErrorRule("itsec_rest_api_access_restricted", "fatal", "the REST API is closed to visitors", _CLOSED),
        ErrorRule("rest_forbidden", "fatal", "not allowed", _CLOSED),
        ErrorRule("rest_forbidden_context", "fatal", "not allowed in this context", _CLOSED),
        ErrorRule("incorrect_password", "fatal", "the application password is wrong", _SIGN),
        ErrorRule("invalid_username", "fatal", "the user of the application password is unknown", _SIGN),
        ErrorRule("application_passwords_disabled", "fatal", "the site takes no application passwords", _SIGN),
        ErrorRule("rest_invalid_param", "fatal", "a parameter is invalid", _LATER),
        ErrorRule("rest_post_invalid_page_number", "skip", "past the last page"),
        ErrorRule("rest_post_invalid_id", "skip", "no such post"),
        ErrorRule("rest_comment_invalid_id", "skip", "no such comment"),
        ErrorRule("rest_cannot_read", "skip", "the comment is not public"),
        ErrorRule("rest_cannot_read_post", "skip", "the comments of this post are not public"),
        ErrorRule("rest_post_incorrect_password", "skip", "the post wants its own password"),
        ErrorRule("internal_server_error", "retry", "the site has a critical error"),
        ErrorRule("wp_die", "retry", "the site has an error"),
        ErrorRule("401", "fatal", "unauthorized", _CLOSED),
        ErrorRule("403", "fatal", "forbidden, as firewalls in front of a site answer", _CLOSED),
        ErrorRule("404", "fatal", "there is no REST API at this address", _NO_API),
        ErrorRule("410", "fatal", "the site is gone", "switch the source off"),
        ErrorRule("429", "wait_until", "too many requests", "lower the source's rate"),
        ErrorRule("500", "retry", "internal error"),
        ErrorRule("502", "retry", "bad gateway"),
        ErrorRule("503", "retry", "service unavailable, or under maintenance"),
    ),
    time_formats=("date_gmt, modified_gmt: ISO 8601 of UTC without a zone", "date: the site's local time without a zone"),
    deletion="a post or comment that is removed or unpublished answers 404, 410 or 401 by its id (lookup); who removed it is not told",
    edits="modified_gmt of posts, listed by modified_after (WordPress 5.7) or by order; comments carry no time of their edit",
    history_limit="none",
    terms="the site's own terms; the REST API of the core is public unless its owner closes it",
    not_offered=(
        "author_followers",
        "author_following",
        "author_posts",
        "author_created_at",
        "author_verified",
        "author_location",
        "page_id",
        "page_followers",
        "repost_of_id",
        "quote_of_id",
        "country",
        "place_name",
        "latitude",
        "longitude",
        "rating",
    ),
    kinds=("post", "comment"),
    collects=(
        "posts by keyword",
        "edits of posts",
        "comments of posts",
        "comments by keyword",
        "whole sites (options.everything)",
    ),
    how_to="no credential needed; for a closed site: a user's profile, Application Passwords (WordPress 5.6)",
    rate=(60, 60.0),
    options={
        "everything": "true: the whole site instead of what the query finds (a bank's own site is always read whole)",
        "types": "REST bases of the post types that are read: [posts], for example [posts, pages]",
        "rest_route": "true: ?rest_route=/wp/v2/… for sites with plain permalinks",
        "timezone": "the site's time zone, for items without date_gmt",
        "thread_hours": "how long the comments of a post are asked for again (72)",
        "password_env": "name of an environment variable (RENOWN_WORDPRESS_…) that holds user:application password of this site",
    },
    forms={
        **dict.fromkeys(("everything", "rest_route"), FLAG),
        "types": Form("names", "[posts, pages]", r"/?[\w-]+/?"),
        "password_env": Form("name", "RENOWN_WORDPRESS_SITE", r"RENOWN_WORDPRESS_\w+"),
    },
)
_BATCH = 50  # posts whose comments are asked for at once, ids that are looked up at once
_EMBED = {"posts": "author", "comments": "up,in-reply-to"}
_GONE = {"rest_post_invalid_id", "rest_comment_invalid_id", "rest_cannot_read", "rest_cannot_read_post", "rest_forbidden", "410"}
_ENDING = "rest_post_invalid_page_number"


def pages(reading: Reading) -> Iterator[Page]:
    """New comments of young posts; by alias: posts with their comments, edited posts, comments. Or all of a site by time."""
    threads = _Comments(reading)
    yield from threads.young()
    tree = query.parse(reading.source.query, reading.settings, "wordpress")
    whole = _is_whole(reading)
    for text in [""] if whole else query.compile_terms(tree, "wordpress"):
        key = sha256(text.encode()).hexdigest()[:12] if text else "all"
        follow = threads.below if not whole else None  # a whole site's comments come by their own dates
        for base in _types(reading):
            edits = f"edits:{base}:{key}"
            if edits in reading.cursors:
                yield from walk(reading, edits, partial(_edited, reading, base, text, follow))
            else:  # everything that is read below is as it stands now
                yield Page([], edits, {"watermark": int(reading.end.timestamp())})
            yield from walk(reading, f"{base}:{key}", partial(_posts, reading, base, text, follow))
        yield from walk(reading, f"comments:{key}", partial(_comments, reading, text, tree))


def _types(reading: Reading) -> list[str]:
    return [str(base).strip("/") for base in reading.option("types", None) or ["posts"]]


def _is_whole(reading: Reading) -> bool:
    """Whether all of the site is read: by option, or because it is a bank's own."""
    named = [page for bank in reading.settings.banks.banks for page in bank.pages.get("wordpress", [])]
    hosts = {urlsplit(page if "//" in page else f"//{page}").hostname for page in named}
    return bool(reading.option("everything", False)) or urlsplit(reading.base_url).hostname in hosts


def _posts(reading: Reading, base: str, text: str, follow: Any, piece: Slice) -> Answer:
    params = _found(text) | _between(piece, "after", "before") | {"orderby": "date", "order": "desc"}
    values, place, total = _page(reading, base, params, piece.position)
    return Answer(_items_of(reading, values), place, total, follow(values) if follow else ())


def _edited(reading: Reading, base: str, text: str, follow: Any, piece: Slice) -> Answer:
    """Posts by their last change. Before WordPress 5.7 the bounds are not known to the site: then the order ends the read."""
    params = _found(text) | _between(piece, "modified_after", "modified_before") | {"orderby": "modified", "order": "desc"}
    values, place, _ = _page(reading, base, params, piece.position)
    changed = [(from_iso(value.get("modified_gmt"), ZoneInfo("UTC")), value) for value in values]
    inside = [value for when, value in changed if when is None or when.timestamp() >= piece.start]
    place = place if len(inside) == len(values) else None
    return Answer(_items_of(reading, inside), place, None, follow(inside) if follow else ())


def _comments(reading: Reading, text: str, tree: query.Node, piece: Slice) -> Answer:
    """Comments by their own words. Their search takes a string as it stands: of several words the longest, the rest is applied here."""
    words = text.split()
    asked = max(words, key=len) if words else ""
    params = _found(asked) | _between(piece, "after", "before") | {"orderby": "date_gmt", "order": "desc"}
    values, place, total = _page(reading, "comments", params, piece.position)
    found = _items_of(reading, values)
    kept = [item for item in found if len(words) < 2 or query.matches(tree, to_mention(item, None).to_dict())]
    return Answer(kept, place, total, listed=len(found))


def _found(text: str) -> dict[str, str]:
    return {"search": text} if text else {}


def _between(piece: Slice, after: str, before: str) -> dict[str, str]:
    """Both bounds of the API are open: one second more on each side."""
    moments = (datetime.fromtimestamp(second, UTC) for second in (piece.start - 1, piece.end + 1))
    return dict(zip((after, before), map(iso, moments), strict=True))


def _page(
    reading: Reading, base: str, params: Mapping[str, Any], position: Any
) -> tuple[list[dict[str, Any]], list[int | None] | None, int | None]:
    """(values, next position, total) of a list. A position is [page, total so far].

    A total that shrank means that something above was removed and the rest moved up: then the page before is read again.
    """
    number, known = position or (1, None)
    sent = {"per_page": min(reading.source.page_size or 100, 100), **params, "_embed": _EMBED.get(base, "author")}
    try:
        value, headers = _get(reading, base, {**sent, "page": number})
    except PlatformError as error:
        if error.code != _ENDING or number < 2:
            raise
        value, headers = _get(reading, base, {**sent, "page": number - 1})
        return objects(value), None, None
    values, total, last = objects(value), count(headers.get("x-wp-total")), count(headers.get("x-wp-totalpages"))
    if known is not None and total is not None and total < known and number > 1:
        return values, [number - 1, total], total
    linked = 'rel="next"' in headers.get("link", "")
    more = number < last if last is not None else linked or len(values) >= int(sent["per_page"])
    return values, [number + 1, total] if more and values else None, total


def _get(reading: Reading, route: str, params: Mapping[str, Any]) -> tuple[Any, dict[str, str]]:
    """(value, headers in lower case) of a route below wp/v2."""
    if reading.option("rest_route", False):
        url = f"{reading.base_url}/?{urlencode({'rest_route': f'/wp/v2/{route}', **params})}"
    else:
        url = f"{reading.base_url}/wp-json/wp/v2/{route}?{urlencode(params)}"
    value, answer = reading.http.ask_json(Ask(url, None, _signed(reading), route.partition("/")[0]))
    return value, {name.lower(): text for name, text in answer.headers.items()}


def _signed(reading: Reading) -> dict[str, str]:
    """The Authorization of this site's application password, if the source names one. Raises RenownError where it is not set."""
    name = str(reading.option("password_env", "") or "")
    if not name:
        return {}
    secret = os.environ.get(name, "") if name.startswith("RENOWN_WORDPRESS_") else ""
    if ":" not in secret:
        raise RenownError(
            f"source {reading.source.id}: no credential",
            f"set {name} (RENOWN_WORDPRESS_…) to user:application password",
            exit_code=2,
        )
    encoded = b64encode(secret.encode()).decode()
    reading.http.learned |= {secret, secret.partition(":")[2], encoded}
    return {"Authorization": f"Basic {encoded}"}


def _items_of(reading: Reading, values: list[dict[str, Any]]) -> list[Item]:
    zone = reading.option("timezone", None)
    return list(wordpress_objects.envelopes(values, reading.source.site or host(reading.base_url), str(zone) if zone else None))


class _Comments:
    """Comments below posts, many posts a request; each post once a run."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._read: set[str] = set()

    def young(self) -> Iterator[Page]:
        """New comments of posts of the last options.thread_hours, outside any stream's cursor."""
        recent = [native_id for native_id, _ in Threads(self._reading, lambda post: ()).recent()]
        for batch in _batches(recent):
            if found := list(self._below(batch)):
                yield Page(found, "threads")

    def below(self, posts: Sequence[dict[str, Any]]) -> Iterator[Item]:
        """The comments of these posts; a post behind a password keeps its comments to itself."""
        open_ones = [post for post in posts if not mapping(post.get("content")).get("protected")]
        return self._below([number for number in (identifier(post.get("id")) for post in open_ones) if number])

    def _below(self, numbers: Iterable[str]) -> Iterator[Item]:
        waiting = [number for number in numbers if number not in self._read]
        for batch in _batches(waiting):
            yield from self._ask(batch)
            self._read.update(batch)

    def _ask(self, batch: Sequence[str]) -> Iterator[Item]:
        """One post that may not be read spoils the answer for all of them: then they are asked for one by one."""
        try:
            yield from self._list({"post": ",".join(batch)})
        except PlatformError as error:
            if error.action != "skip" and error.code not in _GONE:
                raise
            for number in batch if len(batch) > 1 else ():
                yield from self._ask([number])

    def _list(self, params: dict[str, str]) -> Iterator[Item]:
        found: list[Item] = []
        position: Any = None
        guard = Repeats("wordpress")
        while True:
            values, following, _ = _page(self._reading, "comments", {**params, "orderby": "id", "order": "asc"}, position)
            if not guard.is_new(value.get("id") for value in values):
                continue
            found += _items_of(self._reading, values)
            position = following
            if position is None:
                return iter(found)


def _batches(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (values[place : place + _BATCH] for place in range(0, len(values), _BATCH))


def lookup(reading: Reading, keys: Sequence[Key]) -> Iterator[Page]:
    """These items again. What a list by ids leaves out is asked for by itself; gone is what the site then says it has not, or hides."""
    for kind in CONTRACT.kinds:
        bases = ["comments"] if kind == "comment" else list(dict.fromkeys([*_types(reading), "posts", "pages"]))
        for batch in _batches([key.native_id for key in keys if key.kind == kind and key.native_id.isdigit()]):
            found: dict[str, Item] = {}
            for base in bases:
                missing = [number for number in batch if number not in found]
                asked = {"include": ",".join(missing), "per_page": _BATCH, "_embed": _EMBED.get(base, "author")}
                values = objects(_get(reading, base, asked)[0]) if missing else []
                found |= {item.native_id: item for item in _items_of(reading, values)}
            verdicts = [_alone(reading, bases, kind, number) for number in batch if number not in found]
            again = [verdict for verdict in verdicts if isinstance(verdict, Item)]
            yield Page([*found.values(), *again], "lookup", gone=[grave for grave in verdicts if isinstance(grave, Tombstone)])


def _alone(reading: Reading, bases: Sequence[str], kind: str, number: str) -> Item | Tombstone | None:
    """One item by its id: the item, a tombstone, or None where the answer does not tell."""
    told: list[str] = []
    for base in bases:
        try:
            value, _ = _get(reading, f"{base}/{number}", {"_embed": _EMBED.get(base, "author")})
        except PlatformError as error:
            if error.code not in _GONE and error.code != "rest_no_route":
                raise
            told.append(str(error.code))
        else:
            return next(iter(_items_of(reading, [mapping(value)])), None)
    reason = next((code for code in told if code not in ("rest_no_route", "rest_post_invalid_id")), told[0])
    # visitors cannot remove what they wrote: a comment goes by the site's hand, a post by its author's or the site's
    basis: Basis = "page" if kind == "comment" else "platform"
    site = reading.source.site or host(reading.base_url)
    return Tombstone(number, kind, basis, None, reason, site) if reason in _GONE else None


def decode(body: bytes) -> list[Any]:
    """REST answers as JSON, a feed as {"feed": document}. Raises PlatformError for other mark-up (a theme's page, a firewall's)."""
    if not body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return decode_json(body)
    try:
        return [{"feed": rss.read_feed(body)}]
    except PlatformError as error:
        if error.code == "entities":
            raise
        raise malformed("wordpress", "JSON, nor a feed", body) from None


def error_of(value: Any, status: int, headers: Mapping[str, str]) -> PlatformError | None:
    """WordPress: {code, message, data: {status}}; before the core's API a list of those; WordPress.com: {error, message}, {errors: [..]}."""
    value, enclosed = unwrapped(value)
    status = max(status, enclosed if 400 <= enclosed < 600 else status)
    listed = objects(value) if isinstance(value, list) else objects(mapping(value).get("errors"))
    answer = listed[0] if len(listed) == 1 and listed[0].keys() & {"code", "error"} else mapping(value)
    code = answer.get("code") if "code" in answer else answer.get("error")
    stated = count(mapping(answer.get("data")).get("status")) or count(answer.get("code")) or status
    status = max(status, stated if 400 <= stated < 600 else status)
    wait = wait_seconds(headers) if status in (429, 503) else None
    told = answer.get("message", answer.get("error_description"))
    if isinstance(code, str | int) and isinstance(told, str) and not ("id" in answer or "content" in answer):
        mend = _CLOSED if status in (401, 403) else None
        return contract_error(CONTRACT, str(code)[:60], told, _default(status), mend, wait)
    return contract_error(CONTRACT, status, "", _default(status), wait_seconds=wait) if status >= 400 else None


def _default(status: int) -> Action:
    if status == 429:
        return "wait_until"
    return "retry" if status >= 500 else "skip" if status in (404, 410) else "fatal"


def items(value: Any, url: str | None, site: str) -> Iterator[Item]:
    """Posts, pages and comments of a list, a single answer or a feed; the site is the source's, else the host of `url` or of the item."""
    site = site or host(url)
    feed = mapping(value).get("feed")
    if isinstance(feed, dict) and "entries" in feed:
        for item in rss.items(feed, url, site):
            yield make_item(item.value, item.site)
    else:
        yield from wordpress_objects.envelopes(wordpress_objects.values_of(value), site)


def to_mention(item: Item, fetched_at: datetime | None) -> Mention:
    """One post, comment or feed entry as a Mention."""
    return wordpress_objects.to_mention(item)


def tombstones(item: Item) -> Iterable[Tombstone]:
    """What came from the bin. Visitors' lists hold what stands only: what is gone of it is found by lookup()."""
    if not wordpress_objects.is_gone(mapping(item.value.get("item"))):
        return []
    return [Tombstone(item.native_id, item.kind, "page" if item.kind == "comment" else "platform")]


__all__ = ["CONTRACT", "decode", "error_of", "items", "lookup", "make_item", "pages", "to_mention", "tombstones"]
