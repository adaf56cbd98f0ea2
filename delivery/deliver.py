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

from collections.abc import Iterator
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

LOOK_BACK = 12  # windows of a subscription that are looked at again after a publication


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
        left = _without_stopped(connection, sub)
        if left is None:
            return _result(job, "stopped", 0, f"{sub.id}: stopped by its link; 'renown subscriptions requests' says since when.")
        return _deliver(connection, replace(job, sub=left), why)


def turn(settings: Settings, subscription_id: str, *, url: str, window_end: datetime | None = None,
         credentials: Credentials = from_environment) -> Iterator[str]:
    """One turn of a subscription: deliver the window, then look at earlier ones, also where the window was not delivered.

    Yields a sentence for each, as it is done. Raises, after both, what went wrong (see `deliver` and `restated`).
    """
    window, errors = window_of(settings, subscription(settings, subscription_id), window_end), list[Exception]()
    try:
        yield str(deliver(settings, subscription_id, url=url, window_end=window_end, credentials=credentials))
    except Exception as error:
        errors.append(error)
    try:
        yield from restated(settings, subscription_id, url=url, credentials=credentials, but=window if errors else None)
    except Exception as error:
        errors.append(error)
    _raise(errors)


def restated(settings: Settings, subscription_id: str, *, url: str, credentials: Credentials = from_environment,
             but: Window | None = None) -> list[str]:
    """Look again at earlier windows: finish what was cut off, mark what the marts now say otherwise, send corrections where asked for.

    A delivery is looked at once a publication, the newest windows first; `but`: not this one, which has just been tried.
    Returns a sentence for each that was sent or is outdated. Raises, after all have been looked at, what went wrong: one window holds up no other.
    """
    sub = subscription(settings, subscription_id)
    told, errors = list[str](), list[Exception]()
    with closing(connect(url)) as connection, ledger.alone(connection, sub.id):
        publication = ledger.publication(connection) or 0
        connection.commit()
        left = _without_stopped(connection, sub)
        if left is None:
            return []
        sub = left
        for start, end, entry in ledger.open_ends(connection, sub.id, publication, LOOK_BACK, corrections=sub.corrections):
            job = Job(settings, sub, Window.between(start, end, settings, sub), credentials, entry.issue, entry.reason)
            if job.window == but:
                continue
            try:
                told.extend(_looked_again(connection, job, entry, publication))
            except Exception as error:
                errors.append(error)
                if connection.closed:
                    break
                connection.rollback()
    _raise(errors)
    return told


def _looked_again(connection: psycopg.Connection, job: Job, entry: ledger.Entry, publication: int) -> Iterator[str]:
    if entry.status != "sent":
        yield _deliver(connection, job, None).note
    elif entry.outdated_at is not None or _is_outdated(connection, job, entry, publication):
        yield f"{job.sub.id}: {job.window} was restated since it was sent (publication {publication})."
        if job.sub.corrections:
            yield _deliver(connection, job, f"restated by publication {publication}").note


def _raise(errors: list[Exception]) -> None:
    """One error as it is, several as one that says them all."""
    if len(errors) == 1:
        raise errors[0]
    if errors:
        raise RenownError("; ".join(dict.fromkeys(_said(error) for error in errors))) from errors[0]


def _is_outdated(connection: psycopg.Connection, job: Job, entry: ledger.Entry, publication: int) -> bool:
    differs = contents.content(connection, job.settings, job.sub, job.window) != entry.content_sha256
    ledger.looked_at(connection, job.key, publication, is_outdated=differs)
    return differs


def file_name(sub: Subscription, window: Window, issue: int = 1) -> str:
    """care_weekly_2026-03-23_2026-03-29.xlsx: the same for the same subscription, window and issue (a second one ends in _2)."""
    again = f"_{issue}" if issue > 1 else ""
    return f"{sub.id}_{window.first_day}_{window.last_day}{again}.{sub.format}"


def _without_stopped(connection: psycopg.Connection, sub: Subscription) -> Subscription | None:
    """The subscription without recipients who stopped it, None where nobody is left."""
    stop = requests.stopped(connection, sub.id)
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


def _deliver(connection: psycopg.Connection, job: Job, why: str | None) -> DeliveryResult:
    """What the ledger's newest entry leaves to do."""
    entry = ledger.newest(connection, job.sub.id, job.window)
    if entry is None:
        if why:
            raise RenownError(f"{job.sub.id}: nothing was sent for {job.window}", f"'renown subscriptions run {job.sub.id}' sends it", 2)
        return _send(connection, job)
    known = replace(job, issue=entry.issue, reason=entry.reason)
    if entry.status != "sent":
        return _send(connection, known, entry)
    if why:
        return _send(connection, replace(job, issue=entry.issue + 1, reason=why))
    letters.drop(known.outbox)  # a run may have died between the ledger and this
    return _result(known, "already_sent", entry.row_count or 0,
                   f"{job.sub.id}: {job.window} was already sent as {entry.file_name}; nothing sent again.")


def _send(connection: psycopg.Connection, job: Job, entry: ledger.Entry | None = None) -> DeliveryResult:
    try:
        channel = job.channel()
        if entry and _all_arrived(connection, job, channel, entry):
            return _noted(connection, job, entry)
        message, rows, said = _begun(connection, job, entry) or _rendered(connection, job, channel)
        ledger.handed(connection, job.key)
        doubled = send_all(connection, job.key, channel, message, str(digest(job.outbox)),
                           partial(letters.personal, job.settings, job.sub, job.window, job.issue))
    except Exception as error:
        if not connection.closed:
            ledger.failed(connection, job.key, _name(job), _said(error))
        raise
    ledger.sent(connection, job.key)
    letters.drop(job.outbox)
    again = " It may have arrived before: the last run was cut off." if doubled else ""
    return _result(job, "sent", rows, f"{job.sub.id}: {rows} rows from {job.window}. {said}{again}")


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


def _said(error: Exception) -> str:
    """What may be kept of an error: our own words, of others only the type, since theirs may hold an address."""
    return str(error) if isinstance(error, RenownError) else type(error).__name__


def _name(job: Job) -> str:
    """The channel's name, also where it cannot be opened."""
    return f"{job.sub.channel.kind}:{job.sub.channel.path or job.sub.channel.conn_id or ''}".rstrip(":")


def _result(job: Job, status: Literal["sent", "already_sent", "stopped"], rows: int, note: str) -> DeliveryResult:
    channel, name = job.sub.channel, file_name(job.sub, job.window, job.issue)
    place = folder.connect(job.settings, job.sub, job.window).folder if channel.kind == "folder" else Path(_name(job))
    return DeliveryResult(job.sub.id, job.window.start, job.window.end, status, place / name, rows, note, job.issue)
