"""Run rules on PostgreSQL through Great Expectations: one suite a table, one batch each, counts and ids out.

    rules ──► suite per target ──► batch.validate ──► Outcome (never a value: ids come from a query of ids alone)

Importing Great Expectations takes seconds, so that happens inside the functions: DAG files import this room cheaply.
Its Postgres data source wants a host in the URL (TCP).
"""

from __future__ import annotations

import contextlib
import io
import logging
import os
import warnings
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

import psycopg
from psycopg import sql

from expectations.rules import ColumnRule, Outcome, QueryRule, RowRule, Rule
from warehouse.bulk import identifier
from warehouse.connection import sqlalchemy_url

KEPT_IDS = 100
RESULT_FORMAT = {"result_format": "SUMMARY", "partial_unexpected_count": KEPT_IDS}


def evaluate(rules: Sequence[Rule], *, url: str, now: datetime, connection: psycopg.Connection) -> list[Outcome]:
    """Every rule's outcome, by target. A missing table or a query that breaks is a failure, not a crash."""
    existing = {target for target in {rule.target for rule in rules} if _exists(connection, target)}
    outcomes = [
        Outcome(rule, False, detail={"missing_table": rule.target}) for rule in rules if rule.target not in existing
    ]
    present = sorted((rule for rule in rules if rule.target in existing), key=lambda rule: rule.target)
    if present:
        with _quiet(), _data_source(url) as data_source:
            for target, group in groupby(present, key=lambda rule: rule.target):
                outcomes += _evaluate_table(data_source, target, list(group), now, connection)
    return outcomes


def bound(query: str, now: datetime) -> str:
    """The query with `{now}` as a literal instant; `{batch}` stays for Great Expectations to fill."""
    return query.replace("{now}", f"timestamptz '{now.isoformat()}'")


def _exists(connection: psycopg.Connection, target: str) -> bool:
    row = connection.execute("select to_regclass(%s)", (target,)).fetchone()
    return row is not None and row[0] is not None


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Great Expectations prints hints and progress to the terminal; ours is for people. Analytics stay off."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    logger = logging.getLogger("great_expectations")
    level = logger.level
    logger.setLevel(logging.ERROR)
    with (
        warnings.catch_warnings(),
        contextlib.redirect_stdout(io.StringIO()),
        contextlib.redirect_stderr(io.StringIO()),
    ):
        warnings.simplefilter("ignore")
        try:
            yield
        finally:
            logger.setLevel(level)


@contextlib.contextmanager
def _data_source(url: str) -> Iterator[Any]:
    """Great Expectations on the warehouse, in memory; its connections are closed at the end."""
    import great_expectations as gx

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False, "metric_calculations": False}  # type: ignore[assignment]
    source = context.data_sources.add_postgres(
        "warehouse", connection_string=sqlalchemy_url(url), create_temp_table=False
    )
    try:
        yield source
    finally:
        source.get_execution_engine().close()
        source.get_engine().dispose()


def _evaluate_table(
    data_source: Any, target: str, rules: list[Rule], now: datetime, connection: psycopg.Connection
) -> list[Outcome]:
    import great_expectations as gx

    schema, table = target.split(".")
    asset = data_source.add_table_asset(target, table_name=table, schema_name=schema)
    batch = asset.add_batch_definition_whole_table("all").get_batch()
    suite = gx.ExpectationSuite(target, expectations=[_expectation(rule, now) for rule in rules])
    ids = sorted({column for rule in rules if isinstance(rule, ColumnRule) for column in rule.ids})
    validated = batch.validate(
        suite, result_format={**RESULT_FORMAT, **({"unexpected_index_column_names": ids} if ids else {})}
    )
    results = {result.expectation_config.meta["rule"]: result for result in validated.results}
    counted = connection.execute(sql.SQL("select count(*) from {}").format(identifier(target))).fetchone()
    rows = int(counted[0]) if counted else 0
    return [_outcome(rule, results[rule.name], rows, now, connection) for rule in rules]


def _expectation(rule: Rule, now: datetime) -> Any:
    from great_expectations.expectations import core
    from great_expectations.expectations.core.unexpected_rows_expectation import UnexpectedRowsExpectation

    meta = {"rule": rule.name}
    if isinstance(rule, ColumnRule):
        return getattr(core, rule.expectation)(**rule.kwargs, meta=meta)
    return UnexpectedRowsExpectation(unexpected_rows_query=_gx_query(rule, now), meta=meta)


def _gx_query(rule: RowRule | QueryRule, now: datetime) -> str:
    """The query as Great Expectations wants it: braces doubled; the join outside makes it leave aliases to us."""
    query = bound(rule.failing(), now).replace("{", "{{").replace("}", "}}").replace("{{batch}}", "{batch}")
    return f"select failing.id from ({query}) as failing join (select 1 as one) as once on true"


def _outcome(rule: Rule, result: Any, rows: int, now: datetime, connection: psycopg.Connection) -> Outcome:
    raised = (result.exception_info or {}).get("raised_exception")
    if raised or raised is None:  # one record a metric where several broke
        return Outcome(rule, False, rows, detail={"error": "the query broke"})
    if isinstance(rule, ColumnRule):
        return _column_outcome(rule, result, rows)
    unexpected = int(result.result["observed_value"])
    ids = _failing_ids(rule, now, connection) if unexpected else ()
    return Outcome(rule, bool(result.success), rows, unexpected, ids)


def _column_outcome(rule: ColumnRule, result: Any, rows: int) -> Outcome:
    found = result.result
    count = found.get("unexpected_count")
    ids = tuple(
        " ".join(str(entry.get(column)) for column in rule.ids)
        for entry in found.get("partial_unexpected_index_list") or []
        if rule.ids
    )
    return Outcome(
        rule,
        bool(result.success),
        rows,
        int(count) if count is not None else (0 if result.success else None),
        ids[:KEPT_IDS],
    )


def _failing_ids(rule: RowRule | QueryRule, now: datetime, connection: psycopg.Connection) -> tuple[str, ...]:
    """At most KEPT_IDS ids of the rows that break the rule."""
    query = bound(rule.failing(), now).replace("{batch}", rule.target)
    found = connection.execute(f"select id from ({query}) as failing order by id limit {KEPT_IDS}".encode()).fetchall()
    return tuple(str(row[0]) for row in found)
