"""ops.alerts, its events and messages: what was raised, what became of it, and whom it was told, each once.

    Move ──► row of ops.alerts ──► row of ops.alert_events ──► a waiting row of ops.alert_messages for each person and channel
                                                                 └──► claimed ──► sent | failed (tried again) ──► given up
What failed is tried again after 1, 2, 4, 8 and then every 15 minutes, by the wall's clock; it is given up when it is overtaken, or after long,
and after MOST_TRIES where the channel refuses it or may have taken it each time: nobody wants a hundred copies.
Nothing here commits: the caller's transaction holds an incident, its event and its messages together.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import psycopg
from psycopg.rows import class_row, dict_row

from delivery.alerts.candidates import Candidate
from delivery.alerts.incidents import Incident, Move

MOST_TRIES = 12  # some two hours
NAMESPACE = uuid.UUID("6f1c3f0e-2f5b-5d52-9a51-5a1b0f6f5a10")  # of our own ids, any constant serves
KNOWN = """
select alert_id::text, alert_key as key, kind, status, severity, magnitude, started_at, last_at, resolved_at, fire, fired_at, fired_severity,
       fired_magnitude, told_departments, acknowledged_fire,
       case when facts ->> 'series_type' = 'platform' then facts ->> 'series_id' end as series_platform
from ops.alerts where status = 'open' or resolved_at >= %s or kind = 'crisis' order by opened_at desc, started_at desc, alert_id
"""
OPEN = """
insert into ops.alerts (alert_id, alert_key, kind, status, severity, magnitude, bank_id, platform, topic_id, owner, title, facts, example_ids,
                        started_at, last_at, opened_at, fired_at, fired_severity, fired_magnitude, departments, told_departments)
values (%(id)s, %(key)s, %(kind)s, 'open', %(severity)s, %(magnitude)s, %(bank)s, %(platform)s, %(topic)s, %(owner)s, %(title)s, %(facts)s,
        %(examples)s, %(started)s, %(last)s, %(now)s, %(now)s, %(severity)s, %(magnitude)s, %(departments)s, %(told)s)
"""
SEEN = """
update ops.alerts set severity = %(severity)s, magnitude = %(magnitude)s, topic_id = %(topic)s, title = %(title)s, facts = %(facts)s,
    example_ids = %(examples)s, started_at = least(started_at, %(started)s), last_at = greatest(last_at, %(last)s), departments = %(departments)s
where alert_id = %(id)s
"""
FIRED = """
update ops.alerts set status = 'open', resolved_at = null, fire = fire + 1, fired_at = %(now)s, fired_severity = %(severity)s,
    fired_magnitude = %(magnitude)s, told_departments = (select array_agg(distinct d order by d) from unnest(told_departments || %(told)s::text[]) d)
where alert_id = %(id)s
"""
RESOLVED = "update ops.alerts set status = 'resolved', resolved_at = %(now)s where alert_id = %(id)s"
EVENT = """
insert into ops.alert_events (alert_id, fire, event, step, at, actor, how, note, severity, magnitude, facts)
select alert_id, fire, %(event)s, %(step)s, %(now)s, %(actor)s, %(how)s, %(note)s, severity, magnitude, facts || %(more)s
from ops.alerts where alert_id = %(id)s
on conflict (alert_id, fire, event, step) do nothing returning event_id
"""
MESSAGE = """
insert into ops.alert_messages (message_id, event_id, recipient, desk, channel, status) values (%s, %s, %s, %s, %s, 'waiting')
on conflict (event_id, recipient, channel) do nothing
"""
WAITING = """
select m.message_id::text, m.event_id, m.recipient, m.desk, m.channel, m.status, m.attempts, m.maybe_duplicate, e.event, e.step, e.fire, e.at, e.severity,
       e.facts, e.note, a.alert_id::text, a.kind, a.bank_id, a.platform, a.topic_id, a.owner, a.departments, a.example_ids::text[] as example_ids, a.opened_at,
       e.facts ->> 'title' as title, a.fire as newest_fire, a.status as alert_status, a.acknowledged_fire
from ops.alert_messages m join ops.alert_events e using (event_id) join ops.alerts a using (alert_id)
where m.status in ('waiting', 'claimed') or (m.status = 'failed' and (not %(patient)s
    or m.claimed_at + least(interval '1 minute' * power(2, least(m.attempts, 9) - 1), interval '15 minutes') <= clock_timestamp()))
order by e.severity desc, e.event_id, m.recipient, m.channel
"""
CLAIM = """
update ops.alert_messages set maybe_duplicate = maybe_duplicate or (status = 'claimed' and channel <> 'folder'), status = 'claimed',
    attempts = attempts + 1, claimed_at = clock_timestamp(), bundle = %s
where message_id = any(%s::uuid[]) returning maybe_duplicate
"""
SETTLE = """
update ops.alert_messages m set error = %(error)s, status = case when %(status)s = 'failed' and ((
        select recorded_at from ops.alert_events e where e.event_id = m.event_id) + %(longest)s <= clock_timestamp()
        or (m.attempts >= %(most)s and (m.error = %(error)s or m.maybe_duplicate))) then 'given_up' else %(status)s end,
    maybe_duplicate = maybe_duplicate or %(unsure)s,
    sent_at = case when %(status)s = 'sent' then clock_timestamp() end
where message_id = any(%(ids)s::uuid[])
"""
UNANSWERED = """
select a.alert_id::text, a.severity, a.departments, a.owner, a.fire, a.fired_at, coalesce(max(e.step), 0) as step
from ops.alerts a left join ops.alert_events e on e.alert_id = a.alert_id and e.fire = a.fire and e.event = 'escalated'
where a.status = 'open' and a.kind <> 'drill' and coalesce(a.acknowledged_fire, 0) < a.fire
group by a.alert_id order by a.alert_id
"""
TOLD = """
select distinct m.recipient, m.desk, m.channel from ops.alert_messages m join ops.alert_events e using (event_id)
where e.alert_id = %s and e.fire = (select fire from ops.alerts where alert_id = %s) and m.channel <> 'folder' order by 1, 3
"""


@dataclass(frozen=True)
class Recipient:
    """One person by one channel, for a desk. `person` is an id of oncall.yml."""

    person: str
    channel: str
    desk: str | None = None


def known(connection: psycopg.Connection, since: datetime) -> list[Incident]:
    """Open incidents, those resolved since `since`, and every crisis (late data may touch an old one); newest first."""
    with connection.cursor(row_factory=class_row(Incident)) as cursor:
        return cursor.execute(KNOWN, (since,)).fetchall()


def apply(connection: psycopg.Connection, move: Move, now: datetime, more: dict[str, Any]) -> int | None:
    """Write one move; returns its event's id, None where it makes no event. `more`: facts that are the event's own."""
    candidate = move.candidate
    key = move.incident.alert_id if move.incident else _alert_id(candidate, now)
    if candidate is not None and move.event != "resolved":
        values = _values(candidate, key, now)
        connection.execute(OPEN if move.incident is None else SEEN, values)
        if move.event in ("grew", "reopened"):
            connection.execute(FIRED, values)
    if move.event == "resolved":
        connection.execute(RESOLVED, {"id": key, "now": now})
    return None if move.event == "seen" else event(connection, key, move.event, now, more)


def event(connection: psycopg.Connection, alert_id: str, name: str, now: datetime, more: dict[str, Any], *, step: int = 0, actor: str | None = None,
          how: str | None = None, note: str | None = None) -> int | None:
    """Note what happened to an alert as it was told last; None where that was noted before."""
    given = {"id": alert_id, "event": name, "step": step, "now": now, "actor": actor, "how": how, "note": note, "more": json.dumps(more)}
    row = connection.execute(EVENT, given).fetchone()
    return int(row[0]) if row else None


def address_to(connection: psycopg.Connection, event_id: int, recipients: Iterable[Recipient]) -> None:
    """A waiting message for each recipient; its id follows from event, person and channel, so that a mail sent twice is recognised."""
    for to in recipients:
        name = uuid.uuid5(NAMESPACE, f"{event_id}|{to.person}|{to.channel}")
        connection.execute(MESSAGE, (name, event_id, to.person, to.desk, to.channel))


def waiting(connection: psycopg.Connection, *, patient: bool) -> list[dict[str, Any]]:
    """Messages that are not settled, the gravest first; `patient`: without those that failed a moment ago.

    A claimed one was cut off: only one run at a time sends.
    """
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(WAITING, {"patient": patient}).fetchall()


def claim(connection: psycopg.Connection, ids: list[str]) -> bool:
    """Take messages before they are sent, several as one bundle; whether one of them may have arrived already. Commits."""
    rows = connection.execute(CLAIM, (uuid.uuid4() if len(ids) > 1 else None, ids)).fetchall()
    connection.commit()
    return any(row[0] for row in rows)


def settle(connection: psycopg.Connection, ids: list[str]) -> None:
    """Note that messages were taken. Commits."""
    _settle(connection, ids, "sent")


def fail(connection: psycopg.Connection, ids: list[str], error: str, longest: timedelta, *, unsure: bool = False) -> None:
    """Note why messages were not taken, and give up those that wait for `longest`. Commits.

    `unsure`: the next try says that they may have come. Those are given up after MOST_TRIES, not where it is the first such answer: the tries before
    it were of a channel that was down. What was surely not taken (a wrong password in the night, say) is tried all that time.
    """
    _settle(connection, ids, "failed", error, longest, unsure=unsure, most=MOST_TRIES if unsure else None)


def give_up(connection: psycopg.Connection, ids: list[str], why: str) -> None:
    """Note that messages are not wanted any more. Commits."""
    _settle(connection, ids, "given_up", why)


def _settle(connection: psycopg.Connection, ids: list[str], status: str, error: str | None = None, longest: timedelta = timedelta(0), *,
            unsure: bool = False, most: int | None = None) -> None:
    connection.execute(SETTLE, {"ids": ids, "status": status, "error": error, "longest": longest, "unsure": unsure, "most": most})
    connection.commit()


def unanswered(connection: psycopg.Connection) -> list[dict[str, Any]]:
    """Open alerts that nobody has acknowledged as told last, with the last step of escalation that was taken."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(UNANSWERED).fetchall()


def told(connection: psycopg.Connection, alert_id: str) -> list[Recipient]:
    """Everybody who heard of the alert as it was told last."""
    return [Recipient(person, channel, desk) for person, desk, channel in connection.execute(TOLD, (alert_id, alert_id))]


def _alert_id(candidate: Candidate | None, now: datetime) -> str:
    assert candidate is not None
    return str(uuid.uuid5(NAMESPACE, f"{candidate.key}|{candidate.started_at.isoformat()}|{now.isoformat()}"))


def _values(candidate: Candidate, alert_id: str, now: datetime) -> dict[str, Any]:
    return {"id": alert_id, "key": candidate.key, "kind": candidate.kind, "severity": candidate.severity, "magnitude": candidate.magnitude,
            "bank": candidate.bank_id, "platform": candidate.platform, "topic": candidate.topic_id, "owner": candidate.owner,
            "title": candidate.title, "facts": json.dumps({**candidate.facts, "title": candidate.title}), "examples": list(candidate.example_ids),
            "started": candidate.started_at, "last": candidate.last_at, "now": now, "departments": json.dumps(candidate.departments),
            "told": sorted(candidate.departments)}
