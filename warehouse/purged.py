"""What landing does with items whose words were purged: nothing of them comes in until a look at the platform, or a new file, shows them alive.

    staged page ──► PURGED: whose tombstone stands ──┬─► still gone, or bytes read long ago: left out (counted as known)
                                                     └─► alive again: their emptied bytes make room; a new version, a tombstone taken back

`look`: read from the platform now. `file`: an archive; bytes that were stored before its item was purged are an old copy. `reject`: bytes read
earlier that are read again; the next look at the platform tells whether the item is there.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import psycopg

from warehouse import landing_sql
from warehouse.erased import own_ids
from warehouse.landing_rows import Entry

Origin = Literal["look", "file", "reject"]
_GONE = "select mention_id from core.deletions where purged_at is not null and undone_at is null and mention_id = any(%s)"


def held_back(connection: psycopg.Connection[Any], origin: Origin, given: dict[str, Any]) -> frozenset[int]:
    """Take what stays out off the staged page; its ordinals. `given`: as landing's statements take it."""
    found = connection.execute(landing_sql.PURGED, given | {"origin": origin}).fetchall()
    if not found:
        return frozenset()
    held = [ordinal for ordinal, stays_out in found if stays_out]
    connection.execute(landing_sql.HOLD_BACK, (held,))
    connection.execute(landing_sql.MAKE_ROOM)
    return frozenset(held)


def unread(connection: psycopg.Connection[Any], origin: Origin, entries: Sequence[Entry]) -> list[Entry]:
    """What could not be understood and may be kept: of an old copy not what was purged."""
    if origin == "look" or not entries:
        return list(entries)
    keys = [own_ids(entry) if entry.native_id else [] for entry in entries]
    gone = {row[0] for row in connection.execute(_GONE, ([key for own in keys for key in own],)).fetchall()}
    return [entry for entry, own in zip(entries, keys, strict=True) if gone.isdisjoint(own)]
