"""`renown sql`: one read-only statement on the warehouse, as a table, CSV or JSON."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    import psycopg

TABLE_ROWS = 200  # a table for people is held in memory and has an end; --csv streams everything


def sql(
    statement: Annotated[str, typer.Argument(help="One SQL statement, e.g. \"select * from marts.dim_bank\".")],
    csv: Annotated[bool, typer.Option("--csv", help="CSV with a header line, every row.")] = False,
    json: Annotated[bool, typer.Option("--json", help="JSON Lines, one object a row, every row.")] = False,
    role: Annotated[str | None, typer.Option(help="Run it with this role's rights, e.g. bi_reader.")] = None,
) -> None:
    """Ask the warehouse, read-only (the embedded server is started when needed)."""
    from cli.warehouse import open_warehouse
    from settings import RenownError
    from settings.home import home_path
    from warehouse.connection import connect

    if csv and json:
        raise RenownError("--csv and --json exclude each other", "give one of them", exit_code=2)
    with open_warehouse(home_path()) as url, connect(url) as connection:
        connection.read_only = True
        try:
            _show(connection, statement, role, "csv" if csv else "json" if json else "table")
        finally:
            connection.rollback()


def _show(connection: psycopg.Connection, statement: str, role: str | None, form: str) -> None:
    from cli import output

    cursor = connection.cursor()
    names, rows = run_statement(cursor, statement, role)
    if form == "csv":
        output.print_csv(names, rows)
    elif form == "json":
        output.print_lines(dict(zip(names, row, strict=True)) for row in rows)
    else:
        shown = list(itertools.islice(rows, TABLE_ROWS + 1))
        output.table(names, shown[:TABLE_ROWS])
        if len(shown) > TABLE_ROWS:
            output.note(f"the first {TABLE_ROWS} rows; --csv prints all")


def run_statement(
    cursor: psycopg.Cursor[Any], statement: str, role: str | None = None
) -> tuple[list[str], Iterator[tuple[Any, ...]]]:
    """Column names and a stream of rows. Raises RenownError (exit code 2) with the server's one-line reason.

    `Cursor.stream` speaks the extended protocol, which takes one statement only: a second one behind a `;` could
    otherwise leave the read-only transaction (psycopg 3 documentation on multiple statements).
    """
    import psycopg

    try:
        if role:
            cursor.execute(psycopg.sql.SQL("set local role {}").format(psycopg.sql.Identifier(role)))
        stream = cursor.stream(statement.encode())
        first = next(stream, None)
        if first is None:  # a stream without rows tells no columns; prepared statements keep to the extended protocol
            cursor.execute(statement.encode(), prepare=True)
    except (psycopg.Error, TypeError) as error:
        raise _refused(error) from error
    names = [column.name for column in cursor.description or ()]
    return names, _rest(first, stream)


def _rest(first: tuple[Any, ...] | None, stream: Iterator[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    import psycopg

    try:
        if first is not None:
            yield first
            yield from stream
    except psycopg.Error as error:
        raise _refused(error) from error


def _refused(error: Exception) -> Exception:
    import psycopg

    from cli.errors import first_line
    from settings import RenownError

    if isinstance(error, psycopg.errors.ReadOnlySqlTransaction):
        return RenownError(f"SQL: {first_line(error)}", "'renown sql' only reads", exit_code=2)
    if isinstance(error, psycopg.errors.UndefinedTable | psycopg.errors.InvalidSchemaName):
        return RenownError(f"SQL: {first_line(error)}", "'make run' or 'renown ingest' fill the warehouse", exit_code=2)
    return RenownError(f"SQL: {first_line(error)}", "correct the statement", exit_code=2)
