"""A drill: the same way as an alert, to whoever is on duty now, marked as such in its first words; nobody is escalated to."""

from __future__ import annotations

from contextlib import closing
from datetime import datetime
from typing import Any

from psycopg.rows import dict_row

from delivery.alerts import ledger
from delivery.alerts.candidates import Candidate
from delivery.alerts.incidents import Move
from delivery.alerts.ledger import Recipient
from delivery.alerts.sending import send_waiting
from delivery.alerts.watch import alone, on_duty
from delivery.channels.address import Credentials, from_environment
from settings import RenownError, Settings
from warehouse.connection import connect

SAID = "select recipient, desk, channel, status, error from ops.alert_messages where event_id = %s order by recipient, channel"


def drill(settings: Settings, *, url: str, department: str | None = None, severity: int = 4, now: datetime | None = None,
          credentials: Credentials = from_environment) -> list[dict[str, Any]]:
    """Send it; returns a row a message: recipient, desk, channel, status, error. Raises RenownError (no such department, a run at work)."""
    at, known = now or settings.now(), {d.id for d in settings.departments.departments}
    wanted = department or settings.duties.default or ""
    if wanted and wanted not in known:
        raise RenownError(f"there is no department '{wanted}'", f"use one of {', '.join(sorted(known))}", 2)
    title = f"is {wanted or 'anybody'} reached at severity {severity}?"
    candidate = Candidate(key=f"drill|{wanted}|{severity}|{at.isoformat()}", kind="drill", severity=severity, magnitude=1, title=title,
                          facts={"unit": "drills"}, started_at=at, last_at=at, departments={wanted: severity})
    with closing(connect(url)) as connection, alone(connection) as mine:
        if not mine:
            raise RenownError("a look for alerts is under way", "try again in a minute")
        with connection.transaction():
            event = ledger.apply(connection, Move("opened", None, candidate, True), at, {})
            if event is not None:
                folder = [Recipient("folder", "folder")] if settings.oncall.folder else []
                ledger.address_to(connection, event, on_duty(settings, candidate, at) + folder)
        connection.commit()
        send_waiting(connection, settings, credentials)
        with connection.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(SAID, (event,)).fetchall()
