"""fct_alerts and mart_incidents a second time, in plain Python from the rows of mart_crisis_signals; and the hashtags that are watched.

    signals ──► alerts() ──► episodes() ──► incidents()
"""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from settings import Settings
from settings.models import Duty
from tests.marts.reference import Cells, World, brand_mentions

Row = dict[str, Any]
HOUR, PAUSE = timedelta(hours=1), timedelta(hours=6)
CARRIED = ("bank_id", "series_type", "series_id", "hour_at", "severity", "is_regulated_topic", "mention_count", "distinct_authors", "platform_count",
           "negative_share", "volume_score", "q_value")


def hashtag_hours(world: World, least: int) -> dict[tuple[str, str, datetime], int]:
    """(bank, hashtag, hour) → mentions, of the hashtags that reach `least` in some hour of that bank."""
    hours: Counter[tuple[str, str, datetime]] = Counter()
    for r in brand_mentions(world):
        hours.update((r["bank"], tag, r["at"].replace(minute=0, second=0, microsecond=0)) for tag in {t.lower() for t in r["hashtags"]})
    watched = {(bank, tag) for (bank, tag, _), count in hours.items() if count >= least}
    return {key: count for key, count in hours.items() if key[:2] in watched}


def alerts(signals: list[Row], settings: Settings) -> dict[UUID, Row]:
    """fct_alerts by alert."""
    departments = {topic.id: topic.department for topic in settings.topics.topics}
    found: dict[UUID, Row] = {}
    for signal in signals:
        if signal["severity"] < 2:
            continue
        raised = signal["hour_at"] + HOUR
        after_hours = not _staffed(raised, settings)
        duty = _duty(signal["severity"], departments.get(signal["series_id"]) if signal["series_type"] == "topic" else None, settings)
        found[signal["signal_id"]] = {name: signal[name] for name in CARRIED} | {
            "raised_at": raised, "raised_day": raised.astimezone(settings.zone()).date(), "is_after_hours": after_hours,
            "department_id": duty.department if duty else "none", "owner": duty.owner if duty else None,
            "on_call": None if duty is None else (duty.after_hours or duty.owner) if after_hours else duty.owner,
        }  # fmt: skip
    return found


def _staffed(at: datetime, settings: Settings) -> bool:
    local = at.astimezone(settings.zone())
    return str(local.date()) not in map(str, settings.hours.holidays) and any(
        local.isoweekday() == o.weekday and o.opens <= local.time() < o.closes for o in settings.hours.hours)


def _duty(severity: int, department: str | None, settings: Settings) -> Duty | None:
    for wanted in (department, settings.duties.default):
        reached = [d for d in settings.duties.duties if d.department == wanted and d.min_severity <= severity]
        if reached:
            return max(reached, key=lambda d: d.min_severity)
    return None


def episodes(found: list[Row]) -> list[tuple[str, datetime, datetime]]:
    """(bank, first hour, end of the last hour) of alarms at most six hours apart."""
    by_bank: dict[str, set[datetime]] = defaultdict(set)
    for alert in found:
        by_bank[alert["bank_id"]].add(alert["hour_at"])
    spans: list[tuple[str, datetime, datetime]] = []
    for bank, hours in by_bank.items():
        for hour in sorted(hours):
            if spans and spans[-1][0] == bank and hour - (spans[-1][2] - HOUR) <= PAUSE:
                spans[-1] = (bank, spans[-1][1], hour + HOUR)
            else:
                spans.append((bank, hour, hour + HOUR))
    return spans


def incidents(found: list[Row], settings: Settings) -> Cells:
    """mart_incidents by (bank, starts_at, ends_at)."""
    now = settings.now()
    known = {(i.bank, i.starts_at, i.ends_at): i.note for i in settings.incidents.incidents if i.starts_at <= now}
    rows = {key: _incident(key, _of(key, found), now, True) | {"note": note} for key, note in known.items()}
    for span in episodes(found):
        if not any(bank == span[0] and start < span[2] and end > span[1] for bank, start, end in known):
            rows[span] = _incident(span, _of(span, found), now, False) | {"note": None}
    return rows


def _of(span: tuple[str, datetime, datetime], found: list[Row]) -> list[Row]:
    bank, start, end = span
    return [a for a in found if a["bank_id"] == bank and a["raised_at"] > start and a["hour_at"] < end]


def _incident(span: tuple[str, datetime, datetime], own: list[Row], now: datetime, known: bool) -> Row:
    first = min(own, default=None, key=lambda a: (a["raised_at"], -a["severity"], *_ties(a)))
    gravest = min(own, default=None, key=lambda a: (-a["severity"], a["raised_at"], *_ties(a)))
    peak = min(own, default=None, key=lambda a: (-a["severity"], -a["mention_count"], a["hour_at"], a["series_type"], a["series_id"]))
    topic = min((a for a in own if a["series_type"] == "topic"), default=None,
                key=lambda a: (-a["severity"], not a["is_regulated_topic"], -a["mention_count"], a["series_id"]))
    largest: dict[datetime, int] = {}
    for a in own:
        largest[a["hour_at"]] = max(largest.get(a["hour_at"], 0), a["mention_count"])
    return {
        "status": "unexplained" if not known else "detected" if first else "missed", "is_over": span[2] + (timedelta(0) if known else PAUSE) <= now,
        "first_alarm_at": first["raised_at"] if first else None, "detection_delay_seconds": (first["raised_at"] - span[1]).total_seconds() if first and known else None,
        "severity": gravest["severity"] if gravest else None, "alert_count": len(own), "alarm_hour_count": len(largest),
        "mention_count": sum(largest.values()) if own else None, "largest_hourly_authors": max((a["distinct_authors"] for a in own), default=None),
        **{f"first_severity_{s}_at": min((a["raised_at"] for a in own if a["severity"] >= s), default=None) for s in (3, 4)},
        "peak_hour_at": peak["hour_at"] if peak else None, "peak_negative_share": peak["negative_share"] if peak else None,
        "leading_topic_id": topic["series_id"] if topic else None, "department_id": gravest["department_id"] if gravest else "none",
        "owner": gravest["owner"] if gravest else None, "on_call": gravest["on_call"] if gravest else None,
        "first_on_call": first["on_call"] if first else None, "is_after_hours": first["is_after_hours"] if first else None,
    }  # fmt: skip


def _ties(alert: Row) -> tuple[int, str, str]:
    return -alert["mention_count"], alert["series_type"], alert["series_id"]
