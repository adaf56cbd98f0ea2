"""Tableau's .hyper: a table a mart in schema Extract, and table Delivery with coverage and how to change or stop it.

The Hyper API (PyPI: tableauhyperapi, about 90 MB, proprietary licence) is not part of the lock: whoever wants this format installs it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from delivery.document import Document, Table, plain
from settings import RenownError


def write(path: Path, document: Document, tables: Sequence[Table]) -> None:
    """The extract. Raises RenownError where the Hyper API is not installed."""
    try:
        import tableauhyperapi as hyper
    except ImportError:
        raise RenownError("format hyper needs the Tableau Hyper API, which is not installed",
                          "'.venv/bin/pip install tableauhyperapi' (90 MB), or use format: parquet") from None
    with (tempfile.TemporaryDirectory() as logs,
          hyper.HyperProcess(hyper.Telemetry.DO_NOT_SEND_USAGE_DATA_TO_TABLEAU, parameters={"log_dir": logs}) as process,
          hyper.Connection(process.endpoint, str(path), hyper.CreateMode.CREATE_AND_REPLACE) as connection):
        connection.catalog.create_schema("Extract")
        for table in tables:
            _table(hyper, connection, table)
        lines = document.footer(sum(table.count for table in tables))
        about = hyper.TableDefinition(hyper.TableName("Extract", "Delivery"), [_column(hyper, "line", "integer"), _column(hyper, "text", "text")])
        connection.catalog.create_table(about)
        with hyper.Inserter(connection, about) as inserter:
            inserter.add_rows(enumerate([document.title, document.department, str(document.window), *lines], start=1))
            inserter.execute()


def _table(hyper: Any, connection: Any, table: Table) -> None:
    definition = hyper.TableDefinition(hyper.TableName("Extract", table.mart), [_column(hyper, c.name, c.type) for c in table.columns])
    connection.catalog.create_table(definition)
    kinds = [_kind(column.type) for column in table.columns]
    with hyper.Inserter(connection, definition) as inserter:
        for row in table:
            inserter.add_row([_value(value, kind) for value, kind in zip(row, kinds, strict=True)])
        inserter.execute()


def _column(hyper: Any, name: str, type_name: str) -> Any:
    return hyper.TableDefinition.Column(name, getattr(hyper.SqlType, _kind(type_name))())


def _kind(type_name: str) -> str:
    """The name of the Hyper API's type for a PostgreSQL type."""
    simple = {"bigint": "big_int", "integer": "int", "smallint": "small_int", "double precision": "double", "real": "double", "boolean": "bool",
              "date": "date", "timestamp with time zone": "timestamp_tz"}
    return "double" if type_name.startswith("numeric") else simple.get(type_name, "text")


def _value(value: Any, kind: str) -> Any:
    if value is None:
        return None
    if kind == "text":
        return plain(value)
    if isinstance(value, datetime) and kind == "timestamp_tz":
        return value
    return float(value) if isinstance(value, Decimal) else value
