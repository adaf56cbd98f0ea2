"""Models beside the active ones: run them in shadow, say what they would change, let them count.

present weights and configuration ──► shadow() ──► nlp.annotations, nlp.done of their own version (counts nowhere)
                                  ──► diff() ──► labels and KPIs under both ──► promote() ──► nlp.current_annotations at once, marts stale
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import psycopg

from nlp.enrich import Part, Progress, pending_count, run
from nlp.kpi_diff import Kpi, changed, kpi_rows
from nlp.label_diff import Mover, TaskDiff, compare
from nlp.manifest import activate, active_version, model_versions, pipeline_version, register
from nlp.mart_models import MartModels, make_scope
from settings import RenownError, Settings
from warehouse.connection import connect

_DAYS = """
select distinct (event_at at time zone %(zone)s)::date as day from core.current_mentions
where (%(first)s::date is null or (event_at at time zone %(zone)s)::date >= %(first)s)
    and (%(last)s::date is null or (event_at at time zone %(zone)s)::date <= %(last)s)
order by 1"""
_LIST = """
select m.pipeline_version, m.is_active, m.created_at, m.activated_at, m.models,
    (select count(*) from nlp.done d join core.current_mentions c on c.mention_id = d.mention_id and c.version = d.mention_version
     where d.pipeline_version = m.pipeline_version) as finished,
    (select count(*) from core.current_mentions) as mentions
from nlp.manifests m order by m.is_active desc, m.created_at desc"""


@dataclass(frozen=True)
class Diff:
    """What promoting `shadow` would change; `compared` of `mentions` current mentions are finished by both versions."""

    active: str
    shadow: str
    compared: int
    mentions: int
    labels: dict[str, TaskDiff]
    kpis: list[Kpi]
    movers: list[Mover]

    @property
    def is_empty(self) -> bool:
        """No label and no number would change."""
        return not any(task.changed for task in self.labels.values()) and not changed(self.kpis)


@dataclass(frozen=True)
class Manifest:
    """One known pipeline version."""

    pipeline_version: str
    is_active: bool
    is_present: bool
    created_at: datetime
    activated_at: datetime | None
    finished: int
    mentions: int
    models: dict[str, str]


def shadow(
    settings: Settings, url: str, *, days: Sequence[date] | None = None, processes: int = 1, progress: Progress | None = None
) -> dict[str, Any]:
    """Annotate all mentions, or those of `days`, by the present weights and configuration without letting the labels count.

    Returns {"pipeline_version", "is_active", "annotated", "rejected", "labels", "pending"}; may be killed and run again.
    """
    versions = model_versions(settings)
    with connect(url) as connection:
        version = register(connection, versions)
        is_active = active_version(connection) == version
    tally = run(settings, url, processes=processes, progress=progress, part=Part(tuple(days) if days is not None else None))
    with connect(url) as connection:
        left = pending_count(connection, version)
    return {
        "pipeline_version": version,
        "is_active": is_active,
        "annotated": tally.annotated,
        "rejected": tally.rejected,
        "labels": tally.labels,
        "pending": left,
    }


def draw_days(
    connection: psycopg.Connection[Any],
    settings: Settings,
    count: int | None,
    first: date | None,
    last: date | None,
    seed: int = 20260105,
) -> list[date] | None:
    """Event days between `first` and `last` (None: open) that have mentions; `count` of them at random. None where nothing limits them.

    Whole days, since shares of voice and conversations are of a day and not of a mention.
    """
    if count is None and first is None and last is None:
        return None
    rows = connection.execute(_DAYS, {"zone": settings.general.timezone, "first": first, "last": last}).fetchall()
    days = [row[0] for row in rows]
    return days if count is None or count >= len(days) else sorted(random.Random(seed).sample(days, count))


def manifests(connection: psycopg.Connection[Any], settings: Settings) -> list[Manifest]:
    """All known versions, the active one first, then the newest."""
    present = pipeline_version(model_versions(settings))
    return [
        Manifest(version, is_active, version == present, created, activated, finished, mentions, models)
        for version, is_active, created, activated, models, finished, mentions in connection.execute(_LIST)
    ]


def candidate(connection: psycopg.Connection[Any], settings: Settings, named: str | None) -> str:
    """The version that a command means: the one named (or its beginning), else that of the present files. Raises RenownError for none, or several."""
    known = [row[0] for row in connection.execute("select pipeline_version from nlp.manifests order by 1")]
    wanted = named or pipeline_version(model_versions(settings))
    found = [version for version in known if version == wanted] or [
        version for version in known if version.startswith((wanted, f"pipeline-{wanted}"))
    ]
    if len(found) == 1:
        return str(found[0])
    if named is None:
        raise RenownError(f"the present models and configuration ({wanted}) have not run", "run 'renown models shadow' first")
    raise RenownError(f"{len(found)} versions are called '{named}'", "'renown models list' names them", exit_code=2)


def diff(connection: psycopg.Connection[Any], settings: Settings, one: str, other: str, weeks: int) -> Diff:
    """Compare two versions over what both have finished, without changing anything: in a transaction of its own, rolled back."""
    connection.rollback()
    connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ  # both sides see the same moment
    try:
        labels, movers = compare(connection, one, other)
        scope = make_scope(connection, one, other)
        sides = [MartModels(connection, settings, version, side, scope) for version, side in ((one, "active"), (other, "shadow"))]
        kpis = kpi_rows(connection, sides[0], sides[1], weeks)
        row = connection.execute(
            f"select (select count(*) from {scope}), (select count(*) from core.current_mentions)".encode()
        ).fetchone()
        assert row
        return Diff(one, other, int(row[0]), int(row[1]), labels, kpis, movers)
    finally:
        connection.rollback()
        connection.isolation_level = None


def promote(connection: psycopg.Connection[Any], version: str) -> int:
    """Let a version's labels count from this commit on; how many current mentions it has yet to finish. In the caller's transaction.

    The marts are stale from then on (nlp/manifest.py, marts_stale): the next enrichment run rebuilds them.
    """
    row = connection.execute("select models from nlp.manifests where pipeline_version = %s", [version]).fetchone()
    if row is None:
        raise RenownError(f"no version '{version}'", "'renown models list' names them", exit_code=2)
    activate(connection, row[0], version)
    return pending_count(connection, version)
