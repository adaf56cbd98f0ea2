"""Who sees a mutant of the metrics' SQL: dbt's unit tests, the double entry, dbt's data tests — the cheapest is asked first.

    mutant ──► unit tests of its model on their own fixtures ──► each history: its rows, models that read them, what a test holds there
           ──► dbt's data tests over the rows that changed ──► "survived"

Nothing is written but temporary tables of one transaction, and for the unit tests' fixtures a schema each.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, LiteralString, cast

import psycopg
import sqlglot
from sqlglot import exp

from tests.marts.compare import IDS, MARTS
from tests.marts.sql_mutants import DIALECT, Model, Mutant, mutants

PATIENCE = "20s"  # a mutant that takes longer would not go unnoticed
SURVIVED = "survived"
FIXTURE = "__dbt__cte__"
Connection = psycopg.Connection[tuple[Any, ...]]
Columns = tuple[tuple[str, int], ...]
Content = tuple[Any, ...]  # the columns, how many rows, the sum of their hashes
FRACTIONS = {701, 1700}  # pg_type.oid of double precision and numeric, whose trailing zeros say nothing


@dataclass
class History:
    """A database with built models; `observed`: model → what a test holds of it, as a query over {rows}; `relative`: held only beside unchanged others."""

    name: str
    url: str
    observed: Mapping[str, str]
    clock: str = ""  # the moment of its build, which its statements take for now
    relative: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    contents: dict[str, Content] = field(default_factory=dict)  # model → content of its unchanged rows
    held: dict[str, Content] = field(default_factory=dict)  # model → content of what is observed of it

    @cached_property
    def connection(self) -> Connection:
        return psycopg.connect(self.url, options=f"-c renown.as_of={self.clock}")


@dataclass(frozen=True)
class DataTest:
    """A dbt test of built rows: its query finds none where all is well."""

    name: str
    sql: str
    reads: frozenset[str]


@dataclass(frozen=True)
class UnitTest:
    """A dbt unit test of a model: fixtures lie in a schema of its own, `expected` are the columns that it names."""

    name: str
    schema: str
    expected: tuple[str, ...]
    content: Content
    mutants: tuple[str, ...]


# -- contents ---------------------------------------------------------------------------------------------------------
def columns_of(connection: Connection, sql: str, only: Collection[str] = (), without: Collection[str] = ()) -> Columns:
    """(name, type) of the statement's columns, or of some of them."""
    described = connection.execute(f"select * from ({sql}) as t limit 0".encode()).description or []
    return tuple(sorted((c.name, c.type_code) for c in described if c.name not in without and (not only or c.name in only)))


def content(connection: Connection, sql: str, columns: Columns) -> Content:
    """What distinguishes one set of rows from another, whatever their order; fractions count to eight decimals, as the references compare them."""
    shown = ", ".join(f'round(t."{name}"::numeric, 8)' if code in FRACTIONS else f't."{name}"' for name, code in columns)
    found = connection.execute(f"select count(*), sum(hashtextextended(row({shown})::text, 0)::numeric) from ({sql}) as t".encode()).fetchone()
    return (columns, *(found or ()))


def reading(sql: str, models: Sequence[Model], changed: Mapping[str, str]) -> str:
    """The statement with changed models' temporary tables in place of the built ones."""
    for other in models:
        if other.name in changed:
            sql = sql.replace(other.relation, changed[other.name])
    return sql


def plain(model: Model) -> str:
    """The model's statement written out again, unchanged."""
    return sqlglot.parse_one(model.sql, read=DIALECT).sql(DIALECT)


def learn(history: History, models: Sequence[Model]) -> list[str]:
    """Remember the history's unchanged contents; the models whose statement does not give again what was built, which cannot be judged."""
    unstable = []
    for model in models:
        with history.connection.transaction(force_rollback=True):
            if not history.connection.execute("select to_regclass(%s)", (model.relation,)).fetchone()[0]:  # type: ignore[index]
                continue
            sql = plain(model)
            columns = columns_of(history.connection, sql)
            history.contents[model.name] = content(history.connection, sql, columns)
            if history.contents[model.name] != content(history.connection, f"select * from {model.relation}", columns):
                unstable.append(model.name)
            if model.name in history.observed:
                held = history.observed[model.name].format(rows=model.relation)
                history.held[model.name] = content(history.connection, held, columns_of(history.connection, held, without=IDS))
    return unstable


# -- judges -----------------------------------------------------------------------------------------------------------
@dataclass
class Judges:
    """All that could catch a mutant."""

    models: Sequence[Model]
    histories: Sequence[History]
    unit_tests: Mapping[str, Sequence[UnitTest]]
    data_tests: Sequence[DataTest]

    def verdict(self, mutant: Mutant, number: int) -> str:
        """Who catches the model's mutant of this number, or SURVIVED."""
        seen = self._by_unit_tests(mutant, number)
        if seen:
            return seen
        known = [history for history in self.histories if mutant.model in history.contents]
        changed_somewhere = []
        for history in known:
            verdict, changed = self._asked(history, mutant, data_tests=False)
            if verdict:
                return verdict
            changed_somewhere += [history] * changed
        for history in changed_somewhere[:1]:
            verdict, _ = self._asked(history, mutant, data_tests=True)
            if verdict:
                return verdict
        return SURVIVED

    def _by_unit_tests(self, mutant: Mutant, number: int) -> str:
        connection = self.histories[0].connection
        for test in self.unit_tests.get(mutant.model, ()):
            with connection.transaction(force_rollback=True):
                connection.execute(f"set local statement_timeout = '{PATIENCE}'; set local search_path = {test.schema}, public".encode())
                try:
                    if content(connection, test.mutants[number], test.content[0]) != test.content:
                        return "unit test"
                except psycopg.Error as error:
                    return "refused" if isinstance(error, psycopg.ProgrammingError) else "unit test"
        return ""

    def _asked(self, history: History, mutant: Mutant, *, data_tests: bool) -> tuple[str, bool]:
        connection = history.connection
        with connection.transaction(force_rollback=True):
            connection.execute(f"set local statement_timeout = '{PATIENCE}'".encode())
            try:
                changed = self._spread(history, mutant, data_tests)
                if isinstance(changed, str):
                    return changed, True
                return (self._by_data_tests(history, changed) if data_tests else ""), bool(changed)
            except (psycopg.errors.QueryCanceled, psycopg.errors.DiskFull, psycopg.errors.OutOfMemory):
                return "too slow", True
            except (psycopg.ProgrammingError, psycopg.DataError, psycopg.NotSupportedError, psycopg.InternalError):
                return "refused", True

    def _spread(self, history: History, mutant: Mutant, keep: bool) -> dict[str, str] | str:
        """The changed models' temporary tables, or the judge that saw one."""
        changed: dict[str, str] = {}
        for model in self.models:
            if model.name not in history.contents or (model.name != mutant.model and not changed.keys() & set(model.reads)):
                continue
            sql = mutant.sql if model.name == mutant.model else reading(model.sql, self.models, changed)
            if content(history.connection, sql, history.contents[model.name][0]) == history.contents[model.name]:
                continue
            if self._is_held(history, model, sql, changed):
                return "double entry"
            changed[model.name] = f'pg_temp."m_{model.name}"'
            if keep or any(model.name in other.reads for other in self.models):
                history.connection.execute(f'create temp table "m_{model.name}" on commit drop as {sql}'.encode())
                history.connection.execute(f'analyze "m_{model.name}"'.encode())
        return changed

    def _is_held(self, history: History, model: Model, sql: str, changed: Mapping[str, str]) -> bool:
        if model.name not in history.observed or changed.keys() & set(history.relative.get(model.name, ())):
            return False
        held = history.held[model.name]
        return (history.observed[model.name] == WHOLE and held[0] == history.contents[model.name][0]) or content(
            history.connection, history.observed[model.name].format(rows=f"({sql})"), held[0]) != held

    def _by_data_tests(self, history: History, changed: Mapping[str, str]) -> str:
        for test in self.data_tests:
            if test.reads & changed.keys():
                found = history.connection.execute(f"select exists ({reading(test.sql, self.models, changed)})".encode()).fetchone()
                if found and found[0]:
                    return "data test"
        return ""


# -- what a dbt run left ----------------------------------------------------------------------------------------------
def data_tests_of(manifest: Path, history: History) -> Iterator[DataTest]:
    """The compiled data tests that pass in the history as it was built."""
    nodes = json.loads(manifest.read_text("utf-8"))["nodes"]
    for node in nodes.values():
        if node["resource_type"] != "test" or not node.get("compiled_code") or node["config"]["severity"].lower() != "error":
            continue
        sql = node["compiled_code"].replace(f'"{node["database"]}".', "").strip().rstrip(";")
        reads = frozenset(need.split(".")[-1] for need in node["depends_on"]["nodes"])
        with history.connection.transaction(force_rollback=True):
            try:
                failing = history.connection.execute(f"select exists ({sql})".encode()).fetchone()
            except psycopg.Error:
                continue
        if failing and not failing[0]:
            yield DataTest(node["name"], sql, reads)


def unit_tests_of(manifest: Path, models: Sequence[Model], connection: Connection) -> dict[str, list[UnitTest]]:
    """Each model's unit tests, with their fixtures laid out and each mutant written for them."""
    listed = json.loads(manifest.read_text("utf-8"))["unit_tests"].values()
    compiled = {path.stem: path for path in (manifest.parent / "compiled").rglob("*.yml/**/*.sql")}
    by_name = {model.name: model for model in models}
    found: dict[str, list[UnitTest]] = {}
    for place, test in enumerate(sorted(listed, key=lambda t: str(t["name"]))):
        made = laid_out(f"unit_{place}", test, compiled[test["name"]].read_text("utf-8"), by_name[test["model"]], connection)
        if made:
            found.setdefault(test["model"], []).append(made)
    return found


def laid_out(schema: str, test: Mapping[str, Any], sql: str, model: Model, connection: Connection) -> UnitTest | None:
    """A compiled unit test with its fixtures as tables; None where the model reads otherwise in it, so that mutants cannot be matched."""
    tree = sqlglot.parse_one(sql, read=DIALECT)
    parts = cast(exp.With, tree.args["with_"])
    fixtures = [part for part in parts.expressions if part.alias.startswith(FIXTURE)]
    own = [part for part in parts.expressions if not part.alias.startswith(FIXTURE)]
    if own:
        parts.set("expressions", own)
    else:
        tree.set("with_", None)
    bare = tree.sql(DIALECT)
    written = list(mutants(Model(model.name, bare, "", ())))
    if [m.operator for m in written] != [m.operator for m in mutants(model)]:
        return None
    names = {name for row in test["expect"]["rows"] for name in row}
    with connection.transaction():
        connection.execute(cast(LiteralString, f"drop schema if exists {schema} cascade; create schema {schema}").encode())
        for part in fixtures:
            connection.execute(f'create table {schema}."{part.alias}" as {part.this.sql(DIALECT)}'.encode())
    with connection.transaction(force_rollback=True):
        connection.execute(f"set local search_path = {schema}, public".encode())
        expected = tuple(sorted(names))
        return UnitTest(str(test["name"]), schema, expected, content(connection, bare, columns_of(connection, bare, expected)), tuple(m.sql for m in written))


# -- what tests hold of the histories ---------------------------------------------------------------------------------
WHOLE = "select * from {rows} as held"
EXPLAINED = (  # test_explain.py sums the items of a cell and asks for the order of samples alone
    "select {keys}, metric, part, round(sum(value)::numeric, 8) as total, case when part in ({samples}) then array_agg(value order by value) end as sample"
    " from {{rows}} as held where metric in (select metric from marts.dim_metric where mart = '{mart}' and formula not in ('rogan_gladen', 'judged'))"
    " group by {keys}, metric, part having sum(value) <> 0 or part in ({samples})")
EXPLAIN = {
    "explain_reputation_daily": "bank_id, platform, language, country, event_day",
    "explain_customer_care": "bank_id, platform, period_type, period_start",
    "explain_share_of_voice": "bank_id, platform, period_type, period_start",
    "explain_backlog": "bank_id, platform, period_type, period_start",
    "explain_leads": "bank_id, platform, period_type, period_start",
    "explain_handled_negative": "bank_id, platform, topic_id, department_id, period_type, period_start",
    "explain_misdirected": "bank_id, account_kind, account, account_bank_id, platform, period_type, period_start",
    "explain_topics_daily": "bank_id, topic_id, department_id, period_type, period_start",
    "explain_switching": "bank_id, other_bank_id, period_type, period_start",
    "explain_crisis_signals": "bank_id, series_type, series_id, hour_at",
    "explain_audience": "bank_id, dimension, dimension_value, period_type, period_start",
    "explain_campaigns": "campaign_id, bank_id, platform, topic_id, phase, phase_starts",
    "explain_care_benchmark": "bank_id, other_bank_id, measure, platform, period_type, period_start",
    "explain_competitor_gap": "bank_id, competitor_bank_id, topic_id, department_id, period_type, period_start",
    "explain_editorial": "bank_id, topic_id, department_id, period_type, period_start",
    "explain_impersonation": "bank_id, kind, platform, account, event_day",
    "explain_journey": "bank_id, stage, channel, period_type, period_start",
    "explain_journey_paths": "bank_id, from_stage, to_stage, period_type, period_start",
    "explain_official_posts": "bank_id, platform, period_type, period_start",
    "explain_page_health": "bank_id, platform, page_id, period_type, period_start",
    "explain_pii_exposures": "bank_id, platform, kind, period_type, period_start",
    "explain_places": "bank_id, kind, city_id, place_id, period_type, period_start",
    "explain_product_feedback": "bank_id, topic_id, department_id, period_type, period_start",
    "explain_recovery": "bank_id, platform, period_type, period_start",
    "explain_reply_effect": "bank_id, reply, platform, period_type, period_start",
    "explain_reputation_periods": "bank_id, platform, language, country, period_type, period_start",
    "explain_scorecard": "bank_id, measure, platform, period_type, period_start",
    "explain_wishes": "bank_id, story_key, first_day",
}
ALARMS = {"fct_alerts": ("mart_crisis_signals",), "mart_incidents": ("mart_crisis_signals",)}  # their reference starts from the signals


def held_of_random_histories() -> dict[str, str]:
    """compare.py, test_incidents.py, test_explain.py."""
    samples = "'sample', 'prior_sample', 'answered', 'censored'"
    bridges = {name: EXPLAINED.format(keys=keys, samples=samples, mart=name.replace("explain_", "mart_")) for name, keys in EXPLAIN.items()}
    return {
        **dict.fromkeys(MARTS, WHOLE), **bridges,
        "mart_crisis_signals": "select bank_id, series_id, hour_at, mention_count from {rows} as held where series_type = 'hashtag'",
        "fct_alerts": "select to_jsonb(held) - 'episode_id' as told from {rows} as held",
        "mart_incidents": "select to_jsonb(held) - 'incident_id' as told from {rows} as held",
    }  # fmt: skip


HELD_OF_VOLUME = {"mart_crisis_signals": (  # the columns that test_statistics.py computes again
    "select bank_id, series_type, series_id, hour_at, mention_count, baseline_points, cold_start, ratio_to_24h_mean, baseline_median, baseline_mad,"
    " baseline_mean, baseline_variance, robust_z, tail_probability, q_value, series_count, six_hour_count, is_rising, volume_score, severity, is_alarm"
    " from {rows} as held")}
HELD_OF_COVERAGE = {
    "mart_coverage": WHOLE,
    "mart_freshness": (
        "select source_id, platform, last_success_at, last_success_lag_seconds, newest_item_at, freshness_seconds, consecutive_failure_count,"
        " open_gap_count, open_reject_count, truncated_numerator, truncated_denominator, truncated_pct, suppressed_reason from {rows} as held"),
}  # fmt: skip
