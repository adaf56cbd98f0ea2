"""One run a source: a session lock, so that two runs never share a cursor, and a dead run never blocks the next."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import psycopg

from settings import RenownError

Connection = psycopg.Connection[Any]


def lock_source(
    connection: Connection, source_id: str, wait_seconds: float = 10.0, sleep: Callable[[float], object] = time.sleep
) -> None:
    """A session lock: it ends with the connection, so a dead run never blocks the next. Raises RenownError while another run holds it."""
    until = time.monotonic() + wait_seconds
    while True:
        row = connection.execute("select pg_try_advisory_lock(hashtext('renown.source'), hashtext(%s))", (source_id,)).fetchone()
        connection.commit()
        if row and row[0]:
            return
        if time.monotonic() >= until:
            raise RenownError(f"source '{source_id}' is already running", "wait for that run to end")
        sleep(0.25)


def unlock_source(connection: Connection, source_id: str) -> None:
    """Give the source's lock back."""
    connection.execute("select pg_advisory_unlock(hashtext('renown.source'), hashtext(%s))", (source_id,))
    connection.commit()
