"""What a rule is: a condition that no row may meet, written as data so that a layer's module reads as a list.

RowRule    ─► one bad mention: the row is quarantined, the run goes on
QueryRule  ─► one bad batch: the gate stops the marts
ColumnRule ─► the same, said by one of Great Expectations' own column expectations
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Severity = Literal["row", "batch"]
ROW_TARGET = "core.current_mentions"
SEE = "see quality.results for the ids"


@dataclass(frozen=True)
class RowRule:
    """A condition on one current mention (alias `t`); where it holds, that mention is quarantined under `name`.

    `{now}` in the condition stands for the house's clock. `meaning` completes the sentence "3 mentions …".
    """

    name: str
    condition: str
    meaning: str
    target: str = ROW_TARGET
    severity: Severity = "row"
    mend: str = SEE

    def failing(self) -> str:
        """SELECT of the failing rows' ids over `{batch}`."""
        return f"select t.mention_id::text as id from {{batch}} as t where {self.condition}"


@dataclass(frozen=True)
class QueryRule:
    """A SELECT over `{batch}` (the target) whose rows, each with a text column `id`, are violations."""

    name: str
    target: str
    query: str
    meaning: str
    mend: str = SEE
    severity: Severity = "batch"
    counted: bool = True  # False: `meaning` is a whole sentence, the number of rows adds nothing

    def failing(self) -> str:
        """SELECT of the violations' ids over `{batch}`."""
        return self.query


@dataclass(frozen=True)
class ColumnRule:
    """One of Great Expectations' core expectations, by class name and arguments; `ids`: the columns that name a row."""

    name: str
    target: str
    expectation: str
    meaning: str
    kwargs: dict[str, Any] = field(default_factory=dict)
    ids: tuple[str, ...] = ()
    mend: str = SEE
    severity: Severity = "batch"


Rule = RowRule | QueryRule | ColumnRule


@dataclass(frozen=True)
class Outcome:
    """What one rule found: how many rows it looked at, how many failed, and at most a hundred ids of those."""

    rule: Rule
    success: bool
    evaluated: int | None = None
    unexpected: int | None = None
    ids: tuple[str, ...] = ()
    detail: dict[str, Any] = field(default_factory=dict)

    def sentence(self) -> str:
        """The finding as people say it: '3 mentions have a version without payload (versions_have_payload)'."""
        if "missing_table" in self.detail:
            return f"table {self.rule.target} is missing"
        if "error" in self.detail:
            return f"{self.rule.name} could not be evaluated on {self.rule.target} ({self.detail['error']})"
        if not getattr(self.rule, "counted", True):
            return f"{self.rule.meaning} ({self.rule.name})"
        return f"{self.unexpected if self.unexpected is not None else 'some'} {self.rule.meaning} ({self.rule.name})"


def not_null(target: str, column: str, meaning: str, ids: tuple[str, ...] = ()) -> ColumnRule:
    """The column is never NULL."""
    return ColumnRule(f"{column}_not_null", target, "ExpectColumnValuesToNotBeNull", meaning, {"column": column}, ids)


def within(target: str, column: str, low: float, high: float, meaning: str, ids: tuple[str, ...] = ()) -> ColumnRule:
    """The column, where not NULL, lies in [low, high]."""
    return ColumnRule(
        f"{column}_in_range",
        target,
        "ExpectColumnValuesToBeBetween",
        meaning,
        {"column": column, "min_value": low, "max_value": high},
        ids,
    )


def unique(target: str, columns: tuple[str, ...], meaning: str, only: str = "true") -> QueryRule:
    """No two rows (of those that meet the condition `only`) share these columns (NULLs count as equal: a key has none)."""
    key = ", ".join(f't."{column}"' for column in columns)
    text = " || ' ' || ".join(f"coalesce(t.\"{column}\"::text, '-')" for column in columns)
    return QueryRule(
        "key_unique", target, f"select {text} as id from {{batch}} as t where {only} group by {key} having count(*) > 1", meaning
    )
