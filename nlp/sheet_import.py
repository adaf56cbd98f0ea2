"""A filled sheet into the warehouse: all of it, or, where a row is wrong, nothing.

read_sheet ──► every row checked against core and the vocabulary ──► write_human ──► nlp.annotations + nlp.label_samples
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from nlp.label_values import SHEET_TASKS, from_cell, vocabulary
from nlp.labels import Label, human_version, write_human
from nlp.sheets import ID, VERSION, WEIGHT, Sheet, read_sheet
from settings import RenownError, Settings

NAMED = 5  # findings spelled out in the error; the rest is counted
_NEWEST = """
select m.mention_id::text, max(m.version), bool_or(d.mention_id is not null)
from core.mentions m left join core.deletions d on d.mention_id = m.mention_id and d.undone_at is null
where m.mention_id = any(%s::uuid[]) group by m.mention_id"""
# An unchanged label that another sheet drew again keeps its row, and gets this sheet's weight too.
_SAMPLE = """
insert into nlp.label_samples (mention_id, mention_version, task, model_version, revision, sheet, weight)
select mention_id, mention_version, task, model_version, max(revision), %s, %s from nlp.annotations
where mention_id = %s and mention_version = %s and task = %s and model_version = %s
group by mention_id, mention_version, task, model_version on conflict do nothing"""


@dataclass
class Checked:
    """What a sheet says once it is read: labels, sampling weights by (mention, version), and what is wrong, row by row."""

    labels: list[Label] = field(default_factory=list)
    weights: dict[tuple[str, int], float] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)


def import_sheet(connection: psycopg.Connection[Any], path: Path, settings: Settings, labeller: str | None = None) -> int:
    """Add a CSV or XLSX sheet's labels as 'human:<labeller>' (default: the sheet's annotator, else 'import'); rows written.

    In the caller's transaction. Raises RenownError (exit code 2) that names the rows with unknown ids, versions that were edited
    meanwhile, or words that are no labels; nothing is written then.
    """
    sheet = read_sheet(path)
    version = human_version(labeller or sheet.about.get("annotator") or "import")
    checked = check(sheet, _newest(connection, sheet), settings)
    if checked.wrong:
        more = f"; and {len(checked.wrong) - NAMED} more" if len(checked.wrong) > NAMED else ""
        raise RenownError(
            f"{path}: nothing imported, {len(checked.wrong)} findings: {'; '.join(checked.wrong[:NAMED])}{more}",
            "correct the cells, or take these rows out (edited mentions come again with the next export)",
            exit_code=2,
        )
    written = write_human(connection, checked.labels, version)
    name, weights = sheet.about.get("sheet") or path.stem, checked.weights
    with connection.cursor() as cursor:
        cursor.executemany(
            _SAMPLE, [(name, weights[m, v], m, v, task, version) for m, v, task, _ in checked.labels if (m, v) in weights]
        )
    return len(written)


def check(sheet: Sheet, newest: Mapping[str, tuple[int, bool]], settings: Settings) -> Checked:
    """Every row against what the warehouse holds (`newest`: id → newest version, whether deleted) and the words of each task."""
    words, checked = vocabulary(settings), Checked()
    tasks = [task for task in SHEET_TASKS if task in sheet.columns]
    if not tasks:
        checked.wrong.append(f"no column of a task ({', '.join(SHEET_TASKS)})")
    seen: dict[str, int] = {}
    for number, row in sheet.rows:
        if not any(row.get(task, "").strip() for task in tasks):
            continue
        try:
            key = _key(row, newest, seen.get(_id(row)))
            seen[key[0]] = number
            checked.labels += _labels(row, key, tasks, words)
            if (weight := _weight(row)) is not None:
                checked.weights[key] = weight
        except ValueError as error:
            checked.wrong.append(f"row {number}: {error}")
    return checked


def _key(row: Mapping[str, str], newest: Mapping[str, tuple[int, bool]], earlier: int | None) -> tuple[str, int]:
    mention_id = _id(row)
    if mention_id not in newest:
        raise ValueError(f"unknown id {mention_id[:36] or '(empty)'}")
    if earlier is not None:
        raise ValueError(f"id {mention_id} stands in row {earlier} too")
    current, deleted = newest[mention_id]
    given = row.get(VERSION, "").strip()
    if deleted:
        raise ValueError(f"{mention_id} was deleted meanwhile")
    if not given.isdigit() or not 1 <= int(given) <= current:
        raise ValueError(f"{mention_id} has no version '{given[:10]}'")
    if int(given) != current:
        raise ValueError(f"{mention_id} was edited meanwhile (version {given}, now {current})")
    return mention_id, current


def _labels(
    row: Mapping[str, str], key: tuple[str, int], tasks: Sequence[str], words: Mapping[str, tuple[str, ...]]
) -> list[Label]:
    return [(*key, task, from_cell(task, row[task], words, row.get("sentiment"))) for task in tasks if row.get(task, "").strip()]


def _weight(row: Mapping[str, str]) -> float | None:
    given = row.get(WEIGHT, "").strip().replace(",", ".")
    if not given:
        return None
    try:
        weight = float(given)
    except ValueError:
        weight = 0.0
    if not 0 < weight < float("inf"):
        raise ValueError(f"{WEIGHT} is not a positive number")
    return weight


def _id(row: Mapping[str, str]) -> str:
    return row.get(ID, "").strip().lower()


def _newest(connection: psycopg.Connection[Any], sheet: Sheet) -> dict[str, tuple[int, bool]]:
    ids = {_id(row) for _, row in sheet.rows}
    rows = connection.execute(_NEWEST, [[value for value in ids if _is_uuid(value)]]).fetchall()
    return {row[0]: (int(row[1]), bool(row[2])) for row in rows}


def _is_uuid(value: str) -> bool:
    try:
        return str(uuid.UUID(value)) == value
    except ValueError:
        return False
