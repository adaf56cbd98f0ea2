"""What a delivery tells, read in one snapshot with the department's rights, and written into a file.

    coverage, publication (our own login) ──► set role ──► marts ──► tables ──► file
                                                       └──► digest ──► html | pdf
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from delivery import digest, formats, ledger, links
from delivery.coverage import measure
from delivery.document import Document, Table
from delivery.query import Selection, catalog, config_error, select
from delivery.reading import read_as
from delivery.window import Window
from settings import RenownError, Settings
from settings.models import Subscription

FETCH = 5_000  # rows a round trip of the server-side cursor


@dataclass(frozen=True)
class Told:
    """What was written: how many rows, the hash of their values, with which rights, over which publication."""

    rows: int
    content: str
    read_as: str
    publication: int | None
    document: Document
    facts: digest.Facts | None = None


def render(connection: psycopg.Connection, settings: Settings, sub: Subscription, window: Window, path: Path, reason: str | None) -> Told:
    """Write the window's extract to `path`. Raises RenownError and ConfigError; the connection is left without a transaction."""
    with _snapshot(connection):
        document = _document(connection, settings, sub, window, reason)
        publication = ledger.publication(connection)
        if sub.is_digest:
            return _digest(connection, settings, sub, document, publication, path)
        selections = [select(settings, sub, part, window, catalog(connection, part.mart)) for part in sub.parts]
        role = read_as(connection, settings, sub, [part.mart for part in sub.parts])
        tables = [_table(connection, settings, sub, number, selection) for number, selection in enumerate(selections)]
        rows = _written(path, sub, document, tables)
    return Told(rows, content_hash(sub, tables), role, publication, document)


def content(connection: psycopg.Connection, settings: Settings, sub: Subscription, window: Window) -> str:
    """The hash of what the window's extract would tell now."""
    with _snapshot(connection):
        if sub.is_digest:
            return _facts(connection, settings, sub, window)[1].digest
        selections = [select(settings, sub, part, window, catalog(connection, part.mart)) for part in sub.parts]
        read_as(connection, settings, sub, [part.mart for part in sub.parts])
        tables = [_table(connection, settings, sub, number, selection) for number, selection in enumerate(selections)]
        for part, table in zip(sub.parts, tables, strict=True):
            for _ in table if part.window_column else ():
                pass
    return content_hash(sub, tables)


def first_rows(connection: psycopg.Connection, settings: Settings, sub: Subscription, window: Window, limit: int) -> list[Table]:
    """The first rows of each mart as the department would get them; a table's `rows` is a list here."""
    with _snapshot(connection):
        selections = [select(settings, sub, part, window, catalog(connection, part.mart)) for part in sub.parts]
        read_as(connection, settings, sub, [part.mart for part in sub.parts])
        return [Table(part.mart, selection.columns,
                      connection.execute(selection.statement + sql.SQL(" limit {}").format(limit), selection.parameters).fetchall())
                for part, selection in zip(sub.parts, selections, strict=True)]


def report(connection: psycopg.Connection, settings: Settings, bank: str, window: Window, path: Path, language: str | None, *,
           with_links: bool) -> digest.Facts:
    """The digest as one page, PDF where the path ends in .pdf and HTML else, read by the warehouse's own login: for whoever runs it."""
    with _snapshot(connection):
        facts = digest.gather(connection, bank, window, with_links=with_links)
        document = Document("renown report", "", "", window, measure(connection, window), language)
    digest.write(path, "pdf" if path.suffix == ".pdf" else "html", digest.named(facts, settings, language), document)
    return facts


def _digest(connection: psycopg.Connection, settings: Settings, sub: Subscription, document: Document, publication: int | None, path: Path) -> Told:
    role, facts = _facts(connection, settings, sub, document.window)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    spoken = digest.named(facts, settings, sub.language)  # after the hash: a new translation restates nothing
    digest.write(path, sub.format, spoken, document)
    return Told(facts.mentions, facts.digest, role, publication, document, spoken)


def _facts(connection: psycopg.Connection, settings: Settings, sub: Subscription, window: Window) -> tuple[str, digest.Facts]:
    role = read_as(connection, settings, sub, digest.MARTS)
    return role, digest.gather(connection, sub.bank or settings.banks.home, window)


def content_hash(sub: Subscription, tables: list[Table]) -> str:
    """One hash of the values inside the window. What has no window is a state, such as open cases: it changes and is never restated."""
    inside = [table.digest for part, table in zip(sub.parts, tables, strict=True) if part.window_column]
    return hashlib.sha256(" ".join(inside).encode()).hexdigest()


@contextmanager
def _snapshot(connection: psycopg.Connection) -> Iterator[None]:
    """One read-only transaction that sees one state; its role ends with it."""
    connection.set_isolation_level(psycopg.IsolationLevel.REPEATABLE_READ)
    connection.set_read_only(True)
    try:
        yield
    finally:
        connection.rollback()
        connection.set_read_only(None)
        connection.set_isolation_level(None)


def _document(connection: psycopg.Connection, settings: Settings, sub: Subscription, window: Window, reason: str | None) -> Document:
    names = {department.id: department.name for department in settings.departments.departments}
    return Document(sub.id, names.get(sub.department, sub.department), sub.owner, window, measure(connection, window), sub.language,
                    links.change_link(settings, sub, window), reason)


def _table(connection: psycopg.Connection, settings: Settings, sub: Subscription, number: int, selection: Selection) -> Table:
    part = sub.parts[number]
    place: tuple[Any, ...] = ("filters",) if sub.mart else ("extracts", number, "filters")
    return Table(part.mart, selection.columns, _rows(connection, settings, sub, place, selection))


def _rows(connection: psycopg.Connection, settings: Settings, sub: Subscription, place: tuple[Any, ...],
          selection: Selection) -> Iterator[tuple[Any, ...]]:
    try:
        with connection.cursor(name="delivery") as cursor:
            cursor.itersize = FETCH
            cursor.execute(selection.statement, selection.parameters)
            yield from cursor
    except psycopg.DataError:
        types = ", ".join(f"{column.name} {column.type}" for column in selection.columns[:8])
        raise config_error(settings, sub, place, "a filter's value does not fit its column's type", f"types: {types}") from None


def _written(path: Path, sub: Subscription, document: Document, tables: list[Table]) -> int:
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        return formats.write(path, sub.format, document, tables)
    except OSError as error:
        raise RenownError(f"{path.parent} cannot be written ({error.strerror or type(error).__name__})",
                          "free space there or set RENOWN_HOME elsewhere") from None
