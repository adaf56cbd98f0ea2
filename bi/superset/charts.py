"""A declared chart in Superset's words: form data for the browser (`params`), and the query that the API runs (`query_context`).

Names of options: Superset 6.1, superset/examples/*.yaml and superset/charts/schemas.py. Metrics that end in __yhat_lower and __yhat_upper
are drawn by its line charts as a band round the line __yhat, as its forecasts are; ours are intervals.
"""

from __future__ import annotations

import json
from typing import Any

from bi.contracts import columns
from bi.superset.declaration import Chart, Dataset, Metric

LINE, LOWER, UPPER = "__yhat", "__yhat_lower", "__yhat_upper"
VIZ = {
    "line": "echarts_timeseries_line",
    "bar": "echarts_timeseries_bar",
    "groups": "echarts_timeseries_bar",
    "number": "big_number",
    "total": "big_number_total",
    "table": "table",
    "summary": "table",
}
NO_LIMIT = "No filter"
NUMBERS = ("bigint", "integer", "double precision")
ALIASES = {"bank_name": "name", "topic_name": "name"}  # of the dimensions' column
TIMED = ("line", "bar", "number")


def saved_metrics(dataset: Dataset) -> list[dict[str, Any]]:
    """The metrics of a dataset, intervals as two more."""
    found = []
    for name, metric in dataset.metrics.items():
        found.append(_saved(name, metric.label, _expression(metric), metric.format))
        if metric.interval and metric.signed:
            found.append(_saved(f"{name}_lower", f"{metric.label}, 95 % from", _one(f"{metric.one}_lower"), metric.format))
            found.append(_saved(f"{name}_upper", f"{metric.label}, 95 % to", _one(f"{metric.one}_upper"), metric.format))
        elif metric.interval:
            for suffix, column in ((LINE, metric.one), (LOWER, f"{metric.one}_lower"), (UPPER, f"{metric.one}_upper")):
                found.append(_saved(name + suffix, metric.label + suffix, _one(str(column)), metric.format))
    return found


def metric_names(chart: Chart, dataset: Dataset) -> list[str]:
    """What the chart asks for: a line with an interval brings its bounds."""
    found = []
    for name in chart.metrics:
        metric = dataset.metrics[name]
        suffixes = (
            ("",)
            if chart.kind != "line" or not metric.interval
            else ("", "_lower", "_upper")
            if metric.signed
            else ("", LINE, LOWER, UPPER)
        )
        found += [name + suffix for suffix in suffixes]
    return found


def params(chart: Chart, dataset: Dataset) -> dict[str, Any]:
    """The form data, without the data set's id: the import puts it in."""
    common: dict[str, Any] = {
        "viz_type": VIZ[chart.kind],
        "adhoc_filters": _time_filter(dataset),
        "row_limit": chart.limit or 10_000,
        "extra_form_data": {},
    }
    return common | {
        "line": _series,
        "bar": _series,
        "groups": _groups,
        "number": _number,
        "total": _number,
        "table": _table,
        "summary": _summary,
    }[chart.kind](chart, dataset)


def query_context(chart: Chart, dataset: Dataset) -> str:
    """The chart's query as JSON, for the API and reports; the browser makes its own of the form data."""
    query: dict[str, Any] = {
        "columns": list(chart.columns),
        "metrics": metric_names(chart, dataset),
        "orderby": [],
        "row_limit": chart.limit or 10_000,
        "extras": {"having": "", "where": ""},
        "applied_time_extras": {},
        "annotation_layers": [],
        "filters": [{"col": dataset.time, "op": "TEMPORAL_RANGE", "val": NO_LIMIT}] if dataset.time else [],
    }
    if chart.kind in TIMED:
        query["columns"] = [
            {
                "columnType": "BASE_AXIS",
                "expressionType": "SQL",
                "label": dataset.time,
                "sqlExpression": dataset.time,
                "timeGrain": chart.grain,
            }
        ]
        query["row_limit"] = 10_000
    if chart.series:
        query["columns"].append(chart.series)
        query |= (
            {"series_columns": [chart.series], "series_limit": chart.limit or 0, "series_limit_metric": chart.metrics[0]}
            if chart.kind in TIMED
            else {}
        )
    if chart.kind == "table":
        query |= {"metrics": None, "orderby": [[name, direction == "asc"] for name, direction in _orders(chart)]}
    elif chart.kind in ("groups", "summary"):
        query["orderby"] = [[chart.metrics[0], False]]
    return json.dumps(
        {
            "datasource": {"id": 0, "type": "table"},
            "force": False,
            "queries": [query],
            "form_data": params(chart, dataset),
            "result_format": "json",
            "result_type": "full",
        },
        sort_keys=True,
    )


def _expression(metric: Metric) -> str:
    if metric.one:
        return _one(metric.one)
    return metric.sql or (f"SUM({metric.sum})" if metric.sum else f"MAX({metric.max})")


def _one(column: str) -> str:
    """A rate is never added up or averaged: several rows are no answer."""
    return f"CASE WHEN COUNT(*) = 1 THEN MAX({column}) END"


def _saved(name: str, label: str, expression: str, form: str) -> dict[str, Any]:
    return {"metric_name": name, "verbose_name": label, "expression": expression, "d3format": form}


def _time_filter(dataset: Dataset) -> list[dict[str, Any]]:
    if not dataset.time:
        return []
    return [
        {
            "clause": "WHERE",
            "expressionType": "SIMPLE",
            "operator": "TEMPORAL_RANGE",
            "subject": dataset.time,
            "comparator": NO_LIMIT,
        }
    ]


def _orders(chart: Chart) -> list[tuple[str, str]]:
    return [(name, direction) for name, _, direction in (order.partition(" ") for order in chart.order)]


def _series(chart: Chart, dataset: Dataset) -> dict[str, Any]:
    form = dataset.metrics[chart.metrics[0]].format
    hourly = chart.grain == "PT1H"
    return {
        "x_axis": dataset.time,
        "time_grain_sqla": chart.grain,
        "metrics": metric_names(chart, dataset),
        "groupby": [chart.series] if chart.series else [],
        "limit": chart.limit or 0,
        "timeseries_limit_metric": chart.metrics[0] if chart.limit else None,
        "order_desc": True,
        "row_limit": 10_000,
        "color_scheme": "supersetColors",
        "show_legend": True,
        "legendType": "scroll",
        "legendOrientation": "top",
        "rich_tooltip": True,
        "truncate_metric": True,
        "y_axis_format": form,
        "x_axis_time_format": "%d %b" if not hourly else "smart_date",
        "tooltipTimeFormat": "%d %b %H:%M" if hourly else "%a %d %b %Y",
        "stack": "Stack" if chart.kind == "bar" else None,
        "only_total": True,
        "markerEnabled": chart.grain == "P1W" and chart.kind == "line",
        "markerSize": 5,
        "opacity": 0.2,
        "connectNulls": False,
        "truncateYAxis": False,
        "y_axis_bounds": [None, None],
        "minorTicks": False,
        "zoomable": hourly,
        "x_axis_title_margin": 15,
        "y_axis_title_margin": 15,
        "y_axis_title_position": "Left",
        "sort_series_type": "sum",
        "seriesType": "line",
    }


def _groups(chart: Chart, dataset: Dataset) -> dict[str, Any]:
    return {
        "x_axis": chart.series,
        "metrics": list(chart.metrics),
        "groupby": [],
        "orientation": "horizontal",
        "stack": "Stack",
        "color_scheme": "supersetColors",
        "x_axis_sort": chart.metrics[0],
        "x_axis_sort_asc": True,
        "xAxisLabelInterval": "0",  # every bar's name: Superset leaves out each second one
        "show_legend": True,
        "legendType": "scroll",
        "legendOrientation": "top",
        "rich_tooltip": True,
        "y_axis_format": ",d",
        "order_desc": True,
        "only_total": True,
        "truncate_metric": True,
        "y_axis_bounds": [None, None],
    }


def _number(chart: Chart, dataset: Dataset) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "metric": chart.metrics[0],
        "y_axis_format": dataset.metrics[chart.metrics[0]].format,
        "header_font_size": 0.4,
        "subheader_font_size": 0.15,
    }
    if chart.kind == "total":
        return shown
    return shown | {
        "x_axis": dataset.time,
        "time_grain_sqla": chart.grain,
        "aggregation": "LAST_VALUE",
        "show_trend_line": True,
        "start_y_axis_at_zero": False,
        "show_timestamp": True,
        "time_format": "week of %d %b %Y",
        "compare_lag": None,
        "color_picker": {"r": 31, "g": 78, "b": 121, "a": 1},
    }


def _table(chart: Chart, dataset: Dataset) -> dict[str, Any]:
    return {
        "query_mode": "raw",
        "all_columns": list(chart.columns),
        "order_by_cols": [json.dumps([name, direction == "asc"]) for name, direction in _orders(chart)],
        "server_page_length": 10,
        "page_length": 20,
        "table_timestamp_format": "%Y-%m-%d %H:%M"
        if any(column_type(column, dataset).startswith("timestamp") for column in chart.columns)
        else "%Y-%m-%d",
        "show_cell_bars": False,
        "color_pn": False,
        "column_config": {
            column: {"d3NumberFormat": ",.1f", "d3SmallNumberFormat": ",.2f"}
            if kind == "double precision"
            else {"d3NumberFormat": ",d"}
            for column in chart.columns
            if (kind := column_type(column, dataset)) in NUMBERS
        },
    }


def _summary(chart: Chart, dataset: Dataset) -> dict[str, Any]:
    return {
        "query_mode": "aggregate",
        "groupby": [chart.series],
        "metrics": list(chart.metrics),
        "timeseries_limit_metric": chart.metrics[0],
        "order_desc": True,
        "server_page_length": 10,
        "page_length": 20,
        "show_cell_bars": False,
        "color_pn": False,
    }


def column_type(column: str, dataset: Dataset) -> str:
    """PostgreSQL's type of a data set's column: its own, or what the marts' contracts say."""
    return dataset.computed.get(column) or columns()[ALIASES.get(column, column)].type
