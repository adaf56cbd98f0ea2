"""How good the active models are by what people say: nlp.evaluations rows of dataset 'human', weighted by the sheets' sampling weights.

human rows (newest) × the active model's label of the same version ──► shares and F1 with 95 % intervals ──► nlp.evaluations
A label that no sheet drew stands for itself (weight 1). Estimates are over distinct texts (nlp/sampling.py).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import psycopg
from psycopg.types.json import Jsonb

from nlp.intervals import Integers, bootstrap, effective_n, wilson
from nlp.label_values import SENTIMENTS, SHEET_TASKS, Parts, parts
from warehouse.bulk import copy_upsert

DATASET = "human"
ALL = "all"
ENOUGH = 30  # effective items without which sensitivity and specificity would correct the marts by chance
Row = dict[str, Any]
Floats = npt.NDArray[np.float64]
_COLUMNS = ("language", "bank_id", "task", "model_version", "dataset", "metric", "value", "n", "detail")
# Measured again is measured now: the marts take the newest sensitivity and specificity of a language.
_AGAIN = """(language, task, model_version, dataset, metric, bank_id) do update
    set value = excluded.value, n = excluded.n, detail = excluded.detail, measured_at = clock_timestamp()"""
_JUDGED = """
select distinct on (h.mention_id, h.mention_version, h.task)
    h.task, p.model_version, coalesce(l.label ->> 'language', 'und'), h.label, p.label, coalesce(s.weight, 1), h.model_version
from nlp.annotations h
join nlp.manifests active on active.is_active
join nlp.annotations p on p.mention_id = h.mention_id and p.mention_version = h.mention_version and p.task = h.task
    and p.model_version = active.models ->> h.task
left join nlp.annotations l on l.mention_id = h.mention_id and l.mention_version = h.mention_version and l.task = 'language'
    and l.model_version = active.models ->> 'language'
left join lateral (
    select sum(drawn.weight) as weight from nlp.label_samples drawn
    where drawn.mention_id = h.mention_id and drawn.mention_version = h.mention_version and drawn.task = h.task
        and drawn.model_version = h.model_version and drawn.revision = h.revision) s on true
where h.model_version like 'human:%%' and h.task = any(%s)
order by h.mention_id, h.mention_version, h.task, h.created_at desc, h.revision desc"""


@dataclass(frozen=True)
class Judged:
    """One item: what people and the model say of it, and how many texts it stands for."""

    truth: Parts
    found: Parts
    weight: float
    labeller: str


def evaluate_human(connection: psycopg.Connection[Any], *, store: bool = True) -> list[Row]:
    """Rows of nlp.evaluations' columns for each language (and 'all') and task that people have labelled; written where `store`.

    `n` counts the items; `detail` holds lower, upper and effective_n (Kish). `bank_id` is '' but for figures of the sentiment towards one bank.
    In the caller's transaction.
    """
    groups: dict[tuple[str, str, str], list[Judged]] = defaultdict(list)
    for task, version, language, truth, found, weight, who in connection.execute(_JUDGED, [list(SHEET_TASKS)]):
        item = Judged(parts(task, truth), parts(task, found), float(weight), who)
        groups[task, version, language].append(item)
        groups[task, version, ALL].append(item)
    rows = [
        {"language": language, "bank_id": "", "task": task, "model_version": version, "dataset": DATASET} | row
        for (task, version, language), items in sorted(groups.items())
        for row in measured(task, language, items)
    ]
    if store:
        ready = [tuple(Jsonb(row[name]) if name == "detail" else row[name] for name in _COLUMNS) for row in rows]
        copy_upsert(connection, "nlp.evaluations", _COLUMNS, ready, _AGAIN)
    return rows


def measured(task: str, language: str, items: Sequence[Judged]) -> Iterator[Row]:
    """The task's metrics over these items; 0 to 1 each."""
    weights = np.array([item.weight for item in items])
    right = np.array([_ids(task, item.truth) == _ids(task, item.found) for item in items])
    yield _share("accuracy", right, weights, {"labellers": sorted({item.labeller for item in items})})
    if task == "sentiment":
        truth, found = (
            np.array([side.get("", "") for side in sides])
            for sides in ([item.truth for item in items], [item.found for item in items])
        )
        yield _bootstrapped("macro_f1", lambda drawn: _macro_f1(truth[drawn], found[drawn], weights[drawn]), weights)
        yield from _correcting(language, truth, found, weights)
    elif task != "urgency":
        yield _bootstrapped("micro_f1", lambda drawn: _micro_f1(task, [items[i] for i in drawn]), weights)
    if task == "banks":
        yield from _bank_sentiment(items)
        yield from _by_bank(language, items)


def _ids(task: str, label: Parts) -> Any:
    """A bank is found when it is named: the sentiment towards it is measured apart."""
    return frozenset(label) if task == "banks" else label


def _share(metric: str, right: npt.NDArray[np.bool_], weights: Floats, more: Row | None = None) -> Row:
    value, n = float((right * weights).sum() / weights.sum()), effective_n(weights)
    low, high = wilson(value, n) or (None, None)
    return {
        "metric": metric,
        "value": value,
        "n": len(right),
        "detail": {"lower": low, "upper": high, "effective_n": n, **(more or {})},
    }


def _bootstrapped(metric: str, statistic: Callable[[Integers], float | None], weights: Floats) -> Row:
    low, high = bootstrap(statistic, len(weights)) or (None, None)
    return {
        "metric": metric,
        "value": statistic(np.arange(len(weights))),
        "n": len(weights),
        "detail": {"lower": low, "upper": high, "effective_n": effective_n(weights)},
    }


def _macro_f1(truth: npt.NDArray[Any], found: npt.NDArray[Any], weights: Floats) -> float:
    """The mean over the classes that people gave."""
    scores = []
    for label in SENTIMENTS:
        wanted, called = weights[truth == label].sum(), weights[found == label].sum()
        if wanted:
            scores.append(2 * weights[(truth == label) & (found == label)].sum() / (wanted + called))
    return float(np.mean(scores)) if scores else 0.0


def _micro_f1(task: str, items: Sequence[Judged]) -> float | None:
    """Over the single banks, topics or intents of all items; None where neither side names any."""
    hits = sum(item.weight * len(item.truth.keys() & item.found.keys()) for item in items)
    named = sum(item.weight * (len(item.truth) + len(item.found)) for item in items)
    return 2 * hits / named if named else None


def _correcting(language: str, truth: npt.NDArray[Any], found: npt.NDArray[Any], weights: Floats) -> Iterator[Row]:
    """Sensitivity and specificity of `negative` and `positive`, which the marts correct by: only within a language, and where both rest on enough items."""
    for label in ("negative", "positive"):
        called = truth == label
        sides = [
            (f"se_{label}", found[called] == label, weights[called]),
            (f"sp_{label}", found[~called] != label, weights[~called]),
        ]
        if language == ALL or any(effective_n(side) < ENOUGH for _, _, side in sides):
            continue
        for metric, right, side in sides:
            row = _share(metric, right, side)
            yield row | {"n": int(effective_n(side))}  # what the correction's interval may rest on


def _by_bank(language: str, items: Sequence[Judged]) -> Iterator[Row]:
    """The same of the sentiment towards each bank that both name."""
    for bank in sorted({bank for item in items for bank in item.truth.keys() & item.found.keys()}):
        named = [item for item in items if bank in item.truth and bank in item.found]
        truth, found = (np.array([side[bank] for side in sides]) for sides in ([item.truth for item in named], [item.found for item in named]))
        for row in _correcting(language, truth, found, np.array([item.weight for item in named])):
            yield row | {"bank_id": bank}


def _bank_sentiment(items: Sequence[Judged]) -> Iterator[Row]:
    """Accuracy of the sentiment towards the banks that both name."""
    pairs = [
        (item.truth[bank] == item.found[bank], item.weight)
        for item in items
        for bank in sorted(item.truth.keys() & item.found.keys())
    ]
    if pairs:
        yield _share("sentiment_accuracy", np.array([right for right, _ in pairs]), np.array([weight for _, weight in pairs]))
