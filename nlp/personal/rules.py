"""Numbers told by a shape, a check and, where these do not suffice, a word beside them: national ids and passports."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from nlp.personal.reading import NO_DECIMAL, Match, Reading

_SEPARATORS = str.maketrans("", "", " -./№#")


@dataclass(frozen=True)
class Rule:
    """`shape` finds candidates, `is_valid` takes one without separators; `key` is the word that must stand beside it.

    In the languages `at_home` the word is not needed, as long as the number is called nothing else (one that chance hardly makes,
    `is_strong`: no order or the like); its rank is then `rank`, and `labelled` where the word is there.
    """

    key: str
    shape: re.Pattern[str]
    is_valid: Callable[[str], bool]
    rank: int
    labelled: int
    at_home: frozenset[str] = frozenset()
    is_strong: bool = False


def shape(pattern: str) -> re.Pattern[str]:
    """A pattern that stands alone: no letter or digit of a longer code touches it, and it is no part of a decimal."""
    return re.compile(rf"(?<![0-9a-z_@]){NO_DECIMAL}(?<!\d[/-])(?:{pattern})(?![0-9a-z_])(?![.:/-]\d|,\d{{1,5}}(?!\d))")


def compact(number: str) -> str:
    """The number without separators."""
    return number.translate(_SEPARATORS)


def by_rules(reading: Reading, kind: str, rules: Iterable[Rule]) -> list[Match]:
    """Every match of every rule; overlaps are left to the caller."""
    found = []
    for rule in rules:
        for match in rule.shape.finditer(reading.plain):
            if not rule.is_valid(compact(match.group())):
                continue
            if reading.is_called(rule.key, *match.span()):
                found.append(Match(*match.span(), kind, rule.labelled))
            elif reading.language in rule.at_home and _is_free(reading.label(match.start()), rule):
                found.append(Match(*match.span(), kind, rule.rank))
    return found


def _is_free(label: frozenset[str], rule: Rule) -> bool:
    return "other" not in label if rule.is_strong else not label
