"""Who is on duty: hours, duties, rotations over clock changes, overrides, escalation."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from delivery.alerts import oncall
from settings import Settings
from settings.alerting import Oncall, Rotation
from settings.models import Duties, Hours

BERLIN = ZoneInfo("Europe/Berlin")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


def test_turns_change_at_the_same_local_hour_over_a_clock_change() -> None:
    turns = Rotation(id="week", people=["a", "b", "c"], starts="2026-03-16", hands_over="09:00")
    seen = [oncall.turn(turns, at(t), BERLIN) for t in ("2026-03-16T09:00", "2026-03-23T08:59", "2026-03-23T09:00", "2026-03-30T08:59", "2026-03-30T09:00")]
    assert seen == ["a", "a", "b", "b", "c"], "the week from 23 March has 167 hours"
    daily = Rotation(id="day", people=["a", "b"], starts="2026-10-24", days=1, hands_over="02:30")
    seen = [oncall.turn(daily, datetime.fromisoformat(t), BERLIN) for t in ("2026-10-24T01:00+00:00", "2026-10-25T00:29+00:00", "2026-10-25T00:30+00:00",
                                                                          "2026-10-26T01:29+00:00", "2026-10-26T01:30+00:00")]
    assert seen == ["a", "a", "b", "b", "a"]
    assert oncall.turn(turns, at("2026-03-16T08:59"), BERLIN) == "c", "before the first day the circle goes on backwards"


def test_an_override_takes_its_hours_and_the_last_one_wins() -> None:
    turns = Rotation(id="week", people=["a", "b"], starts="2026-03-16", overrides=[
        {"starts": "2026-03-18T09:00", "ends": "2026-03-20T09:00", "person": "b"}, {"starts": "2026-03-19T08:00Z", "ends": "2026-03-19T10:00Z", "person": "a"}])
    times = ("2026-03-18T08:59", "2026-03-18T09:00", "2026-03-19T09:00", "2026-03-19T11:00", "2026-03-20T09:00")
    assert [oncall.turn(turns, at(t), BERLIN) for t in times] == ["a", "b", "a", "b", "a"]


@pytest.mark.parametrize(("when", "staffed"), [("2026-03-18T07:59", False), ("2026-03-18T08:00", True), ("2026-03-18T19:59", True), ("2026-03-18T20:00", False),
                                               ("2026-03-21T11:00", True), ("2026-03-22T11:00", False), ("2026-03-30T08:00", True)])
def test_hours_are_local(settings: Settings, when: str, staffed: bool) -> None:
    assert oncall.is_staffed(settings, at(when).astimezone(UTC)) is staffed


def test_a_holiday_is_after_hours(settings: Settings) -> None:
    closed = settings.model_copy(update={"hours": Hours(hours=settings.hours.hours, holidays=["2026-03-18"])})
    assert not oncall.is_staffed(closed, at("2026-03-18T12:00"))


def test_desks_follow_duties(settings: Settings) -> None:
    day, night = at("2026-03-18T12:00"), at("2026-03-18T23:00")
    assert oncall.desks(settings, {"security": 3}, None, 3, day) == ["Fraud desk"]
    assert oncall.desks(settings, {"security": 3}, None, 3, night) == ["Security officer on duty"]
    assert oncall.desks(settings, {"hr": 4}, None, 4, day) == ["Head of communications"], "no duty of its own: the default's"
    assert oncall.desks(settings, {"pr": 3, "hr": 2}, None, 3, day) == ["Press office"], "each once"
    assert oncall.desks(settings, {"pr": 5}, "Data engineering", 5, day) == ["Data engineering"], "the rule's own"
    assert oncall.desks(settings, {"hr": 1}, None, 1, day) == ["Press office"], "below every duty: the default's mildest"
    assert oncall.desks(settings, {"hr": 1}, None, 1, night) == ["Press officer on duty"]
    assert oncall.desks(settings, {"security": 2, "hr": 1}, None, 2, day) == ["Fraud desk"], "somebody hears of it: the small part calls nobody else"
    assert oncall.desks(settings.model_copy(update={"duties": Duties()}), {"hr": 1}, None, 1, day) == []


def test_behind_a_desk_stands_a_person_or_whose_turn_it_is(settings: Settings) -> None:
    names = [getattr(oncall.on_duty(settings.oncall, desk, at(when), BERLIN), "id", None) for desk, when in (
        ("Press office", "2026-03-18T12:00"), ("IT operations", "2026-03-18T23:00"), ("IT operations", "2026-03-23T09:00"), ("IT operations", "2026-04-04T12:00"),
        ("Nobody's desk", "2026-03-18T12:00"))]
    assert names == ["press", "it_a", "it_b", "it_a", None]


def test_the_department_s_own_escalation_comes_before_the_general_one(settings: Settings) -> None:
    def who(departments: dict[str, int], severity: int) -> list[str]:
        return [step.to for step in oncall.steps(settings.oncall, departments, severity)]

    assert who({"security": 3}, 3) == ["Security officer on duty", "Crisis telephone"]
    assert who({"pr": 4}, 4) == ["Head of communications", "Crisis telephone"]
    assert who({"pr": 3}, 3) == ["Press officer on duty"]
    assert who({"pr": 2}, 2) == []
    assert who({"security": 2, "pr": 4}, 4) == ["Head of communications", "Crisis telephone"], "security's own part is small"
    assert who({"security": 3, "internet_bank": 5}, 5) == ["IT operations", "Head of communications"], "the gravest department's"
    assert who({"pr": 5, "internet_bank": 3}, 5) == ["Head of communications", "Crisis telephone"], "a lesser department's does not slow it down"
    assert who({"internet_bank": 3, "pr": 3}, 3) == ["IT operations", "Head of communications"], "equally grave: the one that has its own"
    assert who({"internet_bank": 2, "security": 4}, 4) == ["Security officer on duty", "Crisis telephone"]
    lesser = Oncall(escalation=[{"min_severity": 3, "department": "internet_bank", "steps": [{"after_minutes": 5, "to": "a"}]}])
    assert [step.to for step in oncall.steps(lesser, {"pr": 5, "internet_bank": 3}, 5)] == ["a"], "better than nobody"
    assert who({"security": 5}, 5) == ["Security officer on duty", "Crisis telephone"]
    assert [step.to for step in oncall.steps(settings.oncall, {}, 3, "Data engineering")] == ["IT operations"]
    assert oncall.steps(Oncall(), {"pr": 5}, 5) == []
