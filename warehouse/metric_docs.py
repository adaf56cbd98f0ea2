"""docs/metrics.md from the definitions of the metrics: `renown docs metrics`.

    dbt_project/metrics_page.md (prose, one line `<!-- metrics: MART -->` a table) ─┐
    definitions()                                                                  ├─► document()
    the marts' unit tests, or formula and parts of an example ─► recompute()       ─┘
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from settings import RenownError
from warehouse.explain import recompute
from warehouse.metric_definitions import ENDS, PROJECT, Definition, dbt_metrics, mart_files

PLACE = re.compile(r"^<!-- metrics: (\w+) -->$", re.MULTILINE)
HEAD = "| metric | columns | formula | unit | computed by | source | example |\n|---|---|---|---|---|---|---|"
MOST_SHOWN = 4  # columns of an example


def document(definitions: Sequence[Definition], template: str | None = None) -> str:
    """The page: the template with each mart's table in its place. Raises RenownError where a mart has no place, or a place no mart."""
    text = template if template is not None else (PROJECT / "metrics_page.md").read_text("utf-8")
    places, marts = PLACE.findall(text), {definition.mart for definition in definitions}
    wrong = sorted(marts.symmetric_difference(places)) or sorted({place for place in places if places.count(place) > 1})
    if wrong:
        raise RenownError(f"the page of the metrics and the marts differ in {', '.join(wrong)}",
                          "each mart with metrics has one line '<!-- metrics: MART -->' in dbt_project/metrics_page.md")
    return PLACE.sub(lambda place: _table([d for d in definitions if d.mart == place[1]]), text)


def _table(definitions: Sequence[Definition]) -> str:
    return "\n".join([HEAD, *map(_row, definitions)])


def _row(definition: Definition) -> str:
    by = " and ".join(part for part in (
        f"metric `{definition.metric}`" if definition.metric else "", _code(definition.computed_by, bool(definition.metric))) if part)
    shown = [definition.label, _columns(definition), definition.description, definition.unit, by, definition.source or "–", example(definition)]
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in shown) + " |"


def _code(computed_by: str | None, of_interval: bool) -> str:
    if computed_by is None:
        return ""
    kind, name = computed_by.split(" ", 1)
    return f"{kind} `{name}`" + (" (interval)" if of_interval else "")


def _columns(definition: Definition) -> str:
    """The columns, an interval's ends as `_lower`, `_upper` behind its point."""
    told = []
    for name in definition.columns:
        if _is_end(name, definition):
            told.append(f"`_{name.rsplit('_', 1)[1]}`")
        else:
            told.append(f"`{name}`")
    return ", ".join(told)


def _is_end(name: str, definition: Definition) -> bool:
    """reach_upper is a number of its own; positive_pct_upper is the end of an interval."""
    return name.endswith(ENDS) and name.rsplit("_", 1)[0] in definition.columns


def example(definition: Definition) -> str:
    """A worked example: the formula over the parts that the definition gives, else what a unit test of the mart expects. Raises RenownError."""
    if definition.example:
        parts = {name: values for name, values in definition.example.items() if name != "formula"}
        told = ", ".join(f"{name} {' '.join(map(_number, values))}" for name, values in parts.items())
        return f"{told}: {_number(recompute(definition.example['formula'], {name: list(map(float, values)) for name, values in parts.items()}))}"
    found = expected(definition)
    if found is None:
        raise RenownError(f"{definition.mart}: no unit test expects {definition.columns[0]}", "let one expect it, or give an example with formula and parts")
    test, values = found
    return ", ".join(f"`{name}` {_number(value)}" for name, value in values.items()) + f" ({test})"


def expected(definition: Definition) -> tuple[str, dict[str, Any]] | None:
    """The expected row of the mart's unit tests that says most about the metric: (test, {column: value}); None where none has it."""
    wanted = [*_inputs(definition), *(name for name in definition.columns if not _is_end(name, definition))]
    best: tuple[tuple[int, ...], str, dict[str, Any]] | None = None
    for test in mart_files()[definition.mart]["unit_tests"]:
        for row in test["expect"].get("rows") or []:
            values = {name: row[name] for name in wanted if row.get(name) is not None}
            if not values.keys() & set(definition.columns):
                continue
            telling = [sum(value not in dull for value in values.values()) for dull in ((0,), (0, 1, 100))]
            rank = (definition.columns[0] in values, *telling, len(values))
            if best is None or rank > best[0]:
                best = (rank, test["name"], dict(list(values.items())[:MOST_SHOWN]))
    return best[1:] if best else None


def _inputs(definition: Definition) -> list[str]:
    """The columns of the mart that a derived metric is made of."""
    if definition.metric is None:
        return []
    inputs = dbt_metrics()[definition.metric]["type_params"].get("metrics", [])
    columns = {entry.get("metric"): entry.get("column", entry.get("metric"))
               for entry in mart_files()[definition.mart]["model"]["config"]["meta"]["metrics"]}
    return [columns[each["name"]] for each in inputs if each["name"] in columns]


def _number(value: Any) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)
