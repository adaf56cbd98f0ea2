"""What landing does with items whose tombstone stands: it is taken back by a look at the platform, or a new file, that shows them alive.

    staged page ──► PURGED: whose tombstone stands ──┬─► alive again: a tombstone taken back; emptied bytes make room for a new version
                                                     ├─► an old copy, words not purged: lands under its tombstone, and goes with it
                                                     └─► an old copy or still gone, words purged: left out (counted as known)

`look`: read from the platform now. `file`: an archive; bytes that were stored before its item was purged are an old copy. `reject`: bytes read
earlier that are read again; the next look at the platform tells whether the item is there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import psycopg

from warehouse import landing_sql
from warehouse.erased import own_ids
from warehouse.landing_rows import Entry

Origin = Literal["look", "file", "reject"]
_GONE = "select mention_id from core.deletions where purged_at is not null and undone_at is null and mention_id = any(%s)"


@dataclass(frozen=True)
class Standing:
    """Of a staged page's items with a standing tombstone: ordinals of what was taken off it, and of what is alive again."""

    held: frozenset[int] = frozenset()
    alive: tuple[int, ...] = ()


def held_back(connection: psycopg.Connection[Any], origin: Origin, given: dict[str, Any]) -> Standing:
    """Take what stays out off the staged page. `given`: as landing's statements take it."""
    found = connection.execute(landing_sql.PURGED, given | {"origin": origin}).fetchall()
    if not found:
        return Standing()
    held = [ordinal for ordinal, _, stays_out, _ in found if stays_out]
    if any(was_purged for *_, was_purged in found):
        connection.execute(landing_sql.HOLD_BACK, (held,))
        connection.execute(landing_sql.MAKE_ROOM)
    return Standing(frozenset(held), tuple(ordinal for ordinal, is_alive, stays_out, _ in found if is_alive and not stays_out))


def unread(connection: psycopg.Connection[Any], origin: Origin, entries: Sequence[Entry]) -> list[Entry]:
    """What could not be understood and may be kept: of an old copy not what was purged."""
    if origin == "look" or not entries:
        return list(entries)
    keys = [own_ids(entry) if entry.native_id else [] for entry in entries]
    gone = {row[0] for row in connection.execute(_GONE, ([key for own in keys for key in own],)).fetchall()}
    return [entry for entry, own in zip(entries, keys, strict=True) if gone.isdisjoint(own)]
