"""Rows into a file, one module a format.

    Document + tables (each read once, in order) ──► csv | xlsx | parquet | json | hyper

A text that starts like a formula may be a stranger's: in csv and xlsx an apostrophe makes it plain (OWASP, CSV injection).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from delivery.document import Document, Table
from delivery.formats import as_csv, as_hyper, as_json, as_parquet, as_xlsx

WRITERS = {"csv": as_csv.write, "xlsx": as_xlsx.write, "parquet": as_parquet.write, "json": as_json.write, "hyper": as_hyper.write}


def write(path: Path, kind: str, document: Document, tables: Sequence[Table]) -> int:
    """Write the tables to `path`; returns how many rows. The same rows give the same bytes (hyper apart)."""
    WRITERS[kind](path, document, tables)
    return sum(table.count for table in tables)


__all__ = ["write"]
