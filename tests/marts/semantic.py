"""The semantic models and metrics as SQL, for one kind of question: a metric by bank, platform and period, roll-ups too.

    models/metrics/*.yml ──► statement(metric, mart) ──► {cell of the mart: value}

A second reader beside MetricFlow (which is not installed with the project): it knows what our YAML uses, and nothing more.
"""

from __future__ import annotations

import math
import re
from functools import cache
from typing import Any

import psycopg
import yaml

from warehouse.metric_definitions import PROJECT, Definition, dbt_metrics

Cell = tuple[Any, ...]
DIMENSION = re.compile(r"\{\{ Dimension\('(\w+)__(\w+)'\) \}\}")
PERIODS = "(values ('day', {0}), ('week', date_trunc('week', {0})::date), ('month', date_trunc('month', {0})::date)) as period (period_type, period_start)"
AGGREGATES = {"sum": "sum({})", "count": "count({})", "count_distinct": "count(distinct {})", "average": "avg({})",
              "median": "percentile_cont(0.5) within group (order by {})", "percentile": "percentile_cont({percentile}) within group (order by {})"}  # fmt: skip
BY_DAY = ("bank_id", "platform", "language", "country", "event_day")
BY_TONGUE = ("bank_id", "platform", "language", "country", "period_type", "period_start")
BY_PERIOD = ("bank_id", "platform", "period_type", "period_start")


@cache
def semantic_models() -> dict[str, dict[str, Any]]:
    """Primary entity → semantic model."""
    told = yaml.safe_load((PROJECT / "models" / "metrics" / "semantic_models.yml").read_text("utf-8"))["semantic_models"]
    return {next(e["name"] for e in model["entities"] if e["type"] == "primary"): model for model in told}


def home_of(measure: str) -> str:
    """The primary entity of the semantic model that has the measure."""
    return next(entity for entity, model in semantic_models().items() for m in model.get("measures", []) if m["name"] == measure)


def inputs_of(metric: str) -> list[str]:
    """The simple metrics that a metric is made of: itself, or those of its expression."""
    told = dbt_metrics()[metric]
    return [metric] if told["type"] == "simple" else [each["name"] for each in told["type_params"]["metrics"]]


def values(connection: psycopg.Connection[Any], metric: str, keys: tuple[str, ...]) -> dict[Cell, tuple[Any, Any]]:
    """{cell: (the metric, its last input)} in every cell that has a row of the facts."""
    names, told = inputs_of(metric), dbt_metrics()[metric]
    parts = " union all ".join(
        f"select {', '.join(keys)}, {', '.join('value' if one == name else 'null' for one in names)} from ({_simple(name, keys)}) as {name}_rows" for name in names)
    sums = ", ".join(f"{_filled(name)} as {name}" for name in names)
    expr = metric if told["type"] == "simple" else told["type_params"]["expr"]
    rows = connection.execute(f"""
        select {', '.join(keys)}, {expr}, {names[-1]} from (
            select {', '.join(keys)}, {sums} from ({parts}) as parts ({', '.join([*keys, *names])}) group by {', '.join(keys)}
        ) as counted""".encode()).fetchall()
    return {row[: len(keys)]: row[len(keys) :] for row in rows}


def _of_nothing(metric: str) -> int | None:
    """What a metric is in a cell that has no row of its facts."""
    told = dbt_metrics()[metric]
    return told["type_params"]["measure"].get("fill_nulls_with") if told["type"] == "simple" else None


def _filled(name: str) -> str:
    fill = dbt_metrics()[name]["type_params"]["measure"].get("fill_nulls_with")
    return f"max({name})" if fill is None else f"coalesce(max({name}), {fill})"


def _simple(metric: str, keys: tuple[str, ...]) -> str:
    told = dbt_metrics()[metric]
    name = told["type_params"]["measure"]["name"]
    entity = home_of(name)
    model = semantic_models()[entity]
    measure = next(m for m in model["measures"] if m["name"] == name)
    day = model["defaults"]["agg_time_dimension"]
    value = AGGREGATES[measure["agg"]].format(measure["expr"], **measure.get("agg_params", {}))
    fact = re.sub(r"ref\('(\w+)'\)", r"marts.\1", model["model"])
    condition = DIMENSION.sub(lambda d: _dimension(entity, d[1], d[2]), told.get("filter", "true"))
    rolled = [key for key in ("platform", "language", "country") if key in keys]
    by = {key: _dimension(entity, entity, key) for key in rolled}
    time = keys[keys.index(rolled[-1]) + 1 :]
    rows = f"(select *, {day} as event_day from {fact})" if day != "event_day" else fact
    periods = "" if time == ("event_day",) else f" cross join lateral {PERIODS.format(day)}"
    weeks_and_months = " and period_type <> 'day'" if keys == BY_TONGUE else ""
    shown = ", ".join(f"coalesce({by[key]}, 'all') as {key}" for key in rolled)
    return (f"select bank_id, {shown}, {', '.join(time)}, {value} as value "
            f"from {rows} as fact{periods} where {condition}{weeks_and_months} group by bank_id, {', '.join(time)}, cube ({', '.join(by.values())})")


def _dimension(home: str, entity: str, name: str) -> str:
    """The expression of a dimension: a column of the fact's own rows, or of the row that a foreign key names."""
    model = semantic_models()[entity]
    expr = f"({next(d.get('expr', d['name']) for d in model['dimensions'] if d['name'] == name)})"
    if entity == home:
        return expr
    own_key, their_key = (next(e["expr"] for e in semantic_models()[which]["entities"] if e["name"] == entity) for which in (home, entity))
    other = re.sub(r"ref\('(\w+)'\)", r"marts.\1", model["model"])
    return f"coalesce(({own_key} in (select {their_key} from {other} where {expr})), false)"


def keys_of(mart: str) -> tuple[str, ...]:
    return {"mart_reputation_daily": BY_DAY, "mart_reputation_periods": BY_TONGUE}.get(mart, BY_PERIOD)


def differences(
    published: list[dict[str, Any]], definition: Definition, found: dict[Cell, tuple[Any, Any]], min_n: int
) -> tuple[list[tuple[Any, ...]], int]:
    """(cells where mart and metric differ, how many numbers agree). A hidden rate is right where its n is below min_n."""
    keys, column = keys_of(definition.mart), definition.columns[0]
    simple = dbt_metrics()[definition.metric or ""]["type"] == "simple"
    nothing = (_of_nothing(definition.metric or ""), 0)
    wrong, equal = [], 0
    cells = {tuple(row[key] for key in keys): row[column] for row in published}
    for cell, value in cells.items():
        made, n = found.get(cell, nothing)
        if value is None:
            wrong += [] if made is None or (not simple and n < max(min_n, 1)) else [(cell, value, made)]
        elif made is None or not math.isclose(float(value), float(made), rel_tol=1e-9):
            wrong.append((cell, value, made))
        else:
            equal += 1
    wrong += [(cell, "no such cell", made[0]) for cell, made in found.items() if cell not in cells and made[0]]
    return wrong, equal
