"""Render a subscription's window and hand it over, once.

    ledger says sent? ──yes──► nothing to do (unless asked for again, with a reason: the next issue)
          │ no
    rows + coverage (one snapshot) ──► file in the outbox ──► ledger: rendered ──► handed ──► channel ──► ledger: sent

Killed before "handed": nothing was sent, the next run starts anew. Killed after it: the next run asks the channel, recipient by
recipient, whether it holds exactly that file; if so it only notes it, else it sends the same file again, from the outbox. The name
follows from subscription, window and issue, so there is never a second file. Where the department had taken the file away in between,
and with e-mail and chat, nobody can tell: it comes once more, and message and ledger say so (maybe_duplicate).
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Literal

import psycopg

from delivery import contents, ledger, letters, requests
from delivery.channels import Channel, Credentials, Message, channel_of, folder, from_environment, paths
from delivery.channels.folder import digest
from delivery.sending import send_all
from delivery.window import Window, window_of
from settings import RenownError, Settings
from settings.models import Subscription
from warehouse.connection import connect

REST = "the file that the others have is no longer kept"  # why an issue goes to those alone who lack the one before


@dataclass(frozen=True)
class DeliveryResult:
    """What became of one delivery. `note` is a sentence for a person."""

    subscription_id: str
    window_start: datetime
    window_end: datetime
    status: Literal["sent", "already_sent", "stopped"]
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
    credentials: Credentials = from_environment
    issue: int = 1
    reason: str | None = None

    @property
    def key(self) -> ledger.Key:
        """Its row of the ledger."""
        return ledger.Key(self.sub.id, self.window, self.issue, self.reason)

    @property
    def outbox(self) -> Path:
        """Where its file stands until every recipient has it."""
        return self.settings.home / "outbox" / file_name(self.sub, self.window, self.issue)

    def channel(self) -> Channel:
        """Where it goes. Raises ConfigError and RenownError."""
        return channel_of(self.settings, self.sub, self.window, self.credentials)


def subscription(settings: Settings, subscription_id: str) -> Subscription:
    """The subscription with this id. Raises RenownError that names those there are."""
    known = {sub.id: sub for sub in settings.subscriptions.subscriptions}
    if subscription_id not in known:
        raise RenownError(
            f"no subscription '{subscription_id}'", f"use one of {', '.join(known) or '(none in subscriptions.yml)'}", exit_code=2
        )
    return known[subscription_id]


def deliver(settings: Settings, subscription_id: str, *, url: str, window_end: datetime | None = None, why: str | None = None,
            credentials: Credentials = from_environment) -> DeliveryResult:
    """Deliver the window of `subscription_id` that ends before the day of `window_end` (default: the schedule's last).

    Exactly once per subscription, window and recipient: a rerun sends nothing and says so. `why`: send what was sent once more, as the next
    issue that says why. `credentials`: who knows the addresses of servers. Raises RenownError (no such subscription or mart, a recipient that
    was not reached, nothing to send again) and ConfigError (unknown column, climbing path); what went wrong is noted in ops.deliveries.
    """
    sub = subscription(settings, subscription_id)
    job = Job(settings, sub, window_of(settings, sub, window_end), credentials)
    _checked_path(job)
    if why is not None and not why.strip():
        raise RenownError("the reason is empty", "say why it is sent again", 2)
    with closing(connect(url)) as connection, ledger.alone(connection, sub.id):
        left = without_stopped(connection, sub)
        if left is None:
            return _result(job, "stopped", 0, f"{sub.id}: stopped by its link; 'renown subscriptions requests' says since when.")
        return settle(connection, replace(job, sub=left), why)


def file_name(sub: Subscription, window: Window, issue: int = 1) -> str:
    """care_weekly_2026-03-23_2026-03-29.xlsx: the same for the same subscription, window and issue (a second one ends in _2)."""
    again = f"_{issue}" if issue > 1 else ""
    return f"{sub.id}_{window.first_day}_{window.last_day}{again}.{sub.format}"


def without_stopped(connection: psycopg.Connection, sub: Subscription, at: datetime | None = None) -> Subscription | None:
    """The subscription without recipients who have stopped it (`at`: had by then), None where nobody is left."""
    stop = requests.stopped(connection, sub.id, at)
    left = [recipient for recipient in sub.channel.to if recipient not in stop]
    if "" in stop or (sub.channel.to and not left):
        return None
    return sub.model_copy(update={"channel": sub.channel.model_copy(update={"to": left})})


def _checked_path(job: Job) -> None:
    """Raises ConfigError for a path that cannot be meant, before anything is noted."""
    if job.sub.channel.kind in ("folder", "s3", "sftp"):
        paths.filled(job.settings, job.sub, job.window)
    if job.sub.channel.kind == "folder":
        job.channel()


def settle(connection: psycopg.Connection, job: Job, why: str | None = None) -> DeliveryResult:
    """Do what the ledger's newest entry leaves to do; `why`: send what was sent once more. Raises as `deliver` does."""
    entry = ledger.newest(connection, job.sub.id, job.window)
    if entry is None:
        if why:
            raise RenownError(f"{job.sub.id}: nothing was sent for {job.window}", f"'renown subscriptions run {job.sub.id}' sends it", 2)
        return _send(connection, job)
    known = replace(job, issue=entry.issue, reason=entry.reason)
    if entry.status != "sent":
        return _next_to_the_rest(connection, known, entry) if _is_gone(connection, known, entry) else _send(connection, known, entry)
    if why:
        return next_issue(connection, job, entry, why)
    letters.drop(known.outbox)  # a run may have died between the ledger and this
    return _result(known, "already_sent", entry.row_count or 0,
                   f"{job.sub.id}: {job.window} was already sent as {entry.file_name}; nothing sent again.")


def next_issue(connection: psycopg.Connection, job: Job, entry: ledger.Entry, why: str) -> DeliveryResult:
    """Send the issue after `entry`, which says why. Raises as `deliver` does."""
    return _send(connection, replace(job, issue=entry.issue + 1, reason=why))


def is_outdated(connection: psycopg.Connection, job: Job, entry: ledger.Entry, publication: int) -> bool:
    """Whether the marts say something else by now than this issue did; the ledger notes that somebody looked."""
    now = contents.content(connection, job.settings, job.sub, job.window)
    ledger.looked_at(connection, job.key, publication, None if now == entry.content_sha256 else now)
    return now != entry.content_sha256


def _is_gone(connection: psycopg.Connection, job: Job, entry: ledger.Entry) -> bool:
    """Whether some have this issue, others have not, and its file is no longer in the outbox (an erasure empties it)."""
    holders = ledger.holders(connection, job.key)
    lacking = [recipient for recipient in job.sub.channel.to if recipient not in holders]
    return bool(holders and lacking) and (letters.kept(job.outbox) is None or digest(job.outbox) != entry.file_sha256)


def _next_to_the_rest(connection: psycopg.Connection, job: Job, entry: ledger.Entry) -> DeliveryResult:
    """The next issue, since another file is another issue: to those who lack this one; to all where numbers moved and corrections are asked for."""
    publication = ledger.publication(connection) or 0
    connection.commit()
    is_restated = is_outdated(connection, job, entry, publication) and job.sub.corrections
    return next_issue(connection, job, entry, restated_by(publication) if is_restated else REST)


def restated_by(publication: int) -> str:
    """Why a correction is sent."""
    return f"restated by publication {publication}"


def _lacking(connection: psycopg.Connection, job: Job) -> Job:
    """An issue for the rest goes to those alone who lack the one before; every other as it is."""
    if job.reason != REST:
        return job
    holders = ledger.holders_before(connection, job.key)
    left = [recipient for recipient in job.sub.channel.to if recipient not in holders]
    return replace(job, sub=job.sub.model_copy(update={"channel": job.sub.channel.model_copy(update={"to": left})}))


def _send(connection: psycopg.Connection, job: Job, entry: ledger.Entry | None = None) -> DeliveryResult:
    try:
        job = _lacking(connection, job)
        if entry and job.reason == REST and not job.sub.channel.to:  # who lacked it was taken out of config
            return _noted(connection, job, entry)
        channel = job.channel()
        if entry and _all_arrived(connection, job, channel, entry):
            return _noted(connection, job, entry)
        message, rows, sentence = _begun(connection, job, entry) or _rendered(connection, job, channel)
        ledger.handed(connection, job.key)
        doubled = send_all(connection, job.key, channel, message, str(digest(job.outbox)),
                           partial(letters.personal, job.settings, job.sub, job.window, job.issue))
    except Exception as error:
        if not connection.closed:
            ledger.failed(connection, job.key, _name(job), said(error))
        raise
    ledger.sent(connection, job.key)
    letters.drop(job.outbox)
    again = " It may have arrived before: the last run was cut off." if doubled else ""
    return _result(job, "sent", rows, f"{job.sub.id}: {rows} rows from {job.window}. {sentence}{again}")


def _all_arrived(connection: psycopg.Connection, job: Job, channel: Channel, entry: ledger.Entry) -> bool:
    """Whether what was cut off had reached everybody: then nothing is rendered again."""
    known = ledger.recipients(connection, job.key)
    for recipient in channel.recipients:
        before = known.get(recipient)
        if before is None or not (before.status == "sent" or (before.is_open and channel.arrived(recipient, str(entry.file_name), before.sha256))):
            return False
        if before.status != "sent":
            ledger.taken(connection, job.key, recipient, None)
    return bool(channel.recipients)


def _noted(connection: psycopg.Connection, job: Job, entry: ledger.Entry) -> DeliveryResult:
    ledger.sent(connection, job.key)
    letters.drop(job.outbox)
    return _result(job, "sent", entry.row_count or 0, f"{job.sub.id}: {entry.file_name} had arrived before the last run was cut off; noted.")


def _begun(connection: psycopg.Connection, job: Job, entry: ledger.Entry | None) -> tuple[Message, int, str] | None:
    """The very message that others already have, or may have: everybody gets the same."""
    if entry is None or not any(given.status == "sent" or given.is_open for given in ledger.recipients(connection, job.key).values()):
        return None
    message = letters.kept(job.outbox)
    if message is None or digest(job.outbox) != entry.file_sha256:
        return None
    return message, entry.row_count or 0, "The same file as the other recipients have."


def _rendered(connection: psycopg.Connection, job: Job, channel: Channel) -> tuple[Message, int, str]:
    told = contents.render(connection, job.settings, job.sub, job.window, job.outbox, job.reason)
    message = letters.letter(job.sub, told, job.outbox)
    letters.keep(message, job.outbox)
    to = tuple(dict.fromkeys([job.sub.owner, *job.sub.channel.to]))
    ledger.rendered(connection, job.key, ledger.Rendered(
        job.outbox.name, str(digest(job.outbox)), told.content, told.rows, told.document.coverage.as_json(), told.publication,
        job.sub.department, to, told.read_as, channel.name))
    return message, told.rows, told.document.coverage_sentence(told.rows)


def said(error: Exception) -> str:
    """What may be kept of an error: our own words, of others only the type, since theirs may hold an address."""
    return str(error) if isinstance(error, RenownError) else type(error).__name__


def _name(job: Job) -> str:
    """The channel's name, also where it cannot be opened."""
    return f"{job.sub.channel.kind}:{job.sub.channel.path or job.sub.channel.conn_id or ''}".rstrip(":")


def _result(job: Job, status: Literal["sent", "already_sent", "stopped"], rows: int, note: str) -> DeliveryResult:
    channel, name = job.sub.channel, file_name(job.sub, job.window, job.issue)
    place = folder.connect(job.settings, job.sub, job.window).folder if channel.kind == "folder" else Path(_name(job))
    return DeliveryResult(job.sub.id, job.window.start, job.window.end, status, place / name, rows, note, job.issue)
