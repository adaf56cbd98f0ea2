"""Render a subscription's window and hand it over, once.

    ledger says sent? ──yes──► nothing to do (unless asked for again, with a reason: the next issue)
          │ no
    rows + coverage (one snapshot) ──► file in the outbox ──► ledger: rendered ──► handed ──► channel ──► ledger: sent

Killed before "rendered": nothing was sent, the next run starts anew. Killed after it: the next run looks whether the
channel already holds exactly that file; if so it only notes it, else it renders again and replaces. The name follows
from subscription, window and issue, so there is never a second file. Where the department had taken the file away in
between, a folder cannot tell: the file comes once more, and the ledger marks it (maybe_duplicate).
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

import psycopg

from delivery import channels, contents, ledger
from delivery.window import Window, window_of
from settings import RenownError, Settings
from settings.models import Subscription
from warehouse.connection import connect

LOOK_BACK = 12  # windows of a subscription that are looked at again after a publication


@dataclass(frozen=True)
class DeliveryResult:
    """What became of one delivery. `note` is a sentence for a person."""

    subscription_id: str
    window_start: datetime
    window_end: datetime
    status: Literal["sent", "already_sent"]
    file: Path
    row_count: int
    note: str
    issue: int = 1

    def __str__(self) -> str:
        return self.note


@dataclass(frozen=True)
class Job:
    """One delivery that is to be made."""

    settings: Settings
    sub: Subscription
    window: Window
    folder: Path
    issue: int = 1
    reason: str | None = None
    duplicate: bool = False

    @property
    def key(self) -> ledger.Key:
        """Its row of the ledger."""
        return ledger.Key(self.sub.id, self.window, self.issue, self.reason)

    @property
    def channel(self) -> str:
        """As the ledger names it."""
        return f"folder:{self.sub.channel.path}"


def subscription(settings: Settings, subscription_id: str) -> Subscription:
    """The subscription with this id. Raises RenownError that names those there are."""
    known = {sub.id: sub for sub in settings.subscriptions.subscriptions}
    if subscription_id not in known:
        raise RenownError(
            f"no subscription '{subscription_id}'", f"use one of {', '.join(known) or '(none in subscriptions.yml)'}", exit_code=2
        )
    return known[subscription_id]


def deliver(settings: Settings, subscription_id: str, *, url: str, window_end: datetime | None = None, why: str | None = None) -> DeliveryResult:
    """Deliver the window of `subscription_id` that ends before the day of `window_end` (default: the schedule's last).

    Exactly once per subscription and window: a rerun sends nothing and says so. `why`: send what was sent once more, as the next issue
    that says why. Raises RenownError (no such subscription or mart, folder not writable, nothing to send again) and ConfigError (unknown
    column, climbing path); what went wrong on the way is noted in ops.deliveries.
    """
    sub = subscription(settings, subscription_id)
    folder = channels.folder_of(settings, sub)
    window = window_of(settings, sub, window_end)
    if why is not None and not why.strip():
        raise RenownError("the reason is empty", "say why it is sent again", 2)
    with closing(connect(url)) as connection, ledger.alone(connection, sub.id):
        return _deliver(connection, Job(settings, sub, window, folder), why)


def restated(settings: Settings, subscription_id: str, *, url: str) -> list[str]:
    """Look again at earlier windows: finish what was cut off, mark what the marts now say otherwise, send corrections where asked for.

    A delivery is looked at once a publication, the newest windows first. Returns a sentence for each that was sent or is outdated.
    """
    sub = subscription(settings, subscription_id)
    folder = channels.folder_of(settings, sub)
    told: list[str] = []
    with closing(connect(url)) as connection, ledger.alone(connection, sub.id):
        publication = ledger.publication(connection) or 0
        connection.commit()
        for start, end, entry in ledger.open_ends(connection, sub.id, publication, LOOK_BACK, corrections=sub.corrections):
            job = Job(settings, sub, _window(settings, sub, start, end), folder, entry.issue, entry.reason)
            if entry.status != "sent":
                told.append(_deliver(connection, job, None).note)
            elif entry.outdated_at is not None or _is_outdated(connection, job, entry, publication):
                told.append(f"{sub.id}: {job.window} was restated since it was sent (publication {publication}).")
                if sub.corrections:
                    told.append(_deliver(connection, job, f"restated by publication {publication}").note)
    return told


def _is_outdated(connection: psycopg.Connection, job: Job, entry: ledger.Entry, publication: int) -> bool:
    differs = contents.content(connection, job.settings, job.sub, job.window) != entry.content_sha256
    ledger.looked_at(connection, job.key, publication, is_outdated=differs)
    return differs


def file_name(sub: Subscription, window: Window, issue: int = 1) -> str:
    """care_weekly_2026-03-23_2026-03-29.xlsx: the same for the same subscription, window and issue (a second one ends in _2)."""
    again = f"_{issue}" if issue > 1 else ""
    return f"{sub.id}_{window.first_day}_{window.last_day}{again}.{sub.format}"


def _window(settings: Settings, sub: Subscription, start: datetime, end: datetime) -> Window:
    zone = window_of(settings, sub, end).zone
    return Window(start.astimezone(zone).date(), (end - timedelta(microseconds=1)).astimezone(zone).date() + timedelta(days=1), zone)


def _deliver(connection: psycopg.Connection, job: Job, why: str | None) -> DeliveryResult:
    """What the ledger's newest entry leaves to do."""
    entry = ledger.newest(connection, job.sub.id, job.window)
    if entry is None:
        if why:
            raise RenownError(f"{job.sub.id}: nothing was sent for {job.window}", f"'renown subscriptions run {job.sub.id}' sends it", 2)
        return _send(connection, job)
    known = Job(job.settings, job.sub, job.window, job.folder, entry.issue, entry.reason)
    if entry.status != "sent" and _arrived(job.folder, entry):
        ledger.sent(connection, known.key)
        return _result(known, "sent", job.folder / str(entry.file_name), entry.row_count or 0,
                       f"{job.sub.id}: {entry.file_name} had arrived before the last run was cut off; noted.")
    if entry.status != "sent":
        return _send(connection, Job(job.settings, job.sub, job.window, job.folder, entry.issue, entry.reason, _cannot_tell(job.folder, entry)))
    if why:
        return _send(connection, Job(job.settings, job.sub, job.window, job.folder, entry.issue + 1, why))
    return _result(known, "already_sent", job.folder / str(entry.file_name), entry.row_count or 0,
                   f"{job.sub.id}: {job.window} was already sent as {entry.file_name}; nothing sent again.")


def _arrived(folder: Path, entry: ledger.Entry) -> bool:
    return bool(entry.file_name and entry.file_sha256) and channels.digest(folder / str(entry.file_name)) == entry.file_sha256


def _cannot_tell(folder: Path, entry: ledger.Entry) -> bool:
    """Whether it may have arrived and been taken away: handed over, cut off, and no half copy left that shows how far it came."""
    return entry.status == "rendered" and entry.handed_at is not None and not channels.hidden(folder, str(entry.file_name)).exists()


def _send(connection: psycopg.Connection, job: Job) -> DeliveryResult:
    try:
        outbox = job.settings.home / "outbox" / file_name(job.sub, job.window, job.issue)
        told = contents.render(connection, job.settings, job.sub, job.window, outbox, job.reason)
        ledger.rendered(connection, job.key, _rendered(job, outbox, told))
        ledger.handed(connection, job.key)
        target = channels.place(outbox, job.folder, outbox.name)
    except RenownError as error:
        ledger.failed(connection, job.key, job.channel, str(error))
        raise
    ledger.sent(connection, job.key)
    outbox.unlink(missing_ok=True)
    again = " It may have arrived before: the last run was cut off." if job.duplicate else ""
    return _result(job, "sent", target, told.rows,
                   f"{job.sub.id}: {told.rows} rows from {job.window}. {told.document.coverage_sentence(told.rows)}{again}")


def _rendered(job: Job, outbox: Path, told: contents.Told) -> ledger.Rendered:
    return ledger.Rendered(outbox.name, str(channels.digest(outbox)), told.content, told.rows, told.document.coverage.as_json(),
                           told.publication, job.sub.department, (job.sub.owner,), told.read_as, job.channel, job.duplicate)


def _result(job: Job, status: Literal["sent", "already_sent"], file: Path, rows: int, note: str) -> DeliveryResult:
    return DeliveryResult(job.sub.id, job.window.start, job.window.end, status, file, rows, note, job.issue)
