"""Landing: a source's batch, from its lock to its counters. A page is all or nothing: rows, cursor and counters commit together.

    page() ──► landed before it returns                                    ┐
    add()  ──► LandingQueue: a thread lands while the next page is read    ┴─► Writer: one transaction (landing_write)

Nothing here knows a platform: entries come as plain values, mentions as the dicts of ARCHITECTURE's "A mention".
"""

from __future__ import annotations

import gc
import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import psycopg

from warehouse import landing_sql
from warehouse.landing_queue import LandingQueue
from warehouse.landing_rows import Entry
from warehouse.landing_write import Connection, Counts, Work, Writer, advance
from warehouse.purged import Origin
from warehouse.source_lock import lock_source, unlock_source

__all__ = ["Counts", "Entry", "Landing", "Work", "advance", "open_rejects", "recent_threads", "resolve_rejects"]


@dataclass
class Landing:
    """An open batch of one source, on a connection that holds the source's lock.

    Between add() and settle() the connection belongs to the queue's thread: `quiet()` gives it back.
    """

    connection: Connection
    source_id: str
    platform: str
    observed_at: datetime
    mode: str = "incremental"
    run_id: str | None = None
    config_version: str | None = None
    interval: tuple[datetime, datetime] | None = None
    is_file: bool = False  # an archive: what it holds may be older than what became of it since
    batch_id: uuid.UUID = field(default_factory=uuid.uuid4)
    counts: Counts = field(default_factory=Counts)
    reasons: Counter[str] = field(default_factory=Counter)  # why items of this batch were rejected
    gap_reason: str | None = None
    cursors: dict[str, dict[str, Any]] = field(default_factory=dict)
    _queue: LandingQueue | None = None

    def __post_init__(self) -> None:
        origin: Origin = "reject" if self.mode == "replay" else "file" if self.is_file else "look"
        self._writer = Writer(self.connection, self.source_id, self.platform, self.batch_id, self.observed_at, origin)

    def open(self, wait_seconds: float = 10.0) -> None:
        """Take the source's lock, close what dead runs left, load the cursors and start the batch.

        Raises RenownError "already running" when another run holds the source for longer than `wait_seconds`.
        """
        lock_source(self.connection, self.source_id, wait_seconds)
        with self.connection.transaction():
            self.connection.execute(landing_sql.CLOSE_DEAD, (self.source_id,))
            start, end = self.interval or (None, None)
            self.connection.execute(
                landing_sql.START_BATCH,
                (self.batch_id, self.source_id, self.platform, self.mode, self.run_id, start, end, self.config_version),
            )
            rows = self.connection.execute(
                "select stream, cursor from raw.cursors where source_id = %s", (self.source_id,)
            ).fetchall()
            self.connection.execute(landing_sql.STAGING)
        self.connection.commit()
        self.cursors = {stream: dict(cursor) for stream, cursor in rows}
        gc.freeze()  # what is loaded by now stays: else the collector walks over it again and again (a tenth of a row's time)

    def page(self, entries: Iterable[Entry], **work: Any) -> Counts:
        """Land one page now and return its counts; keywords as of landing_write.Work. Raises psycopg.Error."""
        self.settle()
        return self._land([Work(list(entries), **work)])

    def add(self, work: Work) -> None:
        """Hand a page to the thread that lands. Raises what an earlier page met (psycopg.Error)."""
        if self._queue is None:
            self._queue = LandingQueue(self._land)
        for entry in work.entries:
            if entry.reason is None:
                entry.staged  # noqa: B018 - made here, while the thread waits for the server
        # as it is now: whoever made the cursor may go on with it before it is stored, and must not store more than this page
        self._queue.add(replace(work, cursor=deepcopy(work.cursor)))

    def settle(self) -> None:
        """Wait until all that was added is committed. Raises what a page met (psycopg.Error)."""
        if self._queue is not None:
            self._queue.settle()

    def quiet(self) -> Connection:
        """The connection, once nothing is on its way: what a query sees is all that was added. Raises as settle() does."""
        self.settle()
        return self.connection

    def _land(self, group: Sequence[Work]) -> Counts:
        landed = self._writer.write(group, self.cursors)
        self.cursors |= landed.cursors
        self.counts.add(landed.counts)
        self.reasons.update(landed.reasons)
        self.gap_reason = self.gap_reason or landed.gap
        return landed.counts

    def reject_page(self, body: bytes, reason: str, stage: str = "page") -> None:
        """Keep a page that could not be read at all."""
        with self.quiet().transaction():
            self._writer.reject(Entry(self.platform, "", "", "", body, reason=reason), stage)
        self.connection.commit()

    def finish(
        self, status: str, error: str | None = None, gap_reason: str | None = None, requests: int = 0, waited: float = 0.0
    ) -> dict[str, Any]:
        """Land what was added and close the batch as success, failed or stopped; returns its row's counters."""
        try:
            self.settle()
        finally:
            self._end_queue()
            gc.unfreeze()
        self.counts.add(Counts(requests=requests, waited=waited))
        self.gap_reason = self.gap_reason or gap_reason
        error = error and error.replace("\0", "")  # an error may quote the input, and PostgreSQL's text holds no NUL
        with self.connection.transaction():
            self.connection.execute(
                landing_sql.FINISH_BATCH,
                (status, error, self.gap_reason is not None, self.gap_reason, requests, waited, self.batch_id),
            )
            if status == "success" and self.mode != "ingest":
                self.connection.execute(landing_sql.RESOLVE_PAGES, (self.source_id, self.batch_id))
        self.connection.commit()
        unlock_source(self.connection, self.source_id)
        counts = self.counts
        return {
            "batch_id": str(self.batch_id),
            "source_id": self.source_id,
            "platform": self.platform,
            "status": status,
            "requests": counts.requests,
            "items_promised": counts.promised,
            "items_returned": counts.returned,
            "items_new": counts.new,
            "items_known": counts.known,
            "items_rejected": counts.rejected,
            "items_filtered": counts.filtered,
            "items_truncated": counts.truncated,
            "waited_seconds": round(counts.waited, 3),
            "gap": self.gap_reason is not None,
            "gap_reason": self.gap_reason,
            "error": error,
        }

    def fail(self, error: str, requests: int = 0, waited: float = 0.0) -> None:
        """Land what was added, as far as that goes, and close the batch as failed. Raises psycopg.Error where it cannot say so."""
        with suppress(psycopg.Error):
            self.settle()
        self.connection.rollback()
        self.finish("failed", error, None, requests, waited)

    def drop_cursors(self, prefix: str) -> None:
        """Forget the cursors of a finished one-off stream (a backfill's)."""
        with self.quiet().transaction():
            self.connection.execute(
                "delete from raw.cursors where source_id = %s and starts_with(stream, %s)", (self.source_id, prefix)
            )
        self.connection.commit()
        self.cursors = {stream: cursor for stream, cursor in self.cursors.items() if not stream.startswith(prefix)}

    def _end_queue(self) -> None:
        if self._queue is not None:
            self._queue.close()
            self._queue = None


def open_rejects(connection: Connection, source_id: str | None = None) -> list[tuple[int, str, str, str, bytes]]:
    """(reject_id, source_id, platform, stage, body) of rejects that are not resolved, oldest first."""
    return list(connection.execute(landing_sql.OPEN_REJECTS, {"source": source_id}).fetchall())


def resolve_rejects(connection: Connection, reject_ids: Sequence[int]) -> None:
    """Mark rejects as understood by now."""
    with connection.transaction():
        connection.execute(
            "update raw.rejects set resolved_at = clock_timestamp(), body = '' where reject_id = any(%s)", (list(reject_ids),)
        )
    connection.commit()


def recent_threads(connection: Connection, source_id: str, kind: str, since: datetime) -> list[tuple[str, str | None]]:
    """(native id, author id) of this source's live items of a kind since an instant, newest first: threads that may have got new answers."""
    rows = connection.execute(landing_sql.RECENT_THREADS, {"source": source_id, "kind": kind, "since": since}).fetchall()
    connection.commit()
    return [(native_id, author_id) for native_id, author_id in rows]
