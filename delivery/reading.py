"""With whose rights an extract is read: as the department that receives it, never as the warehouse's own login.

    department ──► set local role department_<id> (or extract_<id>, which sees people too) ──► row security and hiding hold

The role holds until the transaction ends. Roles are made by warehouse/roles.py; docs/access.md says what each of them sees.
"""

from __future__ import annotations

from collections.abc import Iterable

import psycopg
from psycopg import sql

from delivery.query import config_error
from settings import RenownError, Settings
from settings.models import Subscription
from warehouse.roles import READER, department_role, extract_role

CLASSES = "select relation, access from ops.mart_access where relation = any(%s)"
EXISTS = "select exists (select from pg_roles where rolname = %s)"


def read_as(connection: psycopg.Connection, settings: Settings, sub: Subscription, marts: Iterable[str]) -> str:
    """Give the running transaction the rights of the subscription's department; returns the role's name.

    Where the department has no role yet, marts that are open to all are read as bi_reader. Raises ConfigError (personal data that is
    not granted) and RenownError (a closed mart, a missing role, a login that may not become it).
    """
    wanted = sorted(set(marts))
    classes = {str(relation): str(access) for relation, access in connection.execute(CLASSES, (wanted,))}
    for mart in wanted:
        if classes.get(mart) not in ("open", "rows"):
            raise RenownError(f"marts.{mart} is closed to departments", "'renown run' gives it the class that its .yml names (docs/access.md)")
    role = _role(connection, settings, sub, all(classes[mart] == "open" for mart in wanted))
    try:
        connection.execute(sql.SQL("set local role {}").format(sql.Identifier(role)))
    except psycopg.errors.InsufficientPrivilege:
        login = connection.info.user
        raise RenownError(f"the warehouse's login may not read as {role}", f"let your DBA say 'grant {role} to {login}'") from None
    return role


def _role(connection: psycopg.Connection, settings: Settings, sub: Subscription, is_open: bool) -> str:
    granted = any(d.id == sub.department and d.personal_data for d in settings.departments.departments)
    if sub.personal_data == "pii" and not granted:
        raise config_error(settings, sub, ("personal_data",), f"department '{sub.department}' is not granted personal data",
                           "leave it masked, or say personal_data: true in departments.yml")
    role = extract_role(sub.department) if sub.personal_data == "pii" else department_role(sub.department)
    if _exists(connection, role):
        return role
    if is_open and sub.personal_data == "masked" and _exists(connection, READER):
        return READER
    raise RenownError(f"the role {role} does not exist", "run 'renown migrate'")


def _exists(connection: psycopg.Connection, role: str) -> bool:
    row = connection.execute(EXISTS, (role,)).fetchone()
    return bool(row and row[0])
