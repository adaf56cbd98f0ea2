"""Keep what the marts said: after their gate, what differs from the newest publication becomes one more, in one transaction.

    marts.* ──► ops.publish() ──► ops.publications, published_cells, published_mentions ──► marts.mart_restatements, marts.published()

A build that dies publishes nothing; one that is run again over the same marts publishes nothing twice (docs/restatements.md). No build runs
meanwhile, and what another one made since the gate looked is left to that one's own gate.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Any

import psycopg

from settings import RenownError
from warehouse.connection import connect
from warehouse.dbt import WAIT_FOR_OTHER_BUILD

# A build of code before migration 0038 noted no definition: its cells have other keys than what is published now.
_BUILD = "select finished_at from ops.mart_builds where definition_version is not null"
TRIES = 3
_UNFINISHED = "select is_unfinished from ops.mart_building"
_PUBLISH = """
select ops.publish(s.as_of, s.config_version, b.definition_version,
    jsonb_build_object('begun_at', b.begun_at, 'without_queries', b.without_queries, 'register_version', b.register_version))
from marts_staging.stg_settings as s cross join ops.mart_builds as b"""


def standing_build(url: str) -> datetime | None:
    """What tells the build that stands in the marts: when it came to its end. None where one is under way, or was cut off."""
    with connect(url) as connection:
        return standing(connection)


def standing(connection: psycopg.Connection[Any]) -> datetime | None:
    """The same, on this connection."""
    row = connection.execute(_BUILD).fetchone()
    return None if row is None or connection.execute(_UNFINISHED).fetchone() == (True,) else row[0]


def publish(url: str, build: datetime | None) -> int | None:
    """Publish the marts as they stand; returns the publication's number, None where nothing differs from the newest one.

    `build`: the one that the gate looked at (standing_build before it). None also where the marts are another's by now.
    Raises RenownError where another build keeps them for too long.
    """
    with connect(url, autocommit=True) as connection:
        if standing(connection) not in (build, None):
            return None  # another's build: not worth waiting for what it does now
        connection.execute(f"set lock_timeout = '{WAIT_FOR_OTHER_BUILD}'".encode())
        try:
            connection.execute("select pg_advisory_lock(hashtext('renown.marts'))")
        except psycopg.errors.LockNotAvailable:
            raise RenownError(f"a build of the marts has been running for {WAIT_FOR_OTHER_BUILD}", "wait for it or stop it, then run again") from None
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ  # every mart of one moment
        for _ in range(TRIES - 1):
            with suppress(psycopg.errors.SerializationFailure, psycopg.errors.DeadlockDetected):  # somebody was erased meanwhile
                return _one_transaction(connection, build)
        return _one_transaction(connection, build)


def _one_transaction(connection: psycopg.Connection[Any], build: datetime | None) -> int | None:
    with connection.transaction():
        if build is None or standing(connection) != build:
            return None
        row = connection.execute(_PUBLISH).fetchone()
        return None if row is None or row[0] is None else int(row[0])
