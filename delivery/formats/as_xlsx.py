"""XLSX: a typed sheet a mart with a frozen header and a filter, then definitions, then coverage and how to change or stop it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter

from delivery import words
from delivery.document import Document, Table, neutral, plain
from settings import RenownError

EXCEL_ROWS = 1_048_576
EXCEL_CELL = 32_767
SHEET_NAME = 31  # letters that Excel allows a sheet's name
DATE_FORMAT, INSTANT_FORMAT = "yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss"
COUNTS = ("succeeded", "unfinished", "gaps", "returned", "rejected", "mentions")


def write(path: Path, document: Document, tables: Sequence[Table]) -> None:
    """The workbook. Raises RenownError where a table has more rows than a sheet holds."""
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
                                           "strings_to_numbers": False, "nan_inf_to_errors": True})
    created = document.window.end.replace(tzinfo=None)  # fixed, so that the bytes repeat
    book.set_properties({"title": document.title, "company": document.department, "created": created})
    formats = {
        "head": book.add_format({"bold": True, "bg_color": "#E8EDF3", "bottom": 1, "text_wrap": True, "valign": "top"}),
        "date": book.add_format({"num_format": DATE_FORMAT}),
        "instant": book.add_format({"num_format": INSTANT_FORMAT}),
        "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
        "bold": book.add_format({"bold": True}),
    }
    try:
        for table in tables:
            _data(_page(book, document, document.word("data") if len(tables) == 1 else table.mart), document, table, formats)
        _definitions(_page(book, document, document.word("definitions")), document, tables, formats)
        _coverage(_page(book, document, document.word("coverage")), document, tables, formats)
    finally:
        book.close()


def _page(book: Any, document: Document, name: str) -> Any:
    page = book.add_worksheet(name[:SHEET_NAME])
    if words.is_right_to_left(document.language):
        page.right_to_left()
    return page


def _data(page: Any, document: Document, table: Table, formats: dict[str, Any]) -> None:
    page.freeze_panes(1, 0)
    headings = [document.heading(column) for column in table.columns]
    for index, heading in enumerate(headings):
        page.set_column(index, index, min(max(len(heading) + 3, 12), 40))
    page.write_row(0, 0, headings, formats["head"])
    for row in table:
        if table.count >= EXCEL_ROWS:
            raise RenownError(f"subscription '{document.title}' has more rows than a spreadsheet holds ({EXCEL_ROWS - 1})",
                              "use format: csv or parquet, a smaller window or a filter")
        for index, value in enumerate(row):
            _cell(page, table.count, index, value, document, formats)
    if not table.count:
        page.write_string(1, 0, document.coverage_sentence(0))
    page.autofilter(0, 0, max(table.count, 1), max(len(headings) - 1, 0))


def _cell(page: Any, row: int, column: int, value: Any, document: Document, formats: dict[str, Any]) -> None:
    if value is None:
        return
    if isinstance(value, bool):
        page.write_boolean(row, column, value)
    elif isinstance(value, int | float | Decimal):
        number = float(value)  # a spreadsheet keeps 15 digits; longer ones, and NaN, stay text
        page.write_number(row, column, number) if abs(number) < 1e15 else page.write_string(row, column, str(value))
    elif isinstance(value, datetime):
        local = value.astimezone(document.window.zone).replace(tzinfo=None) if value.tzinfo else value
        page.write_datetime(row, column, local, formats["instant"])
    elif isinstance(value, date):
        page.write_datetime(row, column, value, formats["date"])
    else:
        page.write_string(row, column, neutral(plain(value))[:EXCEL_CELL])


def _definitions(page: Any, document: Document, tables: Sequence[Table], formats: dict[str, Any]) -> None:
    page.freeze_panes(1, 0)
    page.set_column(0, 3, 28)
    page.set_column(4, 4, 110)
    page.write_row(0, 0, [document.word(key) for key in ("heading", "column", "type", "mart", "meaning")], formats["head"])
    columns = [(table, column) for table in tables for column in table.columns]
    for row, (table, column) in enumerate(columns, start=1):
        for index, text in enumerate((document.heading(column), column.name, column.type, f"marts.{table.mart}")):
            page.write_string(row, index, text)
        page.write_string(row, 4, neutral(column.comment), formats["wrap"])


def _coverage(page: Any, document: Document, tables: Sequence[Table], formats: dict[str, Any]) -> None:
    page.set_column(0, 0, 22)
    page.set_column(1, 6, 14)
    rows = sum(table.count for table in tables)
    facts = [("extract", document.title), ("department", document.department),
             ("from", ", ".join(f"marts.{table.mart}" for table in tables)),
             ("days", words.days(document.window, document.language)), ("rows", str(rows)),
             *(("note", line) for line in document.footer(rows))]
    for row, (key, value) in enumerate(facts):
        page.write_string(row, 0, document.word(key), formats["bold"])
        page.write_string(row, 1, neutral(value))
    top = len(facts) + 1
    page.write_row(top, 0, [document.word(name) for name in ("source", *COUNTS)], formats["head"])
    for row, (source, counts) in enumerate(document.coverage.sources.items(), start=top + 1):
        page.write_string(row, 0, neutral(source))
        for column, name in enumerate(COUNTS, start=1):
            page.write_number(row, column, counts[name])
