"""Why a mutant of the metrics' SQL survives: classes of changes that no reader of the marts could see, and those that no test looks at.

    results of sql_mutants ──► reason() ──► docs/mutation.md (`python -m tests.marts.sql_survivors results.jsonl > docs/mutation.md`)
"""

from __future__ import annotations

import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.marts.sql_mutants import VERDICTS, read_results

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Class:
    """Survivors of one reason: those whose model, operator and place match."""

    name: str
    reason: str
    model: str
    operator: str
    place: str

    def holds(self, row: Row) -> bool:
        return all(re.search(pattern, row[name]) for pattern, name in ((self.model, "model"), (self.operator, "operator"), (self.place, "place")))


CLASSES: tuple[Class, ...] = (
    Class("rounding", "equivalent: the bound is reached by rounding alone, in the fifteenth digit", "", "constant", r"(?i)^(least|greatest|-?100\.0)"),
    Class("separator", "equivalent: another separator inside a hash that is only compared with itself", "", "constant", r"(?i)chr\(31\)"),
)


def reason(row: Row) -> Class | None:
    """The first class that holds."""
    return next((known for known in CLASSES if known.holds(row)), None)


def unexplained(survivors: Iterable[Row]) -> list[str]:
    """Survivors of no known class."""
    return [f"{row['model']} {row['operator']} {row['place']}" for row in survivors if reason(row) is None]


def report(rows: Iterable[Row]) -> str:
    """docs/mutation.md: a line a model, then every survivor by class."""
    by_model: dict[str, Counter[str]] = defaultdict(Counter)
    by_class: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_model[row["model"]][row["verdict"]] += 1
        if row["verdict"] == "survived":
            known = reason(row)
            by_class[f"{known.name}: {known.reason}" if known else "not tested: no test looks at it yet"].append(row)
    total = sum(by_model.values(), Counter[str]())
    lines = [_row("model", "tried", *VERDICTS), _row(*["---"] * (len(VERDICTS) + 2))]
    lines += [_row(name, told.total(), *(told[v] for v in VERDICTS)) for name, told in sorted(by_model.items())]
    lines += [_row("all", total.total(), *(total[v] for v in VERDICTS)), "", f"Caught: {100 * (1 - total['survived'] / max(1, total.total())):.1f} %.", ""]
    for name, found in sorted(by_class.items()):
        lines += [f"### {name} ({len(found)})", "", *sorted({_place(row) for row in found}), ""]
    return "\n".join(lines)


def _row(*cells: object) -> str:
    return f"| {' | '.join(map(str, cells))} |"


def _place(row: Row) -> str:
    return f"- {row['model']} · {row['operator']} · `{row['place'].replace('`', '')}`"


if __name__ == "__main__":
    print(report(read_results(Path(sys.argv[1])).values()))
