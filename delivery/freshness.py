"""What the marts hold by now, and what they do not hold yet.

    quality.results ──► the newest gate of the marts, and when its run began
    ops.mart_builds, ops.mart_building ──► whether a build came after that gate, or has not come to its end
    ops.mart_changes (not taken by a build), marts_changes.mentions (taken by one that has not come to its end) ──► mentions not counted yet

A mention is counted once a build began after its labels were there. A change of its reactions alone starts no build, and is no such mention.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import psycopg
from croniter import croniter  # type: ignore[import-untyped]

from delivery.window import Window
from settings import Settings
from warehouse.publish import standing

GATE = """
select bool_and(result.success) filter (where result.layer = 'marts' and result.severity = 'batch'),
    max(result.ran_at) filter (where result.layer = 'marts'), min(result.ran_at), max(result.build_finished_at)
from quality.results as result
where result.run_id = (select run_id from quality.results where layer = 'marts' order by ran_at desc limit 1)
having bool_or(result.layer = 'marts')
"""
TAKEN = "select to_regclass('marts_changes.mentions') is not null"
UNCOUNTED = """
select count(*)
from ({changed}) as changed
cross join lateral (
    select version, event_at from core.mentions where core.mentions.mention_id = changed.mention_id order by version desc limit 1
) as newest
where (%(start)s::timestamptz is null or (newest.event_at >= %(start)s and newest.event_at < %(end)s))
    and not exists (select from core.deletions as gone where gone.mention_id = changed.mention_id and gone.undone_at is null)
    and not exists (
        select from nlp.done as done
        where done.mention_id = changed.mention_id and done.mention_version = newest.version and done.done_at <= %(begun)s
    )
"""
ASKED = """
select exists (select from raw.batches where source_id = %s and mode = 'incremental' and status <> 'running' and started_at >= %s)
"""


@dataclass(frozen=True)
class Gate:
    """The newest gate of the marts: whether it passed, when it ended, when its run (and so the build's reading) began, the end of the build it looked at."""

    passed: bool
    ran_at: datetime
    begun_at: datetime
    build: datetime | None


def gate(connection: psycopg.Connection) -> Gate | None:
    """The newest one, None before the first."""
    row = connection.execute(GATE).fetchone()
    return Gate(bool(row[0]), *row[1:]) if row else None


def is_of_last_build(connection: psycopg.Connection, gate: Gate) -> bool:
    """Whether what stands in the marts is what that gate looked at: no build ended since it began, and none was cut off, failed or still goes on."""
    return gate.build is not None and standing(connection) == gate.build


def uncounted(connection: psycopg.Connection, window: Window | None = None) -> int:
    """Mentions (of the window) that came or were labelled since the marts' newest gated run began; 0 before the first."""
    newest = gate(connection)
    if newest is None:
        return 0
    taken = connection.execute(TAKEN).fetchone() == (True,)
    changed = "select mention_id from ops.mart_changes" + (" union select mention_id from marts_changes.mentions" if taken else "")
    bounds = {"start": window.start if window else None, "end": window.end if window else None, "begun": newest.begun_at}
    row = connection.execute(UNCOUNTED.format(changed=f"select distinct mention_id from ({changed}) as every").encode(), bounds).fetchone()
    return int(row[0]) if row else 0


def all_asked(connection: psycopg.Connection, settings: Settings, tick: datetime) -> bool:
    """Whether every source was read, or at least asked, since its schedule was due last before `tick`."""
    for source in settings.sources.sources:
        if source.enabled and source.terms == "approved" and source.schedule:
            due = croniter(source.schedule, tick.astimezone(UTC) + timedelta(seconds=1)).get_prev(datetime)
            if connection.execute(ASKED, (source.id, due)).fetchone() != (True,):
                return False
    return True
