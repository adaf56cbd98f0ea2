"""Human labels: rows that win over every model (docs/contracts.md). A changed mind is a newer row, the old one stays.

JSON lines | filled sheet (nlp/sheets.py) ──► checked ──► write_human ──► nlp.annotations 'human:<who>' (+ nlp.label_samples)
"""

from __future__ import annotations

import hashlib
import json
import re
import uuid
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from nlp.shown import MASKED_AND_GIVEN, shown
from settings import RenownError

CHUNK = 2_000
HUMAN = "human:"
TASKS = frozenset(
    {
        "language",
        "sentiment",
        "entities",
        "banks",
        "handles",
        "topics",
        "intents",
        "urgency",
        "moments",
        "reply",
        "official_kind",
        "bot",
        "story",
    }
)
Label = tuple[str, int, str, Any]  # mention_id, mention_version, task, label
Written = tuple[str, int, str, int]  # mention_id, mention_version, task, revision
_CURRENT = (
    "select mention_id::text, max(version) from core.mentions where mention_id = any(%s::uuid[]) group by mention_id"
)
# Held until the labels are committed: an erasure (warehouse/erasure.py) waits for them, and one under way leaves nothing to be held.
_HELD = """
select mention_id::text, version from core.mentions where mention_id = any(%s::uuid[]) order by mention_id, version for key share"""
_LATEST = """
select distinct on (mention_id, mention_version, task) mention_id::text, mention_version, task, revision, label
from nlp.annotations where model_version = %s and mention_id = any(%s::uuid[])
order by mention_id, mention_version, task, revision desc"""
_INSERT = """
insert into nlp.annotations (mention_id, mention_version, task, model_version, label, revision) values (%s, %s, %s, %s, %s, %s)"""
_TRAINING = f"""
select distinct on (a.mention_id) {MASKED_AND_GIVEN}, coalesce(l.label ->> 'language', 'und'), a.label ->> 'label'
from nlp.annotations a
join core.current_mentions m on m.mention_id = a.mention_id and m.version = a.mention_version
left join nlp.manifests active on active.is_active
left join nlp.annotations l on l.mention_id = a.mention_id and l.mention_version = a.mention_version and l.task = 'language'
    and (l.model_version like 'human:%' or l.model_version = active.models ->> 'language')
where a.task = 'sentiment' and a.model_version like 'human:%'
order by a.mention_id, a.created_at desc, a.revision desc, (l.model_version like 'human:%') desc nulls last, l.created_at desc"""


def import_labels(connection: psycopg.Connection[Any], path: Path, labeller: str = "truth") -> int:
    """Read JSON lines {platform, site, kind, native_id, labels: {task: label}} as 'human:<labeller>' rows of each mention's newest version.

    Returns the rows written; mentions that the warehouse does not know are passed over. In the caller's transaction.
    Raises RenownError naming the line for a line that cannot be used.
    """
    version = human_version(labeller)
    written = 0
    with path.open(encoding="utf-8") as lines:
        numbered = ((number, line) for number, line in enumerate(lines, 1) if line.strip())
        while chunk := [_parse(path, number, line) for number, line in islice(numbered, CHUNK)]:
            written += len(write_human(connection, _rows(connection, chunk), version))
    return written


def human_version(labeller: str) -> str:
    """'human:<labeller>'. Raises RenownError for what is no name."""
    if not re.fullmatch(r"[a-z0-9_.-]{1,40}", labeller):
        raise RenownError(f"labeller '{labeller}' is not a name", "use lower-case letters, digits, '_', '-' or '.'", exit_code=2)
    return HUMAN + labeller


def write_human(connection: psycopg.Connection[Any], labels: Iterable[Label], version: str) -> list[Written]:
    """Add the labels that differ from the person's newest ones, in the caller's transaction; the rows that were added.

    Nothing is written of a mention that is not there (any more).
    """
    wanted = {(mention_id, number, task): label for mention_id, number, task, label in labels}
    connection.execute("select pg_advisory_xact_lock(hashtext(%s))", [version])
    held = connection.execute(_HELD, [list({key[0] for key in wanted})]).fetchall()
    there = {(row[0], row[1]) for row in held}
    wanted = {key: label for key, label in wanted.items() if (str(key[0]), key[1]) in there}
    rows = connection.execute(_LATEST, [version, list({key[0] for key in wanted})]).fetchall()
    latest = {(row[0], row[1], row[2]): (int(row[3]), row[4]) for row in rows}
    added = [
        (*key, latest[key][0] + 1 if key in latest else 1)
        for key, label in sorted(wanted.items(), key=lambda item: item[0])
        if key not in latest or latest[key][1] != label
    ]
    with connection.cursor() as cursor:
        cursor.executemany(
            _INSERT, [(row[0], row[1], row[2], version, Jsonb(wanted[row[0], row[1], row[2]]), row[3]) for row in added]
        )
    return added


def training_rows(connection: psycopg.Connection[Any]) -> Iterator[dict[str, str]]:
    """{"text", "language", "label"} of every current mention with a human sentiment label, the newest one; deleted mentions have none.

    Texts are without personal data, languages those of the warehouse ("und" where unknown), labels positive, neutral and negative; in a stable order.
    """
    with connection.transaction(), connection.cursor(name="training_rows") as cursor:
        for masked, given, language, label in cursor.execute(_TRAINING.encode()):
            yield {"text": shown(masked, given, language), "language": language, "label": label}


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
        raise RenownError(f"{path}:{number}: not a label line ({type(error).__name__})", mend, exit_code=2) from None
    if unknown := sorted(labels.keys() - TASKS):
        raise RenownError(f"{path}:{number}: unknown task {unknown[0]}", f"use some of {', '.join(sorted(TASKS))}", exit_code=2)
    return key, labels


def _rows(connection: psycopg.Connection[Any], chunk: list[tuple[str, dict[str, Any]]]) -> Iterator[Label]:
    merged: dict[str, dict[str, Any]] = {}
    for key, labels in chunk:
        merged[key] = merged.get(key, {}) | labels
    known = dict(connection.execute(_CURRENT, [list(merged)]).fetchall())
    for key in sorted(merged.keys() & known.keys()):
        for task, label in merged[key].items():
            yield key, known[key], task, label
