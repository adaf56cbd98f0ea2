"""ops.subscription_requests: what holders of signed links asked for.

    stop ──► nothing is delivered (to that recipient, or at all) until somebody settles it        change ──► waits for whoever keeps config/
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

import psycopg

MOST_OPEN = 50  # wishes of one subscription that wait; whoever holds a link cannot fill the table. Stops are never more than recipients
LONGEST = 2_000  # letters
ASK = """
insert into ops.subscription_requests (subscription_id, recipient, kind, said)
select %(subscription)s, %(recipient)s, %(kind)s, %(said)s
where %(kind)s <> 'change'
    or (select count(*) from ops.subscription_requests
        where subscription_id = %(subscription)s and kind = 'change' and settled_at is null) < %(most)s
on conflict (subscription_id, recipient, kind, md5(said)) where settled_at is null do nothing
"""
NOTED = """
select exists (select from ops.subscription_requests
    where subscription_id = %(subscription)s and recipient = %(recipient)s and kind = %(kind)s and said = %(said)s and settled_at is null)
"""
STOPPED = """
select recipient from ops.subscription_requests where subscription_id = %(subscription)s and kind = 'stop'
    and (settled_at is null or settled_at > %(at)s) and (%(at)s::timestamptz is null or asked_at <= %(at)s)
"""
OPEN = "select request_id, subscription_id, recipient, kind, said, asked_at from ops.subscription_requests where settled_at is null order by request_id"
SETTLE = "update ops.subscription_requests set settled_at = clock_timestamp() where request_id = %s and settled_at is null"


def ask(connection: psycopg.Connection, subscription: str, recipient: str, kind: Literal["stop", "change"], said: str = "") -> bool:
    """Note a request; the same one again is noted once. Returns whether it is noted, now or before: a wish is not where too many wait."""
    values = {"subscription": subscription, "recipient": recipient, "kind": kind, "said": said[:LONGEST], "most": MOST_OPEN}
    connection.execute(ASK.encode(), values)
    is_noted = connection.execute(NOTED.encode(), values).fetchone() == (True,)
    connection.commit()
    return is_noted


def stopped(connection: psycopg.Connection, subscription: str, at: datetime | None = None) -> set[str]:
    """Recipients who get nothing any more (`at`: who got nothing then); '' stands for the whole subscription."""
    rows = connection.execute(STOPPED, {"subscription": subscription, "at": at}).fetchall()
    connection.commit()
    return {row[0] for row in rows}


def waiting(connection: psycopg.Connection) -> list[dict[str, Any]]:
    """Requests that nobody settled, the oldest first."""
    names = ("request", "subscription", "recipient", "kind", "said", "asked_at")
    return [dict(zip(names, row, strict=True)) for row in connection.execute(OPEN).fetchall()]


def settle(connection: psycopg.Connection, request: int) -> bool:
    """Close a request; returns whether there was such an open one."""
    count = connection.execute(SETTLE, (request,)).rowcount
    connection.commit()
    return count == 1
