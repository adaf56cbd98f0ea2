"""Pages on their way: a thread writes one group while the next pages are fetched and read.

    add() ──► waiting (bounded) ──► thread: all that waits, up to GROUP rows ──► one transaction ──► settle()

A slow source has each page landed by itself, at once; a fast one (an archive) finds pages waiting, and they share a transaction. So nothing
waits for a group to fill, and a process that dies loses only what no cursor covers yet.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence

from warehouse.landing_write import Work

GROUP = 2000  # entries of a transaction: beyond it a row costs no less, and memory grows


class LandingQueue:
    """Hands groups of pages to `write`, in the order in which they came, in a thread of its own."""

    def __init__(self, write: Callable[[Sequence[Work]], object]) -> None:
        self._write = write
        self._waiting: deque[Work] = deque()
        self._rows = 0
        self._is_writing = False
        self._is_closed = False
        self._error: BaseException | None = None
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="landing", daemon=True)
        self._thread.start()

    def add(self, work: Work) -> None:
        """Queue a page; waits while a group's worth is queued already. Raises what the thread's last write raised."""
        with self._changed:
            self._changed.wait_for(lambda: self._error or not self._waiting or self._rows + len(work.entries) <= GROUP)
            self._raise()
            self._waiting.append(work)
            self._rows += len(work.entries)
            self._changed.notify_all()

    def settle(self) -> None:
        """Wait until every page is committed. Raises what the thread's last write raised; what was queued behind it is dropped."""
        with self._changed:
            self._changed.wait_for(lambda: self._error or not (self._is_writing or self._waiting))
            self._raise()

    def is_writing(self) -> bool:
        """Whether a group is on its way to the server."""
        return self._is_writing

    def waiting(self) -> int:
        """Entries that no transaction has taken yet."""
        return self._rows

    def close(self) -> None:
        """Write what is queued and end the thread. Raises nothing: settle() tells."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()
        self._thread.join()

    def _raise(self) -> None:
        if self._error:
            error, self._error = self._error, None
            raise error

    def _run(self) -> None:
        while group := self._next():
            error = None
            try:
                self._write(group)
            except BaseException as fault:  # it belongs to whoever adds the next page, or settles
                error = fault
            self._end(error)

    def _next(self) -> list[Work]:
        """The next group, or nothing when the queue is closed and empty."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._is_closed)
            group = next(grouped(self._waiting, GROUP), [])
            for _ in group:
                self._waiting.popleft()
            self._rows -= sum(len(work.entries) for work in group)
            self._is_writing = bool(group)
            self._changed.notify_all()
            return group

    def _end(self, error: BaseException | None) -> None:
        with self._changed:
            self._error, self._is_writing = error, False
            if error:
                self._waiting.clear()
                self._rows = 0
            self._changed.notify_all()


def grouped(works: Iterable[Work], size: int) -> Iterator[list[Work]]:
    """The pages in their order, in groups of at most `size` entries; a page that is larger, or must stand alone, is a group of its own."""
    group: list[Work] = []
    rows = 0
    for work in works:
        if group and (rows + len(work.entries) > size or work.is_alone() or group[0].is_alone()):
            yield group
            group, rows = [], 0
        group.append(work)
        rows += len(work.entries)
    if group:
        yield group
