"""What commands print: tables for people, JSON and CSV for programs. Results go to stdout, the rest to stderr."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from typing import IO, Any


def table(columns: Sequence[str], rows: Iterable[Sequence[Any]], title: str | None = None) -> None:
    """One table on stdout, as wide as the terminal; numbers to the right. Cells are plain text, never markup."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    body = [tuple(row) for row in rows]
    shown = Table(title=title, title_justify="left", header_style="bold")
    for index, name in enumerate(columns):
        numeric = bool(body) and all(isinstance(row[index], int | float) or row[index] is None for row in body)
        shown.add_column(name, justify="right" if numeric else "left", overflow="fold")
    for row in body:
        shown.add_row(*(Text(cell(value)) for value in row))
    Console(width=None if sys.stdout.isatty() else 160).print(shown)


def records(rows: Sequence[dict[str, Any]], title: str) -> None:
    """Rows of equal keys as a table, or one line where there are none; lists are joined by commas."""
    if not rows:
        print(f"{title}: none yet")
        return
    body = [tuple(", ".join(v) if isinstance(v, list) else v for v in row.values()) for row in rows]
    table([name.replace("_", " ") for name in rows[0]], body, title.capitalize())


def cell(value: Any) -> str:
    """A value as text: nothing for null, true/false, ISO 8601 for times, JSON for lists and objects."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)


def print_csv(columns: Sequence[str], rows: Iterable[Sequence[Any]], stream: IO[str] | None = None) -> None:
    """RFC 4180 with a header line and LF line ends, row by row."""
    writer = csv.writer(stream or sys.stdout, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([cell(value) for value in row] for row in rows)


def print_json(value: Any) -> None:
    """An indented JSON document on stdout; times as ISO 8601, paths and decimals as text."""
    print(json.dumps(value, ensure_ascii=False, indent=2, default=_plain))


def print_lines(objects: Iterable[dict[str, Any]]) -> None:
    """JSON Lines on stdout, one object a line, each as soon as it is known."""
    for item in objects:
        print(_line(item))


def _line(item: dict[str, Any]) -> str:
    """One object on one line; half of a surrogate pair (a cut-off emoji) has no UTF-8, so its line is escaped."""
    text = json.dumps(item, ensure_ascii=False, default=_plain)
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return json.dumps(item, default=_plain)
    return text


def note(text: str) -> None:
    """One line for the person who waits, on stderr."""
    print(text, file=sys.stderr, flush=True)


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime | date | time) else str(value)
