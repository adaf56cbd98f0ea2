"""Database roles: `bi_reader` reads the marts and nothing else. Grants on the tables themselves are dbt's."""

from __future__ import annotations

from pathlib import Path
from typing import LiteralString

import psycopg
from psycopg import sql

from settings import RenownError
from settings.home import secret, update_home

READER = "bi_reader"


def ensure_bi_reader(connection: psycopg.Connection, home: Path) -> str | None:
    """Create or refresh the read-only login with this home's password; returns the password.

    The role sees schema marts only, reads without writing, and has a bounded statement time. None where the role is
    another's (a DBA's): it is only let into the marts. Raises RenownError where it is missing and our login may not make it.
    """
    password: str | None = secret(home, READER)
    try:
        with connection.transaction():
            _make(connection, str(password))
    except psycopg.errors.InsufficientPrivilege:
        if not _exists(connection):
            raise RenownError("the warehouse's login may not make the role bi_reader",
                              f"'alter role {connection.info.user} createrole', or let your DBA make it as "
                              "docs/install_into_existing.md says") from None
        password = None
    with connection.transaction():
        _say(connection, "grant usage on schema marts to {}")
        _say(connection, "alter default privileges in schema marts grant select on tables to {}")
    connection.commit()
    update_home(home, bi_user=READER, bi_password_ours=password is not None)
    return password


def _make(connection: psycopg.Connection, password: str) -> None:
    if not _exists(connection):  # only a superuser may name these attributes when it alters a role
        _say(connection, "create role {} nosuperuser nocreatedb nocreaterole")
    connection.execute(sql.SQL("alter role {} login password {}").format(sql.Identifier(READER), sql.Literal(password)))
    for statement in (
        "alter role {} set default_transaction_read_only = on",
        "alter role {} set statement_timeout = '60s'",
        "alter role {} set search_path = marts",
        "revoke all on schema public from {}",
    ):
        _say(connection, statement)


def _say(connection: psycopg.Connection, statement: LiteralString) -> None:
    connection.execute(sql.SQL(statement).format(sql.Identifier(READER)))


def _exists(connection: psycopg.Connection) -> bool:
    return connection.execute("select 1 from pg_roles where rolname = %s", (READER,)).fetchone() is not None
