"""Quarantine: single mentions that break a row rule are left out of the marts until they heal.

row rules ──► one scan of core.current_mentions ──► quality.quarantine: new rows in, healed rows released
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import psycopg

from expectations.engine import bound
from expectations.rules import ROW_TARGET, RowRule

PUT = """
insert into quality.quarantine (mention_id, mention_version, layer, rule)
select mention_id, mention_version, %(layer)s, rule from failing
on conflict (mention_id, mention_version, rule) do update
set released_at = null, quarantined_at = clock_timestamp(), layer = excluded.layer
where quarantine.released_at is not null
"""
RELEASE = """
update quality.quarantine as q set released_at = clock_timestamp()
where q.released_at is null and q.layer = %(layer)s and not exists (
    select 1 from failing as f
    where f.mention_id = q.mention_id and f.mention_version = q.mention_version and f.rule = q.rule)
"""


class Quarantined(NamedTuple):
    """Rows put in now, rows released now, rows in quarantine afterwards."""

    put: int
    released: int
    standing: int


def apply(connection: psycopg.Connection, layer: str, rules: Sequence[RowRule], now: datetime) -> Quarantined:
    """Bring quality.quarantine up to date for `layer` in the caller's transaction; a second call changes nothing."""
    if not rules:
        return Quarantined(0, 0, 0)
    connection.execute("drop table if exists pg_temp.failing")
    connection.execute(bound(_scan(rules), now).encode())
    put = connection.execute(PUT, {"layer": layer}).rowcount
    released = connection.execute(RELEASE, {"layer": layer}).rowcount
    standing = connection.execute("select count(*) from pg_temp.failing").fetchone()
    return Quarantined(put, released, int(standing[0]) if standing else 0)


def _scan(rules: Sequence[RowRule]) -> str:
    """One pass over the current mentions for all rules together; names and conditions are ours, never a user's."""
    checks = ", ".join(f"('{rule.name}', {rule.condition})" for rule in rules)
    return (
        f"create temporary table failing on commit drop as select t.mention_id, t.version as mention_version, r.rule "
        f"from {ROW_TARGET} as t cross join lateral (values {checks}) as r (rule, failed) where r.failed"
    )
