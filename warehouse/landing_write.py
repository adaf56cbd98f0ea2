"""One transaction of landing: a group of pages, raw first, then core, with the cursors that cover them.

    entries ──COPY──► temporary table ──► raw.payload_hashes ──what is new──COPY──► raw.payloads (the bytes themselves)
                                     ├──► core.mentions (a version where the content is new), core.authors, core.engagement
    tombstones ──► core.deletions    ├──► raw.rejects (what could not be understood)
    cursors ──► raw.cursors          └──► raw.batches (counters, heartbeat)                                      ──► commit

Rows are the same however pages are grouped: what a later page would have changed, a later row of the group changes.
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
from warehouse.erased import erased_of, screened
from warehouse.landing_rows import IS_MENTION, KEY, Entry, cleaned, graves
from warehouse.purged import Origin, held_back, unread

Connection = psycopg.Connection[Any]
Grave = tuple[str, str, Mapping[str, Any]]
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


@dataclass(frozen=True)
class Work:
    """A page to land: its entries, the cursor that covers it and what the ledger says of it.

    `gone`: (platform, site, tombstone) of items that were found to be deleted without an item that says so.
    """

    entries: Sequence[Entry]
    stream: str = ""
    cursor: Mapping[str, Any] | None = None
    requests: int = 0
    waited: float = 0.0
    promised: int | None = None
    gap: str | None = None
    gone: Sequence[Grave] = ()

    def is_alone(self) -> bool:
        """Whether it must be a group of its own: a tombstone hides what came before it, and not what comes after."""
        return bool(self.gone) or any(entry.tombstones for entry in self.entries)

    def counts(self) -> Counts:
        """What is known of it before it is landed; every entry counts as known until it turns out to be new or refused."""
        good = [entry for entry in self.entries if entry.reason is None]
        return Counts(
            self.requests,
            self.promised,
            returned=len(self.entries),
            known=len(good),
            rejected=len(self.entries) - len(good),
            filtered=sum(entry.filtered for entry in good),
            truncated=sum(bool(entry.mention and entry.mention["truncated"]) and not entry.filtered for entry in good),
            waited=self.waited,
        )


@dataclass
class Landed:
    """What a group did: its counts, why items were rejected, its cursors as stored, the first gap."""

    counts: Counts
    reasons: Counter[str] = field(default_factory=Counter)
    cursors: dict[str, dict[str, Any]] = field(default_factory=dict)
    gap: str | None = None


@dataclass
class Writer:
    """Writes groups of one batch on a connection that nothing else uses meanwhile."""

    connection: Connection
    source_id: str
    platform: str
    batch_id: uuid.UUID
    observed_at: datetime
    origin: Origin = "look"
    _partition: tuple[int, int] | None = None
    _is_staged: bool = False

    def write(self, group: Sequence[Work], known: Mapping[str, Mapping[str, Any]]) -> Landed:
        """Land the pages of a group. All or nothing: rows, cursors and counters commit together. `known`: the cursors until now."""
        self._ensure_partition()
        entries = [entry for work in group for entry in work.entries]
        good, bad = [entry for entry in entries if entry.reason is None], [entry for entry in entries if entry.reason is not None]
        landed = Landed(Counts(), cursors=_moved(group, known), gap=next((work.gap for work in group if work.gap), None))
        for work in group:
            landed.counts.add(work.counts())
        self._is_staged = False
        with self.connection.transaction():
            self.connection.execute(landing_sql.LOCK_PLATFORM, (self.platform,))
            held = len(bad)
            bad = unread(self.connection, self.origin, bad)
            if erased := erased_of(self.connection, self.platform):
                good = screened(self.connection, erased, good)  # what is left out counts as known
                bad = screened(self.connection, erased, bad)
            landed.counts.add(Counts(known=held - len(bad), rejected=len(bad) - held))
            new, refused = self._land_or_refuse(good)
            landed.counts.add(Counts(new=new, known=-new - len(refused), rejected=len(refused)))
            self._bury(
                [grave for work in group for platform, site, found in work.gone for grave in graves(platform, site, [found])]
            )
            for entry in refused:
                self.reject(entry, "core")
            for entry in bad:
                self.reject(entry, "item")
            for stream, cursor in landed.cursors.items():
                self.connection.execute(landing_sql.MOVE_CURSOR, (self.source_id, stream, Jsonb(cursor), self.batch_id))
            self._count(landed.counts, landed.gap)
        self.connection.commit()
        landed.reasons.update(str(entry.reason) for entry in (*bad, *refused))
        return landed

    def reject(self, entry: Entry, stage: str) -> None:
        """Keep what could not be understood or taken, inside the caller's transaction."""
        digest, native_id = hashlib.sha256(entry.body).digest(), cleaned(entry.native_id) or None
        key = (entry.platform, (cleaned(entry.site) or "") if native_id else None, entry.kind or None)
        row = (self.batch_id, self.source_id, *key, stage, native_id, digest, entry.body, entry.reason)
        self.connection.execute(landing_sql.REJECT, row)

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
        rows = [(ordinal, *entry.staged) for ordinal, entry in enumerate(entries)]
        if self._is_staged:  # the other half of a group that was refused as a whole; a new transaction finds the table empty
            self.connection.execute(landing_sql.EMPTY)
        self._is_staged = True
        copy_rows(self.connection, "pg_temp.landing", landing_sql.COLUMNS, rows)
        given = {"batch": self.batch_id, "source": self.source_id, "now": self.observed_at}
        standing = held_back(self.connection, self.origin, given)
        ordinals = {row[KEY]: row[0] for row in rows}
        new = sorted(ordinals[key] for key in self.connection.execute(landing_sql.HASHES, given, binary=True))
        if new:
            copy_binary(self.connection, "raw.payloads", landing_sql.PAYLOAD_TYPES, self._payloads(rows, entries, new))
        if any(row[IS_MENTION] for row in rows):
            self._mentions(sum(row[IS_MENTION] for row in rows), given)
        self._set_aside([row for row in rows if row[0] not in standing.held], entries)
        self._bury([grave for entry in entries for grave in graves(entry.platform, entry.site, entry.tombstones)])
        if standing.alive:
            self.connection.execute(landing_sql.UNDO, given | {"alive": list(standing.alive)})
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
             "conversation": entry.mention.get("conversation_id"), "parent": entry.mention.get("parent_id"), "batch": self.batch_id,
             "repeats": entry.mention.get("repost_of_id") or entry.mention.get("quote_of_id")}
            for row in rows if (entry := entries[row[0]]).filtered and entry.mention
        ]  # fmt: skip
        if aside:
            with self.connection.cursor() as cursor:
                cursor.executemany(landing_sql.SET_ASIDE, aside)
        self.connection.execute(landing_sql.TAKEN_UP)

    def _bury(self, graves: Sequence[dict[str, Any]]) -> None:
        if graves:
            with self.connection.cursor() as cursor:
                cursor.executemany(landing_sql.TOMBSTONE, [grave | {"now": self.observed_at} for grave in graves])

    def _count(self, counts: Counts, gap: str | None) -> None:
        given = {name: getattr(counts, name) for name in landing_sql.COUNTED}
        self.connection.execute(landing_sql.COUNT, given | {"gap": gap, "batch": self.batch_id})

    def _ensure_partition(self) -> None:
        """The month's partition, once a month: made outside the group's transaction, since it locks the table."""
        today = time.gmtime()
        if self._partition != (today.tm_year, today.tm_mon):
            with self.connection.transaction():
                self.connection.execute("select raw.ensure_month_partition(clock_timestamp())")
            self.connection.commit()
            self._partition = (today.tm_year, today.tm_mon)


def _moved(group: Sequence[Work], known: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """The cursors that a group's pages leave, of the streams whose cursor moves."""
    moved: dict[str, dict[str, Any]] = {}
    for work in group:
        cursor = advance(moved.get(work.stream, known.get(work.stream)), work.cursor)
        if cursor is not None:
            moved[work.stream] = cursor
    return moved


def advance(known: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """The cursor to store, None where it stays: null never overwrites, and a watermark never goes back."""
    if not new:
        return None
    before, after = (known or {}).get("watermark"), new.get("watermark")
    merged = {name: value for name, value in new.items() if value is not None}
    if before is not None and (after is None or (type(after) is type(before) and after < before)):
        merged["watermark"] = before
    return merged
