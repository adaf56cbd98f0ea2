"""Rows into a file that opens in a spreadsheet: csv, or xlsx (typed, frozen header, filter, definitions, coverage).

    rows (any iterable, read once) ──► xlsx | csv ──► how many rows were written

A text that starts like a formula may be a stranger's: an apostrophe makes it plain (OWASP, CSV injection).
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter

from delivery.coverage import Coverage
from delivery.query import Column
from delivery.window import Window
from settings import RenownError

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
EXCEL_ROWS = 1_048_576
EXCEL_CELL = 32_767
DATE_FORMAT, INSTANT_FORMAT = "yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss"


@dataclass(frozen=True)
class Sheet:
    """What the file says of itself besides the rows."""

    title: str
    department: str
    owner: str
    mart: str
    columns: tuple[Column, ...]
    window: Window
    coverage: Coverage


def neutral(value: str) -> str:
    """The text, with an apostrophe before what a spreadsheet would run as a formula."""
    return f"'{value}" if value.startswith(FORMULA_STARTS) or value.lstrip().startswith(FORMULA_STARTS[:4]) else value


def write(path: Path, kind: str, sheet: Sheet, rows: Iterable[Sequence[Any]]) -> int:
    """Write `rows` as `kind` (xlsx or csv) to `path`; returns how many. The same rows give the same bytes."""
    return _csv(path, sheet, rows) if kind == "csv" else _xlsx(path, sheet, rows)


def _csv(path: Path, sheet: Sheet, rows: Iterable[Sequence[Any]]) -> int:
    """UTF-8 with a mark (spreadsheets ask for it), commas, instants in ISO 8601 with the zone's offset.

    An empty extract ends with one comment line (#) that says why it is empty.
    """
    count = 0
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([column.name for column in sheet.columns])
        for row in rows:
            writer.writerow([_csv_cell(value, sheet) for value in row])
            count += 1
        if not count:
            file.write(f"# {sheet.coverage.sentence(sheet.window, 0)}\r\n")
    return count


def _csv_cell(value: Any, sheet: Sheet) -> Any:
    if isinstance(value, datetime) and value.tzinfo:
        return value.astimezone(sheet.window.zone).isoformat()
    if value is None or isinstance(value, bool | int | float | Decimal | date | time):
        return value if not isinstance(value, bool) else str(value).lower()
    return neutral(_plain(value))


def _plain(value: Any) -> str:
    return (
        value
        if isinstance(value, str)
        else json.dumps(value, ensure_ascii=False, default=str)
        if isinstance(value, dict | list)
        else str(value)
    )


def _xlsx(path: Path, sheet: Sheet, rows: Iterable[Sequence[Any]]) -> int:
    book = xlsxwriter.Workbook(
        str(path),
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "nan_inf_to_errors": True,
        },
    )
    book.set_properties(
        {"title": sheet.title, "company": sheet.department, "created": sheet.window.end.replace(tzinfo=None)}
    )  # fixed, so that the bytes repeat
    formats = {
        "head": book.add_format({"bold": True, "bg_color": "#E8EDF3", "bottom": 1, "text_wrap": True, "valign": "top"}),
        "date": book.add_format({"num_format": DATE_FORMAT}),
        "instant": book.add_format({"num_format": INSTANT_FORMAT}),
        "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
        "bold": book.add_format({"bold": True}),
    }
    try:
        count = _data_sheet(book, sheet, rows, formats)
        _definitions_sheet(book, sheet, formats)
        _coverage_sheet(book, sheet, count, formats)
    finally:
        book.close()
    return count


def _data_sheet(book: Any, sheet: Sheet, rows: Iterable[Sequence[Any]], formats: dict[str, Any]) -> int:
    page = book.add_worksheet("Data")
    page.freeze_panes(1, 0)
    for index, column in enumerate(sheet.columns):
        page.set_column(index, index, min(max(len(column.name) + 3, 12), 40))
    page.write_row(0, 0, [column.name for column in sheet.columns], formats["head"])
    count = 0
    for count, row in enumerate(rows, start=1):
        if count >= EXCEL_ROWS:
            raise RenownError(
                f"subscription '{sheet.title}' has more rows than a spreadsheet holds ({EXCEL_ROWS - 1})",
                "use format: csv, fewer window_days or a filter",
            )
        for index, value in enumerate(row):
            _xlsx_cell(page, count, index, value, sheet, formats)
    if not count:
        page.write_string(1, 0, sheet.coverage.sentence(sheet.window, 0))
    page.autofilter(0, 0, max(count, 1), max(len(sheet.columns) - 1, 0))
    return count


def _xlsx_cell(page: Any, row: int, column: int, value: Any, sheet: Sheet, formats: dict[str, Any]) -> None:
    if value is None:
        return
    if isinstance(value, bool):
        page.write_boolean(row, column, value)
    elif isinstance(value, int | float | Decimal):
        number = float(value)  # a spreadsheet keeps 15 digits; longer ones, and NaN, stay text
        page.write_number(row, column, number) if abs(number) < 1e15 else page.write_string(row, column, str(value))
    elif isinstance(value, datetime):
        local = value.astimezone(sheet.window.zone).replace(tzinfo=None) if value.tzinfo else value
        page.write_datetime(row, column, local, formats["instant"])
    elif isinstance(value, date):
        page.write_datetime(row, column, value, formats["date"])
    else:
        page.write_string(row, column, neutral(_plain(value))[:EXCEL_CELL])


def _definitions_sheet(book: Any, sheet: Sheet, formats: dict[str, Any]) -> None:
    page = book.add_worksheet("Definitions")
    page.freeze_panes(1, 0)
    page.set_column(0, 1, 28)
    page.set_column(2, 2, 110)
    page.write_row(0, 0, ["column", "type", "meaning"], formats["head"])
    for row, column in enumerate(sheet.columns, start=1):
        page.write_string(row, 0, column.name)
        page.write_string(row, 1, column.type)
        page.write_string(row, 2, neutral(column.comment), formats["wrap"])


def _coverage_sheet(book: Any, sheet: Sheet, count: int, formats: dict[str, Any]) -> None:
    page = book.add_worksheet("Coverage")
    page.set_column(0, 0, 22)
    page.set_column(1, 6, 14)
    facts = (
        ("extract", sheet.title),
        ("department", sheet.department),
        ("from", f"marts.{sheet.mart}"),
        ("days", str(sheet.window)),
        ("rows", str(count)),
        ("coverage", sheet.coverage.sentence(sheet.window, count)),
        ("to change or stop", f"ask {sheet.owner}"),
    )
    for row, (name, value) in enumerate(facts):
        page.write_string(row, 0, name, formats["bold"])
        page.write_string(row, 1, neutral(value))
    top = len(facts) + 1
    names = ("succeeded", "unfinished", "gaps", "returned", "rejected", "mentions")
    page.write_row(top, 0, ["source", *names], formats["head"])
    for row, (source, counts) in enumerate(sheet.coverage.sources.items(), start=top + 1):
        page.write_string(row, 0, neutral(source))
        for column, name in enumerate(names, start=1):
            page.write_number(row, column, counts[name])
