"""The rules of `renown check` for alerts: names that other files know, and nobody left who cannot be reached."""

from __future__ import annotations

from typing import Any

from cli.findings import Folder
from settings.loader import oncall_references

NEEDS = ("banks", "departments", "topics", "duties", "alerts", "oncall", "playbook")


def alert_names(folder: Folder) -> None:
    """People, rotations, desks, departments and topics that oncall.yml, alerts.yml and playbook.yml name."""
    for stem, place, value, known, noun in oncall_references(folder.parts):
        if value not in known:
            folder.error(stem, place, f"unknown {noun} '{value}'", f"use one of {', '.join(sorted(known)) or '(none defined)'}")


def reachable(folder: Folder) -> None:
    """Each duty has a desk, each person an address: an alert that reaches nobody is worse than none."""
    oncall = folder.parts["oncall"]
    desks = {desk.owner for desk in oncall.desks}
    for i, duty in enumerate(folder.parts["duties"].duties if desks else []):
        for key, owner in (("owner", duty.owner), ("after_hours", duty.after_hours)):
            if owner and owner not in desks:
                folder.warning("duties", ("duties", i, key), f"'{owner}' has no desk in oncall.yml", "add it there: now its alerts reach the default's desk")
    _below_every_duty(folder, bool(desks))
    for i, person in enumerate(oncall.people):
        theirs = [kind for kind in ("email", "chat") if getattr(person, kind)]
        if not theirs:
            _lonely(folder, i, person)
        elif (least := min(oncall.channels.get(kind, 1) for kind in theirs)) > _mildest_for(folder, person.id):
            folder.warning("oncall", ("people", i), f"{person.id} has {theirs[0]} alone, which `channels` opens from severity {least} on",
                           "give another channel: what is milder goes by this one all the same")


def _graded(folder: Folder) -> list[tuple[int, str | None]]:
    """Each kind of alert that is watched: the least severity that it may have, and the desk that alerts.yml names for it."""
    rules = folder.parts["alerts"]
    kinds = [(kind, getattr(rules, kind)) for kind in ("sla", "gap", "stale", "gate") if kind not in rules.off]
    return [(rule.severity, rule.owner) for _, rule in kinds] + ([] if "crisis" in rules.off else [(rules.crisis.min_severity, None)])


def _mildest(folder: Folder) -> int:
    """The least severity of an alert whose desk duties.yml names."""
    return min((severity for severity, owner in _graded(folder) if owner is None), default=5)


def _mildest_for(folder: Folder, person: str) -> int:
    """The least severity of an alert that comes to this person; who is next is told by whatever they have."""
    oncall = folder.parts["oncall"]
    turns = {turn.id for turn in oncall.rotations if person in turn.people or person in {swap.person for swap in turn.overrides}}
    desks = {desk.owner for desk in oncall.desks if desk.on_call in turns | {person}}
    duties = [max(duty.min_severity, _mildest(folder)) for duty in folder.parts["duties"].duties if desks & {duty.owner, duty.after_hours}]
    return min(duties + [severity for severity, owner in _graded(folder) if owner in desks], default=5)


def _below_every_duty(folder: Folder, is_used: bool) -> None:
    """Each alert has a duty that takes it, in its department or at the default's."""
    duties = folder.parts["duties"]
    theirs = [(duty.min_severity, i) for i, duty in enumerate(duties.duties) if duty.department == duties.default]
    if is_used and not theirs:
        folder.warning("oncall", ("desks",), "duties.yml names no duty: an alert without an `owner` in alerts.yml reaches nobody",
                       "name duties and their default")
    elif is_used and min(theirs)[0] > _mildest(folder):
        folder.warning("duties", ("duties", min(theirs)[1], "min_severity"), f"no duty of '{duties.default}', the default, takes an alert of severity"
                       f" {_mildest(folder)}", "lower it: now such an alert goes to this desk all the same")


def _lonely(folder: Folder, i: int, person: Any) -> None:
    what = f"{person.id} has neither email nor chat"
    say = folder.warning if folder.parts["oncall"].folder else folder.error
    say("oncall", ("people", i), what, "give email: env:VARIABLE or chat: env:VARIABLE")


def plays(folder: Folder) -> None:
    """Ids of plays, told by."""
    seen: set[str] = set()
    for i, play in enumerate(folder.parts["playbook"].plays):
        if play.id in seen:
            folder.error("playbook", ("plays", i, "id"), f"id '{play.id}' appears twice", "give each entry an id of its own")
        seen.add(play.id)


ALERT_RULES = [(NEEDS, alert_names), (NEEDS, reachable), (("playbook",), plays)]
