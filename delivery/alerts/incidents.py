"""What becomes of an incident: opened, quiet, told again as it grew, over, back. Pure: what is wrong and what is known go in, moves come out.

                 ┌────────── quiet ──────────┐
    (nothing) ──► open ──► grew: told again ──┴──► resolved ──► (soon) reopened: the same incident
                                                          └──► (later) a new one
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from delivery.alerts.candidates import EVERYTHING, Candidate, Found
from settings.alerting import Alerts

Event = Literal["opened", "grew", "reopened", "resolved", "seen"]


@dataclass(frozen=True)
class Incident:
    """What ops.alerts knows of one."""

    alert_id: str
    key: str
    kind: str
    status: str
    severity: int
    magnitude: float
    started_at: datetime
    last_at: datetime
    resolved_at: datetime | None
    fire: int
    fired_at: datetime
    fired_severity: int
    fired_magnitude: float
    told_departments: tuple[str, ...] = ()
    acknowledged_fire: int | None = None
    series_platform: str | None = None  # the platform whose own series raised a crisis

    @property
    def is_open(self) -> bool:
        """Whether it goes on."""
        return self.status == "open"

    @property
    def is_acknowledged(self) -> bool:
        """Whether somebody has taken it, as it was told last."""
        return self.acknowledged_fire is not None and self.acknowledged_fire >= self.fire


@dataclass(frozen=True)
class Move:
    """One change: `told` says whether people hear of it; `seen` only notes today's numbers."""

    event: Event
    incident: Incident | None
    candidate: Candidate | None
    told: bool


def decide(found: Found, known: list[Incident], rules: Alerts, now: datetime) -> list[Move]:
    """The moves that lead from what is known to what is found, what ended before what began. `known`: newest first."""
    moves: list[Move] = []
    pairs = paired(found.candidates, known, rules, now)
    for number, candidate in enumerate(found.candidates):
        incident = pairs.get(number)
        moves += _of(candidate, incident, rules, held=incident is not None and _held(found, incident))
    matched = {incident.alert_id for incident in pairs.values()}
    collected = any(candidate.key == EVERYTHING for candidate in found.candidates)
    ended: list[Move] = []
    for incident in known:
        if incident.is_open and incident.kind in rules.off:
            ended.append(Move("resolved", incident, None, False))  # nobody watches it any more: it must not ask for ever
        elif incident.is_open and incident.alert_id not in matched and not _held(found, incident):
            ended += _unseen(incident, rules, now, absorbed=collected and incident.kind == "stale")
    return ended + moves


def paired(candidates: list[Candidate], known: list[Incident], rules: Alerts, now: datetime) -> dict[int, Incident]:
    """Each candidate's incident by the candidate's place: the closest pairs first, each incident once. `known`: newest first."""
    of_key: dict[str, list[Incident]] = {}
    for incident in known:
        of_key.setdefault(incident.key, []).append(incident)
    close = [(rank, number, incident) for number, candidate in enumerate(candidates) for incident in of_key.get(candidate.key, [])
             if (rank := closeness(incident, candidate, rules, now))]
    pairs: dict[int, Incident] = {}
    taken: set[str] = set()
    for _, number, incident in sorted(close, key=lambda pair: pair[0], reverse=True):  # stable: the newest of equals
        if number not in pairs and incident.alert_id not in taken:
            pairs[number] = incident
            taken.add(incident.alert_id)
    return pairs


def closeness(incident: Incident, candidate: Candidate, rules: Alerts, now: datetime) -> tuple[bool, bool, timedelta] | None:
    """How surely a candidate is an incident of its key, None where it is not: (overlaps, open, by how much).

    A crisis: by the hours that both hold (late data may move an episode's ends, so its own id does not hold), else an incident that ended a
    short while before; what ended before an incident began is another one. Everything else: open, or over since not long.
    """
    if candidate.kind != "crisis":
        back = incident.resolved_at is not None and now - incident.resolved_at <= rules.reopening
        return (True, incident.is_open, timedelta(0)) if incident.is_open or back else None
    shared = min(incident.last_at, candidate.last_at) - max(incident.started_at, candidate.started_at)
    follows = candidate.last_at >= incident.started_at and -shared < timedelta(minutes=rules.crisis.over_after_minutes)
    return (shared > timedelta(0), incident.is_open, shared) if follows else None


def grew(incident: Incident, candidate: Candidate, rules: Alerts) -> bool:
    """Graver than what was told, so many times its size, or the business of a department that was not told."""
    larger = candidate.magnitude - incident.fired_magnitude
    return (candidate.severity > incident.fired_severity
            or (candidate.magnitude >= rules.grows.factor * incident.fired_magnitude and larger >= rules.grows.at_least)
            or bool(set(candidate.departments) - set(incident.told_departments)))


def _held(found: Found, incident: Incident) -> bool:
    return found.held(incident.key, incident.kind, incident.series_platform)


def _of(candidate: Candidate, incident: Incident | None, rules: Alerts, *, held: bool) -> list[Move]:
    if incident is None:
        begin: list[Move] = [Move("opened", None, candidate, True)]
        return begin + ([Move("resolved", None, candidate, False)] if candidate.is_over else [])
    larger = grew(incident, candidate, rules)
    if incident.is_open:
        moves = [Move("grew" if larger else "seen", incident, candidate, larger)]
        return moves + ([Move("resolved", incident, candidate, rules.tell_when_over)] if candidate.is_over and not held else [])
    if candidate.is_over:  # late data made a past incident graver: told once, and over at once
        return [Move("reopened", incident, candidate, True), Move("resolved", incident, candidate, False)] if larger else []
    return [Move("reopened", incident, candidate, True)]


def _unseen(incident: Incident, rules: Alerts, now: datetime, *, absorbed: bool) -> list[Move]:
    quiet = now - incident.last_at >= timedelta(minutes=rules.over_after_minutes)
    if not (absorbed or incident.kind == "crisis" or quiet):
        return []
    return [Move("resolved", incident, None, rules.tell_when_over and not absorbed and incident.kind != "drill")]
