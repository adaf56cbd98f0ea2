"""One definition a metric: of every number, of what really exists, with an example, and equal to what the marts publish."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from settings import RenownError
from tests.marts.conftest import Built
from tests.marts.semantic import differences, inputs_of, keys_of, values
from warehouse.explain import FORMULAS
from warehouse.metric_definitions import PROJECT, Definition, dbt_metrics, definitions, mart_files
from warehouse.metric_docs import document, example

NUMBERS = {"bigint", "integer", "double precision", "numeric"}
NO_METRICS = {"n", "publication_id", "previous_publication_id", "version"}  # the n of the row's rates; keys
NOT_MARTS = ("explain_", "dim_")
FACTS_OF_ITEMS = {"fct_mentions", "fct_brand_mentions", "fct_cases", "fct_official_posts", "fct_mention_topics"}
MARTS = ("mart_reputation_daily", "mart_reputation_periods", "mart_customer_care", "mart_official_posts", "mart_leads")  # whose cells are bank, platform and period alone
HELD_ELSEWHERE = {"mart_handled_negative"}  # its rows of all topics are customer care's: handled_negative_equals_customer_care
FORMULA_OF = {"sum": "sum", "count": "sum", "count_distinct": "sum", "average": "mean", "median": "median", "percentile": "p90"}


def of_mart(mart: str) -> list[Definition]:
    return [replace(definition, mart=mart) for definition in definitions() if definition.mart == told_in(mart)]


def told_in(mart: str) -> str:
    """The mart whose definitions are this one's too."""
    return str(mart_files()[mart]["model"]["config"]["meta"].get("metrics_of", mart))


def numbers() -> list[tuple[str, str]]:
    return [(told_in(mart), column["name"]) for mart, told in mart_files().items() if not mart.startswith(NOT_MARTS) and mart not in FACTS_OF_ITEMS
            for column in told["model"]["columns"] if column["data_type"] in NUMBERS and column["name"] not in NO_METRICS]


def test_every_number_of_the_marts_has_one_definition() -> None:
    defined = Counter((definition.mart, column) for definition in definitions() for column in definition.columns)
    assert [place for place, count in defined.items() if count > 1] == []
    assert [place for place in numbers() if place not in defined] == []
    columns = {(mart, column["name"]) for mart, told in mart_files().items() for column in told["model"]["columns"]}
    assert sorted(set(defined) - columns) == []


def test_names_are_told_once_and_every_metric_stands_somewhere() -> None:
    named = Counter((definition.mart, definition.columns[0]) for definition in definitions())
    assert set(named.values()) == {1}
    own = [definition.name for definition in definitions() if definition.metric is None]
    assert [name for name, count in Counter(own).items() if count > 1] == []
    published = {definition.metric for definition in definitions()} - {None}
    parts = {part for metric in dbt_metrics() for part in inputs_of(metric)}
    assert sorted(set(dbt_metrics()) - published - parts) == []


def test_what_computes_a_metric_exists() -> None:
    sql = "\n".join(path.read_text("utf-8") for path in (PROJECT / "macros").glob("*.sql"))
    known = {f"macro {name}" for name in re.findall(r"{% macro (\w+)\(", sql)} | {f"function {name}" for name in re.findall(r"create or replace function (\S+)\(", sql)}
    known |= {f"model {path.stem}" for path in (PROJECT / "models").rglob("*.sql")}
    assert [definition.name for definition in definitions() if definition.computed_by and definition.computed_by not in known] == []
    assert [definition.name for definition in definitions() if not definition.metric and not definition.computed_by] == []


def test_every_definition_says_unit_owner_and_an_example() -> None:
    for definition in definitions():
        assert all((definition.unit, definition.owner, definition.description, definition.label)), definition.name
        assert example(definition), definition.name
        if definition.example:
            assert definition.example["formula"] in FORMULAS, definition.name
            assert not example(definition).endswith("None"), definition.name
    owners = {told["model"]["config"]["meta"]["owner"] for told in mart_files().values()}
    assert {definition.owner for definition in definitions()} <= owners


def test_an_example_is_what_a_unit_test_expects_or_what_the_formula_makes() -> None:
    found = {(d.mart, d.columns[0]): example(d) for d in definitions()}
    assert found["mart_reputation_daily", "reach_upper"] == "`reach_upper` 200 (reputation_of_five_mentions)"
    assert found["mart_customer_care", "first_response_seconds_median"] == "`first_response_seconds_median` 1800 (care_of_seven_cases)"
    assert found["mart_customer_care", "response_rate_pct"].startswith("`response_rate_numerator` 2, `response_rate_denominator` 5, `response_rate_pct` 40 ")
    assert found["mart_reply_effect", "spoke_again_difference_points"] == "numerator 12, denominator 40, prior_numerator 10, prior_denominator 50: 10"


def test_the_page_has_each_mart_once() -> None:
    with pytest.raises(RenownError, match="differ in mart_leads"):
        document(of_mart("mart_leads"), "no place")
    with pytest.raises(RenownError, match="differ in mart_switching"):
        document(of_mart("mart_leads"), "<!-- metrics: mart_leads -->\n<!-- metrics: mart_switching -->")
    with pytest.raises(RenownError, match="differ in mart_leads"):
        document(of_mart("mart_leads"), "<!-- metrics: mart_leads -->\n<!-- metrics: mart_leads -->")
    page = document(of_mart("mart_leads"), "<!-- metrics: mart_leads -->")
    assert "| leads | `lead_count` | distinct known authors of customers' items about the bank with intent consider | authors | metric `lead_count` |" in page
    assert "metric `positive_pct` and macro `share_rate` (interval)" in document(definitions())


def rows(url: str, statement: str) -> list[dict[str, Any]]:
    with psycopg.connect(url, row_factory=dict_row) as connection:
        return connection.execute(statement.encode()).fetchall()


@pytest.mark.parametrize("mart", MARTS)
def test_a_metric_equals_every_cell_of_its_mart(mart: str, built: Built) -> None:
    published = rows(built.url, f"select * from marts.{mart}")
    for definition in of_mart(mart):
        if definition.metric is None:
            continue
        with psycopg.connect(built.url) as connection:
            found = values(connection, definition.metric, keys_of(mart))
        wrong, equal = differences(published, definition, found, built.settings.general.min_n)
        assert wrong[:3] == [], definition.metric
        assert equal, f"{definition.metric} of {mart} was compared with nothing"


def test_marts_whose_metrics_are_compared() -> None:
    assert {definition.mart for definition in definitions() if definition.metric} == {*map(told_in, MARTS), *HELD_ELSEWHERE}


def test_the_bridges_take_a_metric_apart_by_the_same_formula(built: Built) -> None:
    told = {(row["mart"], row["metric"]): row["formula"] for row in rows(built.url, "select * from marts.dim_metric")}
    weeks = {metric: formula for (mart, metric), formula in told.items() if mart == "mart_reputation_periods"}
    assert weeks == {metric: formula for (mart, metric), formula in told.items() if mart == "mart_reputation_daily"}, "defined once for both"
    told = {place: formula for place, formula in told.items() if place[0] != "mart_reputation_periods"}
    defined = {(definition.mart, column): definition for definition in definitions() for column in definition.columns}
    assert sorted(set(told) - set(defined) - {(mart, "n") for mart, _ in told}) == []
    metrics = {place: d.metric for place, d in defined.items() if d.metric and place in told and place[1] == d.columns[0]}
    assert len(metrics) > 60
    assert {place: told[place] for place, metric in metrics.items() if told[place] != formula_of(metric)} == {}


def formula_of(metric: str) -> str:
    from tests.marts.semantic import home_of, semantic_models

    about = dbt_metrics()[metric]
    if about["type"] == "derived":
        return "pct" if about["type_params"]["expr"].startswith("100.0 *") else "ratio"
    name = about["type_params"]["measure"]["name"]
    return FORMULA_OF[next(m["agg"] for m in semantic_models()[home_of(name)]["measures"] if m["name"] == name)]
