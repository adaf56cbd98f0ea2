"""Somebody takes an alert: by command or by the signed link of the message. Noted once, by whom, when and how; it stops the escalation.

    alert + fire + person ──► signature (delivery.links) ──► <link_base_url>/alerts/<id>?token=… ──► delivery.door ──► acknowledge()

Whoever holds a link may acknowledge that alert as it was told then, and nothing else: what grew since asks again.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import psycopg

from delivery import links
from delivery.alerts import ledger
from settings import RenownError, Settings

LINK = "alerts"  # the kind of link, and of delivery.door
FIND = "select alert_id::text, title, status, fire, acknowledged_fire, acknowledged_by, acknowledged_at from ops.alerts where alert_id::text like %s limit 2"
TAKE = """
update ops.alerts set acknowledged_fire = fire, acknowledged_at = %(now)s, acknowledged_by = %(who)s, acknowledged_how = %(how)s
where alert_id = %(id)s and coalesce(acknowledged_fire, 0) < fire and fire = coalesce(%(fire)s, fire) returning alert_id
"""


@dataclass(frozen=True)
class Acknowledged:
    """What became of it: `new`, or why not; `note` is a sentence for a person."""

    alert_id: str
    new: bool
    note: str


def link(settings: Settings, alert_id: str, fire: int, person: str) -> str | None:
    """The signed link, None where no base address or no key is configured: an alert goes out all the same."""
    if len(os.environ.get(links.KEY, "")) < links.SHORTEST:
        return None
    return links.link(settings, LINK, alert_id[:8], {"alert": alert_id, "fire": fire, "person": person})


def by_link(connection: psycopg.Connection, settings: Settings, said: dict[str, Any]) -> Acknowledged:
    """Acknowledge by what a verified link says, in the name of the person whom the message went to. Raises RenownError."""
    names = {person.id: person.name for person in settings.oncall.people}
    return acknowledge(connection, said["alert"], names.get(said["person"], said["person"]), settings.now(), "link", fire=int(said["fire"]))


def acknowledge(connection: psycopg.Connection, alert_id: str, who: str, now: datetime, how: Literal["cli", "link"], *, fire: int | None = None,
                note: str | None = None) -> Acknowledged:
    """Note that `who` has taken it; a second time changes nothing. `alert_id` may be its beginning. Commits. Raises RenownError."""
    whole = find(connection, alert_id)[0]
    took = connection.execute(TAKE, {"id": whole, "now": now, "who": who, "how": how, "fire": fire}).fetchone()
    _, title, status, newest, taken, by, at = find(connection, whole)  # after the try: it may have grown, or been taken, a moment before
    if took:
        ledger.event(connection, whole, "acknowledged", now, {}, actor=who, how=how, note=note)
    connection.commit()
    if took:
        return Acknowledged(whole, True, f"{title}: acknowledged by {who}" + (" (it is over)" if status == "resolved" else ""))
    if fire is not None and fire != newest and (taken or 0) < newest:
        return Acknowledged(whole, False, f"{title}: it has grown since that message; the newest one asks again")
    return Acknowledged(whole, False, f"{title}: {by} has acknowledged it already, {at:%Y-%m-%d %H:%M} UTC")


def find(connection: psycopg.Connection, alert_id: str) -> tuple[Any, ...]:
    """id, title, status, fire, and who acknowledged which and when, of the one alert whose id begins so. Raises RenownError."""
    if not re.fullmatch("[0-9a-f-]{4,}", alert_id.lower()):  # nothing that `like` reads as a pattern, and no word that looks like an id
        raise RenownError(f"'{alert_id}' is no id of an alert", "give at least four of its digits, as 'renown alerts list' shows them", 2)
    found = connection.execute(FIND, (f"{alert_id.lower()}%",)).fetchall()
    if len(found) != 1:
        connection.rollback()
        what = "several alerts begin with" if found else "there is no alert"
        raise RenownError(f"{what} '{alert_id}'", "'renown alerts list --all' shows them", 2)
    return tuple(found[0])
