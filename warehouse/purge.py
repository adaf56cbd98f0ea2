"""What was deleted loses its words after the grace: batch by batch, each in a transaction of its own.

    core.deletions, laid before now - deletion_grace_days, not taken back ──► a batch of one platform, under landing's lock
        ├─► its versions, span labels, masked texts, stored bytes, rejects: emptied; ids, numbers and rows stay (purge_sql.WORDS)
        ├─► others' stored bytes that hold its words: masked there (purge_bodies)
        └─► purged_at on its tombstones: landing lets nothing of it in until it is seen alive again (warehouse/purged.py)

Killed anywhere, batches are done or untouched, and the next run goes on with the rest. The marts hide these items already: no number moves.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg

from settings import RenownError
from warehouse import erasure_sql, purge_sql
from warehouse.purge_bodies import needles, without

BATCH = 500
FIRST = UUID(int=0)
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

    def add(self, removed: dict[str, int]) -> None:
        """Sum up."""
        for name, count in removed.items():
            self.removed[name] = self.removed.get(name, 0) + count


def until(now: datetime, grace_days: int) -> datetime:
    """Whoever was deleted by then has had the grace."""
    return now - timedelta(days=grace_days)


def due(connection: Connection, now: datetime, grace_days: int) -> list[Due]:
    """What the next run would purge, by platform: items, stored payloads of theirs, and their bytes."""
    rows = connection.execute(purge_sql.WAITING, {"until": until(now, grace_days)}).fetchall()
    connection.commit()
    return [Due(*row) for row in rows if row[1]]


def purge(
    connection: Connection, now: datetime, grace_days: int, *, size: int = BATCH, progress: Callable[[int], None] | None = None
) -> Purge:
    """Purge all that is due; commits batch by batch and calls `progress` with the items so far. Raises RenownError while another one runs."""
    _lock(connection)
    try:
        done, given = Purge(), {"until": until(now, grace_days)}
        for platform, ids in _batches(connection, given, size):
            _batch(connection, given | {"platform": platform, "ids": ids}, done)
            if progress:
                progress(done.items)
        if done.purge_id is not None:
            connection.execute(purge_sql.END, (done.purge_id,))
            connection.commit()
        return done
    finally:
        _unlock(connection)


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


def _batches(connection: Connection, given: dict[str, Any], size: int) -> Iterator[tuple[str, list[UUID]]]:
    """Ids that were due when asked, platform by platform, since landing's lock is one a platform."""
    for (platform,) in connection.execute(purge_sql.PLATFORMS, given).fetchall():
        after = FIRST
        while ids := [row[0] for row in connection.execute(purge_sql.NEXT, given | {"platform": platform, "after": after, "size": size}).fetchall()]:
            connection.commit()
            yield platform, ids
            after = ids[-1]
    connection.commit()


def _batch(connection: Connection, given: dict[str, Any], done: Purge) -> None:
    """One batch: all of its words, its tombstones' marks and its share of the ledger's row, or nothing."""
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
        done.add({"words in others' bytes": _others(connection, given)})
        done.add({name: connection.execute(statement, given).rowcount for name, statement in purge_sql.WORDS.items()})
        connection.execute(purge_sql.MARK)
        _note(connection, given, done)
        connection.execute(erasure_sql.DROP)
    connection.commit()


def _others(connection: Connection, given: dict[str, Any]) -> int:
    """The words out of what others' payloads and rejects hold of them; bodies changed."""
    wanted = needles(word for row in connection.execute(purge_sql.GIVEN).fetchall() for word in row)
    if not wanted:
        return 0
    changed = 0
    for *key, body, own in _streamed(connection, purge_sql.OTHERS, given):
        if (kept := without(bytes(body), wanted, own)) is not None:
            connection.execute(purge_sql.WITHOUT, (kept, given["platform"], *key))
            changed += 1
    for reject, body in _streamed(connection, purge_sql.REJECTS, given):
        if (kept := without(bytes(body), wanted)) is not None:
            connection.execute(purge_sql.REJECT_WITHOUT, {"body": kept, "reject": reject})
            changed += 1
    return changed


def _streamed(connection: Connection, statement: str, given: dict[str, Any]) -> Iterator[tuple[Any, ...]]:
    """Rows with bodies, some at a time: a thread may be long."""
    with connection.cursor("bodies") as cursor:
        cursor.itersize = 200
        cursor.execute(statement.encode(), given)
        yield from cursor


def _note(connection: Connection, given: dict[str, Any], done: Purge) -> None:
    """The run's row of the ledger: it is there from the first batch on."""
    if done.purge_id is None:
        row = connection.execute(purge_sql.START, given).fetchone()
        done.purge_id = int(row[0]) if row else None
    connection.execute(purge_sql.COUNT, (done.items, json.dumps(done.removed), done.purge_id))
