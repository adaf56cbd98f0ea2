"""The dashboards as they are declared and as they are committed: nothing is named that is not there, and no rate is ever added up."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import sqlglot
import yaml
from pydantic import ValidationError
from sqlglot import exp

from bi.superset import bundle, charts, declaration, layout
from bi.superset.declaration import Chart, Dashboard, Dataset, Metric
from settings.loader import REPOSITORY
from tests.bi.expected import EXPECTED, MEASURES

BOARDS = {board.slug: board for board in declaration.read()}
FILES = bundle.files()
PARSED: dict[str, dict[str, Any]] = {path: yaml.safe_load(text) for path, text in FILES.items()}
DATASETS = [(board, name) for board in BOARDS.values() for name in board.datasets]
CHARTS = [(board, name) for board in BOARDS.values() for name in board.charts]
MODELS: dict[str, dict[str, Any]] = {
    model["name"]: model
    for path in sorted((REPOSITORY / "dbt_project" / "models" / "marts").rglob("*.yml"))
    for model in yaml.safe_load(path.read_text("utf-8")).get("models", [])
}
ADDED = re.compile(r"count|^n$|incomplete|complete|alarms|^items_|^batch")  # what may be added up
ROLLED_UP = (
    "platform",
    "language",
    "country",
    "period_type",
    "topic_id",
    "department_id",
    "kind",
    "city_id",
    "other_bank_id",
    "reply",
    "series_type",
)


def of(pairs: list[tuple[Dashboard, str]]) -> Any:
    return pytest.mark.parametrize(("board", "name"), pairs, ids=[f"{board.slug}-{name}" for board, name in pairs])


def columns_of(mart: str) -> dict[str, str]:
    return {column["name"]: column["data_type"] for column in MODELS[mart]["columns"]}


def marts_of(dataset: Dataset) -> list[str]:
    return [table.name for table in sqlglot.parse_one(dataset.sql, dialect="postgres").find_all(exp.Table)]


def test_the_five_dashboards_that_departments_need() -> None:
    assert set(BOARDS) == {"reputation", "care", "crisis", "product", "trust"}


def test_the_committed_bundle_is_what_is_declared() -> None:
    """`python -m bi.superset.bundle` writes it anew."""
    committed = {str(path.relative_to(bundle.FOLDER)): path.read_text("utf-8") for path in bundle.FOLDER.rglob("*.yaml")}
    assert committed == FILES


def test_ids_are_unique_and_references_meet() -> None:
    ids = [content["uuid"] for content in PARSED.values() if "uuid" in content]
    assert len(ids) == len(set(ids)) == len(PARSED) - 1
    known = {
        folder: {content["uuid"] for path, content in PARSED.items() if path.startswith(folder)}
        for folder in ("databases", "datasets", "charts")
    }
    assert {content["database_uuid"] for path, content in PARSED.items() if path.startswith("datasets")} == known["databases"]
    assert {content["dataset_uuid"] for path, content in PARSED.items() if path.startswith("charts")} <= known["datasets"]
    placed, numbers = set(), {}
    for path, content in PARSED.items():
        for part in content["position"].values() if path.startswith("dashboards") else ():
            if isinstance(part, dict) and part["type"] == "CHART":
                placed.add(part["meta"]["uuid"])
                assert numbers.setdefault(part["meta"]["chartId"], part["meta"]["uuid"]) == part["meta"]["uuid"], (
                    "an id means one chart"
                )
        for one in content["metadata"]["native_filter_configuration"] if path.startswith("dashboards") else ():
            assert {target["datasetUuid"] for target in one["targets"] if target} <= known["datasets"]
    assert placed == known["charts"], "every chart is on a dashboard"


def test_names_of_data_sets_mean_one_thing() -> None:
    told: dict[str, Dataset] = {}
    for board, name in DATASETS:
        assert told.setdefault(name, board.datasets[name]) == board.datasets[name], name


def test_the_bundle_holds_no_secret_and_reads_as_bi_reader() -> None:
    [database] = [content for path, content in PARSED.items() if path.startswith("databases")]
    assert database["sqlalchemy_uri"].startswith("postgresql+psycopg2://bi_reader:XXXXXXXXXX@")
    assert [key for key in ("allow_dml", "allow_ctas", "allow_cvas", "allow_csv_upload") if database[key]] == []


@of(DATASETS)
def test_a_data_set_reads_open_marts_and_columns_that_they_have(board: Dashboard, name: str) -> None:
    dataset = board.datasets[name]
    read = marts_of(dataset)
    assert read
    assert {MODELS[mart]["config"]["meta"]["access"] for mart in read} == {"open"}
    known = {column for mart in read for column in columns_of(mart)}
    parsed = sqlglot.parse_one(dataset.sql, dialect="postgres")
    assert {column.name for column in parsed.find_all(exp.Column)} <= known
    assert dataset.columns == parsed.named_selects
    aliased = {select.alias for select in parsed.selects if isinstance(select, exp.Alias)}
    assert set(dataset.computed) == {column for column in aliased if column not in charts.ALIASES}
    assert dataset.time is None or dataset.time in dataset.columns


@of(DATASETS)
def test_a_data_set_names_the_whole_cell(board: Dashboard, name: str) -> None:
    """A roll-up that is neither pinned nor shown would count things twice."""
    dataset = board.datasets[name]
    mart = marts_of(dataset)[0]
    named = {column.name for column in sqlglot.parse_one(dataset.sql, dialect="postgres").find_all(exp.Column)}
    if re.search(r"'all'|period|series", MODELS[mart]["config"]["meta"]["grain"]):
        assert {column for column in ROLLED_UP if column in columns_of(mart)} <= named | (
            {"department_id"} if mart in NOT_ROLLED_UP else set()
        )


@of(DATASETS)
def test_why_a_rate_is_empty_is_said_of_that_rate(board: Dashboard, name: str) -> None:
    """suppressed_reason alone speaks of every rate of a row, also of those that no chart shows."""
    sql = board.datasets[name].sql
    assert len(re.findall(r"suppressed_reason", sql)) == len(re.findall(r"is null then (?:\w+\.)?suppressed_reason else ''", sql))


NOT_ROLLED_UP = ("mart_handled_negative", "mart_product_feedback")  # their department is the topic's


@of(DATASETS)
def test_only_counts_are_added_up(board: Dashboard, name: str) -> None:
    dataset = board.datasets[name]
    for metric in dataset.metrics.values():
        for summed in re.findall(
            r"SUM\(([^)]+)\)",
            next(one["expression"] for one in charts.saved_metrics(dataset) if one["verbose_name"] == metric.label),
        ):
            assert all(ADDED.search(column) for column in re.findall(r"[a-z_0-9]+", summed)), metric
        assert "AVG" not in (metric.sql or "").upper(), metric
        wanted = {column for column in (metric.one, metric.sum, metric.max) if column} | (
            {f"{metric.one}_lower", f"{metric.one}_upper"} if metric.interval else set()
        )
        assert wanted <= set(dataset.columns), metric


@of(CHARTS)
def test_a_chart_asks_for_what_its_data_set_has(board: Dashboard, name: str) -> None:
    chart = board.charts[name]
    dataset = board.datasets[chart.dataset]
    assert set(chart.metrics) <= set(dataset.metrics)
    assert {*chart.columns, *(order.split()[0] for order in chart.order), *([chart.series] if chart.series else [])} <= set(
        dataset.columns
    )
    assert {order.split()[1] for order in chart.order} <= {"asc", "desc"}
    assert bool(chart.columns) == (chart.kind == "table")
    assert bool(chart.metrics) != (chart.kind == "table")
    assert bool(chart.grain) == (chart.kind in charts.TIMED)
    assert dataset.time or not chart.grain
    assert set(chart.without) <= set(board.filters)


def test_each_declared_thing_is_used() -> None:
    for board in BOARDS.values():
        assert set(layout.shown(board)) == set(board.charts), board.slug
        assert set(board.datasets) == {chart.dataset for chart in board.charts.values()}, board.slug
        assert {12 % len(row) for row in board.rows} == {0}, board.slug
    asked = {bundle.key(board, name) for board, name in CHARTS}
    assert asked == set(EXPECTED), "each chart has its SQL in expected.py"


def test_a_line_of_a_rate_brings_its_interval() -> None:
    board = BOARDS["reputation"]
    parameters = charts.params(board.charts["net_sentiment_daily"], board.datasets["reputation_daily"])
    assert parameters["metrics"] == ["net_sentiment", "net_sentiment_lower", "net_sentiment_upper"], (
        "below zero a stacked band goes wrong"
    )
    parameters = charts.params(board.charts["negative_daily"], board.datasets["reputation_daily"])
    assert parameters["metrics"] == ["negative_pct", "negative_pct__yhat", "negative_pct__yhat_lower", "negative_pct__yhat_upper"]
    lines = [(board, chart) for board in BOARDS.values() for chart in board.charts.values() if chart.kind == "line"]
    assert sum(len(charts.metric_names(chart, board.datasets[chart.dataset])) > len(chart.metrics) for board, chart in lines) >= 5


def test_each_bar_of_a_group_has_its_name_and_the_room_for_it() -> None:
    groups = [(board, name, chart) for board in BOARDS.values() for name, chart in board.charts.items() if chart.kind == "groups"]
    assert groups
    for board, name, chart in groups:
        placed = layout.position(board, str, lambda _: 1)[f"CHART-{name}"]["meta"]
        assert charts.params(chart, board.datasets[chart.dataset])["xAxisLabelInterval"] == "0", f"{board.slug}: {name}"
        assert placed["height"] * 8 >= (chart.limit or 1_000) * 16 + 160, f"{board.slug}: {name}"


def test_each_measure_beside_competitors_has_a_name() -> None:
    text = (REPOSITORY / "dbt_project" / "models" / "marts" / "care" / "mart_care_benchmark.sql").read_text("utf-8")
    measured = {*re.findall(r"^    '(\w+)': '(?:higher|lower|neither)'", text, re.MULTILINE), *re.findall(r"^        '(\w+)' as metric", text, re.MULTILINE)}
    board = BOARDS["care"]
    named = dict(re.findall(r"when '(\w+)' then '([^']+)'", board.datasets["benchmark_newest_month"].sql))
    assert len(measured) == 10
    assert set(named) == measured
    assert named == MEASURES
    assert "metric" not in board.charts["benchmark"].columns


def test_several_rows_are_no_rate() -> None:
    [metric] = charts.saved_metrics(Dataset(sql="select a from marts.b", metrics={"rate": Metric(label="Rate", one="a")}))
    assert metric["expression"] == "CASE WHEN COUNT(*) = 1 THEN MAX(a) END"


@pytest.mark.parametrize(
    "wrong",
    [
        {"label": "A"},
        {"label": "A", "one": "a", "sum": "a"},
        {"label": "A", "sum": "a", "interval": True},
        {"label": "A", "mean": "a"},
    ],
)
def test_a_metric_is_said_in_one_way(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Metric(**wrong)


def test_filters_of_roll_ups_hold_one_value_and_begin_with_the_home_bank() -> None:
    for board in BOARDS.values():
        content = yaml.safe_load(bundle.files("other", "2026-01-01 : 2026-02-01")[f"dashboards/{board.slug}.yaml"])
        found = {one["id"].rpartition("-")[2]: one for one in content["metadata"]["native_filter_configuration"]}
        assert list(found) == board.filters
        assert found["bank"]["defaultDataMask"]["filterState"]["value"] == ["other"]
        assert found["period"]["defaultDataMask"]["extraFormData"] == {"time_range": "2026-01-01 : 2026-02-01"}
        for name in {"bank", "platform"} & set(found):
            assert found[name]["controlValues"]["enableEmptyFilter"], "an empty filter would mix roll-ups"
            assert not found[name]["controlValues"]["multiSelect"]


def test_values_of_a_filter_come_from_a_series() -> None:
    """Restatements have no row at first, and a filter without values cannot be set."""
    filters = {
        one["id"].rpartition("-")[2]: one for one in PARSED["dashboards/trust.yaml"]["metadata"]["native_filter_configuration"]
    }
    assert filters["bank"]["targets"][0]["datasetUuid"] == bundle.identity("dataset", "corrected_weekly")


def test_a_filter_leaves_alone_what_lacks_its_column_or_says_so() -> None:
    board = BOARDS["reputation"]
    reached = {
        name: {key for key in layout.shown(board) if layout.reached(board, board.charts[key], name)} for name in board.filters
    }
    assert {"banks", "share_of_voice_weekly", "complete_hours"} & reached["bank"] == set()
    assert "share_of_voice_week" in reached["bank"]
    assert "platforms" not in reached["platform"]
    assert "banks" not in reached["period"]
    numbers = {
        part["meta"]["sliceName"]: part["meta"]["chartId"]
        for part in PARSED["dashboards/reputation.yaml"]["position"].values()
        if isinstance(part, dict) and part["type"] == "CHART"
    }
    excluded = {
        one["id"].rpartition("-")[2]: set(one["scope"]["excluded"])
        for one in PARSED["dashboards/reputation.yaml"]["metadata"]["native_filter_configuration"]
    }
    assert excluded["bank"] == {numbers[board.charts[key].title] for key in set(board.charts) - reached["bank"]}


def test_the_query_is_what_the_chart_shows() -> None:
    board = BOARDS["trust"]
    query = json.loads(charts.query_context(board.charts["items_daily"], board.datasets["coverage"]))["queries"][0]
    assert [column if isinstance(column, str) else column["label"] for column in query["columns"]] == [
        "hour_at",
        "source_platform",
    ]
    assert query["metrics"] == ["items_new"]
    assert query["filters"] == [{"col": "hour_at", "op": "TEMPORAL_RANGE", "val": "No filter"}]
    table = json.loads(
        charts.query_context(
            Chart(title="t", kind="table", dataset="d", columns=["a", "b"], order=["b desc"], limit=5),
            Dataset(sql="select a, b from marts.c", computed={"a": "text", "b": "text"}),
        )
    )["queries"][0]
    assert (table["columns"], table["metrics"], table["orderby"], table["row_limit"], table["filters"]) == (
        ["a", "b"],
        None,
        [["b", False]],
        5,
        [],
    )


def test_each_dashboard_says_what_its_numbers_mean() -> None:
    for board in BOARDS.values():
        text = PARSED[f"dashboards/{board.slug}.yaml"]["position"]["MARKDOWN-text"]["meta"]["code"]
        assert len(text) > 400, board.slug
        assert "complete_hours" in layout.shown(board), "how much of what was asked for came"
        assert re.search(r"min_n|coverage|complete source hours", text.lower()), board.slug
