"""A labelling sheet as a file: CSV with a commented header, or XLSX with a second sheet, both saying how it was drawn.

Sheet ──► write_sheet ──► FILE.csv | FILE.xlsx ──► (people fill it) ──► read_sheet ──► Sheet, each row with its number in the file

Texts are strangers': what a spreadsheet would run as a formula gets an apostrophe (OWASP, CSV injection); nothing reads texts back.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nlp.label_values import SENTIMENTS, URGENCIES
from settings import RenownError

ID, VERSION, TEXT, WEIGHT = "id", "version", "text", "sampling_weight"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
EXCEL_CELL = 32_767
KINDS = (".csv", ".xlsx")
_DROPDOWNS = {"sentiment": SENTIMENTS, "urgency": (*URGENCIES, "none")}


@dataclass
class Sheet:
    """`about`: what the sheet says of itself (sheet, seed, annotator, tasks, …); `rows`: (row number in the file, column → cell)."""

    about: dict[str, str]
    columns: list[str]
    rows: list[tuple[int, dict[str, str]]] = field(default_factory=list)


def kind_of(path: Path) -> str:
    """'.csv' or '.xlsx'. Raises RenownError (exit code 2) for another ending."""
    if path.suffix.lower() not in KINDS:
        raise RenownError(f"{path}: not a sheet by its name", "let it end in .csv or .xlsx", exit_code=2)
    return path.suffix.lower()


def write_sheet(path: Path, sheet: Sheet) -> None:
    """Write a new file. Raises RenownError where there is one already: somebody may have filled it."""
    kind = kind_of(path)
    if path.exists():
        raise RenownError(f"{path} exists, and may hold somebody's labels", "give --out another name", exit_code=2)
    if kind == ".csv":
        with path.open("x", encoding="utf-8-sig", newline="") as stream:  # the mark is what spreadsheets know UTF-8 by
            _write_csv(stream, sheet)
    else:
        _write_xlsx(path, sheet)


def _write_csv(stream: io.TextIOBase, sheet: Sheet) -> None:
    writer = csv.writer(stream)
    writer.writerows([f"# {key}: {value}"] for key, value in sheet.about.items())
    writer.writerow(sheet.columns)
    writer.writerows([neutral(row.get(name, "")) for name in sheet.columns] for _, row in sheet.rows)


def neutral(value: str) -> str:
    """The text, with an apostrophe before what a spreadsheet would run as a formula."""
    return f"'{value}" if value.startswith(FORMULA_STARTS) or value.lstrip().startswith(FORMULA_STARTS[:4]) else value


def _write_xlsx(path: Path, sheet: Sheet) -> None:
    import xlsxwriter

    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        head, wrap = book.add_format({"bold": True, "bottom": 1}), book.add_format({"text_wrap": True, "valign": "top"})
        page = book.add_worksheet("labels")
        page.freeze_panes(1, 0)
        for place, name in enumerate(sheet.columns):
            page.set_column(place, place, 80 if name == TEXT else 20, wrap)
            page.write_string(0, place, name, head)
            if name in _DROPDOWNS and sheet.rows:
                page.data_validation(1, place, len(sheet.rows), place, {"validate": "list", "source": list(_DROPDOWNS[name])})
            for number, (_, row) in enumerate(sheet.rows, 1):
                if cell := row.get(name, ""):
                    page.write_string(number, place, cell[:EXCEL_CELL], wrap)
        about = book.add_worksheet("about")
        about.set_column(0, 0, 18)
        about.set_column(1, 1, 110, wrap)
        for number, (key, value) in enumerate(sheet.about.items()):
            about.write_string(number, 0, key, head)
            about.write_string(number, 1, value[:EXCEL_CELL])


def read_sheet(path: Path) -> Sheet:
    """A filled sheet. Raises RenownError (exit code 2) for a file that is none."""
    try:
        about, table = _read_csv(path) if kind_of(path) == ".csv" else _read_xlsx(path)
    except (UnicodeDecodeError, csv.Error, zipfile.BadZipFile, KeyError, ValueError) as error:
        raise RenownError(
            f"{path}: cannot be read as a sheet ({type(error).__name__})", "save it as .xlsx or as CSV in UTF-8", exit_code=2
        ) from None
    if not table:
        raise RenownError(f"{path}: no row with column names", f"the first row names {ID}, {VERSION} and the tasks", exit_code=2)
    columns = [cell.strip().lower() for cell in table[0][1]]
    if missing := [name for name in (ID, VERSION) if name not in columns]:
        raise RenownError(
            f"{path}: no column '{missing[0]}'", f"keep the columns {ID} and {VERSION} as they were exported", exit_code=2
        )
    rows = [
        (number, dict(zip(columns, cells, strict=False))) for number, cells in table[1:] if any(cell.strip() for cell in cells)
    ]
    return Sheet(about, columns, rows)


Table = list[tuple[int, list[str]]]


def _read_csv(path: Path) -> tuple[dict[str, str], Table]:
    """Commas, or the semicolons and tabs that spreadsheets of other countries write; row numbers are those that a spreadsheet shows."""
    text = path.read_text(encoding="utf-8-sig")
    head = next((line for line in text.splitlines() if line.strip() and not line.lstrip('"').startswith("#")), "")
    delimiter = max(",;\t", key=head.count)
    csv.field_size_limit(10_000_000)
    rows = list(enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), 1))
    comments = [delimiter.join(cells).strip(delimiter + " ") for _, cells in rows if cells and cells[0].startswith("#")]
    about = dict(_pair(line.removeprefix("#")) for line in comments)
    return about, [(number, cells) for number, cells in rows if any(cells) and not cells[0].startswith("#")]


def _read_xlsx(path: Path) -> tuple[dict[str, str], Table]:
    import openpyxl

    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    try:
        page = book["labels"] if "labels" in book.sheetnames else book.worksheets[0]
        table = [(number, [_plain(value) for value in row]) for number, row in enumerate(page.iter_rows(values_only=True), 1)]
        about = {}
        if "about" in book.sheetnames:
            about = dict(_known(row) for row in book["about"].iter_rows(values_only=True) if row)
        return about, [row for row in table if any(row[1])]
    finally:
        book.close()


def _known(row: Sequence[Any]) -> tuple[str, str]:
    return _plain(row[0]), _plain(row[1]) if len(row) > 1 else ""


def _pair(line: str) -> tuple[str, str]:
    key, _, value = line.partition(":")
    return key.strip(), value.strip()


def _plain(value: Any) -> str:
    """A cell as text; a spreadsheet's 1.0 is the 1 that was written."""
    if value is None:
        return ""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def rows_of(items: Iterable[dict[str, str]]) -> list[tuple[int, dict[str, str]]]:
    """Rows for a sheet that has no file yet."""
    return list(enumerate(items, 1))
