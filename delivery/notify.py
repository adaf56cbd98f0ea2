"""A failed task reaches a person: one message to each configured target, told once, and a note on disk in any case.

    failure ──► claim in ops.notifications ──► apprise target | folder ──► sent | failed (tried again by the next call)

Nothing here raises: a notification that breaks must not hide the failure it reports.
"""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from settings import Settings
from warehouse.connection import connect

LOG = logging.getLogger(__name__)
CLAIM = """
insert into ops.notifications (dag_id, task_id, run_id, try_number, channel, status)
values (%s, %s, %s, %s, %s, 'claimed')
on conflict (dag_id, task_id, run_id, try_number, channel) do update set status = 'claimed', sent_at = clock_timestamp()
where notifications.status = 'failed'
   or (notifications.status = 'claimed' and notifications.sent_at < clock_timestamp() - interval '5 minutes')
returning notification_id
"""
SETTLE = "update ops.notifications set status = %s, sent_at = clock_timestamp() where notification_id = %s"
CREDENTIALS = re.compile(r"(?<=://)[^/\s@]+@")
SECRET_VALUES = re.compile(r"(?i)\b(password|passwd|secret|token|api[_-]?key|authorization)\b(\s*[=:]\s*)\S+")
LONGEST = 600


@dataclass(frozen=True)
class Failure:
    """A task that failed for good."""

    dag_id: str
    task_id: str
    run_id: str
    try_number: int
    error: str

    @property
    def key(self) -> tuple[str, str, str, int]:
        """What makes it the same failure."""
        return self.dag_id, self.task_id, self.run_id, self.try_number

    @property
    def title(self) -> str:
        """One line."""
        return f"Renown: {self.dag_id}.{self.task_id} failed"

    @property
    def body(self) -> str:
        """What failed, why, where to look and what to do."""
        return (
            f"{self.error}\n\nDAG {self.dag_id}, task {self.task_id}, run {self.run_id}, try {self.try_number}.\n"
            "Its log is in Airflow under that run; docs/runbooks.md says what to do. "
            "The next run starts where this one stopped.\n"
        )


def notify_failure(
    settings: Settings, *, url: str | None, dag_id: str, task_id: str, run_id: str, try_number: int, error: str
) -> None:
    """Tell each target of config/notifications.yml once of this failure; never raises, a channel that is down is noted.

    `url`: the warehouse, or None when it is not known; then only the notes in the folder say what was told before.
    """
    failure = Failure(dag_id, task_id, run_id, try_number, clean(error))
    try:
        with _ledger(url) as connection:
            for channel, send in _targets(settings, failure):
                _tell(connection, channel, send, failure)
    except Exception as problem:
        LOG.error("notifications: broke while telling of %s.%s (%s)", dag_id, task_id, type(problem).__name__)


def clean(error: str) -> str:
    """The error in a few lines, without control characters, credentials in addresses or values of secrets."""
    text = "".join(c for c in error if c == "\n" or c.isprintable()).strip() or "no reason given"
    text = SECRET_VALUES.sub(r"\1\2***", CREDENTIALS.sub("***@", text))
    return text if len(text) <= LONGEST else text[:LONGEST] + " …"


@contextmanager
def _ledger(url: str | None) -> Iterator[psycopg.Connection | None]:
    """The warehouse if it answers, else None: its being down may be the very failure to tell of."""
    connection = None
    try:
        connection = connect(url, autocommit=True) if url else None
    except Exception as problem:
        LOG.error("notifications: no ledger (%s)", type(problem).__name__)
    try:
        yield connection
    finally:
        if connection is not None:
            connection.close()


def _targets(settings: Settings, failure: Failure) -> Iterator[tuple[str, Callable[[], bool]]]:
    """(name for the ledger, how to send). The folder comes last: its note is also the memory without a ledger."""
    folder = settings.notifications.on_failure_folder
    note = settings.home / folder / _note_name(failure) if folder else None
    told_before = note is not None and note.exists()
    for name in settings.notifications.on_failure_env:
        address = os.environ.get(name)
        if address:
            yield f"env:{name}", _Apprise(address, failure, told_before)
    if note is not None:
        yield "folder", lambda: _write_note(note, failure)


class _Apprise:
    """Send to one apprise address; `told_before` counts only where there is no ledger to ask."""

    def __init__(self, address: str, failure: Failure, told_before: bool) -> None:
        self.address, self.failure, self.told_before = address, failure, told_before

    def __call__(self) -> bool:
        import apprise

        target = apprise.Apprise()
        return bool(target.add(self.address)) and bool(
            target.notify(title=self.failure.title, body=self.failure.body, notify_type=apprise.NotifyType.FAILURE)
        )


def _tell(connection: psycopg.Connection | None, channel: str, send: Callable[[], bool], failure: Failure) -> None:
    claimed = _claim(connection, channel, failure)
    if claimed is None or (claimed == 0 and getattr(send, "told_before", False)):
        return
    try:
        status = "sent" if send() else "failed"
    except Exception as problem:
        LOG.error("notifications: %s broke (%s)", channel, type(problem).__name__)
        status = "failed"
    if status == "failed":
        LOG.error("notifications: %s did not take the message about %s.%s", channel, failure.dag_id, failure.task_id)
    if connection is not None and claimed:
        connection.execute(SETTLE, (status, claimed))


def _claim(connection: psycopg.Connection | None, channel: str, failure: Failure) -> int | None:
    """The ledger's id when this call shall tell, None when it has been told, 0 where no ledger answers."""
    if connection is None:
        return 0
    try:
        row = connection.execute(CLAIM, (*failure.key, channel)).fetchone()
    except psycopg.Error as problem:
        LOG.error("notifications: ledger broke (%s)", type(problem).__name__)
        return 0
    return int(row[0]) if row else None


def _note_name(failure: Failure) -> str:
    parts = (re.sub(r"[^A-Za-z0-9_.-]+", "-", str(part)).strip(".") or "-" for part in failure.key)
    return "__".join(parts)[:200] + ".txt"


def _write_note(path: Path, failure: Failure) -> bool:
    path.parent.mkdir(parents=True, exist_ok=True)
    hidden = path.with_name(f".{path.name}.part")
    hidden.write_text(f"{failure.title}\n\n{failure.body}", "utf-8")
    hidden.replace(path)
    return True
