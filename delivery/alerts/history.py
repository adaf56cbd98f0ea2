"""One alert as a person looks at it: as it was told last, what happened to it, and who heard of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.rows import dict_row

from delivery.alerts import message
from delivery.alerts.acknowledge import find
from settings import Settings

LAST = """
select e.event, e.step, e.fire, e.at, e.severity, e.facts, a.alert_id::text, a.kind, a.bank_id, a.platform, a.topic_id, a.owner, a.departments,
       a.example_ids::text[] as example_ids, null as desk
from ops.alerts a join ops.alert_events e using (alert_id)
where alert_id = %s and e.event in ('opened', 'grew', 'reopened') order by e.event_id desc limit 1
"""
EVENTS = "select at, event, severity, magnitude, actor, how, note from ops.alert_events where alert_id = %s order by event_id"
MESSAGES = """
select m.recipient, m.channel, e.event, m.status, m.attempts, m.sent_at, m.maybe_duplicate, m.error
from ops.alert_messages m join ops.alert_events e using (event_id) where e.alert_id = %s order by m.event_id, m.recipient, m.channel
"""


@dataclass(frozen=True)
class History:
    """The message as it was told last, events and messages as rows."""

    alert_id: str
    text: str
    events: list[dict[str, Any]]
    messages: list[dict[str, Any]]


def of(connection: psycopg.Connection, settings: Settings, alert_id: str) -> History:
    """Everything about one alert; `alert_id` may be its beginning. Raises RenownError where there is none."""
    whole = find(connection, alert_id)[0]
    with connection.cursor(row_factory=dict_row) as cursor:
        last = cursor.execute(LAST, (whole,)).fetchone()
        assert last is not None
        return History(whole, message.text(connection, settings, last, None), cursor.execute(EVENTS, (whole,)).fetchall(),
                       cursor.execute(MESSAGES, (whole,)).fetchall())
