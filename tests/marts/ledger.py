"""Rows of raw.batches, said as differences from a quiet successful run, and items of a source without the rest of a mention."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import psycopg

Batch = dict[str, Any]
QUIET: Batch = {
    "mode": "incremental", "status": "success", "interval_start": None, "interval_end": None, "requests": 1, "items_promised": None,
    "items_new": 0, "items_known": 0, "items_rejected": 0, "items_filtered": 0, "items_truncated": 0, "waited_seconds": 0,
    "gap_reason": None,
}  # fmt: skip


def batch(number: int, source_id: str, platform: str, started_at: datetime, **said: Any) -> Batch:
    """A run that ends five minutes later and reads up to its start; what it returned follows from its parts, the gap from its reason."""
    row = QUIET | {"interval_start": datetime.fromisoformat("2026-01-05T00:00:00Z"), "interval_end": started_at} | said
    return row | {
        "batch_id": f"00000000-0000-0000-0000-{number:012d}", "source_id": source_id, "platform": platform, "started_at": started_at,
        "ended_at": started_at + timedelta(minutes=5), "gap": row["gap_reason"] is not None,
        "items_returned": row["items_new"] + row["items_known"] + row["items_rejected"],
    }  # fmt: skip


def load_batches(connection: psycopg.Connection[Any], batches: Sequence[Batch]) -> None:
    """Into raw.batches."""
    for row in batches:
        columns = sorted(row)
        connection.execute(
            f"insert into raw.batches ({', '.join(columns)}) values ({', '.join(f'%({name})s' for name in columns)})".encode(),
            row,
        )


def load_items(
    connection: psycopg.Connection[Any], source_id: str, platform: str, moments: Sequence[datetime], cut: int = 0
) -> None:
    """One mention at each moment; the texts of the first `cut` are cut off."""
    for number, at in enumerate(moments):
        connection.execute(
            "insert into core.mentions (mention_id, version, platform, kind, native_id, source_id, text, truncated, created_at, event_at,"
            " event_at_basis, content_sha256, payload_sha256, batch_id, first_seen_at) values (core.mention_id(%(platform)s, '', 'post',"
            " %(id)s), 1, %(platform)s, 'post', %(id)s, %(source)s, '-', %(cut)s, %(at)s, %(at)s, 'created_at', sha256(%(id)s::bytea),"
            " sha256(%(id)s::bytea), gen_random_uuid(), %(at)s)",
            {"platform": platform, "id": f"{source_id}{number}", "source": source_id, "at": at, "cut": number < cut},
        )


def small_ledger(as_of: datetime) -> list[Batch]:
    """For the world of the random histories: a source with a promise kept, one broken, a stop, and a file."""
    hour = timedelta(hours=1)
    return [
        batch(1, "truth", "x", as_of - 9 * hour, items_promised=4, items_new=4, items_truncated=1),
        batch(
            2, "truth", "x", as_of - 8 * hour, items_promised=9, items_new=2, items_known=5, gap_reason="9 items promised, 7 came"
        ),
        batch(3, "truth", "x", as_of - 7 * hour, status="stopped", gap_reason="stopped: quota", waited_seconds=12.5),
        batch(4, "truth", "x", as_of - 6 * hour, items_new=3, items_filtered=2),
        batch(
            5,
            "file",
            "rss",
            as_of - 5 * hour,
            mode="ingest",
            interval_start=None,
            interval_end=None,
            items_new=2,
            items_rejected=1,
        ),
    ]
