"""Bluesky: searchPosts by time slices with a login, the threads of what it finds, and the feeds of the banks' accounts.

    createSession ──► searchPosts | getAuthorFeed ──► postView, the one that it quotes, the one that it answers ──► post | reply
                           └─ replyCount > 0 ──► getPostThread ──► replies
A search gives about 10,000 results; past them it is asked again below the oldest one seen. record.createdAt is the client's word.
Sources: the lexicons app.bsky.feed.*, app.bsky.richtext.facet, com.atproto.*; docs.bsky.app; recorded answers of the AppView.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from itertools import chain
from typing import Any
from urllib.parse import urlencode

from extractors import query
from extractors.base import (
    Contract,
    ErrorRule,
    Item,
    Key,
    Page,
    PlatformError,
    Reading,
    Tombstone,
    contract_error,
    iso,
)
from extractors.decoding import decode_json
from extractors.http import Ask
from extractors.limits import wait_seconds
from extractors.shapes.bluesky_objects import below, items, make_item, moment_of, to_mention, tombstones
from extractors.slices import Answer, Slice, Threads, walk
from extractors.source_options import NUMBER
from extractors.times import from_iso
from extractors.values import count, mapping, objects, text_or_none

__all__ = ["CONTRACT", "decode", "error_of", "items", "lookup", "make_item", "pages", "to_mention", "tombstones"]

_LOGIN_MEND = "set RENOWN_BLUESKY_HANDLE and RENOWN_BLUESKY_PASSWORD to a handle and one of its app passwords"
CONTRACT = Contract(
    platform="bluesky",
    base_url="https://bsky.social",
    endpoints=(
        "com.atproto.server.createSession",
        "app.bsky.feed.searchPosts",
        "app.bsky.feed.getAuthorFeed",
        "app.bsky.feed.getPostThread",
        "app.bsky.feed.getPosts",
    ),
    auth="handle and app password, exchanged for a session token",
    credential_env="RENOWN_BLUESKY_PASSWORD",
    credentials=("RENOWN_BLUESKY_PASSWORD", "RENOWN_BLUESKY_HANDLE"),
    cursor="time_slice",
    is_sorted=True,
    page_limit=100,
    cap=10_000,
    errors=(
        ErrorRule("AuthMissing", "fatal", "authentication required", _LOGIN_MEND),
        ErrorRule("AuthenticationRequired", "fatal", "the login is refused", _LOGIN_MEND),
        ErrorRule(
            "AuthFactorTokenRequired", "fatal", "a second factor is asked for", "use an app password, not the account's own"
        ),
        ErrorRule("InvalidToken", "fatal", "the session token is invalid", _LOGIN_MEND),
        ErrorRule("ExpiredToken", "fatal", "the session token has expired", "run again: a run logs in anew"),
        ErrorRule("AccountTakedown", "fatal", "the account was taken down", "use another account of yours"),
        ErrorRule("Forbidden", "fatal", "forbidden", _LOGIN_MEND),
        ErrorRule("InvalidRequest", "fatal", "invalid request", "correct the source's query or page_size"),
        ErrorRule("BadQueryString", "fatal", "the search does not understand the query", "correct the source's query"),
        ErrorRule("MethodNotImplemented", "fatal", "this host does not offer the method", "correct the source's base_url"),
        ErrorRule("NotFound", "skip", "not found"),
        ErrorRule("BlockedActor", "skip", "the account is blocked"),
        ErrorRule("BlockedByActor", "skip", "the account blocks the reader"),
        ErrorRule("RateLimitExceeded", "wait_until", "rate limit exceeded", "lower the source's rate"),
        ErrorRule("InternalServerError", "retry", "internal error"),
        ErrorRule("UpstreamFailure", "retry", "the server behind failed"),
        ErrorRule("UpstreamTimeout", "retry", "the server behind did not answer"),
        ErrorRule("NotEnoughResources", "retry", "over capacity"),
        ErrorRule("403", "fatal", "forbidden", "correct the source's base_url: the public host keeps search for logins"),
        ErrorRule("429", "wait_until", "too many requests", "lower the source's rate"),
        ErrorRule("502", "retry", "bad gateway"),
        ErrorRule("503", "retry", "service unavailable"),
        ErrorRule("504", "retry", "gateway timeout"),
    ),
    time_formats=("ISO 8601, any zone, as the client wrote it (createdAt)", "ISO 8601 with milliseconds, UTC (indexedAt)"),
    deletion="a deleted post vanishes from getPosts; notFound in threads; it is not told who deleted it",
    edits="none: a post cannot be edited",
    history_limit="none; a post whose client dates it back is sorted there, and found only inside the overlap",
    terms="Bluesky terms of service: public posts, own account",
    not_offered=(
        "title",
        "edited_at",
        "author_location",
        "page_id",
        "page_name",
        "page_followers",
        "country",
        "place_name",
        "rating",
    ),
    kinds=("post", "reply"),
    collects=("posts by keyword", "replies below them", "feeds of the banks' accounts, with what they answer"),
    how_to="in the app: Settings, Privacy and security, App passwords",
    rate=(3000, 300.0),
    options={
        "cap": "results after which a search is asked again below the oldest one seen (10000)",
        "thread_depth": "levels of answers that one request for a thread asks for (100; 1000 at most)",
        "accounts": "false: leave out the banks' own accounts",
        "thread_hours": "how long a post's thread is read again (72)",
    },
    forms={"thread_depth": NUMBER},
)
LOOKUP = 25  # uris a getPosts call
decode = decode_json
_ERROR_NAME = re.compile(r"^[A-Za-z][A-Za-z0-9]{2,60}$")


def pages(reading: Reading) -> Iterator[Page]:
    """Young threads; the searches; the banks' accounts. Each search and account is a stream of its own."""
    network = _Network(reading)
    threads = Threads(reading, network.replies)
    compiled = query.compile_for(query.parse(reading.source.query, reading.settings, "bluesky"), "bluesky")
    yield from threads.young({"uri": uri} for uri, _ in threads.recent())
    for text in compiled.queries:
        stream = f"search:{sha256(text.encode()).hexdigest()[:12]}"
        yield from walk(reading, stream, partial(_search, network, threads, text))
    for actor in _accounts(reading):
        try:
            yield from walk(reading, f"account:{actor}", partial(_feed, network, threads, actor))
        except PlatformError as error:
            if error.action != "skip" and error.code != "InvalidRequest":  # the AppView's word for "Profile not found"
                raise
            yield Page([], f"account:{actor}", gap=f"account {actor} cannot be read ({error.code})", more=False)


def _accounts(reading: Reading) -> list[str]:
    banks = reading.settings.banks.banks if reading.option("accounts", True) else []
    named = [name for bank in banks for name in (*bank.handles.get("bluesky", ()), *bank.pages.get("bluesky", ()))]
    return list(dict.fromkeys(name.lstrip("@") for name in named))


class _Network:
    """The XRPC calls of one login; an expired session is renewed once a call."""

    def __init__(self, reading: Reading) -> None:
        self.reading, self._session = reading, ""

    def call(self, method: str, params: Mapping[str, Any]) -> dict[str, Any]:
        """The answer of app.bsky.feed.<method>."""
        fresh = not self._session
        try:
            return self._get(method, params)
        except PlatformError as error:
            if fresh or error.code not in ("ExpiredToken", "InvalidToken"):
                raise
            self._session = ""
            return self._get(method, params)

    def _get(self, method: str, params: Mapping[str, Any]) -> dict[str, Any]:
        self._session = self._session or self._login()
        name = f"app.bsky.feed.{method}"
        address = f"{self.reading.base_url}/xrpc/{name}?{urlencode(params, doseq=True)}"
        return mapping(self.reading.http.get_json(address, headers={"Authorization": f"Bearer {self._session}"}, endpoint=name))

    def _login(self) -> str:
        http, name = self.reading.http, "com.atproto.server.createSession"
        login = {"identifier": http.secrets.get("RENOWN_BLUESKY_HANDLE", ""), "password": http.token or ""}
        value, _ = http.ask_json(Ask(f"{self.reading.base_url}/xrpc/{name}", endpoint=name, json=login))
        session = mapping(value)
        http.learned |= {
            token for token in (session.get("accessJwt"), session.get("refreshJwt")) if isinstance(token, str) and token
        }
        if not (token := text_or_none(session.get("accessJwt"))):
            raise PlatformError("retry", "bluesky: the login answered without a session token", "run again", code="malformed")
        return token

    def replies(self, post: dict[str, Any]) -> Iterator[Item]:
        """Every answer below a post; where the tree ends at the depth that was asked for, it is read on from there."""
        depth, waiting = max(1, min(int(self.reading.option("thread_depth", 100)), 1000)), [str(post.get("uri"))]
        while waiting:
            uri = waiting.pop()
            try:
                value = self.call("getPostThread", {"uri": uri, "depth": depth, "parentHeight": 0})
            except PlatformError as error:
                if error.action != "skip":
                    raise
                continue
            for view, level in below(mapping(value.get("thread")), 0):
                if level and "post" in view:
                    yield make_item({"item": mapping(view["post"])}, self.reading.source.site)
                if level == depth and count(mapping(view.get("post")).get("replyCount")) and not objects(view.get("replies")):
                    waiting.append(str(mapping(view["post"]).get("uri")))


def _search(network: _Network, threads: Threads, text: str, piece: Slice) -> Answer:
    """A page of a search, newest first. Where the cap is reached, `until` moves down to the oldest post seen."""
    place = mapping(piece.position)
    until, seen = int(place.get("until") or piece.end), int(place.get("seen") or 0)
    params = {
        "q": text,
        "sort": "latest",
        "limit": _size(network.reading),
        "since": _second(piece.start),
        "until": _second(until + 1),
    }
    value = network.call("searchPosts", params | ({"cursor": place["cursor"]} if place.get("cursor") else {}))
    posts = objects(value.get("posts"))
    cap = int(network.reading.option("cap", CONTRACT.cap))
    cursor, seen = text_or_none(value.get("cursor")), seen + len(posts)
    following: dict[str, Any] | None = {"until": until, "seen": seen, "cursor": cursor} if cursor and posts else None
    oldest = min((int(moment.timestamp()) for moment in map(moment_of, posts) if moment), default=None)
    if posts and seen >= cap and oldest is not None and oldest < until:
        following = {"until": oldest, "seen": 0, "cursor": None}
    return _answer(network, threads, [{"post": post} for post in posts], following)


def _feed(network: _Network, threads: Threads, actor: str, piece: Slice) -> Answer:
    """A page of an account's feed, newest first (a pinned post apart), until a page lies before the slice."""
    params = {"actor": actor, "limit": _size(network.reading), "filter": "posts_with_replies"}
    value = network.call("getAuthorFeed", params | ({"cursor": piece.position} if piece.position else {}))
    entries = objects(value.get("feed"))
    moments = [moment_of(mapping(entry.get("post"))) for entry in entries if not entry.get("reason")]
    moments += [from_iso(mapping(entry.get("reason")).get("indexedAt")) for entry in entries]
    newest = max((int(moment.timestamp()) for moment in moments if moment), default=None)
    done = not entries or (newest is not None and newest < piece.start)
    return _answer(network, threads, entries, None if done else text_or_none(value.get("cursor")))


def _answer(network: _Network, threads: Threads, entries: list[dict[str, Any]], following: Any) -> Answer:
    found = list(items({"feed": entries}, None, network.reading.source.site))
    posts = [mapping(item.value.get("item")) for item in found]
    follow = (threads.follow(str(post.get("uri")), count(post.get("replyCount")), post) for post in posts)
    return Answer(found, following, None, chain.from_iterable(follow))


def _size(reading: Reading) -> int:
    return min(reading.source.page_size or CONTRACT.page_limit, CONTRACT.page_limit)


def _second(epoch: int) -> str:
    return iso(datetime.fromtimestamp(epoch, UTC))


def lookup(reading: Reading, keys: Sequence[Key]) -> Iterator[Page]:
    """These posts again, 25 a call; those that the answer leaves out are gone."""
    network = _Network(reading)
    for place in range(0, len(keys), LOOKUP):
        wanted = keys[place : place + LOOKUP]
        value = network.call("getPosts", {"uris": [key.native_id for key in wanted]})
        if not isinstance(value.get("posts"), list):  # an odd answer says nothing about what is gone
            raise PlatformError("retry", "bluesky: getPosts answered without posts", "run again", code="malformed")
        found = list(items(value, None, reading.source.site))
        known = {item.native_id for item in found}
        gone = [Tombstone(key.native_id, key.kind, "platform") for key in wanted if key.native_id not in known]
        yield Page(found, "lookup", gone=gone, more=place + LOOKUP < len(keys))


def error_of(value: Any, status: int, headers: Mapping[str, str]) -> PlatformError | None:
    """XRPC: {error: Name, message}. Its reset header is called ratelimit-reset (epoch seconds)."""
    answer = mapping(value)
    name = answer.get("error")
    if status < 400 and (not isinstance(name, str) or "uri" in answer):
        return None
    code = name if isinstance(name, str) and _ERROR_NAME.match(name) else str(status) if status >= 400 else "error"
    reset = next((v for n, v in headers.items() if n.lower() == "ratelimit-reset"), None)
    wait = wait_seconds({"x-ratelimit-reset": reset, **headers} if reset else headers) if status in (429, 503) else None
    default: Any = "wait_until" if status == 429 else "retry" if status >= 500 else "fatal"
    return contract_error(CONTRACT, code, str(answer.get("message") or ""), default, wait_seconds=wait)
