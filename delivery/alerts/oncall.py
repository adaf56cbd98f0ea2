"""Who is told: the desk by department, severity and hour, the person behind it by rotation, and who is next. Pure, in local time.

    departments + severity ──► duties.yml × hours.yml ──► desk ──► oncall.yml: override, else turn of the rotation ──► person
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from settings import Settings
from settings.alerting import Escalation, Oncall, Person, Rotation, Step
from settings.models import Duty


def is_staffed(settings: Settings, now: datetime) -> bool:
    """Whether `now` lies within config/hours.yml, in the home bank's time zone; a holiday does not."""
    local = now.astimezone(settings.zone())
    if str(local.date()) in {str(day) for day in settings.hours.holidays}:
        return False
    return any(h.weekday == local.isoweekday() and h.opens <= local.time() < h.closes for h in settings.hours.hours)


def desks(settings: Settings, departments: Mapping[str, int], owner: str | None, severity: int, now: datetime) -> list[str]:
    """The desks that take it: the rule's own, else of each department at its severity; of `default` where that has no duty.

    Below every duty the default's mildest takes it: an alert that reaches nobody is worse than one too many.
    """
    if owner:
        return [owner]
    staffed = is_staffed(settings, now)
    named = [_duty(settings, department, grade, staffed) for department, grade in (departments or {"": severity}).items()]
    return list(dict.fromkeys(desk for desk in named if desk)) or _mildest(settings, staffed)


def _duty(settings: Settings, department: str, severity: int, staffed: bool) -> str | None:
    """As fct_alerts: the department's gravest duty that is reached, else the default department's."""
    for wanted in (department, settings.duties.default):
        reached = [duty for duty in settings.duties.duties if duty.department == wanted and severity >= duty.min_severity]
        if reached:
            duty = max(reached, key=lambda each: each.min_severity)
            return _desk(duty, staffed)
    return None


def _mildest(settings: Settings, staffed: bool) -> list[str]:
    theirs = [duty for duty in settings.duties.duties if duty.department == settings.duties.default]
    return [_desk(min(theirs, key=lambda each: each.min_severity), staffed)] if theirs else []


def _desk(duty: Duty, staffed: bool) -> str:
    return duty.owner if staffed else duty.after_hours or duty.owner


def on_duty(oncall: Oncall, desk: str, now: datetime, zone: ZoneInfo) -> Person | None:
    """The person behind a desk at `now`; None where oncall.yml has no such desk."""
    people = {person.id: person for person in oncall.people}
    found = next((entry.on_call for entry in oncall.desks if entry.owner == desk), None)
    rotation = next((entry for entry in oncall.rotations if entry.id == found), None)
    return people.get(turn(rotation, now, zone) if rotation else found or "")


def turn(rotation: Rotation, now: datetime, zone: ZoneInfo) -> str:
    """Whose turn it is: counted in local days, so that a day of 23 or 25 hours hands over at the same hour as any other."""
    local = now.astimezone(zone)
    for override in reversed(rotation.overrides):
        starts, ends = (at if at.tzinfo else at.replace(tzinfo=zone) for at in (override.starts, override.ends))
        if starts <= now < ends:
            return override.person
    day: date = local.date() if local.time() >= rotation.hands_over else local.date() - timedelta(days=1)
    return rotation.people[(day - rotation.starts).days // rotation.days % len(rotation.people)]


def steps(oncall: Oncall, departments: Mapping[str, int], severity: int, owner: str | None = None) -> list[Step]:
    """Who is next and after how long: the entry of the rule's own desk, else of the gravest department, else for all, else of a lesser department."""

    def reached(entry: Escalation) -> int:
        return severity if entry.department is None else departments.get(entry.department, 0)

    def rank(entry: Escalation) -> tuple[int, int, int]:
        gravest = max(departments.values(), default=0)
        own = 1 if entry.department is None else 2 if reached(entry) == gravest else 0
        return (3 if entry.desk is not None else own), reached(entry), entry.min_severity

    fits = [entry for entry in oncall.escalation if reached(entry) >= entry.min_severity and entry.desk in (None, owner)]
    return max(fits, key=rank).steps if fits else []


def local_zone(settings: Settings) -> ZoneInfo:
    """The time zone of rotations: oncall.yml's, else the home bank's."""
    return ZoneInfo(settings.oncall.timezone) if settings.oncall.timezone else settings.zone()
