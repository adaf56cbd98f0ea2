"""A sheet for people to fill: read what the active models say, draw (nlp/sampling.py), write out texts without the models' labels.

nlp.annotations of the active manifest ──► margins ──► draw ──► Sheet (nlp/sheets.py)
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Any

import psycopg

from nlp.label_values import NONE, SHEET_TASKS, explain, parts, said, vocabulary
from nlp.labels import human_version
from nlp.sampling import Candidate, Drawn, draw
from nlp.sheets import ID, TEXT, VERSION, WEIGHT, Sheet, rows_of
from nlp.shown import shown_text
from settings import RenownError, Settings

HOW = (
    "label each row by its text alone; leave a cell empty where you cannot tell; keep id, version and sampling_weight as they are"
)
# One mention a story, so that a wording that was copied a thousand times is asked about once.
_POPULATION = """
select distinct on (coalesce(labels -> 'story' ->> 'story_id', m.mention_id::text))
    m.mention_id::text, m.version, m.platform, coalesce(labels -> 'language' ->> 'language', 'und'), labels
from core.current_mentions m
join (
    select a.mention_id, a.mention_version, jsonb_object_agg(a.task, a.label) as labels
    from nlp.annotations a join nlp.manifests active on active.is_active and active.models ->> a.task = a.model_version
    where a.task = any(%(read)s)
    group by a.mention_id, a.mention_version
) as model on model.mention_id = m.mention_id and model.mention_version = m.version
where labels ?| %(tasks)s and (%(language)s::text is null or labels -> 'language' ->> 'language' = %(language)s)
order by coalesce(labels -> 'story' ->> 'story_id', m.mention_id::text), m.mention_id"""
_LABELLED = "select distinct mention_id::text from nlp.annotations where task = any(%s) and model_version like %s"
_MODELS = """
select a.task, a.label from nlp.annotations a
join nlp.manifests active on active.is_active and active.models ->> a.task = a.model_version
where a.mention_id = %s and a.mention_version = %s and a.task = any(%s)"""


def label_sheet(
    connection: psycopg.Connection[Any],
    settings: Settings,
    tasks: Sequence[str],
    *,
    size: int,
    language: str | None = None,
    annotator: str | None = None,
    seed: int | None = None,
    show_model: bool = False,
) -> Sheet:
    """A drawn sheet; the same seed over the same labels draws the same. Raises RenownError for an unknown task, or where nothing can be drawn."""
    if unknown := [task for task in tasks if task not in SHEET_TASKS]:
        raise RenownError(f"no sheet for task '{unknown[0]}'", f"use some of {', '.join(SHEET_TASKS)}", exit_code=2)
    who = human_version(annotator) if annotator else "human:%"
    number = secrets.randbelow(2**31) if seed is None else seed
    population = list(_population(connection, tasks, language))
    if not population:
        raise RenownError(
            f"no mention with a {' or '.join(tasks)} label" + (f" in {language}" if language else ""),
            "run 'renown run' or 'renown ingest' first, so that there is something to label",
        )
    labelled = {row[0] for row in connection.execute(_LABELLED, [list(tasks), who])}
    drawn = draw(population, size, number, partial(_text, connection), labelled)
    shown = [f"model_{task}" for task in tasks] if show_model else []
    about = _about(settings, tasks, number, annotator, population, drawn, language)
    rows = [_row(connection, one, tasks if show_model else ()) for one in drawn]
    return Sheet(about, [ID, VERSION, TEXT, *shown, *tasks, WEIGHT], rows_of(rows))


def _population(connection: psycopg.Connection[Any], tasks: Sequence[str], language: str | None) -> Iterator[Candidate]:
    with connection.cursor(name="population") as cursor:
        given = {"read": [*tasks, "language", "story"], "tasks": list(tasks), "language": language}
        for mention_id, version, platform, spoken, labels in cursor.execute(_POPULATION, given):
            known = [task for task in tasks if task in labels]
            yield Candidate(
                mention_id,
                version,
                (spoken, platform, main_value(known[0], labels[known[0]])),
                min(margin(task, labels[task]) for task in known),
            )


def margin(task: str, label: Any) -> float:
    """How sure the model is, 0 to 1: best minus second probability; of several banks the least sure; of scored lists |2·score − 1|."""
    if task == "sentiment":
        return _lead(label)
    if task == "banks":
        return min((_lead(item.get("sentiment")) for item in label or []), default=1.0)
    if task in ("topics", "intents"):
        return min((abs(2 * float(item.get("score") or 0) - 1) for item in label or []), default=1.0)
    return 1.0


def _lead(label: Any) -> float:
    values = sorted((label or {}).get("probabilities", {}).values(), reverse=True) if isinstance(label, dict) else []
    return float(values[0] - values[1]) if len(values) > 1 else 1.0


def main_value(task: str, label: Any) -> str:
    """The label that a stratum is named by: the one of the text, or the first of a list."""
    if isinstance(label, list):
        return min(parts(task, label), default=NONE)
    return parts(task, label).get("", NONE)


def _text(connection: psycopg.Connection[Any], candidate: Candidate) -> str:
    return shown_text(connection, candidate.mention_id, candidate.version, candidate.stratum[0]) or ""


def _row(connection: psycopg.Connection[Any], drawn: Drawn, shown: Sequence[str]) -> dict[str, str]:
    one = drawn.candidate
    row = {ID: one.mention_id, VERSION: str(one.version), TEXT: _text(connection, one), WEIGHT: f"{drawn.weight:.6g}"}
    models = connection.execute(_MODELS, [one.mention_id, one.version, list(shown)]).fetchall() if shown else []
    return row | {f"model_{task}": said(task, label) for task, label in models}


def _about(
    settings: Settings,
    tasks: Sequence[str],
    seed: int,
    annotator: str | None,
    population: Sequence[Candidate],
    drawn: Iterable[Drawn],
    language: str | None,
) -> dict[str, str]:
    words, counts = vocabulary(settings), dict.fromkeys(("uncertain", "spread", "random"), 0)
    ids = []
    for one in drawn:
        counts[one.part] += 1
        ids.append(one.candidate.mention_id)
    name = hashlib.sha256(" ".join([str(seed), *tasks, *sorted(ids)]).encode()).hexdigest()[:12]
    return {
        "renown label sheet": HOW,
        "sheet": name,
        "seed": str(seed),
        "tasks": "; ".join(tasks),
        **({"annotator": annotator} if annotator else {}),
        **({"language": language} if language else {}),
        "population": f"{len(population)} distinct texts",
        "drawn": "; ".join(f"{count} {part}" for part, count in counts.items()),
        **{task: explain(task, words[task]) for task in tasks},
    }
