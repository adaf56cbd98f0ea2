"""Render a subscription's window and hand it over, once.

    ledger says sent? ──yes──► nothing to do
          │ no
    rows + coverage (one snapshot) ──► file in the outbox ──► ledger: rendered ──► channel ──► ledger: sent

Killed before "rendered": nothing was sent, the next run starts anew. Killed after it: the next run looks whether the
channel already holds exactly that file; if so it only notes it, else it renders again and replaces. The name follows
from subscription and window, so there is never a second file.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

import psycopg

from delivery import channels, ledger, render
from delivery.coverage import measure
from delivery.query import Selection, catalog, config_error, select
from delivery.window import Window, window_of
from settings import RenownError, Settings
from settings.models import Subscription
from warehouse.connection import connect

FETCH = 5_000  # rows a round trip of the server-side cursor


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

    def __str__(self) -> str:
        return self.note


def subscription(settings: Settings, subscription_id: str) -> Subscription:
    """The subscription with this id. Raises RenownError that names those there are."""
    known = {sub.id: sub for sub in settings.subscriptions.subscriptions}
    if subscription_id not in known:
        raise RenownError(
            f"no subscription '{subscription_id}'", f"use one of {', '.join(known) or '(none in subscriptions.yml)'}", exit_code=2
        )
    return known[subscription_id]


def deliver(
    settings: Settings, subscription_id: str, *, url: str, window_end: datetime | None = None
) -> DeliveryResult:
    """Deliver the window of `subscription_id` that ends before the day of `window_end` (default: the schedule's last).

    Exactly once per subscription and window: a rerun sends nothing and says so. Raises RenownError (no such
    subscription or mart, folder not writable) and ConfigError (unknown column, climbing path); what went wrong on the
    way is noted in ops.deliveries.
    """
    sub = subscription(settings, subscription_id)
    folder = channels.folder_of(settings, sub)
    window = window_of(settings, sub, window_end)
    with closing(connect(url)) as connection, ledger.alone(connection, sub.id):
        entry = ledger.read(connection, sub.id, window)
        if entry and entry.status == "sent":
            return _result(
                sub,
                window,
                "already_sent",
                folder / str(entry.file_name),
                entry.row_count or 0,
                f"{sub.id}: {window} was already sent as {entry.file_name}; nothing sent again.",
            )
        if entry and entry.status == "rendered" and _arrived(folder, entry):
            ledger.sent(connection, sub.id, window)
            return _result(
                sub,
                window,
                "sent",
                folder / str(entry.file_name),
                entry.row_count or 0,
                f"{sub.id}: {entry.file_name} had arrived before the last run was cut off; noted.",
            )
        return _send(connection, settings, sub, window, folder)


def file_name(sub: Subscription, window: Window) -> str:
    """care_weekly_2026-03-23_2026-03-29.xlsx: the same for the same subscription and window."""
    return f"{sub.id}_{window.first_day}_{window.last_day}.{sub.format}"


def _arrived(folder: Path, entry: ledger.Entry) -> bool:
    return (
        bool(entry.file_name and entry.file_sha256)
        and channels.digest(folder / str(entry.file_name)) == entry.file_sha256
    )


def _send(
    connection: psycopg.Connection, settings: Settings, sub: Subscription, window: Window, folder: Path
) -> DeliveryResult:
    channel = f"folder:{sub.channel.path}"
    try:
        outbox = settings.home / "outbox" / file_name(sub, window)
        rows, sentence, covered = _render(connection, settings, sub, window, outbox)
        ledger.rendered(
            connection,
            sub.id,
            window,
            file=outbox.name,
            sha256=str(channels.digest(outbox)),
            rows=rows,
            channel=channel,
            coverage=covered,
        )
        target = channels.place(outbox, folder, outbox.name)
    except RenownError as error:
        ledger.failed(connection, sub.id, window, channel, str(error))
        raise
    ledger.sent(connection, sub.id, window)
    outbox.unlink(missing_ok=True)
    return _result(sub, window, "sent", target, rows, f"{sub.id}: {rows} rows from {window}. {sentence}")


def _render(
    connection: psycopg.Connection, settings: Settings, sub: Subscription, window: Window, path: Path
) -> tuple[int, str, dict[str, object]]:
    """Rows and coverage of one snapshot into `path`: (rows written, sentence of coverage, coverage as JSON)."""
    connection.set_isolation_level(psycopg.IsolationLevel.REPEATABLE_READ)
    try:
        selection = select(settings, sub, window, catalog(connection, sub.mart))
        coverage = measure(connection, window)
        department = {d.id: d.name for d in settings.departments.departments}.get(sub.department, sub.department)
        sheet = render.Sheet(sub.id, department, sub.owner, sub.mart, selection.columns, window, coverage)
        rows = _write(connection, settings, sub, selection, sheet, path)
    finally:
        connection.rollback()
        connection.set_isolation_level(None)
    return rows, coverage.sentence(window, rows), coverage.as_json()


def _write(
    connection: psycopg.Connection,
    settings: Settings,
    sub: Subscription,
    selection: Selection,
    sheet: render.Sheet,
    path: Path,
) -> int:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with connection.cursor(name="delivery") as cursor:
            cursor.itersize = FETCH
            cursor.execute(selection.statement, selection.parameters)
            return render.write(path, sub.format, sheet, cursor)
    except psycopg.DataError:
        raise config_error(
            settings,
            sub,
            ("filters",),
            "a filter's value does not fit its column's type",
            f"types: {', '.join(f'{c.name} {c.type}' for c in selection.columns[:8])}",
        ) from None
    except OSError as error:
        raise RenownError(
            f"{path.parent} cannot be written ({error.strerror or type(error).__name__})",
            "free space there or set RENOWN_HOME elsewhere",
        ) from None


def _result(
    sub: Subscription, window: Window, status: Literal["sent", "already_sent"], file: Path, rows: int, note: str
) -> DeliveryResult:
    return DeliveryResult(sub.id, window.start, window.end, status, file, rows, note)
