"""Alarms, who is told of them, and incidents: held against a second implementation over the signals of a built warehouse."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from settings import Settings
from tests.marts.compare import rows
from tests.marts.conftest import Built
from tests.marts.reference_alerts import Row, alerts, hashtag_hours, incidents

LEAST_MENTIONS = 6  # of the rules of config/severity.yml


def incident_differences(url: str, settings: Settings) -> list[str]:
    """Rows of fct_alerts and mart_incidents that differ from the reference."""
    expected = alerts(rows(url, "mart_crisis_signals"), settings)
    told = {row["alert_id"]: _without(row, "alert_id", "episode_id") for row in rows(url, "fct_alerts")}
    found = incidents(list(expected.values()), settings)
    seen = {(row["bank_id"], row["starts_at"], row["ends_at"]): _without(row, "incident_id", "bank_id", "starts_at", "ends_at")
            for row in rows(url, "mart_incidents")}
    return _unlike(told, expected) + _unlike(seen, found)


def _without(row: Row, *columns: str) -> Row:
    return {name: value for name, value in row.items() if name not in columns}


def _unlike(actual: dict[Any, Row], expected: dict[Any, Row]) -> list[str]:
    return [f"{key}: {actual.get(key)} instead of {expected.get(key)}" for key in sorted(actual.keys() | expected.keys(), key=str)
            if actual.get(key) != expected.get(key)]


def test_alerts_and_incidents_equal_the_reference(built: Built) -> None:
    assert incident_differences(built.url, built.settings) == []


def test_a_history_has_alarms_and_incidents_of_every_kind(built: Built) -> None:
    assert {row["series_type"] for row in rows(built.url, "fct_alerts")} >= {"all", "hashtag"}
    assert {row["status"] for row in rows(built.url, "mart_incidents")} >= {"detected", "missed"}


def test_hashtags_that_could_alarm_are_counted_by_the_hour(built: Built) -> None:
    signals = {(row["bank_id"], row["series_id"], row["hour_at"]): row["mention_count"]
               for row in rows(built.url, "mart_crisis_signals") if row["series_type"] == "hashtag"}
    assert signals == hashtag_hours(built.world, LEAST_MENTIONS)
    assert {tag for _, tag, _ in signals} == {"velmoradown"}


def test_a_hashtag_is_one_series_more_from_its_first_busy_hour_on(built: Built) -> None:
    """What is watched later changes no q value of an hour before."""
    signals = rows(built.url, "mart_crisis_signals")
    since: dict[tuple[str, str], datetime] = {}
    for (bank, tag, hour), count in hashtag_hours(built.world, LEAST_MENTIONS).items():
        if count >= LEAST_MENTIONS:
            since[bank, tag] = min(hour, since.get((bank, tag), hour))
    assert len({s["series_count"] - sum(begun <= s["hour_at"] for begun in since.values()) for s in signals}) == 1
    early = [s for s in signals if s["series_type"] == "hashtag" and s["hour_at"] < since[s["bank_id"], s["series_id"]]]
    assert early
    assert {s["q_value"] for s in early} == {None}
    assert all(s["q_value"] is not None for s in signals if s["tail_probability"] is not None and s not in early)
