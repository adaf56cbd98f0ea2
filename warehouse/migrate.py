"""Schema migrations: numbered .sql files, each applied once, in order, in its own transaction."""

from __future__ import annotations

import hashlib
from pathlib import Path

import psycopg

from settings import RenownError
from warehouse.connection import check_version

MIGRATIONS = Path(__file__).parent / "migrations"
LEDGER = """
create schema if not exists ops;
create table if not exists ops.schema_migrations (
    name text primary key, sha256 text not null, applied_at timestamptz not null default clock_timestamp())
"""
LOCK = 7_204_011  # one migrator at a time; any constant serves


def migrate(connection: psycopg.Connection) -> list[str]:
    """Apply what is missing and return the names applied now ([] when up to date).

    Raises RenownError when an applied file was changed afterwards: history is mended by a new file, never by an edit.
    """
    check_version(connection)
    applied = []
    with connection.transaction():
        connection.execute("select pg_advisory_xact_lock(%s)", (LOCK,))
        _ensure_ledger(connection)
        known: dict[str, str] = dict(connection.execute("select name, sha256 from ops.schema_migrations").fetchall())
        for path in sorted(MIGRATIONS.glob("*.sql")):
            if _apply(connection, path, known):
                applied.append(path.name)
    connection.commit()
    return applied


def _ensure_ledger(connection: psycopg.Connection) -> None:
    try:
        with connection.transaction():
            connection.execute(LEDGER)
    except psycopg.errors.InsufficientPrivilege as error:
        user, database = connection.info.user, connection.info.dbname
        raise RenownError(f"the warehouse's login lacks a right ({str(error).splitlines()[0]})",
                          f"'grant create on database {database} to {user}', or let it own the database and Renown's schemas") from None


def _apply(connection: psycopg.Connection, path: Path, known: dict[str, str]) -> bool:
    body = path.read_text("utf-8")
    digest = hashlib.sha256(body.encode()).hexdigest()
    if path.name in known:
        if known[path.name] != digest:
            raise RenownError(f"migration {path.name} was changed after it was applied", "restore the file and add a new one")
        return False
    connection.execute(body.encode())
    connection.execute("insert into ops.schema_migrations (name, sha256) values (%s, %s)", (path.name, digest))
    return True
