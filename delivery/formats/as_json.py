"""JSON: one object, streamed row by row. Keys are the columns' own names, headings stand in their definitions."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any, TextIO

from delivery.document import Document, Table


def write(path: Path, document: Document, tables: Sequence[Table]) -> None:
    """{"subscription", "department", "days", "extracts": [{"mart", "columns", "rows"}], "coverage", "footer"}, in UTF-8."""
    head = {"subscription": document.title, "department": document.department,
            "days": {"first": document.window.first_day.isoformat(), "last": document.window.last_day.isoformat(),
                     "timezone": document.window.zone.key}}
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(json.dumps(head, ensure_ascii=False)[:-1] + ', "extracts": [')
        for number, table in enumerate(tables):
            file.write("," if number else "")
            _table(file, document, table)
        rows = sum(table.count for table in tables)
        tail = {"row_count": rows, "coverage": document.coverage.as_json(), "footer": document.footer(rows)}
        file.write("], " + json.dumps(tail, ensure_ascii=False)[1:] + "\n")


def _table(file: TextIO, document: Document, table: Table) -> None:
    columns = [{"name": c.name, "heading": document.heading(c), "type": c.type, "meaning": c.comment} for c in table.columns]
    names = [column.name for column in table.columns]
    file.write(json.dumps({"mart": table.mart, "columns": columns}, ensure_ascii=False)[:-1] + ', "rows": [')
    for row in table:
        said = {name: value(item) for name, item in zip(names, row, strict=True)}
        file.write(("\n" if table.count == 1 else ",\n") + json.dumps(said, ensure_ascii=False, default=str, allow_nan=False))
    file.write("]}")


def value(item: Any) -> Any:
    """A value as JSON holds it: exact numbers as text where a double would round them, instants in UTC, NaN as null."""
    if isinstance(item, float) and item != item:
        return None
    if isinstance(item, Decimal):
        return float(item) if item.is_finite() and Decimal(repr(float(item))) == item else str(item)
    return item.isoformat() if isinstance(item, datetime | date | time) else item
