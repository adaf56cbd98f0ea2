"""NodeBB: topics by their last post, each read with its posts; a topic's object names its first post, so that every answer has a parent.

    /api/recent?page=N (newest activity first) ──► topics since the watermark ──► /api/topic/{tid}?page=N ──► post | reply
    cursor {watermark, end, list, todo: [[topic id, page, way], …]} moves its watermark at the walk's end
Source: the software's published OpenAPI (public/openapi) and its routes (controllers/topics, recent, posts; api/posts); no recording.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

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
from extractors.limits import wait_seconds
from extractors.shapes.nodebb_posts import created_at, items, joined, make_item, removed_by, to_mention, tombstones
from extractors.slices import Answer, Repeats, Slice, walk
from extractors.source_options import NAMES, Form
from extractors.text import unique
from extractors.times import from_epoch, from_iso
from extractors.values import count, flag, identifier, mapping, objects

CONTRACT = Contract(
    platform="nodebb",
    base_url=None,
    endpoints=("recent", "category", "topic", "search", "user/posts", "v3/posts", "v3/posts/summary"),
    auth="none for public forums",
    credential_env=None,
    cursor="page",
    is_sorted=False,
    page_limit=20,
    cap=None,
    errors=(
        ErrorRule("too-many-requests", "wait_until", "too many requests", "lower the source's rate"),
        ErrorRule("429", "wait_until", "too many requests", "lower the source's rate"),
        ErrorRule("not-found", "skip", "not found"),
        ErrorRule("404", "skip", "not found"),
        ErrorRule("not-authorised", "fatal", "the forum wants a login", "read another forum, or ask its owner"),
        ErrorRule("401", "fatal", "the forum wants a login", "read another forum, or ask its owner"),
        ErrorRule("forbidden", "fatal", "this reader lacks the privilege", "ask the forum's owner to let guests read or search"),
        ErrorRule("403", "fatal", "this reader lacks the privilege", "ask the forum's owner to let guests read or search"),
        ErrorRule("bad-request", "fatal", "bad request", "check the source's options"),
        ErrorRule("internal-server-error", "retry", "internal error"),
        ErrorRule("service-unavailable", "retry", "service unavailable"),
        ErrorRule("500", "retry", "internal error"),
        ErrorRule("502", "retry", "bad gateway"),
        ErrorRule("503", "retry", "service unavailable"),
    ),
    time_formats=("epoch milliseconds", "ISO 8601 with milliseconds"),
    deletion="deleted, deleterUid: the author or the forum's staff; a purged post is not found",
    edits="edited (epoch milliseconds), in topics and single posts",
    history_limit="none",
    terms="the forum's own terms and robots.txt",
    not_offered=(
        "author_followers",
        "author_following",
        "author_created_at",
        "author_verified",
        "author_location",
        "page_followers",
        "repost_of_id",
        "quote_of_id",
        "language_hint",
        "country",
        "place_name",
        "latitude",
        "longitude",
        "rating",
        "shares",
        "views",
        "quotes",
    ),
    kinds=("post", "reply"),
    collects=("every post of topics", "posts by words, where the forum's search is open to guests", "posts of a person"),
    how_to="no credential needed",
    rate=(60, 60.0),
    options={
        "categories": "ids of categories to read; without them all recent topics",
        "terms": "words to search for beside the topics, where guests may search",
        "max_pages_per_run": "pages of one run at most (5000); what is left is named as a gap and read by the next run",
    },
    forms={"categories": Form("names", "[5, 12]", r"\d+(?:/\S*)?"), "terms": NAMES},
)
decode = decode_json
_FORWARD, _BACKWARD, _TURN = "forward", "backward", "turn"


def pages(reading: Reading) -> Iterator[Page]:
    """Recent topics (or the chosen categories), official categories, topics and people of the banks, searched words."""
    walker = _Walker(reading)
    chosen = reading.option("categories", [])
    lists = [f"category/{cid}" for cid in ([chosen] if isinstance(chosen, str | int) else chosen)] or ["recent"]
    official = [page.strip("/") for bank in reading.settings.banks.banks for page in bank.pages.get("nodebb", ())]
    for path in unique([*lists, *(page for page in official if page.startswith("category/"))]):
        page_id = path if path in official else None
        yield from walker.walk("" if path == "recent" else path, {"list": [path, 1]}, page_id)
    for page in official:
        if page.startswith("topic/"):
            yield from walker.walk(page, {"todo": [[page.split("/")[1], 1, _TURN]]}, page)
        elif page.startswith("user/"):
            yield from walk(reading, page, lambda piece, page=page: walker.listed(f"{page}/posts", {}, piece, page))  # type: ignore[misc]
    terms = reading.option("terms", [])
    for term in [terms] if isinstance(terms, str) else terms:
        asked = {"term": term, "in": "posts", "sortBy": "timestamp", "sortDirection": "desc"}
        yield from walk(reading, f"search {term}", lambda piece, asked=asked: walker.listed("search", asked, piece, None))  # type: ignore[misc]


class _Walker:
    """One run over a forum."""

    def __init__(self, reading: Reading) -> None:
        self.reading, self.spent = reading, 0
        self.budget = int(reading.option("max_pages_per_run", 5000))

    def get(self, path: str, params: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """A decoded answer of /api; a bare string in it is a redirect to the topic's full address."""
        self.spent += 1
        asked = f"?{urlencode(params)}" if params else ""
        value = self.reading.http.get_json(f"{self.reading.base_url}/api/{path}{asked}", endpoint=path.split("/")[0])
        if isinstance(value, str) and value.startswith("/"):
            value = self.reading.http.get_json(
                f"{self.reading.base_url}/api{value.split('?')[0]}{asked}", endpoint=path.split("/")[0]
            )
        return mapping(value)

    def listed(self, path: str, params: dict[str, Any], piece: Slice, page_id: str | None) -> Answer:
        """A page of a list of posts, newest first: it ends below the slice's start."""
        number = int(piece.position or 1)
        value = self.get(path, {**params, "page": number})
        posts = objects(value.get("posts"))
        written = [moment for post in posts if (moment := created_at(post))]
        more = (
            bool(posts) and number < _page_count(value, number + 1) and (not written or max(written).timestamp() >= piece.start)
        )
        return Answer(
            list(joined(posts, {}, self.reading.source.site, self.reading.base_url, page_id)), number + 1 if more else None
        )

    def walk(self, stream: str, begin: dict[str, Any], page_id: str | None) -> Iterator[Page]:
        """One walk of a stream: what a dead run left first, then from the top again."""
        cursor = dict(self.reading.cursors.get(stream) or {})
        if cursor.get("todo") or cursor.get("list"):
            yield from self._steps(stream, copy.deepcopy(cursor), page_id)
            if self.spent >= self.budget:
                return
            cursor = {"watermark": cursor["end"]}
        if cursor.get("watermark") != iso(self.reading.end):
            yield from self._steps(stream, {"watermark": cursor.get("watermark"), "end": iso(self.reading.end), **begin}, page_id)

    def _steps(self, stream: str, state: dict[str, Any], page_id: str | None) -> Iterator[Page]:
        known = from_iso(state.get("watermark"))
        floor = (
            max(self.reading.start, known - timedelta(minutes=self.reading.source.overlap_minutes))
            if known
            else self.reading.start
        )
        guards = {"list": Repeats("nodebb"), "topic": Repeats("nodebb")}
        while state.get("todo") or state.get("list"):
            if self.spent >= self.budget:
                left = len(state.get("todo") or ())
                yield Page(
                    [], stream, copy.deepcopy(state), gap=f"max_pages_per_run {self.budget} reached, {left} topics or more wait"
                )
                return
            found, gap = self._topic(state, floor, guards, page_id) if state.get("todo") else self._list(state, floor, guards)
            more = bool(state.get("todo") or state.get("list"))
            yield Page(found, stream, copy.deepcopy(state) if more else {"watermark": state["end"]}, more=more, gap=gap)

    def _list(self, state: dict[str, Any], floor: datetime, guards: Mapping[str, Repeats]) -> tuple[list[Item], str | None]:
        """The next page of topics: the active ones are to do, and the walk ends below the watermark."""
        path, number = state["list"]
        asked = {"page": number, **({"sort": "recently_replied"} if path.startswith("category/") else {})}
        value = self._fresh(
            path, asked, guards["list"], lambda value: [topic.get("tid") for topic in objects(value.get("topics"))]
        )
        topics = objects(value.get("topics"))
        last = {id(topic): from_epoch(topic.get("lastposttime")) or from_iso(topic.get("lastposttimeISO")) for topic in topics}
        active = [topic for topic in topics if (moment := last[id(topic)]) is None or moment >= floor]
        state["todo"] = [[tid, 1, _TURN] for topic in active if (tid := identifier(topic.get("tid")))]
        loose = [topic for topic in active if not flag(topic.get("pinned"))]  # pinned ones stand above the newer
        more = (loose or len(active) == len(topics)) and topics and number < _page_count(value, number)
        state["list"] = [path, number + 1] if more else None
        return [], None

    def _topic(
        self, state: dict[str, Any], floor: datetime, guards: Mapping[str, Repeats], page_id: str | None
    ) -> tuple[list[Item], str | None]:
        """The next page of the first topic to do; one that guests may not read is named as a gap."""
        tid, number, way = state["todo"].pop(0)
        if way == _TURN:
            guards["topic"].begin()
        try:
            value = self._fresh(
                f"topic/{tid}",
                {"page": number},
                guards["topic"],
                lambda value: [post.get("pid") for post in objects(value.get("posts"))],
            )
        except PlatformError as error:
            if error.action == "skip" or error.code in ("403", "forbidden"):
                return [], f"topic {tid}: {error.what}"
            raise
        posts, total = objects(value.get("posts")), _page_count(value, number)
        if way == _TURN:
            way = _BACKWARD if state.get("watermark") else _FORWARD
            following = total if way == _BACKWARD else number + 1
            following = following if following <= total and following != number else None
        elif way == _FORWARD:
            following = number + 1 if number < total else None
        else:
            oldest = min((moment for post in posts if (moment := created_at(post))), default=None)
            following = number - 1 if number > 2 and (oldest is None or oldest >= floor) else None
        if following:
            state["todo"].insert(0, [tid, following, way])
        return list(joined(posts, value, self.reading.source.site, self.reading.base_url, page_id)), None

    def _fresh(
        self, path: str, asked: dict[str, Any], guard: Repeats, ids: Callable[[dict[str, Any]], list[Any]]
    ) -> dict[str, Any]:
        """A page that was not served before in this list or topic; a loop is an error, never an endless read."""
        while True:
            value = self.get(path, asked)
            if guard.is_new(ids(value)):
                return value


def _page_count(value: dict[str, Any], default: int) -> int:
    told = mapping(value.get("pagination"))
    return count(told.get("pageCount")) or count(value.get("pageCount")) or default


def lookup(reading: Reading, keys: Sequence[Key]) -> Iterator[Page]:
    """These posts again by id: counts and edits of /api/v3/posts/{pid}, words of its summary; a purged post is not found."""
    walker = _Walker(reading)
    for key in keys:
        try:
            bare = mapping(walker.get(f"v3/posts/{key.native_id}").get("response"))
            words = {} if flag(bare.get("deleted")) else mapping(walker.get(f"v3/posts/{key.native_id}/summary").get("response"))
        except PlatformError as error:
            if error.code in ("404", "not-found"):
                yield Page([], "lookup", gone=[Tombstone(key.native_id, key.kind, "platform")])
            elif error.action != "skip":
                raise
            continue
        post = bare | words  # the summary has the words as HTML, the writer and the topic; edits stand in the bare post alone
        if flag(post.get("deleted")):
            yield Page([], "lookup", gone=[Tombstone(key.native_id, key.kind, removed_by(post))])
        else:
            yield Page(list(joined([post], {}, reading.source.site, reading.base_url, None)), "lookup")


def error_of(value: Any, status: int, headers: Mapping[str, str]) -> PlatformError | None:
    """v3: {status: {code, message}}; pages: {path, error?, title} with the HTTP status, also where it came as 200."""
    answer = mapping(value)
    told = mapping(answer.get("status"))
    wait = wait_seconds(headers) if status in (429, 503) else None
    default: Any = "retry" if status >= 500 else "fatal"
    if isinstance(told.get("code"), str) and told["code"] not in ("ok", "accepted", "no-content"):
        return contract_error(CONTRACT, told["code"], str(told.get("message") or ""), default, wait_seconds=wait)
    if status >= 400:
        return contract_error(CONTRACT, status, str(answer.get("error") or ""), default, wait_seconds=wait)
    title = str(answer.get("title") or "")
    if "path" in answer and "posts" not in answer and "topics" not in answer:
        for code in ("404", "403", "500", "503"):
            if title == f"[[global:{code}.title]]" or ("error" in answer and code == "403"):
                return contract_error(CONTRACT, code, str(answer.get("error") or ""), default)
    if set(answer) <= {"error", "code", "message"} and answer.get("error"):
        return contract_error(CONTRACT, answer.get("code") or "error", str(answer["error"]), default)
    return None


__all__ = ["CONTRACT", "decode", "error_of", "items", "lookup", "make_item", "pages", "to_mention", "tombstones"]
