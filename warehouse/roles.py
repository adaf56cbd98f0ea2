"""Database roles: `bi_reader` (a login), and the groups `engineer`, `pii_reader` and `department_<id>` that people's own logins join.

    config/departments.yml ──► roles ──► ops.grant_mart() for each relation whose class the build has named (dbt_project/macros/access.sql)

docs/access.md says what each of them sees. Roles belong to the whole server: two warehouses on it share them.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import LiteralString

import psycopg
from psycopg import sql

from settings import RenownError, Settings
from settings.home import secret, update_home

READER = "bi_reader"
ADDED = "pii_reader"  # joins another group: alone it has no way into the marts
GROUPS = ("engineer", ADDED)


def ensure_bi_reader(connection: psycopg.Connection, home: Path) -> str | None:
    """Create or refresh the read-only login with this home's password; returns the password.

    The role sees the open relations of schema marts only, reads without writing, and has a bounded statement time. None where the
    role is another's (a DBA's): it is only let into the marts. Raises RenownError where it is missing and our login may not make it.
    """
    password: str | None = secret(home, READER)
    try:
        with connection.transaction():
            _make(connection, str(password))
    except psycopg.errors.InsufficientPrivilege:
        if not _exists(connection, READER):
            raise RenownError("the warehouse's login may not make the role bi_reader",
                              f"'alter role {connection.info.user} createrole', or let your DBA make it as "
                              "docs/install_into_existing.md says") from None
        password = None
    _let_in(connection, [READER])
    update_home(home, bi_user=READER, bi_password_ours=password is not None)
    return password


def ensure_groups(connection: psycopg.Connection, settings: Settings) -> list[str]:
    """Create the groups that are missing and let all of them into the marts; returns those that our login may not make."""
    names = group_names(settings)
    refused = [name for name in names if not _made(connection, name)]
    _let_in(connection, [name for name in names if name not in (*refused, ADDED)])
    return refused + _extract_roles(connection, settings, [name for name in names if name in refused])


def department_role(department_id: str) -> str:
    """The group whose members see what this department sees."""
    return f"department_{department_id}"


def extract_role(department_id: str) -> str:
    """The role that reads this department's extracts where they may say who wrote: its group and pii_reader in one."""
    return f"extract_{department_id}"


def _extract_roles(connection: psycopg.Connection, settings: Settings, missing: Sequence[str]) -> list[str]:
    """Make extract_<id> for each department that is granted personal data, and take the right back from the others."""
    refused = []
    for department in settings.departments.departments:
        name, group = extract_role(department.id), department_role(department.id)
        if not department.personal_data:
            if _exists(connection, name):
                connection.execute(sql.SQL("revoke {} from {}").format(sql.Identifier(ADDED), sql.Identifier(name)))
        elif group in missing or not _made(connection, name):
            refused.append(name)
        else:
            for held in (group, ADDED):
                connection.execute(sql.SQL("grant {} to {}").format(sql.Identifier(held), sql.Identifier(name)))
    connection.commit()
    return refused


def group_names(settings: Settings) -> list[str]:
    """engineer, pii_reader, and one group a department of config/departments.yml."""
    return [*GROUPS, *(department_role(department.id) for department in settings.departments.departments)]


def _made(connection: psycopg.Connection, name: str) -> bool:
    """Whether the group is there, made now where it was not."""
    if _exists(connection, name):
        return True
    try:
        with connection.transaction():
            _say(connection, "create role {} nologin nosuperuser nocreatedb nocreaterole", name)
            _may_become(connection, name)
    except psycopg.errors.InsufficientPrivilege:
        return False
    except (psycopg.errors.DuplicateObject, psycopg.errors.UniqueViolation):
        return True  # another migration was quicker
    return True


def _may_become(connection: psycopg.Connection, name: str) -> None:
    """Let our login read as the group that it made: a creator that is no superuser may administer it only (PostgreSQL 16, CREATE ROLE)."""
    row = connection.execute("select rolsuper from pg_roles where rolname = current_user").fetchone()
    if not (row and row[0]) and connection.info.server_version >= 160000:
        _say(connection, "grant {} to current_user with inherit false, set true", name)


def _let_in(connection: psycopg.Connection, names: Sequence[str]) -> None:
    """The way into schema marts, and the grants of what the last build classed there. What is made later is closed until it has a class."""
    with connection.transaction():
        for name in names:
            _say(connection, "grant usage on schema marts to {}", name)
            _say(connection, "alter default privileges in schema marts revoke all on tables from {}", name)
        connection.execute("select ops.grant_mart(relation) from ops.mart_access order by relation")
    connection.commit()


def _make(connection: psycopg.Connection, password: str) -> None:
    if not _exists(connection, READER):  # only a superuser may name these attributes when it alters a role
        _say(connection, "create role {} nosuperuser nocreatedb nocreaterole", READER)
    connection.execute(sql.SQL("alter role {} login password {}").format(sql.Identifier(READER), sql.Literal(password)))
    for statement in (
        "alter role {} set default_transaction_read_only = on",
        "alter role {} set statement_timeout = '60s'",
        "alter role {} set search_path = marts",
        "revoke all on schema public from {}",
    ):
        _say(connection, statement, READER)


def _say(connection: psycopg.Connection, statement: LiteralString, role: str) -> None:
    connection.execute(sql.SQL(statement).format(sql.Identifier(role)))


def _exists(connection: psycopg.Connection, role: str) -> bool:
    return connection.execute("select 1 from pg_roles where rolname = %s", (role,)).fetchone() is not None
