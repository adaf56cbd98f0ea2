"""A subscription's rows as one parameterised SELECT, checked against the columns that the mart really has.

Subscription + catalog ──► columns, filters, window ──► psycopg.sql (identifiers quoted, values bound)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import psycopg
import yaml
from psycopg import sql

from delivery.window import Window
from settings import ConfigError, RenownError, Settings
from settings.models import Extract, Filter, Subscription
from settings.yaml_files import compose_yaml

CATALOG = """
select a.attname, format_type(a.atttypid, a.atttypmod), coalesce(col_description(a.attrelid, a.attnum), '')
from pg_attribute as a
where a.attrelid = to_regclass(%s) and a.attnum > 0 and not a.attisdropped
order by a.attnum
"""
UNORDERED = ("json", "xml", "point", "polygon")


@dataclass(frozen=True)
class Column:
    """A mart's column: its name, PostgreSQL's name of its type, and its comment."""

    name: str
    type: str
    comment: str


@dataclass(frozen=True)
class Selection:
    """What to run and what it returns."""

    columns: tuple[Column, ...]
    statement: sql.Composed
    parameters: list[Any]


def catalog(connection: psycopg.Connection, mart: str) -> list[Column]:
    """The columns of marts.<mart>, in order. Raises RenownError where there is no such mart."""
    rows = connection.execute(CATALOG, (f'marts."{mart}"',)).fetchall()
    if not rows:
        raise RenownError(
            f"mart marts.{mart} does not exist", "run 'renown run' first, or correct 'mart' in subscriptions.yml"
        )
    return [Column(*row) for row in rows]


def select(settings: Settings, sub: Subscription, part: Extract, window: Window, known: list[Column]) -> Selection:
    """The SELECT of an extract's rows. Raises ConfigError, with the line, for a column that is not there."""
    entry = Entry(settings, sub, part, {column.name: column for column in known})
    chosen = [entry.column(name, ("columns", i)) for i, name in enumerate(part.columns)] or known
    conditions, parameters = _window(entry, window)
    for i, condition in enumerate(part.filters):
        text, values = _filter(entry, condition, entry.column(condition.column, ("filters", i, "column")), i)
        conditions.append(text)
        parameters += values
    statement = sql.SQL("select {} from {}").format(
        sql.SQL(", ").join(sql.Identifier(column.name) for column in chosen), sql.Identifier("marts", part.mart)
    )
    if conditions:
        statement += sql.SQL(" where ") + sql.SQL(" and ").join(conditions)
    ordered = [str(i + 1) for i, column in enumerate(chosen) if column.type not in UNORDERED]
    return Selection(tuple(chosen), statement + sql.SQL(" order by " + ", ".join(ordered or ["1"])), parameters)


@dataclass(frozen=True)
class Entry:
    """One extract's place in subscriptions.yml, and the columns that its mart has."""

    settings: Settings
    sub: Subscription
    part: Extract
    by_name: dict[str, Column]

    def column(self, name: str, location: tuple[Any, ...]) -> Column:
        """The mart's column of this name. Raises ConfigError at `location`."""
        if name not in self.by_name:
            raise self.error(location, f"marts.{self.part.mart} has no column '{name}'", f"use one of {', '.join(self.by_name)}")
        return self.by_name[name]

    def error(self, location: tuple[Any, ...], what: str, mend: str) -> ConfigError:
        """A ConfigError at `location` inside this extract."""
        return config_error(self.settings, self.sub, (*self.place, *location), what, mend)

    @property
    def place(self) -> tuple[Any, ...]:
        """Where the extract stands inside its subscription."""
        return () if self.sub.mart else ("extracts", [part.mart for part in self.sub.parts].index(self.part.mart))


def _window(entry: Entry, window: Window) -> tuple[list[sql.Composed], list[Any]]:
    """Condition on the window's column: days for a date, instants for a timestamp with zone, wall clock without."""
    if entry.part.window_column is None:
        return [], []
    column = entry.column(entry.part.window_column, ("window_column",))
    text = sql.SQL("{0} >= %s and {0} < %s").format(sql.Identifier(column.name))
    if column.type == "date":
        return [text], [window.first_day, window.end_day]
    if column.type.startswith("timestamp") and column.type.endswith("with time zone"):
        return [text], [window.start, window.end]
    if column.type.startswith("timestamp"):
        return [text], [moment.astimezone(window.zone).replace(tzinfo=None) for moment in (window.start, window.end)]
    raise entry.error(("window_column",), f"window_column '{column.name}' is of type {column.type}", "name a column of type date or timestamp")


def _filter(entry: Entry, condition: Filter, column: Column, index: int) -> tuple[sql.Composed, list[Any]]:
    name, kind = sql.Identifier(column.name), sql.SQL(column.type)  # the type comes from the catalog
    if condition.op in ("is null", "is not null"):
        return sql.SQL("{} " + condition.op).format(name), []  # one of two literals
    if condition.op == "in":
        if not isinstance(condition.value, list):
            raise entry.error(("filters", index, "value"), "'in' needs a list of values", "write value: [a, b]")
        return sql.SQL("{} = any(%s::text[]::{}[])").format(name, kind), [[_text(value) for value in condition.value]]
    if condition.value is None or isinstance(condition.value, list | dict):
        raise entry.error(("filters", index), f"filter on '{column.name}' needs one value", "give 'value', or use op: in, is null or is not null")
    return sql.SQL("{} " + condition.op + " %s::text::{}").format(name, kind), [_text(condition.value)]


def _text(value: Any) -> str:
    """A YAML value as PostgreSQL reads it; the cast to the column's type follows in SQL."""
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def config_error(settings: Settings, sub: Subscription, location: tuple[Any, ...], what: str, mend: str) -> ConfigError:
    """A ConfigError that points at `location` inside this subscription's entry of config/subscriptions.yml."""
    path = settings.config_dir / "subscriptions.yml"
    ids = [entry.id for entry in settings.subscriptions.subscriptions]
    index = ids.index(sub.id) if sub.id in ids else 0
    line = (
        _line(compose_yaml(path.read_text("utf-8")), ("subscriptions", index, *location))
        if path.exists()
        else None
    )
    return ConfigError(path, line, f"subscription '{sub.id}': {what}", mend)


def _line(node: yaml.Node | None, location: tuple[Any, ...]) -> int | None:
    for key in location:
        child: yaml.Node | None = None
        if isinstance(node, yaml.SequenceNode) and isinstance(key, int) and key < len(node.value):
            child = node.value[key]
        elif isinstance(node, yaml.MappingNode):
            child = next((value for name, value in node.value if name.value == str(key)), None)
        if child is None:
            break
        node = child
    return node.start_mark.line + 1 if node else None
