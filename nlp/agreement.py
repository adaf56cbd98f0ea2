"""How far people agree on the same items: percent agreement, Cohen's kappa (two), Krippendorff's alpha (more), with bootstrap intervals.

human rows, newest a person ──► items that several have labelled ──► coefficients + the items in disagreement
An answer of several parts (banks, topics, intents) is one nominal value: it agrees when all of it agrees.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import psycopg

from nlp.intervals import Integers, bootstrap
from nlp.label_values import said

Item = tuple[str, int]  # mention_id, mention_version
Answers = dict[Item, dict[str, str]]  # item → annotator → answer
_HUMAN = """
select distinct on (mention_id, mention_version, task, model_version)
    task, mention_id::text, mention_version, substr(model_version, 7), label
from nlp.annotations where model_version like 'human:%%' and (%(task)s::text is null or task = %(task)s)
order by mention_id, mention_version, task, model_version, revision desc"""


@dataclass(frozen=True)
class Agreement:
    """One coefficient; `value` and bounds are None where they are not defined (one item, or one answer throughout)."""

    task: str
    annotators: tuple[str, ...]
    items: int
    measure: str
    value: float | None
    lower: float | None = None
    upper: float | None = None


@dataclass(frozen=True)
class Disagreement:
    """One item on which people differ: annotator → answer."""

    task: str
    mention_id: str
    version: int
    answers: dict[str, str]


def human_answers(connection: psycopg.Connection[Any], task: str | None = None) -> dict[str, Answers]:
    """Task → item → annotator → newest answer."""
    found: dict[str, Answers] = defaultdict(lambda: defaultdict(dict))
    for name, mention_id, version, who, label in connection.execute(_HUMAN, {"task": task}):
        found[name][mention_id, version][who] = said(name, label)
    return {name: dict(answers) for name, answers in sorted(found.items())}


def agreements(answers: Mapping[str, Answers]) -> list[Agreement]:
    """Each task's pairs of annotators with items in common, then, where there are more than two, all of them together."""
    found: list[Agreement] = []
    for task, items in answers.items():
        people = sorted({who for given in items.values() for who in given})
        for one, other in combinations(people, 2):
            pairs = [(given[one], given[other]) for _, given in sorted(items.items()) if one in given and other in given]
            if pairs:
                found += _pair(task, (one, other), pairs)
        shared = [tuple(given.values()) for _, given in sorted(items.items()) if len(given) > 1]
        if len(people) > 2 and shared:
            found.append(_together(task, tuple(people), shared))
    return found


def _together(task: str, people: tuple[str, ...], units: Sequence[tuple[str, ...]]) -> Agreement:
    low, high = bootstrap(lambda drawn: krippendorff_alpha([units[i] for i in drawn]), len(units)) or (None, None)
    return Agreement(task, people, len(units), "krippendorff_alpha", krippendorff_alpha(units), low, high)


def _pair(task: str, people: tuple[str, str], pairs: Sequence[tuple[str, str]]) -> list[Agreement]:
    def share(drawn: Integers | range) -> float:
        return sum(pairs[i][0] == pairs[i][1] for i in drawn) / len(drawn)

    n = len(pairs)
    percent = bootstrap(lambda drawn: 100 * share(drawn), n) or (None, None)
    kappa = bootstrap(lambda drawn: cohen_kappa([pairs[i] for i in drawn]), n) or (None, None)
    return [
        Agreement(task, people, n, "percent_agreement", 100 * share(range(n)), *percent),
        Agreement(task, people, n, "cohen_kappa", cohen_kappa(pairs), *kappa),
    ]


def cohen_kappa(pairs: Sequence[tuple[str, str]]) -> float | None:
    """(p_o − p_e)/(1 − p_e), p_e from each annotator's own shares (Cohen 1960). None where p_e is 1: one answer throughout."""
    n = len(pairs)
    ones, others = Counter(pair[0] for pair in pairs), Counter(pair[1] for pair in pairs)
    observed = sum(one == other for one, other in pairs)
    chance = sum(ones[answer] * others[answer] for answer in ones)
    return None if chance == n * n else (observed * n - chance) / (n * n - chance)


def krippendorff_alpha(units: Sequence[Sequence[str]]) -> float | None:
    """1 − D_o/D_e for nominal answers, units of two or more (Krippendorff 2011). None where all answers are the same."""
    totals: Counter[str] = Counter(answer for unit in units for answer in unit)
    n = totals.total()
    observed = sum(_differing(Counter(unit)) / (len(unit) - 1) for unit in units)
    expected = _differing(totals) / (n - 1) if n > 1 else 0
    return None if not expected else 1 - observed / expected


def _differing(counts: Counter[str]) -> int:
    """Ordered pairs of unlike answers."""
    return counts.total() ** 2 - sum(count * count for count in counts.values())


def disagreements(answers: Mapping[str, Answers]) -> list[Disagreement]:
    """Every item on which annotators differ, by task and id."""
    return [
        Disagreement(task, mention_id, version, dict(sorted(given.items())))
        for task, items in answers.items()
        for (mention_id, version), given in sorted(items.items())
        if len(set(given.values())) > 1
    ]
