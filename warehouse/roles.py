"""Database roles: `bi_reader` reads the marts and nothing else. Grants on the tables themselves are dbt's."""

from __future__ import annotations

from pathlib import Path

import psycopg
from psycopg import sql

from settings.home import secret, update_home

READER = "bi_reader"


def ensure_bi_reader(connection: psycopg.Connection, home: Path) -> str:
    """Create or refresh the read-only login with this home's password; returns the password.

    The role sees schema marts only, reads without writing, and has a bounded statement time.
    """
    password = secret(home, READER)
    with connection.transaction():
        exists = connection.execute("select 1 from pg_roles where rolname = %s", (READER,)).fetchone()
        if not exists:  # only a superuser may name these attributes when it alters a role
            connection.execute("create role bi_reader nosuperuser nocreatedb nocreaterole")
        connection.execute(sql.SQL("alter role {} login password {}").format(sql.Identifier(READER), sql.Literal(password)))
        for statement in (
            "alter role bi_reader set default_transaction_read_only = on",
            "alter role bi_reader set statement_timeout = '60s'",
            "alter role bi_reader set search_path = marts",
            "revoke all on schema public from bi_reader",
            "grant usage on schema marts to bi_reader",
            "alter default privileges in schema marts grant select on tables to bi_reader",
        ):
            connection.execute(statement.encode())
    connection.commit()
    update_home(home, bi_user=READER)
    return password
