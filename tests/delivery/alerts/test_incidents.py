"""Which incident an episode is: by the hours that both hold, else as its continuation; each takes one, and nobody takes another's."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from delivery.alerts.candidates import Candidate, Found
from delivery.alerts.incidents import Incident, decide, paired
from settings.alerting import Alerts
from tests.delivery.alerts.scenes import NOON

HOUR = timedelta(hours=1)
LONG = Alerts.model_validate({"crisis": {"over_after_minutes": 720}})


def at(hour: float) -> datetime:
    """The hour of the scene's day."""
    return NOON + (hour - 12) * HOUR


def episode(first: float, last: float, **given: Any) -> Candidate:
    shared: dict[str, Any] = {"key": "crisis|velmora", "kind": "crisis", "severity": 4, "magnitude": 50, "title": "t", "facts": {}}
    return Candidate(**shared | {"started_at": at(first), "last_at": at(last)} | given)


def incident(name: str, first: float, last: float, *, status: str = "open", **given: Any) -> Incident:
    over = at(last + 6) if status == "resolved" else None
    shared: dict[str, Any] = {"key": "crisis|velmora", "kind": "crisis", "severity": 4, "magnitude": 50, "fire": 1, "fired_severity": 4, "fired_magnitude": 50}
    times = {"started_at": at(first), "last_at": at(last), "resolved_at": over, "fired_at": at(first + 1)}
    return Incident(**shared | times | {"alert_id": name, "status": status} | given)


def names(candidates: list[Candidate], known: list[Incident], rules: Alerts = LONG) -> list[str | None]:
    found = paired(candidates, known, rules, at(20))
    return [found[n].alert_id if n in found else None for n in range(len(candidates))]


@pytest.mark.parametrize("rules", [Alerts(), LONG])
def test_two_episodes_keep_their_incidents_however_near_they_are(rules: Alerts) -> None:
    first, second = incident("first", 10, 12, status="resolved"), incident("second", 18, 19)
    both = [episode(10, 12, is_over=True), episode(18, 20)]
    assert names(both, [second, first], rules) == ["first", "second"]
    assert names(both[::-1], [first, second], rules) == ["second", "first"]
    assert [(move.event, move.told) for move in decide(Found(candidates=both), [second, first], rules, at(20))] == [("seen", False)]


def test_an_episode_that_begins_as_another_is_over_is_another_episode() -> None:
    assert names([episode(18, 19)], [incident("first", 10, 12)], Alerts()) == [None]
    assert names([episode(17.9, 19)], [incident("first", 10, 12)], Alerts()) == ["first"]
    assert names([episode(18, 19)], [incident("first", 10, 12)]) == ["first"], "a longer bound: the alert goes on"


def test_what_ended_before_an_incident_began_is_another_one() -> None:
    assert names([episode(8, 10)], [incident("later", 12, 13)]) == [None]
    assert names([episode(8, 12)], [incident("later", 12, 13)]) == ["later"], "late data moved its begin"
    assert names([episode(8, 10), episode(11, 14)], [incident("later", 12, 13)]) == [None, "later"]


def test_the_hours_that_both_hold_go_before_what_only_follows() -> None:
    assert names([episode(13, 14), episode(11, 12.5)], [incident("one", 10, 12)]) == [None, "one"]
    assert names([episode(10, 11), episode(11.5, 15)], [incident("wide", 10, 15)]) == [None, "wide"], "split by late data: the larger part"


def test_two_that_late_data_made_one_go_on_as_the_open_one() -> None:
    before, now = incident("before", 8, 12, status="resolved"), incident("now", 18, 19)
    assert names([episode(8, 20)], [now, before]) == ["now"]
    assert names([episode(8, 20)], [before, now]) == ["now"]


def test_banks_do_not_share_incidents() -> None:
    assert names([episode(10, 12, key="crisis|tarnwick")], [incident("ours", 10, 12)]) == [None]
