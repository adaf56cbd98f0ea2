"""ops.deliveries: one row a subscription, window and issue, so that each is sent exactly once.

    (nothing) ──► rendered ──► handed over ──► sent (acknowledged)        failed ──► tried again
                                                 └── asked for again, or restated ──► issue 2 …
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import psycopg

from delivery.window import Window

FIELDS = "status, issue, reason, file_name, file_sha256, content_sha256, row_count, attempts, coverage, publication_id, handed_at, outdated_at"
NEWEST = f"""
select {FIELDS} from ops.deliveries
where subscription_id = %s and window_start = %s and window_end = %s order by issue desc limit 1
"""
RENDERED = """
insert into ops.deliveries (subscription_id, window_start, window_end, issue, reason, department_id, recipients, read_as, status, file_name,
                            file_sha256, content_sha256, publication_id, row_count, attempts, channel, coverage, rendered_at, maybe_duplicate)
values (%(subscription)s, %(start)s, %(end)s, %(issue)s, %(reason)s, %(department)s, %(recipients)s, %(read_as)s, 'rendered', %(file)s,
        %(sha256)s, %(content)s, %(publication)s, %(rows)s, 1, %(channel)s, %(coverage)s, clock_timestamp(), %(duplicate)s)
on conflict (subscription_id, window_start, window_end, issue) do update
set status = 'rendered', file_name = excluded.file_name, file_sha256 = excluded.file_sha256, content_sha256 = excluded.content_sha256,
    publication_id = excluded.publication_id, row_count = excluded.row_count, attempts = deliveries.attempts + 1,
    recipients = excluded.recipients, read_as = excluded.read_as, department_id = excluded.department_id,
    channel = excluded.channel, coverage = excluded.coverage, rendered_at = excluded.rendered_at, error = null, handed_at = null,
    maybe_duplicate = deliveries.maybe_duplicate or excluded.maybe_duplicate
"""
WHERE = "where subscription_id = %(subscription)s and window_start = %(start)s and window_end = %(end)s and issue = %(issue)s"
HANDED = f"update ops.deliveries set handed_at = clock_timestamp() {WHERE}"
SENT = f"update ops.deliveries set status = 'sent', sent_at = clock_timestamp(), acknowledged_at = clock_timestamp(), error = null {WHERE}"
FAILED = """
insert into ops.deliveries (subscription_id, window_start, window_end, issue, reason, status, attempts, channel, error)
values (%(subscription)s, %(start)s, %(end)s, %(issue)s, %(reason)s, 'failed', 1, %(channel)s, %(error)s)
on conflict (subscription_id, window_start, window_end, issue) do update
set status = 'failed', attempts = deliveries.attempts + 1, error = excluded.error
"""
OPEN_ENDS = f"""
select window_start, window_end, {FIELDS} from (
    select distinct on (window_start, window_end) * from ops.deliveries where subscription_id = %(subscription)s
    order by window_start, window_end, issue desc
) as newest
where status <> 'sent' or (outdated_at is null and greatest(publication_id, checked_publication_id, 0) < %(publication)s)
    or (outdated_at is not null and %(corrections)s)
order by window_end desc limit %(limit)s
"""
CHECKED = f"update ops.deliveries set checked_publication_id = %(publication)s {WHERE}"
OUTDATED = """
update ops.deliveries set checked_publication_id = %(publication)s, outdated_at = clock_timestamp(), outdated_by = %(publication)s
where subscription_id = %(subscription)s and window_start = %(start)s and window_end = %(end)s and issue <= %(issue)s
    and outdated_at is null and content_sha256 <> %(content)s
"""
NEWEST_WINDOWS = """
select distinct window_start, window_end from ops.deliveries
where subscription_id = %(id)s and window_end = (select max(window_end) from ops.deliveries where subscription_id = %(id)s)
"""
RECIPIENTS = f"""
select recipient, status, file_sha256, handed_at is not null, maybe_duplicate from ops.delivery_recipients {WHERE}
"""
HOLDERS = f"select recipient from ops.delivery_recipients {WHERE} and status = 'sent'"
HOLDERS_BEFORE = """
select recipient from ops.delivery_recipients
where subscription_id = %(subscription)s and window_start = %(start)s and window_end = %(end)s and status = 'sent' and issue < %(issue)s
    and issue >= (
        select max(issue) from ops.deliveries
        where subscription_id = %(subscription)s and window_start = %(start)s and window_end = %(end)s and issue < %(issue)s
            and reason is distinct from %(reason)s
    )
"""
GIVEN = """
insert into ops.delivery_recipients (subscription_id, window_start, window_end, issue, recipient, status, attempts, file_sha256, handed_at, maybe_duplicate)
values (%(subscription)s, %(start)s, %(end)s, %(issue)s, %(recipient)s, 'handed', 1, %(sha256)s, clock_timestamp(), %(duplicate)s)
on conflict (subscription_id, window_start, window_end, issue, recipient) do update
set status = 'handed', attempts = delivery_recipients.attempts + 1, file_sha256 = excluded.file_sha256, handed_at = excluded.handed_at,
    error = null, maybe_duplicate = delivery_recipients.maybe_duplicate or excluded.maybe_duplicate
"""
TAKEN = f"""
update ops.delivery_recipients set status = 'sent', sent_at = clock_timestamp(), error = null, reference = coalesce(%(reference)s, reference)
{WHERE} and recipient = %(recipient)s
"""
NOT_TAKEN = f"""
update ops.delivery_recipients set status = %(status)s, error = %(error)s, handed_at = case when %(surely)s then null else handed_at end
{WHERE} and recipient = %(recipient)s
"""
DOUBLED = f"update ops.deliveries set maybe_duplicate = true {WHERE}"
CONFIRMED = f"""
update ops.delivery_recipients set confirmed_at = coalesce(confirmed_at, clock_timestamp())
{WHERE} and status <> 'refused' and (%(recipient)s::text is null or recipient = %(recipient)s)
"""
PUBLICATION = "select max(publication_id) from ops.publications"


@dataclass(frozen=True)
class Entry:
    """What the ledger knows of the newest issue of one delivery."""

    status: str
    issue: int
    reason: str | None
    file_name: str | None
    file_sha256: str | None
    content_sha256: str | None
    row_count: int | None
    attempts: int
    coverage: dict[str, Any]
    publication_id: int | None
    handed_at: datetime | None
    outdated_at: datetime | None


@dataclass(frozen=True)
class Key:
    """Which delivery: its first issue, or a later one with its reason."""

    subscription: str
    window: Window
    issue: int = 1
    reason: str | None = None

    @property
    def values(self) -> dict[str, Any]:
        """As the statements name them."""
        return {"subscription": self.subscription, "start": self.window.start, "end": self.window.end, "issue": self.issue, "reason": self.reason}


@dataclass(frozen=True)
class Given:
    """What the ledger knows of one recipient. `is_open`: it was given to the channel, whose answer nobody heard."""

    status: str
    sha256: str
    is_open: bool
    maybe_duplicate: bool


@dataclass(frozen=True)
class Rendered:
    """What is about to leave."""

    file: str
    sha256: str
    content: str
    rows: int
    coverage: dict[str, Any] = field(default_factory=dict)
    publication: int | None = None
    department: str = ""
    recipients: tuple[str, ...] = ()
    read_as: str = ""
    channel: str = ""
    duplicate: bool = False


@contextmanager
def alone(connection: psycopg.Connection, subscription_id: str) -> Iterator[None]:
    """One deliverer a subscription at a time: a session lock, gone with the connection when the process dies."""
    connection.execute("select pg_advisory_lock(hashtextextended(%s, 7204070))", (subscription_id,))
    connection.commit()
    try:
        yield
    finally:
        connection.rollback()
        connection.execute("select pg_advisory_unlock(hashtextextended(%s, 7204070))", (subscription_id,))
        connection.commit()


def newest(connection: psycopg.Connection, subscription_id: str, window: Window) -> Entry | None:
    """The newest issue of this window, None where nothing was tried."""
    row = connection.execute(NEWEST.encode(), (subscription_id, window.start, window.end)).fetchone()
    connection.commit()
    return Entry(*row) if row else None


def publication(connection: psycopg.Connection) -> int | None:
    """The newest publication of the marts, None before the first."""
    row = connection.execute(PUBLICATION).fetchone()
    return row[0] if row else None


def rendered(connection: psycopg.Connection, key: Key, what: Rendered) -> None:
    """Note, before anything leaves, which file is about to."""
    connection.execute(RENDERED, {**key.values, **what.__dict__, "coverage": json.dumps(what.coverage), "recipients": list(what.recipients)})
    connection.commit()


def handed(connection: psycopg.Connection, key: Key) -> None:
    """Note that the channel is given the file now."""
    connection.execute(HANDED.encode(), key.values)
    connection.commit()


def sent(connection: psycopg.Connection, key: Key) -> None:
    """Note that the channel has the file."""
    connection.execute(SENT.encode(), key.values)
    connection.commit()


def failed(connection: psycopg.Connection, key: Key, channel: str, error: str) -> None:
    """Note why the channel did not take it."""
    connection.rollback()
    connection.execute(FAILED, {**key.values, "channel": channel, "error": error})
    connection.commit()


def open_ends(connection: psycopg.Connection, subscription_id: str, newest_publication: int, limit: int, *,
              corrections: bool) -> list[tuple[datetime, datetime, Entry]]:
    """Windows that ask for something: not sent yet, published anew and not looked at since, or outdated where corrections are wanted.

    Start and end of the window with its newest entry, the newest window first.
    """
    values = {"subscription": subscription_id, "publication": newest_publication, "limit": limit, "corrections": corrections}
    rows = connection.execute(OPEN_ENDS.encode(), values).fetchall()
    connection.commit()
    return [(row[0], row[1], Entry(*row[2:])) for row in rows]


def looked_at(connection: psycopg.Connection, key: Key, newest_publication: int, content: str | None) -> None:
    """Note that a delivery still says what the marts say (None), or that they say `content` by now: earlier issues that differ are outdated too."""
    connection.execute((OUTDATED if content else CHECKED).encode(), {**key.values, "publication": newest_publication, "content": content})
    connection.commit()


def newest_windows(connection: psycopg.Connection, subscription_id: str) -> set[tuple[datetime, datetime]]:
    """Start and end, in UTC, of the windows that were tried and end last: one, or several of another length; none before the first."""
    rows = connection.execute(NEWEST_WINDOWS, {"id": subscription_id}).fetchall()
    connection.commit()
    return {(start.astimezone(UTC), end.astimezone(UTC)) for start, end in rows}


def holders(connection: psycopg.Connection, key: Key) -> set[str]:
    """Who surely has this issue."""
    return _recipients(connection, HOLDERS, key)


def holders_before(connection: psycopg.Connection, key: Key) -> set[str]:
    """Who surely has one of the issues before this one, back to the newest that was sent for another reason."""
    return _recipients(connection, HOLDERS_BEFORE, key)


def _recipients(connection: psycopg.Connection, statement: str, key: Key) -> set[str]:
    rows = connection.execute(statement.encode(), key.values).fetchall()
    connection.commit()
    return {str(row[0]) for row in rows}


def recipients(connection: psycopg.Connection, key: Key) -> dict[str, Given]:
    """Recipient → what is known of it; those that were never given anything are not in it."""
    rows = connection.execute(RECIPIENTS.encode(), key.values).fetchall()
    connection.commit()
    return {row[0]: Given(row[1], row[2], row[3] and row[1] not in ("sent", "refused"), row[4]) for row in rows}


def given(connection: psycopg.Connection, key: Key, recipient: str, sha256: str, *, duplicate: bool) -> None:
    """Note, before the channel is given it, that this recipient is about to get that file."""
    connection.execute(GIVEN, {**key.values, "recipient": recipient, "sha256": sha256, "duplicate": duplicate})
    if duplicate:
        connection.execute(DOUBLED.encode(), key.values)
    connection.commit()


def taken(connection: psycopg.Connection, key: Key, recipient: str, reference: str | None) -> None:
    """Note that the channel has it for this recipient."""
    connection.execute(TAKEN.encode(), {**key.values, "recipient": recipient, "reference": reference})
    connection.commit()


def not_taken(connection: psycopg.Connection, key: Key, recipient: str, error: str, *, surely: bool, for_good: bool) -> None:
    """Note that the channel did not take it: surely, or as far as anybody can say."""
    values = {"recipient": recipient, "error": error, "surely": surely, "status": "refused" if for_good else "failed"}
    connection.execute(NOT_TAKEN.encode(), {**key.values, **values})
    connection.commit()


def confirmed(connection: psycopg.Connection, key: Key, recipient: str | None = None) -> int:
    """Note that a person has it (None: all of them); returns how many recipients that are. The first time counts."""
    count = connection.execute(CONFIRMED.encode(), {**key.values, "recipient": recipient}).rowcount
    connection.commit()
    return count
