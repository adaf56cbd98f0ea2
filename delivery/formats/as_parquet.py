"""Parquet: typed columns under their own names; definitions, coverage and how to change or stop it are in the file's metadata."""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from delivery.document import Document, Table, plain
from delivery.query import Column

GROUP = 50_000  # rows a row group


def write(path: Path, document: Document, tables: Sequence[Table]) -> None:
    """One table (settings.models allows no more); the schema's metadata holds `renown`, a JSON object."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    [table] = tables
    schema = pa.schema([pa.field(c.name, _type(c.type), metadata={"meaning": c.comment, "heading": document.heading(c)}) for c in table.columns])
    with pq.ParquetWriter(str(path), schema, compression="zstd") as writer:
        rows = iter(table)
        while chunk := list(itertools.islice(rows, GROUP)):
            values = zip(*chunk, strict=True)
            arrays = [pa.array([_value(v, column) for v in column_values], type=_type(column.type))
                      for column, column_values in zip(table.columns, values, strict=True)]
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema))
        said = {"subscription": document.title, "department": document.department, "days": str(document.window),
                "coverage": document.coverage.as_json(), "footer": document.footer(table.count)}
        writer.add_key_value_metadata({"renown": json.dumps(said, ensure_ascii=False)})


def _type(name: str) -> Any:
    """Arrow's type of a PostgreSQL type; what has none of its own is text."""
    import pyarrow as pa

    simple = {"bigint": pa.int64(), "integer": pa.int32(), "smallint": pa.int16(), "double precision": pa.float64(), "real": pa.float32(),
              "boolean": pa.bool_(), "date": pa.date32(), "timestamp with time zone": pa.timestamp("us", tz="UTC"),
              "timestamp without time zone": pa.timestamp("us"), "text[]": pa.list_(pa.string())}
    return pa.float64() if name.startswith("numeric") else simple.get(name, pa.string())


def _value(value: Any, column: Column) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    if value is None or column.type == "text[]":
        return value
    return plain(value) if _type(column.type) == _type("text") else value
