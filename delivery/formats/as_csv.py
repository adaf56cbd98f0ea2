"""CSV: UTF-8 with a mark (spreadsheets ask for it), commas, instants in ISO 8601 with the zone's offset, a footer of comment lines (#).

Nobody knows which separator the reader's spreadsheet splits at (its region says: often a semicolon), and quotes in the middle of a line do not
hold it back. So a text stays on its line (breaks and tabs become spaces), and gets an apostrophe wherever a formula could begin in it.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

from delivery.document import FORMULA_STARTS, Document, Table, neutral, plain

BREAKS = re.compile("[\t\r\n\v\f\x1c\x1d\x1e\x85\u2028\u2029]+")
BEGINS = rf'[\s"]*)(?=[{re.escape("".join(FORMULA_STARTS))}])'
IN_CELL, IN_LINE = re.compile(f"([;|]{BEGINS}"), re.compile(f"([,;|]{BEGINS}")  # a cell's own commas stand in quotes


def write(path: Path, document: Document, tables: Sequence[Table]) -> None:
    """One table (settings.models allows no more), then what a reader must know, each line after a #."""
    [table] = tables
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([document.heading(column) for column in table.columns])
        for row in table:
            writer.writerow([_cell(value, document) for value in row])
        for line in document.footer(table.count):
            file.write(f"# {_text(line, IN_LINE)}\r\n")


def _cell(value: Any, document: Document) -> Any:
    if isinstance(value, datetime) and value.tzinfo:
        return value.astimezone(document.window.zone).isoformat()
    if value is None or isinstance(value, bool | int | float | Decimal | date | time):
        return value if not isinstance(value, bool) else str(value).lower()
    return _text(plain(value))


def _text(value: str, inside: re.Pattern[str] = IN_CELL) -> str:
    """The text on one line, with an apostrophe before each formula that a spreadsheet might find in it, whatever it splits at."""
    return inside.sub(r"\1'", neutral(BREAKS.sub(" ", value)))
