"""Rejects that were overtaken: what could not be understood once, and has been understood since.

    raw.rejects (open) ── the item is in core since, by its id or its very bytes ──────────────┐
                       └─ it came in a file that was ingested again, mended: every row understood ┴──► resolved_at

A page that could not be read is resolved by landing itself (the next success has read it again). What is resolved keeps its hash and loses
its bytes, which may name people: whatever was understood is in raw.payloads.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import psycopg

# What runs have loaded since the success before the last one: a run that died in between is covered by the next.
_SINCE = """
select greatest(
    (select ended_at from raw.batches where source_id = %(source)s and status = 'success' order by ended_at desc offset 1 limit 1),
    (select min(created_at) from raw.rejects where source_id = %(source)s and resolved_at is null and stage <> 'page'))
where exists (select 1 from raw.rejects where source_id = %(source)s and resolved_at is null and stage <> 'page')
"""

# core knows a version only once: what is in it since the reject was understood since.
_UNDERSTOOD = """
with loaded as materialized (
    select platform, native_id, payload_sha256, max(loaded_at) as loaded_at from core.mentions
    where loaded_at > %(since)s and source_id = %(source)s group by 1, 2, 3
)
update raw.rejects r set resolved_at = clock_timestamp(), body = ''
where r.source_id = %(source)s and r.resolved_at is null and r.stage <> 'page' and (
    exists (select 1 from loaded l where l.platform = r.platform and l.native_id = r.native_id and l.loaded_at > r.created_at)
    or exists (select 1 from loaded l where l.platform = r.platform and l.payload_sha256 = r.payload_sha256 and l.loaded_at > r.created_at))
"""

# A file of the same name, whole: nothing rejected, no fewer items, and all that was understood the first time known. A row that had no id
# and was mended bears other bytes now, so that only its file tells. A file of which nothing was understood has nothing to be known by.
_MENDED = """
update raw.rejects r set resolved_at = clock_timestamp(), body = ''
from raw.batches first
join raw.batches again on again.source_id = first.source_id and again.platform = first.platform and again.run_id = first.run_id
    and again.mode = 'ingest' and again.status = 'success' and again.started_at > first.ended_at
where r.source_id = %(source)s and r.resolved_at is null and r.stage <> 'page' and first.batch_id = r.batch_id
    and first.source_id = %(source)s and first.mode = 'ingest' and first.items_new + first.items_known > 0
    and again.items_rejected = 0 and again.items_returned >= first.items_returned
    and again.items_known >= first.items_new + first.items_known
"""


def settle_rejects(connection: psycopg.Connection[Any], source_id: str) -> int:
    """Mark this source's rejects that were overtaken as resolved; returns how many. Call it after a run, an ingest, before a replay."""
    with connection.transaction():
        row = connection.execute(_SINCE.encode(), {"source": source_id}).fetchone()
        since: datetime | None = row[0] if row else None
        if since is None:  # nothing is open
            return 0
        given = {"source": source_id, "since": since}
        settled = sum(connection.execute(statement.encode(), given).rowcount for statement in (_UNDERSTOOD, _MENDED))
    connection.commit()
    return settled


def settle_all(connection: psycopg.Connection[Any]) -> int:
    """settle_rejects() for every source that has open rejects; returns how many were marked."""
    rows = connection.execute("select distinct source_id from raw.rejects where resolved_at is null").fetchall()
    connection.commit()
    return sum(settle_rejects(connection, source_id) for (source_id,) in rows)
