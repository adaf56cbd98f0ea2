"""Bulk load: COPY into a temporary table, then one INSERT … ON CONFLICT, inside the caller's transaction."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import sql

_QUOTED = re.compile(r': ".*|"[^"]*".*')


@contextmanager
def without_values() -> Iterator[None]:
    """Errors of the server keep their kind and first line and lose the rest: DETAIL and CONTEXT quote the refused row, which holds people's words.

    So does the first line of a data exception (SQLSTATE class 22) after its first quotation mark.
    """
    try:
        yield
    except psycopg.Error as error:
        line = (str(error).splitlines() or [""])[0]
        raise type(error)(_QUOTED.sub("", line) if (error.sqlstate or "").startswith("22") else line) from None


@without_values()
def copy_rows(connection: psycopg.Connection, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """COPY `rows` (tuples in the order of `columns`) into `table` ('schema.name' or a temporary table's name)."""
    statement = sql.SQL("copy {} ({}) from stdin").format(identifier(table), _columns(columns))
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


@without_values()
def copy_binary(connection: psycopg.Connection, table: str, types: Mapping[str, str], rows: Iterable[Sequence[Any]]) -> None:
    """The same in binary, column by column of `types` (name → PostgreSQL type): half the bytes of a bytea, and nothing to parse."""
    statement = sql.SQL("copy {} ({}) from stdin (format binary)").format(identifier(table), _columns(list(types)))
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        copy.set_types(list(types.values()))
        for row in rows:
            copy.write_row(row)


@without_values()
def copy_upsert(connection: psycopg.Connection, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]],
                conflict: str = "do nothing") -> int:
    """Load rows through a temporary table with `on conflict <conflict>`; returns how many rows were inserted or updated."""
    staging = f"load_{table.replace('.', '_')}"
    connection.execute(sql.SQL("create temporary table if not exists {} on commit delete rows as select {} from {} with no data")
                       .format(identifier(staging), _columns(columns), identifier(table)))
    connection.execute(sql.SQL("truncate {}").format(identifier(staging)))
    copy_rows(connection, staging, columns, rows)
    cursor = connection.execute(
        sql.SQL("insert into {} ({}) select {} from {} on conflict ").format(
            identifier(table), _columns(columns), _columns(columns), identifier(staging)) + sql.SQL(conflict))
    return cursor.rowcount


def identifier(name: str) -> sql.Identifier:
    """'schema.table' as a quoted identifier."""
    return sql.Identifier(*name.split("."))


def _columns(columns: Sequence[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, columns))
