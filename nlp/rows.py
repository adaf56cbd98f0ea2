"""Write annotation rows in bulk, in the caller's transaction."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from warehouse.bulk import copy_upsert

Row = tuple[str, int, str, str, Any]  # mention_id, mention_version, task, model_version, label
STORED_APART = "masked_text"  # the task that is no annotation: words of people, kept where they can be purged
_COLUMNS = ("mention_id", "mention_version", "task", "model_version", "label")
# A snapshot's label follows the rows that it depends on: only a changed one is written, with the time of the change.
_REPLACE = """(mention_id, mention_version, task, model_version, revision) do update
    set label = excluded.label, created_at = clock_timestamp() where annotations.label is distinct from excluded.label"""


def write_masked_texts(connection: psycopg.Connection[Any], rows: Iterable[tuple[str, int, str, str]]) -> int:
    """Rows (mention_id, mention_version, model_version, masked_text) written to nlp.masked_texts; one that is there already stays."""
    columns = ("mention_id", "mention_version", "model_version", "masked_text")
    return copy_upsert(connection, "nlp.masked_texts", columns, rows)


def write_annotations(connection: psycopg.Connection[Any], rows: Iterable[Row], *, replace: bool = False) -> int:
    """Rows written; a label that is there already stays, unless `replace` (snapshots) and it differs."""
    # All rows first: a generator may want the connection, which COPY keeps to itself.
    ready = [(*row[:4], Jsonb(row[4])) for row in rows]
    return copy_upsert(connection, "nlp.annotations", _COLUMNS, ready, _REPLACE if replace else "do nothing")
