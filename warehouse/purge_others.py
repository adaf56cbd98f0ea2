"""The words of what is purged, out of what others left: their stored bytes, and what nobody could read.

    payloads ──► each with the words of its own relations ──┬─► an item of core: masked, but for what it says itself
                                                            └─► set aside: forgotten as a whole; the next look stores it anew
    rejects ──► never masked, for they may land yet: closed where they hold the words; a living item's stays
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg

from warehouse import purge_sql
from warehouse.purge_bodies import Sought, needles, without

Connection = psycopg.Connection[Any]


def payloads(connection: Connection, given: dict[str, Any]) -> int:
    """The words of the batch out of what others' payloads hold of them, inside the caller's transaction; bodies changed."""
    said: dict[UUID, list[str | None]] = {}
    for mention_id, *words in connection.execute(purge_sql.GIVEN).fetchall():
        said.setdefault(mention_id, []).extend(words)
    changed = 0
    for *key, body, own, gone, is_aside in _streamed(connection, purge_sql.OTHERS, given) if said else ():
        wanted = needles((word for one in gone for word in said[one]), least=purge_sql.SHORT if is_aside else 1)
        if (kept := without(bytes(body), wanted, own)) is not None:
            _keep(connection, (given["platform"], *key), kept, is_aside)
            changed += 1
    return changed


def _keep(connection: Connection, key: tuple[Any, ...], kept: bytes, is_aside: bool) -> None:
    """Nobody knows which words of an item that was set aside are its own: masked, it would be taken up with asterisks one day."""
    if is_aside:
        for statement in purge_sql.FORGET:
            connection.execute(statement, key)
    else:
        connection.execute(purge_sql.WITHOUT, (kept, *key))


def rejects(connection: Connection, given: dict[str, Any], words: Iterable[str | None], since: datetime | None = None) -> Iterator[dict[str, Any]]:
    """What to close, as purge_sql.CLOSE takes it: rejects that hold the words, kept `since` or ever. Read all before the first is closed."""
    sought = Sought(needles(words))
    if sought:
        for reject, resolved, body in _streamed(connection, purge_sql.REJECTS, given | {"since": since}):
            if sought.is_in(bytes(body)):
                yield {"reject": reject, "resolved": resolved}


def _streamed(connection: Connection, statement: str, given: dict[str, Any]) -> Iterator[tuple[Any, ...]]:
    """Rows with bodies, some at a time: a thread may be long."""
    with connection.cursor("bodies") as cursor:
        cursor.itersize = 200
        cursor.execute(statement.encode(), given)
        yield from cursor
