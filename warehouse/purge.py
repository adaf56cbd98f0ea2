"""What was deleted loses its words after the grace: batch by batch, each in a transaction of its own.

    core.deletions, laid before now - deletion_grace_days, not taken back, platform by platform
        ├─► what nobody could read and holds their words: closed, before the first batch (purge_others)
        └─► a batch, under landing's lock
        ├─► its versions, span labels, masked texts, stored bytes, rejects: emptied; ids, numbers and rows stay (purge_sql.WORDS)
        ├─► others' stored bytes that hold its words: masked there (purge_others)
        └─► purged_at on its tombstones: landing lets nothing of it in until it is seen alive again (warehouse/purged.py)

A platform that fails ends no other's purge.
Killed anywhere, batches are done or untouched, and the next run goes on with the rest. The marts hide these items already: no number moves.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg

from settings import RenownError
from warehouse import erasure_sql, purge_others, purge_sql

BATCH = 500
SAID = 50_000  # items whose words are looked for in rejects at once
UNKNOWN = 10_000
Connection = psycopg.Connection[Any]


@dataclass(frozen=True)
class Due:
    """What a platform has waiting."""

    platform: str
    items: int
    payloads: int
    bytes: int


@dataclass
class Purge:
    """What a run did: items that had something stored, rows changed by what they were."""

    items: int = 0
    removed: dict[str, int] = field(default_factory=dict)
    purge_id: int | None = None  # None: nothing was due
    failed: dict[str, str] = field(default_factory=dict)  # platform → what kind of error: its message may quote words

    def add(self, removed: dict[str, int]) -> None:
        """Sum up."""
        for name, count in removed.items():
            self.removed[name] = self.removed.get(name, 0) + count


def until(now: datetime, grace_days: int) -> datetime:
    """Whoever was deleted by then has had the grace. A clock that was set ahead shortens none; the sandbox's may run ahead."""
    present = now if os.environ.get("RENOWN_SANDBOX_URL") else min(now, datetime.now(UTC))
    return present - timedelta(days=grace_days)


def due(connection: Connection, now: datetime, grace_days: int) -> list[Due]:
    """What the next run would purge, by platform: items, stored payloads of theirs, and their bytes."""
    rows = connection.execute(purge_sql.WAITING, {"until": until(now, grace_days)}).fetchall()
    connection.commit()
    return [Due(*row) for row in rows if row[1]]


def purge(
    connection: Connection, now: datetime, grace_days: int, *, size: int = BATCH, progress: Callable[[int], None] | None = None
) -> Purge:
    """Purge all that is due; commits batch by batch and calls `progress` with the items so far. Raises RenownError while another one runs.

    A platform that failed stands in the answer's `failed`, and the next run tries it again: whoever calls says so (raise_failed).
    """
    _lock(connection)
    try:
        done, given = Purge(), {"until": until(now, grace_days)}
        for (platform,) in _committed(connection, purge_sql.PLATFORMS, given):
            try:
                for sums in _platform(connection, given | {"platform": platform}, done, size):
                    done = sums
                    if progress:
                        progress(done.items)
            except Exception as error:
                if connection.broken:
                    raise
                connection.rollback()
                connection.execute("close all")  # its list of ids
                connection.commit()
                done.failed[platform] = type(error).__name__
        _end(connection, given, done)
        return done
    finally:
        _unlock(connection)


def raise_failed(done: Purge) -> None:
    """Raises RenownError where a platform's purge failed."""
    if done.failed:
        told = ", ".join(f"{platform} ({error})" for platform, error in sorted(done.failed.items()))
        raise RenownError(f"the purge failed for {told}", "the others are done; run 'renown purge' again, and report it where it stays")


def _committed(connection: Connection, statement: str, given: dict[str, Any]) -> list[tuple[Any, ...]]:
    rows = connection.execute(statement.encode(), given).fetchall()
    connection.commit()
    return rows


def _end(connection: Connection, given: dict[str, Any], done: Purge) -> None:
    """Nothing is left to ask of tombstones that nothing is stored of; the ledger's row ends where every platform is done."""
    while connection.execute(purge_sql.MARK_UNKNOWN, given | {"size": UNKNOWN}).rowcount:
        connection.commit()
    if done.purge_id is not None and not done.failed:
        connection.execute(purge_sql.END, (done.purge_id,))
    connection.commit()


def _lock(connection: Connection) -> None:
    row = connection.execute(purge_sql.LOCK).fetchone()
    connection.commit()
    if not (row and row[0]):
        raise RenownError("a purge is already running", "wait for it to end")


def _unlock(connection: Connection) -> None:
    """A lost connection has given the lock back by itself."""
    if not connection.closed:
        connection.rollback()
        connection.execute(purge_sql.UNLOCK)
        connection.commit()


def _platform(connection: Connection, given: dict[str, Any], done: Purge, size: int) -> Iterator[Purge]:
    """A platform's purge, with the sums after each batch."""
    (began,) = _committed(connection, "select clock_timestamp()", {})[0]
    with closing(_batches(connection, given, SAID)) as many:
        closed = sum(_close(connection, given | {"ids": ids}) for ids in many)
    done = replace(done, removed=dict(done.removed))
    done.add({"others' rejects": closed})
    with closing(_batches(connection, given, size)) as batches:
        for ids in batches:
            done = _batch(connection, given | {"ids": ids, "began": began}, done)
            yield done


def _batches(connection: Connection, given: dict[str, Any], size: int) -> Generator[list[UUID], None, None]:
    """Ids that were due when asked, of one platform, since landing's lock is one a platform. Listed once, however many there are."""
    with connection.cursor("due", withhold=True) as cursor:
        cursor.execute(purge_sql.IDS.encode(), given)
        connection.commit()
        while rows := cursor.fetchmany(size):
            connection.commit()
            yield [row[0] for row in rows]
    connection.commit()


def _close(connection: Connection, given: dict[str, Any]) -> int:
    """Close what nobody could read and holds words of these, one by one: each commit waits for nobody. Before their batches, so that a killed
    run's are looked for again."""
    words = (word for row in connection.execute(purge_sql.SAID, given).fetchall() for word in row)
    held, closed = list(purge_others.rejects(connection, given, words)), 0
    connection.commit()
    for one in held:
        closed += connection.execute(purge_sql.CLOSE, one).rowcount
        connection.commit()
    return closed


def _batch(connection: Connection, given: dict[str, Any], before: Purge) -> Purge:
    """One batch: all of its words, its tombstones' marks and its share of the ledger's row, or nothing. The sums with it."""
    done = replace(before, removed=dict(before.removed))
    with connection.transaction():
        connection.execute(erasure_sql.LOCK_SNAPSHOTS)
        connection.execute(erasure_sql.LOCK, (given["platform"],))
        connection.execute(purge_sql.QUIETLY)
        for statement in erasure_sql.MAKE:
            connection.execute(statement)
        connection.execute(purge_sql.TAKE, given)
        connection.execute(erasure_sql.HOLD)  # no model is reading them meanwhile
        connection.execute(purge_sql.BODIES, given)
        connection.execute(erasure_sql.LOOKED_AT)
        row = connection.execute(purge_sql.ITEMS, given).fetchone()
        done.items += row[0] if row else 0
        done.add({"words in others' bytes": purge_others.payloads(connection, given), "others' rejects": _close_new(connection, given)})
        done.add({name: connection.execute(statement, given).rowcount for name, statement in purge_sql.WORDS.items()})
        connection.execute(purge_sql.MARK)
        _note(connection, given, done)
        connection.execute(erasure_sql.DROP)
    connection.commit()
    return done


def _close_new(connection: Connection, given: dict[str, Any]) -> int:
    """What came since the platform's rejects were gone through."""
    words = (word for _, *row in connection.execute(purge_sql.GIVEN).fetchall() for word in row)
    held = list(purge_others.rejects(connection, given, words, since=given["began"]))
    return sum(connection.execute(purge_sql.CLOSE, one).rowcount for one in held)


def _note(connection: Connection, given: dict[str, Any], done: Purge) -> None:
    """The run's row of the ledger: it is there from the first batch on."""
    if done.purge_id is None:
        row = connection.execute(purge_sql.START, given).fetchone()
        done.purge_id = int(row[0]) if row else None
    connection.execute(purge_sql.COUNT, (done.items, json.dumps(done.removed), done.purge_id))
