"""From a published number to the items behind it, and back again.

    mart, metric, cell ──► marts.<mart> (the number)
                       └─► marts.explain_<…> (part × item × value) ──► recompute() ──► the number once more

docs/explain.md lists the formulas; marts.dim_metric says which one a metric has.
"""

from __future__ import annotations

import difflib
import math
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from settings import RenownError

Parts = dict[str, list[float]]
WHEN = ("event_day", "period_start", "hour_at", "phase_starts", "first_day")
IN_BRIDGE = {"metric": "measure"}  # a mart's key → its column in the bridge, where that has one of the name for something else
FIXED = {"metric", "part", "rule", "value", "mention_id", "brand_mention_id", "case_id", "event_at", "topics", "version", "source_id",
         "payload_sha256", "batch_id", "model_versions", "config_version"}  # fmt: skip
# Meant only where they are named, or where no other mart has the metric; of the two below the period decides.
ASIDE = {"mart_audience", "mart_campaigns", "mart_editorial", "mart_impersonation", "mart_reply_effect"}
BY_PERIOD = ("mart_reputation_daily", "mart_reputation_periods")
# Marts without a bridge: what their rows are instead, and where to look on.
NOT_BRIDGED = {
    "mart_crisis_episodes": "an episode is a run of alarm hours: explain mart_crisis_signals at its hours",
    "mart_incidents": "an incident is told by its alarms (marts.fct_alerts): explain mart_crisis_signals at their hours",
    "mart_emerging_topics": "a theme is counted when it is found: nlp.emerging_topics lists a sample of its items",
    "mart_routing": "each row is one brand mention: marts.fct_mentions says where it came from",
    "mart_employee_posts": "each row is one brand mention: marts.fct_mentions says where it came from",
    "mart_open_cases": "each row is one case: marts.fct_cases names its items, and mart_customer_care.unanswered_backlog_count counts them",
    "mart_nearest_atms": "each row is one case (marts.fct_cases) and a machine of the register (marts.dim_place)",
    "mart_build_status": "one row, which tells of the build: renown status, and mart_restatements for what moved",
    "mart_nlp_confusion": "measured on texts that people labelled: nlp.evaluations",
    "mart_nlp_quality": "measured on texts that people labelled: nlp.evaluations",
    "mart_incomplete_periods": "counts runs and what they left open: raw.batches",
    "mart_coverage": "counts runs and what they brought: raw.batches",
    "mart_freshness": "counts runs and what they brought: raw.batches",
    "mart_restatements": "each row is a number that moved: marts.mart_restatement_items lists the items, explain the mart and metric that it names",
    "mart_restatement_items": "each row is one item under a number that moved: marts.fct_mentions says where it came from",
}
SHOWN_VALUES = 12
SCORED = ("numerator", "denominator", "whole", "answered", "censored")  # parts of a cell of the scorecard, of whatever sort
HALF = 0.5 + 1e-12  # as in int_care_survival


@dataclass(frozen=True)
class Explained:
    """One number: its mart, cell and formula, what is published, what its items make, and the items (part, value, lineage)."""

    mart: str
    metric: str
    formula: str
    cell: dict[str, Any]
    published: Any
    recomputed: float | None
    rules: dict[str, str]
    items: list[dict[str, Any]] = field(repr=False)

    def sums(self) -> dict[str, float]:
        """Each part's sum, 0 where it has no item."""
        return {part: math.fsum(i["value"] for i in self.items if i["part"] == part) for part in self.rules}


def explain_number(
    connection: psycopg.Connection[Any], metric: str, bank: str, at: str, given: dict[str, str] | None = None
) -> Explained:
    """The number `metric` ("name" or "mart.name") of a bank at a day or hour (ISO 8601), in the cell that `given` says (key → value).

    Keys that are not given are the roll-up 'all' where there is one; period_type is 'day'. Raises RenownError (exit code 2) that names
    the valid ones where metric, bank, key or date are none, or where several cells fit; and where a mart has no bridge, what its rows are.
    """
    mart, name, formula, rules = find_metric(connection, metric, (given or {}).get("period_type", "day"))
    _known_bank(connection, bank)
    keys = _keys(connection, mart)
    wanted = {"bank_id": bank, **({"period_type": "day"} if "period_type" in keys else {}), **(given or {})}
    unknown = set(wanted) - set(keys)
    if unknown:
        raise RenownError(f"{mart} has no {', '.join(sorted(unknown))}", f"its cells are told by {', '.join(keys)}", exit_code=2)
    cell, published = _cell(connection, mart, name, keys, wanted, at)
    items = _items(connection, mart, name, cell)
    parts = {part: [float(i["value"]) for i in items if i["part"] == part] for part in rules}
    return Explained(mart, name, formula, cell, published, recompute(formula, parts), rules, items)


def recompute(formula: str, parts: Parts) -> float | None:
    """The number that the parts' values make; None where the formula has none (a ratio over nothing, or what a model judges)."""
    return FORMULAS[formula](parts)


def find_metric(connection: psycopg.Connection[Any], metric: str, period: str = "day") -> tuple[str, str, str, dict[str, str]]:
    """(mart, metric, formula, {part: rule}) of "metric" or "mart.metric", by day or over another period; an interval's end is its point's.

    Raises RenownError.
    """
    told = connection.execute("select mart, metric, formula, part, rule from marts.dim_metric order by mart, metric, part").fetchall()
    wanted_mart, _, name = metric.rpartition(".")
    names = {row[1] for row in told}
    point = name if name in names else name.removesuffix("_lower").removesuffix("_upper")
    marts = sorted({row[0] for row in told if row[1] == point and wanted_mart in ("", row[0])})
    if not wanted_mart:
        marts = _meant(marts, period)
    if not marts:
        _point_on(connection, wanted_mart, name)
        near = difflib.get_close_matches(name, sorted(names), 5, 0.4)
        raise RenownError(f"no metric '{metric}' in the marts" + (f"; near it: {', '.join(near)}" if near else ""),
                          "'renown explain --list' names them all", exit_code=2)
    if len(marts) > 1:
        raise RenownError(f"'{metric}' stands in several marts", f"say which: {', '.join(f'{m}.{point}' for m in marts)}", exit_code=2)
    rows = [row for row in told if (row[0], row[1]) == (marts[0], point)]
    return marts[0], point, rows[0][2], {row[3]: row[4] for row in rows}


def _meant(marts: list[str], period: str) -> list[str]:
    """Of the marts that have a metric those that its bare name may mean."""
    if set(BY_PERIOD) <= set(marts):
        marts = [mart for mart in marts if mart != BY_PERIOD[period == "day"]]
    return [mart for mart in marts if mart not in ASIDE] or marts


def _point_on(connection: psycopg.Connection[Any], mart: str, column: str) -> None:
    """Raises RenownError where the number is one of a mart without a bridge, and says what that is made of."""
    found = connection.execute("""
        select table_name from information_schema.columns
        where table_schema = 'marts' and table_name = any (%s) and column_name = %s order by table_name""",
        (list(NOT_BRIDGED) if not mart else [mart], column)).fetchall()  # fmt: skip
    known = [name for (name,) in found if name in NOT_BRIDGED]
    if known:
        raise RenownError(f"{known[0]}.{column} has no bridge to items", NOT_BRIDGED[known[0]], exit_code=2)


def _known_bank(connection: psycopg.Connection[Any], bank: str) -> None:
    banks = [row[0] for row in connection.execute("select bank_id from marts.dim_bank order by bank_id").fetchall()]
    if bank not in banks:
        raise RenownError(f"no bank '{bank}'", f"known: {', '.join(banks)}", exit_code=2)


def _bridge(mart: str) -> sql.Identifier:
    return sql.Identifier("marts", mart.replace("mart_", "explain_", 1))


def _keys(connection: psycopg.Connection[Any], mart: str) -> list[str]:
    cursor = connection.execute(sql.SQL("select * from {} limit 0").format(_bridge(mart)))
    in_mart = {ours: its for its, ours in IN_BRIDGE.items()}
    return [in_mart.get(column.name, column.name) for column in cursor.description or () if column.name not in FIXED]


def _cell(
    connection: psycopg.Connection[Any], mart: str, metric: str, keys: Sequence[str], wanted: dict[str, str], at: str
) -> tuple[dict[str, Any], Any]:
    """The published cell that fits, with the most roll-ups among the keys that nobody gave; and its number."""
    when = next(key for key in WHEN if key in keys)
    moment = _moment(when, at)
    table = sql.Identifier("marts", mart)
    fits = sql.SQL(" and ").join(sql.SQL("{} = {}").format(sql.Identifier(k), sql.Literal(v)) for k, v in wanted.items())
    columns = sql.SQL(", ").join(map(sql.Identifier, [*keys, metric]))
    with connection.cursor(row_factory=dict_row) as cursor:
        found = cursor.execute(sql.SQL("select {} from {} where {} and {} = {}").format(
            columns, table, fits, sql.Identifier(when), sql.Literal(moment))).fetchall()
    if not found:
        raise _no_cell(connection, table, when, fits, wanted, at)
    left = [key for key in keys if key not in wanted]
    most = max(_roll_ups(row, left) for row in found)
    best = [row for row in found if _roll_ups(row, left) == most]
    if len(best) > 1:
        raise _several_cells(mart, left, best)
    return {key: best[0][key] for key in keys}, best[0][metric]


def _roll_ups(row: dict[str, Any], keys: Sequence[str]) -> int:
    return sum(row[key] == "all" for key in keys)


def _several_cells(mart: str, left: Sequence[str], found: Sequence[dict[str, Any]]) -> RenownError:
    """Says which key is wanted, and some of its values."""
    key = max(left, key=lambda name: len({row[name] for row in found}))
    values = sorted({str(row[key]) for row in found})
    shown = ", ".join(values[:SHOWN_VALUES]) + (", …" if len(values) > SHOWN_VALUES else "")
    return RenownError(f"{len(found)} cells of {mart} fit, and there is no roll-up", f"say which with --cell {key}=…: {shown}", exit_code=2)


def _moment(when: str, at: str) -> date | datetime:
    try:
        return _parsed(when, at)
    except ValueError:
        form = "an hour such as 2026-03-18T13:00Z" if when == "hour_at" else "a day such as 2026-03-18"
        raise RenownError(f"'{at}' is no date of this metric", f"give {form}", exit_code=2) from None


def _no_cell(
    connection: psycopg.Connection[Any], table: sql.Identifier, when: str, fits: sql.Composed, wanted: dict[str, str], at: str
) -> RenownError:
    """Says between which dates there are cells, or that there is none at all for these keys."""
    row = connection.execute(sql.SQL("select min({0})::text, max({0})::text from {1} where {2}").format(
        sql.Identifier(when), table, fits)).fetchone()
    where = ", ".join(f"{key} = {value}" for key, value in wanted.items())
    if row is None or row[0] is None:
        return RenownError(f"nothing is published for {where}", "try other keys, or none of them for the roll-up", exit_code=2)
    return RenownError(f"nothing is published for {where} at {at}", f"published {when.removesuffix('s')}s lie between {row[0]} and {row[1]}", exit_code=2)


def _items(connection: psycopg.Connection[Any], mart: str, metric: str, cell: dict[str, Any]) -> list[dict[str, Any]]:
    """The bridge's rows of one number, in the order of part, time and id."""
    fits = sql.SQL(" and ").join(sql.SQL("{} = {}").format(sql.Identifier(IN_BRIDGE.get(k, k)), sql.Literal(v)) for k, v in cell.items())
    kept = sql.SQL(", ").join(map(sql.Identifier, (
        "part", "value", "mention_id", "brand_mention_id", "case_id", "event_at", "version", "source_id", "payload_sha256", "batch_id",
        "model_versions", "config_version")))
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(sql.SQL(
            "select {} from {} where metric = {} and {} order by part desc, event_at, mention_id, case_id").format(
                kept, _bridge(mart), sql.Literal(metric), fits)).fetchall()


def _parsed(when: str, at: str) -> date | datetime:
    if when != "hour_at":
        return date.fromisoformat(at)
    if len(at) < len("2026-03-18T13"):
        raise ValueError(at)
    hour = datetime.fromisoformat(at)
    return hour if hour.tzinfo else hour.replace(tzinfo=UTC)


def _quotient(top: str, bottom: str, times: float = 1.0) -> Callable[[Parts], float | None]:
    def quotient(parts: Parts) -> float | None:
        below = math.fsum(parts[bottom])
        return times * math.fsum(parts[top]) / below if below else None

    return quotient


def _ratio_difference(parts: Parts) -> float | None:
    now = _quotient("numerator", "denominator")(parts)
    before = _quotient("prior_numerator", "prior_denominator")(parts)
    return None if now is None or before is None else now - before


def _points(parts: Parts) -> float | None:
    difference = _ratio_difference(parts)
    return None if difference is None else 100.0 * difference


def _mean_difference(parts: Parts) -> float | None:
    now, before = parts["sample"], parts["prior_sample"]
    return statistics.fmean(now) - statistics.fmean(before) if now and before else None


def _percentile(share: float) -> Callable[[Parts], float | None]:
    """PostgreSQL's percentile_cont: linear between the neighbours of rank share·(n − 1)."""

    def percentile(parts: Parts) -> float | None:
        values = sorted(parts["sample"])
        if not values:
            return None
        rank = share * (len(values) - 1)
        low, high = values[math.floor(rank)], values[math.ceil(rank)]
        return low + (high - low) * (rank - math.floor(rank))

    return percentile


def _km_median(parts: Parts) -> float | None:
    """Kaplan and Meier 1958: the first time at which at most half are unanswered; answers before censorings at ties."""
    surviving = 1.0
    everybody = [*parts["answered"], *parts["censored"]]
    for seconds in sorted(set(parts["answered"])):
        surviving *= 1 - parts["answered"].count(seconds) / sum(other >= seconds for other in everybody)
        if surviving <= HALF:
            return seconds
    return None


def _score(parts: Parts) -> float | None:
    """A number of the scorecard by the parts that its cell has: a count, the median of waiting times, or a share; a count of nothing has none."""
    if parts["answered"] or parts["censored"]:
        return _km_median(parts)
    return _quotient("numerator", "denominator", 100.0)(parts) if parts["denominator"] and not parts["whole"] else math.fsum(parts["whole"])


def _score_difference(parts: Parts) -> float | None:
    now, then = _score(parts), _score({part: parts[f"prior_{part}"] for part in SCORED})
    return None if now is None or then is None else now - then


FORMULAS: dict[str, Callable[[Parts], float | None]] = {
    "sum": lambda parts: math.fsum(parts["numerator"]),
    "difference": lambda parts: math.fsum(parts["numerator"]) - math.fsum(parts["prior_numerator"]),
    "ratio": _quotient("numerator", "denominator"),
    "ratio_difference": _ratio_difference,
    "ratio_to_mean": lambda parts: math.fsum(parts["numerator"]) / max(math.fsum(parts["denominator"]), 1 / 24),
    "pct": _quotient("numerator", "denominator", 100.0),
    "points": _points,
    "mean": lambda parts: statistics.fmean(parts["sample"]) if parts["sample"] else None,
    "mean_difference": _mean_difference,
    "median": _percentile(0.5),
    "p90": _percentile(0.9),
    "km_median": _km_median,
    "score": _score,
    "score_difference": _score_difference,
    "rogan_gladen": lambda parts: None,
    "judged": lambda parts: None,
}
