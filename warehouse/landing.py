"""Landing: one page of items is one transaction: raw first, then core, with the cursor that covers it.

    entries ──COPY──► temporary table ──► raw.payload_hashes ──what is new──COPY──► raw.payloads (the bytes themselves)
                                     ├──► core.mentions (a version where the content is new), core.authors, core.engagement
    tombstones ──► core.deletions    ├──► raw.rejects (what could not be understood)
    cursor ──► raw.cursors           └──► raw.batches (counters, heartbeat)                                      ──► commit

Nothing here knows a platform: entries come as plain values, mentions as the dicts of ARCHITECTURE's "A mention".
"""

from __future__ import annotations

import hashlib
import time
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from warehouse import landing_sql
from warehouse.bulk import copy_binary, copy_rows
from warehouse.landing_rows import IS_MENTION, KEY, Entry, cleaned, graves, landing_row
from warehouse.source_lock import lock_source, unlock_source

Connection = psycopg.Connection[Any]
REFUSALS = (psycopg.DataError, psycopg.errors.ProgramLimitExceeded)


@dataclass
class Counts:
    """What a page or a batch did. `returned` = `new` + `known` + `rejected`; `filtered` and `truncated` are parts of new and known."""

    requests: int = 0
    promised: int | None = None
    returned: int = 0
    new: int = 0
    known: int = 0
    rejected: int = 0
    filtered: int = 0
    truncated: int = 0
    waited: float = 0.0

    def add(self, other: Counts) -> None:
        """Sum up; `promised` stays None until something was promised."""
        for name in ("requests", "returned", "new", "known", "rejected", "filtered", "truncated", "waited"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        if other.promised is not None:
            self.promised = (self.promised or 0) + other.promised


@dataclass
class Landing:
    """An open batch of one source, on a connection that holds the source's lock."""

    connection: Connection
    source_id: str
    platform: str
    observed_at: datetime
    mode: str = "incremental"
    run_id: str | None = None
    config_version: str | None = None
    interval: tuple[datetime, datetime] | None = None
    batch_id: uuid.UUID = field(default_factory=uuid.uuid4)
    counts: Counts = field(default_factory=Counts)
    reasons: Counter[str] = field(default_factory=Counter)  # why items of this batch were rejected
    gap_reason: str | None = None
    cursors: dict[str, dict[str, Any]] = field(default_factory=dict)
    _partition: tuple[int, int] | None = None
    _is_staged: bool = False

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

    def page(
        self,
        entries: Iterable[Entry],
        *,
        stream: str = "",
        cursor: Mapping[str, Any] | None = None,
        requests: int = 0,
        waited: float = 0.0,
        promised: int | None = None,
        gap: str | None = None,
        gone: Sequence[tuple[str, str, Mapping[str, Any]]] = (),
    ) -> Counts:
        """Land one page and return its counts. All or nothing: rows, cursor and counters commit together.

        `gone`: (platform, site, tombstone) of items that were found to be deleted without an item that says so.
        """
        listed = list(entries)
        self._ensure_partition()
        counts = Counts(requests=requests, waited=waited, promised=promised, returned=len(listed))
        good = [entry for entry in listed if entry.reason is None]
        bad = [entry for entry in listed if entry.reason is not None]
        counts.filtered = sum(entry.filtered for entry in good)
        counts.truncated = sum(bool(entry.mention and entry.mention["truncated"]) and not entry.filtered for entry in good)
        moved = advance(self.cursors.get(stream), cursor)
        self._is_staged = False
        with self.connection.transaction():
            self.connection.execute(landing_sql.LOCK_PLATFORM, (self.platform,))
            counts.new, refused = self._land_or_refuse(good)
            counts.rejected = len(bad) + len(refused)
            counts.known = len(listed) - counts.new - counts.rejected
            self._bury([grave for platform, site, found in gone for grave in graves(platform, site, [found])])
            for entry in refused:
                self._reject(entry, "core")
            for entry in bad:
                self._reject(entry, "item")
            if moved is not None:
                self.connection.execute(landing_sql.MOVE_CURSOR, (self.source_id, stream, Jsonb(moved), self.batch_id))
            self._count(counts, gap)
        self.connection.commit()
        if moved is not None:
            self.cursors[stream] = moved
        self.counts.add(counts)
        self.reasons.update(str(entry.reason) for entry in (*bad, *refused))
        self.gap_reason = self.gap_reason or gap
        return counts

    def reject_page(self, body: bytes, reason: str, stage: str = "page") -> None:
        """Keep a page that could not be read at all."""
        with self.connection.transaction():
            self._reject(Entry(self.platform, "", "", "", body, reason=reason), stage)
        self.connection.commit()

    def finish(
        self, status: str, error: str | None = None, gap_reason: str | None = None, requests: int = 0, waited: float = 0.0
    ) -> dict[str, Any]:
        """Close the batch as success, failed or stopped; returns its row's counters."""
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

    def drop_cursors(self, prefix: str) -> None:
        """Forget the cursors of a finished one-off stream (a backfill's)."""
        with self.connection.transaction():
            self.connection.execute(
                "delete from raw.cursors where source_id = %s and starts_with(stream, %s)", (self.source_id, prefix)
            )
        self.connection.commit()
        self.cursors = {stream: cursor for stream, cursor in self.cursors.items() if not stream.startswith(prefix)}

    def _land_or_refuse(self, entries: Sequence[Entry]) -> tuple[int, list[Entry]]:
        """(new, refused): one item that PostgreSQL cannot take must not hold up the others, nor the cursor for ever."""
        if not entries:
            return 0, []
        try:
            with self.connection.transaction():
                return self._land(entries), []
        except REFUSALS as error:
            if len(entries) == 1:
                return 0, [replace(entries[0], reason=f"the warehouse refused it ({error.sqlstate})")]
        halves = [self._land_or_refuse(half) for half in (entries[: len(entries) // 2], entries[len(entries) // 2 :])]
        return sum(new for new, _ in halves), [entry for _, refused in halves for entry in refused]

    def _land(self, entries: Sequence[Entry]) -> int:
        rows = [landing_row(ordinal, entry) for ordinal, entry in enumerate(entries)]
        if self._is_staged:  # the other half of a page that was refused as a whole; a new transaction finds the table empty
            self.connection.execute(landing_sql.EMPTY)
        self._is_staged = True
        copy_rows(self.connection, "pg_temp.landing", landing_sql.COLUMNS, rows)
        given = {"batch": self.batch_id, "source": self.source_id, "now": self.observed_at}
        ordinals = {row[KEY]: row[0] for row in rows}
        new = sorted(ordinals[key] for key in self.connection.execute(landing_sql.HASHES, given, binary=True))
        if new:
            copy_binary(self.connection, "raw.payloads", landing_sql.PAYLOAD_TYPES, self._payloads(rows, entries, new))
        if any(row[IS_MENTION] for row in rows):
            self._mentions(sum(row[IS_MENTION] for row in rows), given)
        self._set_aside(rows, entries)
        self._bury([grave for entry in entries for grave in graves(entry.platform, entry.site, entry.tombstones)])
        self.connection.execute(landing_sql.UNDO, given)
        return len(new)

    def _mentions(self, listed: int, given: Mapping[str, Any]) -> None:
        """Core of the staged rows, of which `listed` are mentions."""
        inserted = self.connection.execute(landing_sql.MENTIONS, given).rowcount
        if inserted < listed:
            self.connection.execute(landing_sql.FILL, given)
        self.connection.execute(landing_sql.AUTHORS, given)
        self.connection.execute(landing_sql.ENGAGEMENT, given)

    def _payloads(
        self, rows: Sequence[tuple[Any, ...]], entries: Sequence[Entry], new: Iterable[int]
    ) -> Iterator[tuple[Any, ...]]:
        """Rows of raw.payloads, in the order of landing_sql.PAYLOAD_TYPES."""
        for ordinal in new:
            entry = entries[ordinal]
            yield (*rows[ordinal][KEY], self.batch_id, self.source_id, self.observed_at, entry.content_type, entry.body)

    def _set_aside(self, rows: Sequence[tuple[Any, ...]], entries: Sequence[Entry]) -> None:
        """Name what does not fulfil the query, and forget that of what now does."""
        aside = [
            {"mention": uuid.UUID(row[1]), "sha": row[6], "source": self.source_id, "platform": entry.platform, "site": row[3], "native_id": row[5],
             "conversation": entry.mention.get("conversation_id"), "parent": entry.mention.get("parent_id"), "batch": self.batch_id}
            for row, entry in zip(rows, entries, strict=True) if entry.filtered and entry.mention
        ]  # fmt: skip
        if aside:
            with self.connection.cursor() as cursor:
                cursor.executemany(landing_sql.SET_ASIDE, aside)
        self.connection.execute(landing_sql.TAKEN_UP)

    def _bury(self, graves: Sequence[dict[str, Any]]) -> None:
        if graves:
            with self.connection.cursor() as cursor:
                cursor.executemany(landing_sql.TOMBSTONE, [grave | {"now": self.observed_at} for grave in graves])

    def _reject(self, entry: Entry, stage: str) -> None:
        self.connection.execute(
            landing_sql.REJECT,
            (
                self.batch_id,
                self.source_id,
                entry.platform,
                stage,
                cleaned(entry.native_id) or None,
                hashlib.sha256(entry.body).digest(),
                entry.body,
                entry.reason,
            ),
        )

    def _count(self, counts: Counts, gap: str | None) -> None:
        self.connection.execute(
            landing_sql.COUNT,
            {
                "requests": counts.requests,
                "promised": counts.promised,
                "returned": counts.returned,
                "new": counts.new,
                "known": counts.known,
                "rejected": counts.rejected,
                "filtered": counts.filtered,
                "truncated": counts.truncated,
                "waited": counts.waited,
                "gap": gap,
                "batch": self.batch_id,
            },
        )

    def _ensure_partition(self) -> None:
        """The month's partition, once a month: made outside the page's transaction, since it locks the table."""
        today = time.gmtime()
        if self._partition != (today.tm_year, today.tm_mon):
            with self.connection.transaction():
                self.connection.execute("select raw.ensure_month_partition(clock_timestamp())")
            self.connection.commit()
            self._partition = (today.tm_year, today.tm_mon)


def advance(known: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """The cursor to store, None where it stays: null never overwrites, and a watermark never goes back."""
    if not new:
        return None
    before, after = (known or {}).get("watermark"), new.get("watermark")
    merged = {name: value for name, value in new.items() if value is not None}
    if before is not None and (after is None or (type(after) is type(before) and after < before)):
        merged["watermark"] = before
    return merged


def open_rejects(connection: Connection, source_id: str | None = None) -> list[tuple[int, str, str, str, bytes]]:
    """(reject_id, source_id, platform, stage, body) of rejects that are not resolved, oldest first."""
    return list(connection.execute(landing_sql.OPEN_REJECTS, {"source": source_id}).fetchall())


def resolve_rejects(connection: Connection, reject_ids: Sequence[int]) -> None:
    """Mark rejects as understood by now."""
    with connection.transaction():
        connection.execute(
            "update raw.rejects set resolved_at = clock_timestamp() where reject_id = any(%s)", (list(reject_ids),)
        )
    connection.commit()


def recent_threads(connection: Connection, source_id: str, kind: str, since: datetime) -> list[tuple[str, str | None]]:
    """(native id, author id) of this source's live items of a kind since an instant, newest first: threads that may have got new answers."""
    rows = connection.execute(landing_sql.RECENT_THREADS, {"source": source_id, "kind": kind, "since": since}).fetchall()
    connection.commit()
    return [(native_id, author_id) for native_id, author_id in rows]
