"""Unanswered cases: those past the response window, counted by bank, platform and department; where the target is met there is no alert.

    mart_open_cases (older than the window) ──► group of min_cases and more ──► response rate against targets.yml ──► candidate
"""

from __future__ import annotations

import math
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

import psycopg
from psycopg.rows import dict_row

from delivery.alerts.candidates import Candidate, banks
from settings import Settings

Z = 1.959963984540054
BREACHES = """
with breached as (
    select bank_id, platform, department_id, count(*) as case_count, min(opened_at) as oldest_at, min(triage_level) as gravest_level,
           count(*) filter (where triage_level <= %(urgent)s) as urgent_count, count(*) filter (where is_negative) as negative_count,
           max(age_seconds)::double precision as oldest_seconds, (array_agg(opening_mention_id::text order by triage_rank))[1:%(count)s] as examples
    from marts_rows.mart_open_cases
    where age_seconds >= %(window)s and opened_at >= %(since)s and bank_id = any(%(banks)s) and platform <> all(%(dark)s)
    group by 1, 2, 3 having count(*) >= %(least)s
), answered as (
    select c.bank_id, c.platform, coalesce(t.department_id, 'none') as department_id,
           count(*) as rate_n, count(*) filter (where c.is_answered_in_window) as rate_count
    from marts_rows.fct_cases c left join marts.dim_topic t on c.main_topic_id = t.topic_id
    where c.opened_at >= %(since)s and c.is_older_than_window
    group by 1, 2, 3
)
select * from breached left join answered using (bank_id, platform, department_id) order by bank_id, platform, department_id
"""


def breaches(connection: psycopg.Connection, settings: Settings, now: datetime, dark: Collection[str]) -> list[Candidate]:
    """Groups with enough cases past the window and a response rate below its target (none: any); never of a dark platform."""
    rule = settings.alerts.sla
    given = {"urgent": rule.urgent_level, "window": settings.general.response_window_hours * 3600, "least": rule.min_cases, "dark": list(dark),
             "since": now - timedelta(days=rule.look_back_days), "banks": banks(settings), "count": settings.alerts.examples.count}
    with connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(BREACHES, given).fetchall()
    return [_candidate(settings, row, now) for row in rows if not _met(settings, row)]


def _target(settings: Settings, bank: str) -> float | None:
    return next((t.target for t in settings.targets.targets if (t.metric, t.bank) == ("response_rate", bank) and t.period in (None, "week")), None)


def _met(settings: Settings, row: dict[str, Any]) -> bool:
    target = _target(settings, row["bank_id"])
    return target is not None and bool(row["rate_n"]) and 100 * row["rate_count"] / row["rate_n"] >= target


def _candidate(settings: Settings, row: dict[str, Any], now: datetime) -> Candidate:
    rule = settings.alerts.sla
    severity = rule.urgent_severity if row["urgent_count"] else rule.severity
    n, answered = row["rate_n"] or 0, row["rate_count"] or 0
    low, high = wilson(answered, n)
    facts = {name: row[name] for name in ("case_count", "urgent_count", "negative_count", "gravest_level", "oldest_seconds")} | {
        "unit": "cases", "oldest_at": row["oldest_at"].isoformat(), "window_hours": settings.general.response_window_hours,
        "response_rate_pct": 100 * answered / n if n else None, "response_rate_pct_lower": low, "response_rate_pct_upper": high,
        "response_rate_n": n, "target_pct": _target(settings, row["bank_id"]), "since_days": rule.look_back_days}
    department = {d.id: d.name for d in settings.departments.departments}.get(row["department_id"], "no department")
    return Candidate(
        key=f"sla|{row['bank_id']}|{row['platform']}|{row['department_id']}", kind="sla", severity=severity, magnitude=float(row["case_count"]),
        title=f"{settings.banks.by_id(row['bank_id']).name}: {row['case_count']} cases on {row['platform']} ({department}) past"
              f" {settings.general.response_window_hours} h without an answer",
        facts=facts, started_at=now, last_at=now, departments={row["department_id"]: severity}, owner=rule.owner, bank_id=row["bank_id"],
        platform=row["platform"], example_ids=tuple(row["examples"]))


def wilson(successes: int, n: int) -> tuple[float | None, float | None]:
    """Wilson's 95 % interval of a share, in percent (Wilson 1927); (None, None) where n is 0."""
    if not n:
        return None, None
    share, square = successes / n, Z * Z
    middle = (share + square / (2 * n)) / (1 + square / n)
    half = Z / (1 + square / n) * math.sqrt(share * (1 - share) / n + square / (4 * n * n))
    return 100 * max(0.0, middle - half), 100 * min(1.0, middle + half)
