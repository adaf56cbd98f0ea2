"""Human labels: rows that win over every model (docs/contracts.md)."""

from __future__ import annotations

import hashlib
import json
import re
import uuid
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import psycopg

from nlp.rows import Row, write_annotations
from settings import RenownError

CHUNK = 2_000
TASKS = frozenset(
    {
        "language",
        "sentiment",
        "entities",
        "banks",
        "handles",
        "topics",
        "intents",
        "reply",
        "official_kind",
        "bot",
        "story",
    }
)
_CURRENT = (
    "select mention_id::text, max(version) from core.mentions where mention_id = any(%s::uuid[]) group by mention_id"
)


def import_labels(connection: psycopg.Connection[Any], path: Path, labeller: str = "truth") -> int:
    """Read JSON lines {platform, site, kind, native_id, labels: {task: label}} as 'human:<labeller>' rows of each mention's newest version.

    Returns the rows written or changed; mentions that the warehouse does not know are passed over. In the caller's transaction.
    Raises RenownError naming the line for a line that cannot be used.
    """
    if not re.fullmatch(r"[a-z0-9_.-]{1,40}", labeller):
        raise RenownError(f"labeller '{labeller}' is not a name", "use lower-case letters, digits, '_', '-' or '.'")
    written = 0
    with path.open(encoding="utf-8") as lines:
        numbered = ((number, line) for number, line in enumerate(lines, 1) if line.strip())
        while chunk := [_parse(path, number, line) for number, line in islice(numbered, CHUNK)]:
            written += write_annotations(connection, _rows(connection, chunk, f"human:{labeller}"), replace=True)
    return written


def mention_id(platform: str, site: str, kind: str, native_id: str) -> str:
    """core.mention_id() in Python: md5 of the key's parts joined by chr(31), as a UUID."""
    key = "\x1f".join((platform, site, kind, native_id))
    return str(uuid.UUID(hashlib.md5(key.encode(), usedforsecurity=False).hexdigest()))


def _parse(path: Path, number: int, line: str) -> tuple[str, dict[str, Any]]:
    mend = 'write {"platform", "site", "kind", "native_id", "labels": {task: label}}'
    try:
        item = json.loads(line)
        key = mention_id(item["platform"], item.get("site") or "", item["kind"], str(item["native_id"]))
        labels = dict(item["labels"])
    except (ValueError, KeyError, TypeError) as error:
        raise RenownError(f"{path}:{number}: not a label line ({type(error).__name__})", mend) from None
    if unknown := sorted(labels.keys() - TASKS):
        raise RenownError(f"{path}:{number}: unknown task {unknown[0]}", f"use some of {', '.join(sorted(TASKS))}")
    return key, labels


def _rows(connection: psycopg.Connection[Any], chunk: list[tuple[str, dict[str, Any]]], version: str) -> Iterator[Row]:
    merged: dict[str, dict[str, Any]] = {}
    for key, labels in chunk:
        merged[key] = merged.get(key, {}) | labels
    known = dict(connection.execute(_CURRENT, [list(merged)]).fetchall())
    for key in sorted(merged.keys() & known.keys()):
        for task, label in merged[key].items():
            yield key, known[key], task, version, label
