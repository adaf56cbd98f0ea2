"""What keeps numbers from being right: dark platforms, gaps, failed gates. One alert a platform or layer, whatever the number of sources.

    schedule × last success (raw.batches) ──► stale: the platform is dark; many at once are one alert
    mart_coverage ──► gap (of platforms that are not dark)
    newest gate of each layer (quality.results) ──► gate
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime, timedelta

import psycopg
from croniter import croniter  # type: ignore[import-untyped]

from delivery.alerts.candidates import EVERYTHING, Candidate
from settings import Settings
from settings.models import PLATFORMS, Source

LAST = """
select source_id, max(coalesce(ended_at, heartbeat_at)) filter (where status = 'success' and mode <> 'replay'), min(started_at)
from raw.batches group by source_id
"""
GAPS = """
select platform, array_agg(distinct source_id order by source_id), count(distinct hour_at), sum(open_gap_count)::bigint, min(coverage_pct), min(hour_at)
from marts.mart_coverage
where hour_at >= %(since)s and (is_incomplete or coverage_pct < %(least)s) and platform <> all(%(dark)s)
group by platform order by platform
"""
GATES = """
select layer, run_id, max(ran_at), min(detail ->> 'as_of'),
       array_agg(distinct expectation || ' on ' || target order by expectation || ' on ' || target), count(*)
from quality.results
where (layer, run_id) in (select distinct on (layer) layer, run_id from quality.results order by layer, ran_at desc)
  and not success and (severity = 'batch' or unexpected_count is null)
group by layer, run_id order by layer
"""


def stale(connection: psycopg.Connection, settings: Settings, now: datetime) -> tuple[list[Candidate], dict[str, datetime]]:
    """Candidates for platforms with a source that missed its runs, and until when each one's data came (their cases are not to be judged now).

    A source without any run, failed ones too, is not judged: nothing says since when it stands in sources.yml, and one that was just added
    must not hold up what its platform's other sources show. `renown sources` lists it as never run.
    """
    rule = settings.alerts.stale
    known = {row[0]: (row[1], row[2]) for row in connection.execute(LAST)}
    dark: dict[str, datetime] = {}
    late: dict[str, dict[str, datetime | None]] = defaultdict(dict)
    for source in settings.sources.sources:
        last, first = known.get(source.id, (None, now))
        since = last or first
        if source.enabled and source.terms == "approved" and since < _due(source, settings, now):
            late[source.platform][source.id] = last
            dark[source.platform] = min(since, dark.get(source.platform, since))
    if len(late) >= rule.together:
        return [_dark(settings, EVERYTHING, None, {s: at for sources in late.values() for s, at in sources.items()}, now)], dark
    return [_dark(settings, f"dark|{platform}", platform, sources, now) for platform, sources in late.items()], dark


def _due(source: Source, settings: Settings, now: datetime) -> datetime:
    """A success before this instant is too old: so many ticks of the schedule have passed without one."""
    rule = settings.alerts.stale
    if source.schedule is None:
        return now - timedelta(minutes=rule.unscheduled_minutes)
    ticks = croniter(source.schedule, now)
    for _ in range(rule.intervals):
        tick: datetime = ticks.get_prev(datetime)
    return min(tick, now - timedelta(minutes=rule.at_least_minutes))


def _dark(settings: Settings, key: str, platform: str | None, sources: dict[str, datetime | None], now: datetime) -> Candidate:
    rule = settings.alerts.stale
    last = min((at for at in sources.values() if at), default=None)
    name = PLATFORMS[platform][0] if platform else f"{len({s.platform for s in settings.sources.sources if s.id in sources})} platforms"
    facts = {"unit": "sources", "sources": {source: at and at.isoformat() for source, at in sorted(sources.items())}, "source_count": len(sources),
             "intervals": rule.intervals, "last_success_at": last and last.isoformat()}
    return Candidate(
        key=key, kind="stale", severity=rule.severity, magnitude=float(len(sources)), facts=facts, started_at=now, last_at=now, owner=rule.owner,
        platform=platform, title=f"{name} dark: {len(sources)} {_plural(len(sources), 'source')} without a successful run")


def gaps(connection: psycopg.Connection, settings: Settings, now: datetime, dark: Collection[str]) -> list[Candidate]:
    """One candidate a platform whose newest hours are incomplete; a dark one has its own."""
    rule = settings.alerts.gap
    given = {"since": now - timedelta(hours=rule.look_back_hours), "least": rule.min_coverage_pct, "dark": list(dark)}
    found = []
    for platform, sources, hours, open_gaps, coverage, first in connection.execute(GAPS, given):
        facts = {"unit": "hours", "sources": sources, "hours": hours, "open_gaps": open_gaps, "lowest_coverage_pct": coverage, "first_hour": first.isoformat()}
        found.append(Candidate(
            key=f"gap|{platform}", kind="gap", severity=rule.severity, magnitude=float(hours), facts=facts, started_at=now, last_at=now, owner=rule.owner,
            platform=platform, title=f"{PLATFORMS[platform][0]} incomplete: {hours} {_plural(hours, 'hour')} of {', '.join(sources)} with a gap"))
    return found


def gates(connection: psycopg.Connection, settings: Settings, now: datetime) -> list[Candidate]:
    """One candidate a layer whose newest gate stopped. Names of checks, never values."""
    rule = settings.alerts.gate
    return [Candidate(
        key=f"gate|{layer}", kind="gate", severity=rule.severity, magnitude=float(count), started_at=now, last_at=now, owner=rule.owner,
        title=f"Gate {layer} failed: {count} {_plural(count, 'check')} {'does' if count == 1 else 'do'} not hold, the marts stand still",
        facts={"unit": "checks", "layer": layer, "run_id": run_id, "ran_at": ran_at.isoformat(), "as_of": as_of, "checks": checks[:10], "check_count": count})
        for layer, run_id, ran_at, as_of, checks, count in connection.execute(GATES)]


def _plural(count: int, noun: str) -> str:
    return noun if count == 1 else f"{noun}s"
