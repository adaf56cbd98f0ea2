"""Which labels would change: per task the share, a confusion table, and the mentions that move most.

nlp.annotations of two manifests, mentions that both have finished ──► stream ──► Counter (before, after) a task, heap of movers
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import psycopg

from nlp.label_values import parts

MOVERS = 20
NOTHING = "–"
# Tasks whose model is the same in both manifests have the same rows and are not read; human labels win under either and are left out.
_PAIRS = """
select d.mention_id::text, tasks.task, one.label, other.label
from nlp.done d
join nlp.done e on e.mention_id = d.mention_id and e.mention_version = d.mention_version and e.pipeline_version = %(other)s
join core.current_mentions m on m.mention_id = d.mention_id and m.version = d.mention_version
cross join (
    select coalesce(before.key, after.key) as task, before.value as one, after.value as other
    from (select x.key, x.value from nlp.manifests a, jsonb_each_text(a.models) as x where a.pipeline_version = %(one)s) as before
    full join (select x.key, x.value from nlp.manifests b, jsonb_each_text(b.models) as x where b.pipeline_version = %(other)s) as after
        on before.key = after.key
    where before.value is distinct from after.value
) as tasks
left join nlp.annotations one on one.mention_id = d.mention_id and one.mention_version = d.mention_version and one.task = tasks.task
    and one.model_version = tasks.one
left join nlp.annotations other on other.mention_id = d.mention_id and other.mention_version = d.mention_version and other.task = tasks.task
    and other.model_version = tasks.other
where d.pipeline_version = %(one)s and (one.mention_id is not null or other.mention_id is not null)
    and not exists (select from nlp.annotations h where h.mention_id = d.mention_id and h.mention_version = d.mention_version
        and h.task = tasks.task and h.model_version like 'human:%%')
order by d.mention_id"""


@dataclass
class TaskDiff:
    """One task: labels compared, labels that say something else, and how often each (before, after) part occurs; "–" is nothing."""

    compared: int = 0
    changed: int = 0
    confusion: Counter[tuple[str, str]] = field(default_factory=Counter)

    @property
    def share(self) -> float:
        """Changed over compared."""
        return self.changed / self.compared if self.compared else 0.0


@dataclass(frozen=True)
class Mover:
    """A mention whose labels change, how far (the sum over tasks, each 0 to 1 a part), and in which tasks."""

    mention_id: str
    distance: float
    tasks: tuple[str, ...]


def compare(connection: psycopg.Connection[Any], one: str, other: str) -> tuple[dict[str, TaskDiff], list[Mover]]:
    """Task → TaskDiff of every task whose model differs, and the MOVERS mentions that move most."""
    with connection.cursor(name="label_pairs") as cursor:
        return collect(cursor.execute(_PAIRS, {"one": one, "other": other}))


def collect(pairs: Iterable[tuple[str, str, Any, Any]]) -> tuple[dict[str, TaskDiff], list[Mover]]:
    """Pairs (mention_id, task, before, after), a mention's rows together."""
    diffs: dict[str, TaskDiff] = {}
    movers = heapq.nlargest(MOVERS, _movers(pairs, diffs), key=lambda mover: (mover.distance, mover.mention_id))
    return dict(sorted(diffs.items())), movers


def _movers(pairs: Iterable[tuple[str, str, Any, Any]], diffs: dict[str, TaskDiff]) -> Iterator[Mover]:
    for mention_id, rows in groupby(pairs, key=lambda row: row[0]):
        moved = {
            task: distance(task, before, after)
            for _, task, before, after in rows
            if _count(diffs.setdefault(task, TaskDiff()), task, before, after)
        }
        if moved:
            yield Mover(mention_id, round(sum(moved.values()), 4), tuple(sorted(moved)))


def _count(diff: TaskDiff, task: str, before: Any, after: Any) -> bool:
    old, new = parts(task, before), parts(task, after)
    diff.compared += 1
    diff.changed += old != new
    for key in old.keys() | new.keys():
        diff.confusion[old.get(key, NOTHING), new.get(key, NOTHING)] += 1
    return old != new


def distance(task: str, before: Any, after: Any) -> float:
    """How far a label moves: half the absolute change of probabilities where both have them (total variation), else 1 a changed part."""
    if task == "banks":
        return sum(_apart(*pair) for pair in _by_bank(before, after))
    if task == "sentiment":
        return _apart(before, after)
    old, new = parts(task, before), parts(task, after)
    return float(sum(old.get(key) != new.get(key) for key in old.keys() | new.keys()))


def _by_bank(before: Any, after: Any) -> list[tuple[Any, Any]]:
    sides = [{item["bank_id"]: item.get("sentiment") for item in label or []} for label in (before, after)]
    return [(sides[0].get(bank), sides[1].get(bank)) for bank in sides[0].keys() | sides[1].keys()]


def _apart(before: Any, after: Any) -> float:
    old, new = ((label or {}).get("probabilities") for label in (before, after))
    if not old or not new:
        return float(before != after)
    return float(sum(abs(old.get(name, 0) - new.get(name, 0)) for name in old.keys() | new.keys())) / 2
