"""Why a mutant of the metrics' SQL survives: classes of changes that no reader of the marts could see, and those that no test looks at.

    results of sql_mutants ──► reason() ──► docs/mutation.md (`python -m tests.marts.sql_survivors results.jsonl manifest.json`)
"""

from __future__ import annotations

import math
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.marts.sql_mutants import VERDICTS, key, models_of, mutants, read_results

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
    Class("rounding", "equivalent: an interval's end reaches this bound by rounding alone, in the fifteenth digit", "", "constant", r"(?i)^least\(100\.0 \*"),
    Class("rounding of a difference", "equivalent: the end of a difference reaches its bound by rounding alone", "mart_(?!reputation|scorecard)", "constant", r"^-100\.0|^(LEAST|GREATEST)\(-?100"),
    Class("separator", "equivalent: another separator inside a hash that is only compared with itself", "", "constant", r"(?i)^chr\(31\)"),
    Class("exists", "equivalent: what a query under exists selects is not read", "", "constant", r"(?i)^select 1 from"),
    Class("rank", "equivalent: the number only orders, and the order stays", "", "constant", r"(?i)^case when .* then \d+ end$"),
    Class("a bridge's own items", "equivalent: what a bridge lists is a mention with its version, and its components are the metrics' own", "explain_", "join kind",
          r"fct_mentions. AS mentions ON parts|metrics ON parts|AS versions ON"),
    Class("held again", "equivalent: what it lets through finds no partner further on, or is asked the same there",
          "int_mention_places|int_official_days", "join kind|dropped predicate", r"cities|labels \?|unusual|is_official"),
    Class("held again", "equivalent: what it lets through finds no partner further on, or is asked the same there",
          "int_batch_outcomes|int_impostor_answers|mart_incidents|fct_alerts", "join kind|dropped predicate",
          r"AS backfills ON|is_unfinished OR|look_alikes|JOIN volumes|JOIN episodes|JOIN duties"),
    Class("no official, no role", "equivalent: without an official item there is no final role to show", "fct_cases", "", r"^official_count > 0"),
    Class("never just there", "equivalent: two values computed in fractions never meet to the last bit", "mart_impersonation", "comparison", r"^tail_prob|100\.0 \*"),
    Class("never below", "equivalent: a count is never below 0, and of a series with mentions never below 1", "mart_crisis_signals", "constant",
          r"min_stories|min_platforms|min_distinct|min_negative|min_mentions"),
    Class("never below", "equivalent: where the variance is not known, the mean is not, and no tail is computed", "mart_crisis_signals", "constant", "baselines.variance"),
    Class("published twice", "held by test_restatements.py: histories here are built, not published", "mart_restatement", "", ""),
    Class("calendar", "held by test_dbt.py, which asks the calendar for days; the histories meet no holiday", "dim_date", "", ""),
    Class("partner", "not met: in no history or fixture does a row lack its partner (mostly keys that the loaders keep whole)", "", "join kind", ""),
    Class("doubled rows", "not met: what is doubled is counted once further on, or is doubled in no history", "", "dropped distinct", ""),
    Class("just min_n", "not met: no cell of this rate has exactly min_n items", "", "comparison|constant", r"min_n"),
    Class("default", "not met: where the part is absent its rate is hidden by min_n, or no history lacks it", "", "constant", r"(?i)^coalesce\(.*, 0\)$"),
    Class("denominator of 0", "not met: the denominator is never 0 or 1 where the rate is shown", "", "constant", r"(?i)^nullif\("),
    Class("label without it", "not met: no label of the histories lacks the value", "", "dropped predicate|and/or", r"(?i)is not null"),
    Class("one ledger", "not met: the hand-made ledger of test_coverage.py has no second source with that edge", "int_batch_outcomes|int_coverage_baselines|mart_coverage|mart_freshness|stg_batches|int_source_hours", "", ""),
    Class("bound", "not met: no value of the histories lies just on the bound", "", "comparison|constant", r"[<>]=? "),
    Class("index or moment", "not met: another constant gives the same here (a limit, an index, a factor of what is 0)", "", "constant", ""),
    Class("wider condition", "not met: no row of the histories is held by this condition alone, beside the others", "", "dropped predicate|and/or|comparison|arithmetic", ""),
)


def reason(row: Row) -> Class | None:
    """The first class that holds."""
    return next((known for known in CLASSES if known.holds(row)), None)


def unexplained(survivors: Iterable[Row]) -> list[str]:
    """Survivors of no known class."""
    return [f"{row['model']} {row['operator']} {row['place']}" for row in survivors if reason(row) is None]


def report(rows: Iterable[Row], sites: Mapping[str, int]) -> str:
    """The page's tables: a line a model of `sites` (its mutants, however many were tried), then every survivor by class."""
    by_model: dict[str, Counter[str]] = {model: Counter() for model in sites}
    by_class: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_model[row["model"]][row["verdict"]] += 1
        if row["verdict"] == "survived":
            known = reason(row)
            by_class[f"{known.name} — {known.reason}" if known else "unknown — no reason is known"].append(row)
    total = sum(by_model.values(), Counter[str]())
    lines = [_row("model", "mutants", "tried", *VERDICTS), _row(*["---"] * (len(VERDICTS) + 3))]
    lines += [_row(name, sites[name], told.total(), *(told[v] for v in VERDICTS)) for name, told in sorted(by_model.items())]
    lines += [_row("all", sum(sites.values()), total.total(), *(total[v] for v in VERDICTS)), "", _caught(by_model, sites), ""]
    for name, found in sorted(by_class.items()):
        lines += [f"### {name} ({len(found)})", "", *(f"- {line}" for line in sorted(Counter(map(_place, found)))), ""]
    return "\n".join(lines)


def _caught(by_model: Mapping[str, Counter[str]], sites: Mapping[str, int]) -> str:
    tried = {model: told for model, told in by_model.items() if told.total()}
    total = sum(tried.values(), Counter[str]())
    weighted, half = stratified([(sites[m], told.total(), told["survived"]) for m, told in tried.items()])
    return (f"Caught of those tried: {100 * (1 - total['survived'] / max(1, total.total())):.1f} %; with each model weighted by its mutants: "
            f"{100 * weighted:.1f} % ({100 * max(0, weighted - half):.1f} to {100 * min(1, weighted + half):.1f}).")


def stratified(strata: Iterable[tuple[int, int, int]]) -> tuple[float, float]:
    """(share caught, half of its 95 % interval) from (mutants, tried, survived) of each model.

    The usual estimate of a stratified sample without replacement; a model's own variance is taken at (survived + 1/2) / (tried + 1), so that a model
    of which all or none was caught among a few is not taken for certain.
    """
    known = list(strata)
    whole = max(1, sum(sites for sites, _, _ in known))
    caught = sum(sites * (1 - survived / tried) for sites, tried, survived in known) / whole
    variance = 0.0
    for sites, tried, survived in known:
        share = (survived + 0.5) / (tried + 1)
        variance += (sites / whole) ** 2 * (1 - tried / sites) * share * (1 - share) / tried
    return caught, 1.959963984540054 * math.sqrt(variance)


def _row(*cells: object) -> str:
    return f"| {' | '.join(map(str, cells))} |"


def _place(row: Row) -> str:
    return f"{row['model']} · {row['operator']} · `{row['place'].replace('`', '')}`"


def main(results: Path, manifest: Path) -> None:
    """Print the page's tables for the mutants that there are now."""
    known, rows, sites = read_results(results), [], {}
    for model in models_of(manifest):
        made = list(mutants(model))
        sites[model.name] = len(made)
        rows += [known[key(mutant)] for mutant in made if key(mutant) in known]
    print(report(rows, {name: count for name, count in sites.items() if count}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
