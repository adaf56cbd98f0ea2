"""Walking a search by time slices: resumable at every page, split where a query is capped, closed by a watermark.

    cursor {watermark, end, todo: [[start, end, position, seen, total], …]}
    todo[0] ──fetch──► items, next position ──► commit (rows, cursor) ──► … ──► todo empty: watermark = end

Instants are epoch seconds; slices share their boundary second, so that an item on it is read whether the platform's bounds are
open or closed (the key keeps it once).
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from extractors.base import Item, Page, PlatformError, Reading

FOLLOWED = 100_000  # threads remembered in a run
CHUNK = 1000  # items a transaction at most, where followed comments make a page larger
SHORTEST = 3600  # seconds; a slice this short that came short is a gap: totals are estimates, and splitting must end
LOOP = "repeated_page"
REPEATS = 3  # how often the same page may come in a row before it counts as a loop
CIRCLE = 20  # how many pages in a row may hold nothing new


@dataclass
class Slice:
    """An interval still to read: `position` is the platform's place in its pages, None at the beginning."""

    start: int
    end: int
    position: Any = None
    seen: int = 0
    total: int | None = None

    def row(self) -> list[Any]:
        """Its form in the cursor."""
        return [self.start, self.end, self.position, self.seen, self.total]

    def is_short(self) -> bool:
        """Whether it ended with fewer items than the platform said that it holds."""
        return self.total is not None and self.seen < self.total

    def halves(self) -> list[Slice]:
        """Two slices that share the middle second; empty if it is too short to split."""
        middle = (self.start + self.end) // 2
        return [Slice(self.start, middle), Slice(middle, self.end)] if self.end - self.start > 1 else []


@dataclass
class Answer:
    """One page of a slice. `total`: what the platform says the whole slice holds; `follow`: items found through these ones."""

    items: list[Item]
    next_position: Any = None
    total: int | None = None
    follow: Iterable[Item] = field(default_factory=tuple)
    listed: int | None = None  # of the items, how many the slice's total counts; None: all


Fetch = Callable[[Slice], Answer]


def walk(reading: Reading, stream: str, fetch: Fetch, *, cap: int | None = None, split_short: bool = False) -> Iterator[Page]:
    """Pages of a stream: first what a dead run left, then from the watermark (less the overlap) to reading.end.

    A slice that promises `cap` items or more is split. With `split_short` so is one that ends with fewer than it promised.
    """
    cursor = dict(reading.cursors.get(stream) or {})
    end = int(reading.end.timestamp())
    if cursor.get("todo"):
        yield from _run(stream, fetch, cursor.get("watermark"), int(cursor["end"]), _slices(cursor["todo"]), cap, split_short)
        cursor = {"watermark": int(cursor["end"])}
        if cursor["watermark"] >= end:
            return
    start = int(reading.start.timestamp())
    if cursor.get("watermark") is not None:
        start = max(start, int(cursor["watermark"]) - reading.source.overlap_minutes * 60)
    if start < end:
        yield from _run(stream, fetch, cursor.get("watermark"), end, [Slice(start, end)], cap, split_short)


def _run(
    stream: str, fetch: Fetch, watermark: int | None, end: int, todo: list[Slice], cap: int | None, split_short: bool
) -> Iterator[Page]:
    guard = Repeats()
    while todo:
        piece = todo.pop(0)
        answer = _fetch_new(fetch, piece, guard)
        promised, gap = None, None
        if piece.position is None:
            if cap is not None and answer.total is not None and answer.total >= cap:
                if halves := piece.halves():
                    todo[:0] = halves
                    continue
                gap = f"{answer.total} items within one second, {cap} can be read"
            piece.total = answer.total
        piece.seen += len(answer.items) if answer.listed is None else answer.listed
        if answer.next_position is not None:
            todo.insert(0, Slice(piece.start, piece.end, answer.next_position, piece.seen, piece.total))
        elif split_short and piece.is_short() and piece.end - piece.start > SHORTEST:
            todo[:0] = piece.halves()
        else:
            promised = piece.total
            if split_short and piece.is_short():
                gap = gap or f"{promised} items promised, {piece.seen} came"
        yield from _chunks(answer, stream, _cursor(watermark, end, todo), promised, gap, bool(todo))


def _fetch_new(fetch: Fetch, piece: Slice, guard: Repeats) -> Answer:
    """The next page; one that brings nothing but what came before is asked for again, and a loop is an error, never an endless read."""
    if piece.position is None:
        guard.begin()
    while True:
        answer = fetch(piece)
        if guard.is_new([item.native_id for item in answer.items]):
            return answer


class Repeats:
    """Tells pages that were served before: a platform that ignores the place it was asked for, or runs in a circle.

    A page that holds nothing new is asked for again some times. If it is the very page before it even then, that is a loop; if it is
    an older one, reading goes on (many new items may have pushed the list down), but not for ever.
    """

    def __init__(self, platform: str = "") -> None:
        self._name, self._known, self._last = f"{platform}: " if platform else "", set[str](), tuple[str, ...]()
        self._asked = self._stale = 0

    def begin(self) -> None:
        """A new list starts."""
        self._known, self._last, self._asked, self._stale = set(), (), 0, 0

    def is_new(self, ids: Iterable[Any]) -> bool:
        """Whether to take this page. Raises PlatformError (code LOOP) where asking again is no use."""
        page = tuple(map(str, ids))
        is_bound = len(page) == 1 and page != self._last and page[0] in self._last  # the item that an inclusive cursor names
        if page and not is_bound and self._known.issuperset(page):
            self._asked += 1
            if self._asked <= REPEATS - 1:
                return False
            self._stale += 1
            if page == self._last or self._stale > CIRCLE:
                raise PlatformError(
                    "retry",
                    f"{self._name}the same page came again and again",
                    "run again; the cursor stays where it is",
                    code=LOOP,
                )
        else:
            self._stale = 0
        self._asked, self._last = 0, page
        if len(self._known) < FOLLOWED:
            self._known.update(page)
        return True


def _chunks(
    answer: Answer, stream: str, cursor: Mapping[str, Any], promised: int | None, gap: str | None, more: bool
) -> Iterator[Page]:
    waiting = list(answer.items)
    for item in answer.follow:
        waiting.append(item)
        if len(waiting) >= CHUNK:
            yield Page(waiting, stream)
            waiting = []
    yield Page(waiting, stream, cursor, promised, more, gap)


def _cursor(watermark: int | None, end: int, todo: list[Slice]) -> dict[str, Any]:
    return {"watermark": watermark, "end": end, "todo": [piece.row() for piece in todo]} if todo else {"watermark": end}


def _slices(rows: Any) -> list[Slice]:
    return [Slice(int(start), int(end), position, int(seen), total) for start, end, position, seen, total in rows]


class Threads:
    """Comments below what a run meets: each thread once a run, and again while it is young, since answers come days later."""

    def __init__(self, reading: Reading, read: Callable[[dict[str, Any]], Iterable[Item]]) -> None:
        self._reading, self._read = reading, read
        self._followed: OrderedDict[str, int] = OrderedDict()

    def follow(self, native_id: str, comments: int | None, post: dict[str, Any]) -> Iterator[Item]:
        """The comments of a post that has any, unless this run has read that many of them already."""
        if not comments or self._followed.get(native_id, -1) >= comments:
            return
        yield from self._read(post)
        self._followed[native_id] = comments
        if len(self._followed) > FOLLOWED:
            self._followed.popitem(last=False)

    def recent(self) -> Iterable[tuple[str, str | None]]:
        """(native id, author id) of posts of the last options.thread_hours (72); none at the very first run."""
        if not self._reading.cursors:
            return ()
        since = self._reading.end - timedelta(hours=float(self._reading.option("thread_hours", 72)))
        return self._reading.recent_threads("post", since)

    def young(self, posts: Iterable[dict[str, Any]]) -> Iterator[Page]:
        """Pages of the comments of these posts, outside any stream's cursor."""
        waiting: list[Item] = []
        for post in posts:
            waiting.extend(self._read(post))
            if len(waiting) >= CHUNK:
                yield Page(waiting, "threads")
                waiting = []
        if waiting:
            yield Page(waiting, "threads")
