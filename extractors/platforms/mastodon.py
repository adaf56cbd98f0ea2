"""Mastodon: search (with a token), hashtag and local timelines (without one), the banks' accounts, and the threads of what they bring.

    search | timelines | accounts/:id/statuses ──► status, its boosted and quoted ones ──► {item, root?} ──► post | reply
         └─ replies, or an answer whose thread is unknown ──► statuses/:id/context ──► {ancestors, descendants} ──► the same
Ids are snowflakes, bound to the instance; timelines page by the max_id of the Link header, search by offset inside a time slice.
Sources: docs.joinmastodon.org (methods, entities, rate limits), the server's search service, recorded answers.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from hashlib import sha256
from itertools import chain
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

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
)
from extractors.decoding import decode_json
from extractors.http import Ask
from extractors.limits import wait_seconds
from extractors.shapes.mastodon_objects import items, make_item, nested, rooted, to_mention, tombstones
from extractors.slices import Answer, Slice, Threads, walk
from extractors.source_options import FLAG, NUMBER, Form
from extractors.times import from_iso
from extractors.values import count, identifier, mapping, objects
from settings import RenownError

__all__ = ["CONTRACT", "decode", "error_of", "items", "lookup", "make_item", "pages", "to_mention", "tombstones"]

_TOKEN_MEND = "set RENOWN_MASTODON_TOKEN to a token of an account on this instance with the scope read"
CONTRACT = Contract(
    platform="mastodon",
    base_url=None,
    endpoints=(
        "api/v2/search",
        "api/v1/timelines/tag/{tag}",
        "api/v1/timelines/public",
        "api/v1/accounts/lookup",
        "api/v1/accounts/{id}/statuses",
        "api/v1/statuses/{id}/context",
        "api/v1/statuses/{id}",
    ),
    auth="user token for search; hashtag and account timelines without one, where the instance allows",
    credential_env=None,
    optional_credentials=("RENOWN_MASTODON_TOKEN",),
    cursor="time_slice",
    is_sorted=True,
    page_limit=40,
    cap=None,
    errors=(
        ErrorRule("401", "fatal", "the access token is invalid or missing", _TOKEN_MEND),
        ErrorRule("invalid_token", "fatal", "the access token is invalid", _TOKEN_MEND),
        ErrorRule("403", "fatal", "forbidden", "give the token the scope read, or read another instance"),
        ErrorRule("422", "fatal", "the request is refused", "set RENOWN_MASTODON_TOKEN: the instance wants a login for this"),
        ErrorRule("404", "skip", "not found"),
        ErrorRule("410", "skip", "gone"),
        ErrorRule("429", "wait_until", "too many requests", "lower the source's rate"),
        ErrorRule("500", "retry", "internal error"),
        ErrorRule("502", "retry", "bad gateway"),
        ErrorRule("503", "retry", "service unavailable"),
        ErrorRule("504", "retry", "gateway timeout"),
        ErrorRule("error", "fatal", "an error without a code, in the instance's language", "ask again with its HTTP status"),
    ),
    time_formats=("ISO 8601 with milliseconds, UTC",),
    deletion="a deleted status is not found; it is not told who deleted it",
    edits="edited_at",
    history_limit="search holds what its authors opted in to (4.2 and later) and only where the instance runs full-text search",
    terms="the instance's own terms and robots.txt; public and unlisted statuses only",
    not_offered=(
        "author_verified",
        "author_location",
        "page_id",
        "page_name",
        "page_followers",
        "country",
        "place_name",
        "latitude",
        "rating",
    ),
    kinds=("post", "reply"),
    collects=(
        "posts by keyword (with a token)",
        "posts by hashtag",
        "the local timeline",
        "posts of the banks' accounts",
        "threads of them",
    ),
    how_to="on the instance: Preferences, Development, New application, scope read; hashtags and accounts need no credential",
    rate=(300, 300.0),
    options={
        "tags": "hashtags whose timelines are read; without a token the banks' one-word names, unless set",
        "local": "true: read the instance's whole local timeline (set apply_query: true beside it)",
        "search": "false: no keyword search, even with a token",
        "accounts": "false: leave out the banks' own accounts",
        "search_window": "results that one slice of a search is paged through before a narrower one begins (1000)",
        "context_limit": "descendants at which a thread counts as cut and is read on below (60 without a token, 4096 with one)",
        "thread_hours": "how long a post's thread is read again (72)",
    },
    forms={
        "tags": Form("names", "[banking, fintech]", r"#?\w+"),
        **dict.fromkeys(("local", "search"), FLAG),
        **dict.fromkeys(("search_window", "context_limit"), NUMBER),
    },
)
SEARCH_OVERLAP = 2  # results read twice at a page's edge: one that vanishes meanwhile moves the rest up
KNOWN = 100_000
_PUBLIC = {"public", "unlisted", None}
_PHRASES = {
    "access token": "401", "login is currently disabled": "403", "not allowed": "403", "authenticated user": "422", "validation failed": "422",
    "not found": "404", "can't find": "404", "too many requests": "429", "throttled": "429", "rate limit": "429", "invalid credentials": "403",
}  # fmt: skip
_EVENT = re.compile(r"^(event|data):[ ]?(.*)$", re.M)


def pages(reading: Reading) -> Iterator[Page]:
    """Young threads; keyword search (token); hashtag and local timelines; the banks' accounts. Each is a stream of its own."""
    talks = _Conversations(reading)
    yield from talks.threads.young({"id": native_id} for native_id, _ in talks.threads.recent())
    if reading.http.token and reading.option("search", True):
        for text in query.compile_for(_tree(reading), "mastodon").queries:
            yield from walk(reading, f"search:{_digest(text)}", partial(_search, talks, text))
    for tag in _tags(reading):
        yield from walk(reading, f"tag:{tag}", partial(_timeline, talks, f"timelines/tag/{tag}", "timelines/tag/{tag}", {}))
    if reading.option("local", False):
        yield from walk(reading, "local", partial(_timeline, talks, "timelines/public", "timelines/public", {"local": "true"}))
    for handle in _accounts(reading):
        yield from _account(talks, handle)


def _tree(reading: Reading) -> query.Node:
    return query.parse(reading.source.query, reading.settings, "mastodon")


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:12]


def _tags(reading: Reading) -> list[str]:
    """Hashtags to read. Without a token there is no search, and the banks' one-word names stand in for it."""
    chosen = reading.option("tags", None)
    if chosen is None:
        chosen = [] if reading.http.token else [name for name in query.aliases(reading.settings) if re.fullmatch(r"\w+", name)]
    named = [str(tag).lstrip("#") for tag in (chosen if isinstance(chosen, list) else [chosen])]
    return list({tag.casefold(): tag for tag in reversed(named) if tag}.values())[::-1]


def _accounts(reading: Reading) -> list[str]:
    banks = reading.settings.banks.banks if reading.option("accounts", True) else []
    named = [name for bank in banks for name in (*bank.handles.get("mastodon", ()), *bank.pages.get("mastodon", ()))]
    return list(dict.fromkeys(name.lstrip("@") for name in named))


def _ask(reading: Reading, path: str, endpoint: str, params: Mapping[str, Any] | None = None) -> tuple[Any, Mapping[str, str]]:
    headers = {"Authorization": f"Bearer {reading.http.token}"} if reading.http.token else {}
    address = f"{reading.base_url}/api/{path}" + (f"?{urlencode(params)}" if params else "")
    value, answer = reading.http.ask_json(Ask(address, None, headers, f"api/{endpoint}"))
    return value, answer.headers


def _site(reading: Reading) -> str:
    return reading.source.site or urlsplit(reading.base_url).hostname or ""


def _search(talks: _Conversations, text: str, piece: Slice) -> Answer:
    """A page of a search, newest first: by offset inside (start, until); past the window `until` moves down to the oldest seen."""
    reading, place = talks.reading, mapping(piece.position)
    until, offset = int(place.get("until") or piece.end), int(place.get("offset") or 0)
    params = {"q": text, "type": "statuses", "limit": _size(reading), "offset": offset}
    bounds = {"min_id": _snowflake(piece.start - 1), "max_id": _snowflake(until + 1)}
    value, _ = _ask(reading, "v2/search", "v2/search", params | bounds)
    found = objects(mapping(value).get("statuses"))
    if len(found) <= SEARCH_OVERLAP:
        return talks.answer(found)
    window, oldest = int(reading.option("search_window", 1000)), _oldest(found)
    following = {"until": until, "offset": offset + len(found) - SEARCH_OVERLAP}
    if following["offset"] >= window and oldest and oldest < until:
        following = {"until": oldest, "offset": 0}
    return talks.answer(found, following)


def _size(reading: Reading) -> int:
    return max(SEARCH_OVERLAP + 1, min(reading.source.page_size or CONTRACT.page_limit, CONTRACT.page_limit))


def _snowflake(second: int) -> int:
    """The id of that instant: milliseconds since 1970, 16 bits to the left (Mastodon's lib/mastodon/snowflake.rb)."""
    return max(0, second) * 1000 << 16


def _moments(found: list[dict[str, Any]]) -> list[int]:
    return [int(moment.timestamp()) for moment in (from_iso(status.get("created_at")) for status in found) if moment]


def _oldest(found: list[dict[str, Any]]) -> int | None:
    return min(_moments(found), default=None)


def _timeline(talks: _Conversations, path: str, endpoint: str, params: Mapping[str, Any], piece: Slice) -> Answer:
    """A page of a timeline, newest first, until a whole page lies before the slice: one old status may come late over the wires."""
    asked = {**params, "limit": _size(talks.reading)} | ({"max_id": piece.position} if piece.position else {})
    value, headers = _ask(talks.reading, f"v1/{path}", f"v1/{endpoint}", asked)
    found = objects(value)
    newest = max(_moments(found), default=None)
    following = _next_id(headers, found) if found and (newest is None or newest >= piece.start) else None
    return talks.answer(found, following)


def _next_id(headers: Mapping[str, str], found: list[dict[str, Any]]) -> str | None:
    """max_id of the Link header's rel="next"; of the last status where a proxy ate the header. The link itself is never followed."""
    link = next((value for name, value in headers.items() if name.lower() == "link"), None)
    if link is None:
        return identifier(found[-1].get("id"))
    target = re.search(r'<([^>]*)>\s*;[^,]*rel="?next"?', link)
    return next(iter(parse_qs(urlsplit(target[1]).query).get("max_id", [])), None) if target else None


def _account(talks: _Conversations, handle: str) -> Iterator[Page]:
    """Everything that a bank's account writes and boosts, with the conversations that it takes part in."""
    stream = f"account:{handle}"
    try:
        value, _ = _ask(talks.reading, "v1/accounts/lookup", "v1/accounts/lookup", {"acct": handle})
    except PlatformError as error:
        if error.action != "skip":
            raise
        yield Page([], stream, gap=f"account {handle} is not known on this instance", more=False)
        return
    number = identifier(mapping(value).get("id"))
    if number:
        path, endpoint = f"accounts/{number}/statuses", "accounts/{id}/statuses"
        yield from walk(talks.reading, stream, partial(_timeline, talks, path, endpoint, {}))


class _Conversations:
    """Which status opened the thread of which: asked once a thread, since a status names its parent only."""

    def __init__(self, reading: Reading) -> None:
        self.reading, self.site = reading, _site(reading)
        self.threads = Threads(reading, self.read)
        self.roots: OrderedDict[str, str] = OrderedDict()
        self.asked: OrderedDict[str, None] = OrderedDict()

    def answer(self, found: list[dict[str, Any]], following: Any = None) -> Answer:
        """The statuses as a page of walk(), and behind them what their threads hold."""
        listed, around = [], []
        for status in (inner for outer in found for inner in nested(outer)):
            if status.get("visibility") not in _PUBLIC:
                continue
            if status.get("in_reply_to_id") and identifier(status.get("id")) not in self.roots:
                around += self.context(identifier(status.get("id")) or "")
            listed.append(status)
        items = [self.item(status) for status in listed]
        follow = (self.threads.follow(i.native_id, count(s.get("replies_count")), s) for i, s in zip(items, listed, strict=True))
        return Answer(items, following, None, chain(map(self.item, around), chain.from_iterable(follow)))

    def read(self, post: dict[str, Any]) -> Iterator[Item]:
        """The items of a post's thread that this run has not met yet."""
        yield from map(self.item, self.context(identifier(post.get("id")) or ""))

    def item(self, status: dict[str, Any]) -> Item:
        """A status with its thread's root, where that is known."""
        return make_item(rooted(status, self.roots), self.site)

    def context(self, native_id: str) -> list[dict[str, Any]]:
        """What stands above and below a status; a thread that was cut at the instance's limit is read on below its last answers."""
        waiting, found, below = [native_id], [], 4096 if self.reading.http.token else 60
        limit = int(self.reading.option("context_limit", below))
        while waiting:
            number = waiting.pop()
            if not number or number in self.asked:
                continue
            _remember(self.asked, number, None)
            above, answers = self._ask_context(number)
            self._note(number, above, answers)
            found += [status for status in (*above, *answers) if status.get("visibility") in _PUBLIC]
            if len(answers) >= limit:
                shown = {status.get("in_reply_to_id") for status in answers}
                waiting += [str(s["id"]) for s in answers if count(s.get("replies_count")) and s.get("id") not in shown]
        return found

    def _ask_context(self, number: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        try:
            value, _ = _ask(self.reading, f"v1/statuses/{number}/context", "v1/statuses/{id}/context")
        except PlatformError as error:
            if error.action != "skip":
                raise
            return [], []
        return objects(mapping(value).get("ancestors")), objects(mapping(value).get("descendants"))

    def _note(self, number: str, above: list[dict[str, Any]], answers: list[dict[str, Any]]) -> None:
        root = (identifier(above[0].get("id")) if above else None) or self.roots.get(number) or number
        for status in ({"id": number}, *above, *answers):
            if own := identifier(status.get("id")):
                _remember(self.roots, own, root)


def _remember(known: OrderedDict[str, Any], key: str, value: Any) -> None:
    known[key] = value
    if len(known) > KNOWN:
        known.popitem(last=False)


def lookup(reading: Reading, keys: Sequence[Key]) -> Iterator[Page]:
    """These statuses again. One that the instance itself calls not found is gone; it does not tell who removed it."""
    talks = _Conversations(reading)
    for place in range(0, len(keys), 20):
        items: list[Item] = []
        gone: list[Tombstone] = []
        for key in keys[place : place + 20]:
            value = _single(reading, key.native_id)
            if value is None:
                gone.append(Tombstone(key.native_id, key.kind, "platform"))
            else:
                if key.conversation_id and key.conversation_id != key.native_id:
                    _remember(talks.roots, key.native_id, key.conversation_id)
                items += [talks.item(status) for status in nested(value)]
        yield Page(items, "lookup", gone=gone, more=place + 20 < len(keys))


def _single(reading: Reading, number: str) -> dict[str, Any] | None:
    """The status, None where the API says so in its own form: a proxy's 404 page is no word of the instance."""

    def unless_gone(value: Any, status: int, headers: Mapping[str, str]) -> PlatformError | None:
        return None if status in (404, 410) and "error" in mapping(value) else error_of(value, status, headers)

    headers = {"Authorization": f"Bearer {reading.http.token}"} if reading.http.token else {}
    ask = Ask(f"{reading.base_url}/api/v1/statuses/{number}", None, headers, "api/v1/statuses/{id}")
    value, _ = reading.http.ask_json(ask, unless_gone)
    return None if "error" in mapping(value) else mapping(value)


def decode(body: bytes) -> list[Any]:
    """JSON, JSON lines, or a stretch of the streaming API (server-sent events) as its {event, payload}."""
    try:
        return decode_json(body)
    except RenownError:
        found, name = [], ""
        for field, text in _EVENT.findall(body.decode("utf-8", "replace").replace("\r\n", "\n")):
            name = text.strip() if field == "event" else name
            found += [{"event": name, "payload": text}] if field == "data" else []
        if not found:
            raise
        return found


def error_of(value: Any, status: int, headers: Mapping[str, str]) -> PlatformError | None:
    """Mastodon: {error, error_description?} in the reader's language; the HTTP status is the code."""
    answer = mapping(value)
    message = answer.get("error")
    if message is None or "id" in answer:
        message = ""
        if status < 400:
            return None
    code = str(status) if status >= 400 else _code_of(str(message))
    wait = wait_seconds(headers) if status in (429, 503) else None
    default: Any = "retry" if status >= 500 else "fatal"
    said = str(answer.get("error_description") or message)
    error = contract_error(CONTRACT, code, said, default, wait_seconds=wait)
    if code != "error" or not said:
        return error
    return PlatformError(error.action, f"{error.what}: {' '.join(said.split())[:160]}", error.mend, code=code)


def _code_of(message: str) -> str:
    """The code of a recorded error body whose HTTP status is not at hand: OAuth's names, or the server's own English wording."""
    if CONTRACT.rule(message) or re.fullmatch(r"(invalid|unsupported|unauthorized|access)_[a-z_]{3,40}", message):
        return message
    return next((code for words, code in _PHRASES.items() if words in message.lower()), "error")
