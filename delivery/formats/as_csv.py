"""CSV: UTF-8 with a mark (spreadsheets ask for it), commas, instants in ISO 8601 with the zone's offset, a footer of comment lines (#)."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

from delivery.document import Document, Table, neutral, plain


def write(path: Path, document: Document, tables: Sequence[Table]) -> None:
    """One table (settings.models allows no more), then what a reader must know, each line after a #."""
    [table] = tables
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([document.heading(column) for column in table.columns])
        for row in table:
            writer.writerow([_cell(value, document) for value in row])
        for line in document.footer(table.count):
            file.write(f"# {' '.join(line.split())}\r\n")


def _cell(value: Any, document: Document) -> Any:
    if isinstance(value, datetime) and value.tzinfo:
        return value.astimezone(document.window.zone).isoformat()
    if value is None or isinstance(value, bool | int | float | Decimal | date | time):
        return value if not isinstance(value, bool) else str(value).lower()
    return neutral(plain(value))
