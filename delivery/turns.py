"""One turn of a subscription: the window of its tick, the windows that no run came to, and another look at those that were sent.

    tick ──► windows since the ledger's newest row (the machine was down, the marts came too late) ──► the tick's own ──► earlier ones again
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import datetime

import psycopg

from delivery import ledger
from delivery.channels import Credentials, from_environment
from delivery.deliver import REST, Job, deliver, is_outdated, next_issue, restated_by, said, settle, subscription, without_stopped
from delivery.window import Window, missed_ticks, window_of
from settings import RenownError, Settings
from settings.models import Subscription
from warehouse.connection import connect

LOOK_BACK = 12  # windows of a subscription that are looked at again after a publication
MOST_MISSED = 8  # windows that no run came to, and that are sent afterwards


def turn(settings: Settings, subscription_id: str, *, url: str, window_end: datetime | None = None,
         credentials: Credentials = from_environment, catch_up: bool = True) -> Iterator[str]:
    """One turn of a subscription: deliver what was missed and the window, then look at earlier ones, also where something was not delivered.

    `catch_up`: send the windows, too, that no run came to since the ledger's newest row; not where one window was asked for.
    Yields a sentence for each, as it is done. Raises, after all, what went wrong (see `deliver` and `restated`).
    """
    sub, errors, failed = subscription(settings, subscription_id), list[Exception](), list[Window]()
    for day in [*(missed(settings, sub, url=url, window_end=window_end) if catch_up else []), window_end]:
        try:
            yield str(deliver(settings, sub.id, url=url, window_end=day, credentials=credentials))
        except Exception as error:
            errors.append(error)
            failed.append(window_of(settings, sub, day))
    try:
        yield from restated(settings, sub.id, url=url, credentials=credentials, tried=failed)
    except Exception as error:
        errors.append(error)
    _raise(errors)


def missed(settings: Settings, sub: Subscription, *, url: str, window_end: datetime | None) -> list[datetime]:
    """Ticks before `window_end`'s whose windows nobody tried to deliver, the oldest first; none before the subscription's first delivery.

    None either where the ledger holds that window or a later one: what lies before it was left out on purpose, or came by its own tick.
    Left out are those at which everybody had stopped it.
    """
    with closing(connect(url)) as connection:
        newest = ledger.newest_windows(connection, sub.id)
        begun = any(end < window_of(settings, sub, window_end).end for _, end in newest)
        ticks = missed_ticks(settings, sub, window_end, newest, MOST_MISSED) if begun else []
        return [tick for tick in ticks if without_stopped(connection, sub, tick)]


def restated(settings: Settings, subscription_id: str, *, url: str, credentials: Credentials = from_environment,
             tried: list[Window] | None = None) -> list[str]:
    """Look again at earlier windows: finish what was cut off, mark what the marts now say otherwise, send corrections where asked for.

    A delivery is looked at once a publication, the newest windows first; those `tried` just now are not finished once more.
    Returns a sentence for each that was sent or is outdated. Raises, after all have been looked at, what went wrong: one window holds up no other.
    """
    sub = subscription(settings, subscription_id)
    told, errors = list[str](), list[Exception]()
    with closing(connect(url)) as connection, ledger.alone(connection, sub.id):
        publication = ledger.publication(connection) or 0
        connection.commit()
        left = without_stopped(connection, sub)
        if left is None:
            return []
        sub = left
        for start, end, entry in ledger.open_ends(connection, sub.id, publication, LOOK_BACK, corrections=sub.corrections):
            job = Job(settings, sub, Window.between(start, end, settings, sub), credentials, entry.issue, entry.reason)
            try:
                told.extend(_looked_again(connection, job, entry, publication, was_tried=job.window in (tried or ())))
            except Exception as error:
                errors.append(error)
                if connection.closed:
                    break
                connection.rollback()
    _raise(errors)
    return told


def _looked_again(connection: psycopg.Connection, job: Job, entry: ledger.Entry, publication: int, *, was_tried: bool) -> Iterator[str]:
    """Whoever has the issue is told what was restated, also where somebody else was refused and it is not called sent."""
    is_marked = entry.outdated_at is not None
    is_restated = is_marked or (_is_held(connection, job, entry, publication) and is_outdated(connection, job, entry, publication))
    if is_restated and (job.sub.corrections or not is_marked):
        yield f"{job.sub.id}: {job.window} was restated since it was sent (publication {publication})."
    if is_restated and job.sub.corrections:
        yield next_issue(connection, job, entry, restated_by(publication)).note
    elif entry.status != "sent" and not was_tried:
        yield settle(connection, job).note


def _is_held(connection: psycopg.Connection, job: Job, entry: ledger.Entry, publication: int) -> bool:
    """Whether somebody has what was read of an earlier publication."""
    if entry.content_sha256 is None or (entry.publication_id or 0) >= publication:
        return False
    return entry.status == "sent" or bool(ledger.holders(connection, job.key) or (job.reason == REST and ledger.holders_before(connection, job.key)))


def _raise(errors: list[Exception]) -> None:
    """One error as it is, several as one that says them all."""
    if len(errors) == 1:
        raise errors[0]
    if errors:
        raise RenownError("; ".join(dict.fromkeys(said(error) for error in errors))) from errors[0]
