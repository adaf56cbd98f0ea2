"""One look: what is wrong, what is new about it, who is told, who is next. Run after each build of the marts, and every five minutes.

    gather ──► decide ──► ledger: incidents, events, waiting messages (one transaction) ──► escalate ──► send

A run that is killed anywhere is healed by the next: an event is written with its messages or not at all. One run at a time.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import psycopg

from delivery.alerts import ledger, oncall, wholeness
from delivery.alerts.candidates import Candidate, gather
from delivery.alerts.incidents import Move, decide
from delivery.alerts.ledger import Recipient
from delivery.alerts.sending import send_waiting
from delivery.channels.address import Credentials, from_environment
from settings import Settings
from settings.alerting import Channel, Person
from warehouse.connection import connect

LOCK = 7_204_080  # one run at a time; any constant serves


@dataclass
class Watched:
    """What one run did: events by name, messages by how they ended; `busy`: another run was at it."""

    events: dict[str, int] = field(default_factory=dict)
    messages: dict[str, int] = field(default_factory=dict)
    busy: bool = False

    def __str__(self) -> str:
        if self.busy:
            return "alerts: another run is looking, this one leaves it to that"
        told = {**self.events, **{f"messages {name}": count for name, count in self.messages.items() if count}}
        return f"alerts: {', '.join(f'{count} {name}' for name, count in told.items()) or 'nothing new'}"


def watch(settings: Settings, *, url: str, credentials: Credentials = from_environment, now: datetime | None = None,
          patient: bool = True) -> Watched:
    """Look, note, tell. `now` is the clock's (Settings.now) unless given; `credentials` finds conn: addresses. Raises RenownError (no warehouse).

    `patient`: a message that failed a moment ago is not tried again yet.
    """
    at, done = now or settings.now(), Watched()
    with closing(connect(url)) as connection, alone(connection) as mine:
        if not mine:
            return Watched(busy=True)
        with connection.transaction():
            _note(connection, settings, at, done)
            _escalate(connection, settings, at, done)
        connection.commit()
        done.messages = send_waiting(connection, settings, credentials, patient=patient)
    return done


@contextmanager
def alone(connection: psycopg.Connection) -> Iterator[bool]:
    """Whether this connection may look and send now: one at a time."""
    row = connection.execute("select pg_try_advisory_lock(%s)", (LOCK,)).fetchone()
    connection.commit()
    mine = bool(row and row[0])
    try:
        yield mine
    finally:
        connection.rollback()
        if mine:
            connection.execute("select pg_advisory_unlock(%s)", (LOCK,))
            connection.commit()


def _note(connection: psycopg.Connection, settings: Settings, now: datetime, done: Watched) -> None:
    rules = settings.alerts
    found = gather(connection, settings, now)
    longest = max(rules.reopening, timedelta(minutes=rules.over_after_minutes))
    more: dict[str, Any] | None = None
    for move in decide(found, ledger.known(connection, now - longest), rules, now):
        more = more or wholeness.facts(connection)
        extra = {**more, "came_late": True} if move.candidate is not None and move.candidate.is_over else more
        event = ledger.apply(connection, move, now, extra)
        if event is not None:
            done.events[move.event] = done.events.get(move.event, 0) + 1
        if event is not None and move.told:
            ledger.address_to(connection, event, _recipients(connection, settings, move, now))


def _recipients(connection: psycopg.Connection, settings: Settings, move: Move, now: datetime) -> list[Recipient]:
    """Whoever is on duty for it; of an end those who heard of it."""
    folder = [Recipient("folder", "folder")] if settings.oncall.folder else []
    if move.event == "resolved" and move.incident is not None:
        return ledger.told(connection, move.incident.alert_id) + folder
    candidate = move.candidate
    assert candidate is not None
    return on_duty(settings, candidate, now) + folder


def on_duty(settings: Settings, candidate: Candidate, now: datetime) -> list[Recipient]:
    """Each person on duty by each of their channels that this severity opens; a desk behind which nobody can be told hands to the default's."""
    zone, found = oncall.local_zone(settings), []
    for desk in oncall.desks(settings, candidate.departments, candidate.owner, candidate.severity, now):
        told = _channels(settings, oncall.on_duty(settings.oncall, desk, now, zone), desk, candidate.severity)
        for other in [] if told else oncall.desks(settings, {}, None, candidate.severity, now):
            told += _channels(settings, oncall.on_duty(settings.oncall, other, now, zone), other, candidate.severity)
        found += told
    return list({(to.person, to.channel): to for to in reversed(found)}.values())[::-1]


def _channels(settings: Settings, person: Person | None, desk: str, severity: int) -> list[Recipient]:
    """By the channels of this severity; where the person has none of these, by what they have."""
    kinds: tuple[Channel, ...] = ("email", "chat")
    theirs = [kind for kind in kinds if person is not None and getattr(person, kind)]
    opened = [kind for kind in theirs if severity >= settings.oncall.channels.get(kind, 1)]
    return [Recipient(person.id, kind, desk) for kind in opened or theirs if person is not None]


def _escalate(connection: psycopg.Connection, settings: Settings, now: datetime, done: Watched) -> None:
    """Tell who is next of what nobody acknowledged in time; each step once, and there are only so many."""
    zone = oncall.local_zone(settings)
    for row in ledger.unanswered(connection):
        for number, step in enumerate(oncall.steps(settings.oncall, row["departments"], row["severity"], row["owner"]), 1):
            if number <= row["step"] or now < row["fired_at"] + timedelta(minutes=step.after_minutes):
                continue
            person = oncall.on_duty(settings.oncall, step.to, now, zone)
            event = ledger.event(connection, row["alert_id"], "escalated", now, {}, step=number, actor=person.id if person else None, note=step.to)
            if event is not None:
                done.events["escalated"] = done.events.get("escalated", 0) + 1
                folder = [Recipient("folder", "folder", step.to)] if settings.oncall.folder else []
                ledger.address_to(connection, event, _channels(settings, person, step.to, 5) + folder)
