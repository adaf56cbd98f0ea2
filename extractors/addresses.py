"""The address of a post as people copy it from their browser → which platform it is on, and how it is asked for there.

    https://t.me/velmora/12 ──► Pointer(telegram, key=Key(message, velmora/12))      by lookup()
    https://forum.example/t/card/7/3 ──► Pointer(discourse, path=t/7/3.json, number=3)   by items() of that answer
    anything else ──► None: its page has to be read to tell (extractors.single)

Pure: no network. Sources: the platforms' own permalinks; Weibo's short ids are base 62 in groups of four (its web client).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import SplitResult, parse_qs, urlsplit

from extractors.base import Key
from settings import RenownError
from settings.models import Source

_BASE62 = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_CLOSED = {
    "instagram.com": "Instagram", "threads.net": "Threads", "threads.com": "Threads", "tiktok.com": "TikTok", "linkedin.com": "LinkedIn",
    "quora.com": "Quora", "discord.com": "Discord", "wa.me": "WhatsApp", "renren.com": "Renren", "t.qq.com": "Tencent Weibo",
}  # fmt: skip
_LISTS = {"play.google.com": "google_play", "apps.apple.com": "app_store", "itunes.apple.com": "app_store"}


@dataclass(frozen=True)
class Pointer:
    """Where one post is asked for: a `key` for the platform's lookup(), or a `path` below `base_url` whose answer items() reads.

    Of such an answer `number` (from 1) says which post is meant. `sure` False: only the form of the address speaks for this platform.
    `base_url` None: the platform's own. `options`: source options that reading it takes.
    """

    platform: str
    key: Key | None = None
    path: str | None = None
    number: int | None = None
    base_url: str | None = None
    site: str = ""
    sure: bool = True
    options: Mapping[str, Any] = field(default_factory=dict)


def point(address: str, sources: Iterable[Source] = ()) -> Pointer | None:
    """The pointer of an address, None where only its page can tell. A configured source of the same host decides before anything else.

    Raises RenownError (exit code 2) for what is no web address, and for platforms whose single posts cannot be read.
    """
    parts = _split(address)
    host = bare_host(parts)
    for source in sources:
        if host in _hosts(source) and source.platform in _SITES:
            found = _SITES[source.platform](parts)
            base = source.base_url or f"{parts.scheme}://{parts.netloc}"
            return replace(found or Pointer(source.platform), base_url=base.rstrip("/"), site=source.site)
    _refuse(host)
    for names, read in _HOSTS:
        if any(host == name or host.endswith("." + name) for name in names):
            if found := read(parts):
                return found
            raise RenownError(f"{host}: no parser for this kind of address", "give the address of a single public post", 2)
    return _by_form(parts)


def _split(address: str) -> SplitResult:
    try:
        parts = urlsplit(address.strip())
        is_web = parts.scheme in ("http", "https") and "." in (parts.hostname or "")
    except ValueError:
        is_web = False
    if not is_web:
        raise RenownError(f"'{address[:200]}' is no web address", "give it whole, like https://t.me/velmora/12", 2)
    return parts


def bare_host(parts: SplitResult) -> str:
    """The host in small letters, without www."""
    return (parts.hostname or "").removeprefix("www.")


def _hosts(source: Source) -> set[str]:
    named = [urlsplit(source.base_url).hostname if source.base_url else None, source.site]
    return {name.lower().removeprefix("www.") for name in named if name}


def _refuse(host: str) -> None:
    for name, title in _CLOSED.items():
        if host == name or host.endswith("." + name):
            raise RenownError(f"{title} needs a login and has no parser", "bring it in as a file: renown ingest FILE --map", 2)
    if host in _LISTS:
        raise RenownError(f"{host}: a review has no address of its own", f"read the app as a source of {_LISTS[host]}", 2)


def _by_form(parts: SplitResult) -> Pointer | None:
    """Software that many sites run, as far as an address gives it away."""
    for platform in ("mastodon", "discourse", "nodebb"):
        if found := _SITES[platform](parts):
            base = f"{parts.scheme}://{parts.netloc}{found.base_url or ''}"
            return replace(found, base_url=base, site=parts.hostname or "", sure=False)
    return None


def _query(parts: SplitResult, name: str) -> str:
    return (parse_qs(parts.query).get(name) or [""])[-1]


# -- platforms of one host ---------------------------------------------------------------------------------------------
def _telegram(parts: SplitResult) -> Pointer | None:
    found = re.fullmatch(r"/(?:s/)?([A-Za-z]\w{3,31})/(\d+)/?", parts.path)
    return Pointer("telegram", Key("message", f"{found[1]}/{found[2]}")) if found and found[1] != "c" else None


def _reddit(parts: SplitResult) -> Pointer | None:
    if found := re.fullmatch(r"(?:/(?:r|user)/[\w-]+)?/comments/(\w+)(?:/[^/]*(?:/(\w+))?)?/?", parts.path):
        post, comment = found.groups()
        return Pointer("reddit", Key("comment", f"t1_{comment}") if comment else Key("post", f"t3_{post}"))
    short = re.fullmatch(r"/(\w+)/?", parts.path) if bare_host(parts) == "redd.it" else None
    return Pointer("reddit", Key("post", f"t3_{short[1]}")) if short else None


def _bluesky(parts: SplitResult) -> Pointer | None:
    """The author may be a handle: it is resolved to its DID when it is asked for."""
    found = re.fullmatch(r"/profile/([^/]+)/post/(\w+)/?", parts.path)
    return Pointer("bluesky", Key("post", f"at://{found[1]}/app.bsky.feed.post/{found[2]}")) if found else None


def _youtube(parts: SplitResult) -> Pointer | None:
    found = re.fullmatch(r"/(?:shorts/|live/|embed/)?([\w-]{11})/?", parts.path)
    video = _query(parts, "v") if parts.path == "/watch" else found[1] if found else ""
    if not re.fullmatch(r"[\w-]{11}", video):
        return None
    comment = _query(parts, "lc")
    if "." in comment:
        return Pointer("youtube", Key("reply", comment, parent_id=comment.partition(".")[0], conversation_id=video))
    return Pointer("youtube", Key("comment", comment, conversation_id=video) if comment else Key("post", video))


def _x(parts: SplitResult) -> Pointer | None:
    found = re.fullmatch(r"/(?:i/web|[\w]{1,20})/status(?:es)?/(\d+)(?:/.*)?", parts.path)
    return Pointer("x", Key("post", found[1])) if found else None


def _vk(parts: SplitResult) -> Pointer | None:
    found = re.search(r"(?:/|\bw=)wall(-?\d+)_(\d+)(?:\?|_r|&|$|%2F)", parts.path + "?" + parts.query)
    if not found:
        return None
    owner, post = found.groups()
    comment = _query(parts, "reply")
    key = (
        Key("comment", f"{owner}_{comment}", conversation_id=f"{owner}_{post}")
        if comment.isdigit()
        else Key("post", f"{owner}_{post}")
    )
    return Pointer("vk", key)


def _weibo(parts: SplitResult) -> Pointer | None:
    found = re.fullmatch(r"/(?:status|detail|\d+)/(\w+)/?", parts.path)
    if not found:
        return None
    shown = found[1]
    return Pointer("weibo", Key("post", shown if shown.isdigit() and len(shown) > 10 else mid_of(shown)))


def mid_of(short: str) -> str:
    """A status's number out of its short id: groups of four from the right, each seven decimal digits."""
    groups = [short[max(0, end - 4) : end] for end in range(len(short), 0, -4)][::-1]
    numbers = [sum(_BASE62.index(c) * 62**place for place, c in enumerate(reversed(group)) if c in _BASE62) for group in groups]
    return "".join(str(number) if index == 0 else f"{number:07d}" for index, number in enumerate(numbers))


def _odnoklassniki(parts: SplitResult) -> Pointer | None:
    found = re.search(r"/(?:topic|statuses)/(\d+)/?$", parts.path)
    return Pointer("odnoklassniki", Key("post", found[1])) if found else None


def _facebook(parts: SplitResult) -> Pointer | None:
    """Only addresses with numbers name what the Graph API takes."""
    page, post = _query(parts, "id"), _query(parts, "story_fbid")
    found = re.fullmatch(r"/(\d+)/posts/(?:[^/]*/)?(\d+)/?", parts.path)
    page, post = found.groups() if found else (page, post)
    return Pointer("facebook", Key("post", f"{page}_{post}", page_id=page)) if page.isdigit() and post.isdigit() else None


def _livejournal(parts: SplitResult) -> Pointer | None:
    host, path = bare_host(parts), parts.path
    owner = host.removesuffix(".livejournal.com") if host != "livejournal.com" else ""
    if owner in ("", "users", "community", "m"):
        inner = re.match(r"/(?:users/|community/|read/user/)?([\w-]+)(/.*)", path)
        owner, path = inner.groups() if inner else ("", path)
    found = re.fullmatch(r"/(?:\d{4}/\d{2}/\d{2}/)?(\d+)(?:\.html)?/?", path)
    if not found or not owner:
        return None
    journal, thread = owner.replace("-", "_"), _query(parts, "thread")
    comment = Key("comment", thread, conversation_id=found[1], page_id=journal) if thread.isdigit() else None
    return Pointer("livejournal", comment or Key("post", found[1], page_id=journal))


Read = Callable[[SplitResult], Pointer | None]
_HOSTS: tuple[tuple[tuple[str, ...], Read], ...] = (
    (("t.me", "telegram.me"), _telegram),
    (("reddit.com", "redd.it"), _reddit),
    (("bsky.app",), _bluesky),
    (("youtube.com", "youtu.be"), _youtube),
    (("x.com", "twitter.com"), _x),
    (("vk.com", "vk.ru"), _vk),
    (("weibo.com", "weibo.cn"), _weibo),
    (("ok.ru", "odnoklassniki.ru"), _odnoklassniki),
    (("facebook.com", "fb.com"), _facebook),
    (("livejournal.com",), _livejournal),
)


# -- platforms of many sites -------------------------------------------------------------------------------------------
def _mastodon(parts: SplitResult) -> Pointer | None:
    found = re.fullmatch(r"/(?:web/)?(?:@[\w.-]+(?:@[\w.-]+)?|users/[\w.-]+/statuses|statuses)/(\d{6,})/?", parts.path)
    return Pointer("mastodon", Key("post", found[1])) if found else None


def _discourse(parts: SplitResult) -> Pointer | None:
    """A topic's address stands for its first post; before /t/ may stand the folder that the forum lives in."""
    found = re.fullmatch(r"(.*?)/t/(?:[^/]*[^/\d][^/]*/)?(\d+)(?:/(\d+))?/?", parts.path)
    if not found:
        return None
    number = int(found[3] or 1)
    return Pointer("discourse", path=f"t/{found[2]}/{number}.json", number=number, base_url=found[1])


def _nodebb(parts: SplitResult) -> Pointer | None:
    if found := re.fullmatch(r"(.*?)/post/(\d+)/?", parts.path):
        return Pointer("nodebb", Key("reply", found[2]), base_url=found[1])
    found = re.fullmatch(r"(.*?)/(topic/\d+(?:/[^/]+(?:/(\d+))?)?)/?", parts.path)
    return Pointer("nodebb", path=f"api/{found[2]}", number=int(found[3] or 1), base_url=found[1]) if found else None


def _nothing(parts: SplitResult) -> Pointer | None:
    return None


_SITES: dict[str, Read] = {
    "mastodon": _mastodon, "discourse": _discourse, "nodebb": _nodebb, "livejournal": _livejournal, "wordpress": _nothing,
    "forum_html": _nothing, "news": _nothing, "rss": _nothing,
}  # fmt: skip
