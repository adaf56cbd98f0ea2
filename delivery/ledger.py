"""ops.deliveries: one row a subscription and window, so that each is sent exactly once.

(nothing) ──► rendered ──► sent        failed ──► tried again
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import psycopg

from delivery.window import Window

if TYPE_CHECKING:
    from collections.abc import Iterator

READ = """
select status, file_name, file_sha256, row_count, attempts, coverage from ops.deliveries
where subscription_id = %s and window_start = %s and window_end = %s
"""
RENDERED = """
insert into ops.deliveries (subscription_id, window_start, window_end, status, file_name, file_sha256, row_count,
                            attempts, channel, coverage, rendered_at)
values (%(subscription)s, %(start)s, %(end)s, 'rendered', %(file)s, %(sha256)s, %(rows)s,
        1, %(channel)s, %(coverage)s, clock_timestamp())
on conflict (subscription_id, window_start, window_end) do update
set status = 'rendered', file_name = excluded.file_name, file_sha256 = excluded.file_sha256,
    row_count = excluded.row_count, attempts = deliveries.attempts + 1,
    channel = excluded.channel, coverage = excluded.coverage,
    rendered_at = excluded.rendered_at, error = null
"""
SENT = """
update ops.deliveries set status = 'sent', sent_at = clock_timestamp(), error = null
where subscription_id = %s and window_start = %s and window_end = %s
"""
FAILED = """
insert into ops.deliveries (subscription_id, window_start, window_end, status, attempts, channel, error)
values (%s, %s, %s, 'failed', 1, %s, %s)
on conflict (subscription_id, window_start, window_end) do update
set status = 'failed', attempts = deliveries.attempts + 1, error = excluded.error
"""


@dataclass(frozen=True)
class Entry:
    """What the ledger knows of one delivery."""

    status: str
    file_name: str | None
    file_sha256: str | None
    row_count: int | None
    attempts: int
    coverage: dict[str, Any]


@contextmanager
def alone(connection: psycopg.Connection, subscription_id: str) -> Iterator[None]:
    """One deliverer a subscription at a time: a session lock, gone with the connection when the process dies."""
    connection.execute("select pg_advisory_lock(hashtextextended(%s, 7204070))", (subscription_id,))
    connection.commit()
    try:
        yield
    finally:
        connection.rollback()
        connection.execute("select pg_advisory_unlock(hashtextextended(%s, 7204070))", (subscription_id,))
        connection.commit()


def read(connection: psycopg.Connection, subscription_id: str, window: Window) -> Entry | None:
    """The entry of this window, None where nothing was tried."""
    row = connection.execute(READ, (subscription_id, window.start, window.end)).fetchone()
    connection.commit()
    return Entry(*row) if row else None


def rendered(
    connection: psycopg.Connection,
    subscription_id: str,
    window: Window,
    *,
    file: str,
    sha256: str,
    rows: int,
    channel: str,
    coverage: dict[str, Any],
) -> None:
    """Note, before anything leaves, which file is about to."""
    connection.execute(
        RENDERED,
        {
            "subscription": subscription_id,
            "start": window.start,
            "end": window.end,
            "file": file,
            "sha256": sha256,
            "rows": rows,
            "channel": channel,
            "coverage": json.dumps(coverage),
        },
    )
    connection.commit()


def sent(connection: psycopg.Connection, subscription_id: str, window: Window) -> None:
    """Note that the channel has the file."""
    connection.execute(SENT, (subscription_id, window.start, window.end))
    connection.commit()


def failed(connection: psycopg.Connection, subscription_id: str, window: Window, channel: str, error: str) -> None:
    """Note why the channel did not take it."""
    connection.rollback()
    connection.execute(FAILED, (subscription_id, window.start, window.end, channel, error))
    connection.commit()
