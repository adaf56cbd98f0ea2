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
    for i, person in enumerate(oncall.people):
        if not (person.email or person.chat):
            _lonely(folder, i, person)


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
