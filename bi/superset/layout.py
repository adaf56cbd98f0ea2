"""A dashboard's place in Superset's words: the grid of twelve columns (`position`), and the filters beside it.

Shapes: Superset 6.1, superset/examples/*/dashboard.yaml and superset/commands/dashboard/importers/v1/utils.py (ids are put in by the import).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bi.superset.declaration import Chart, Dashboard

COLUMNS = 12
HEIGHT = {"number": 26, "total": 26, "table": 54, "summary": 40, "groups": 56}  # units of eight pixels; a table shows ten rows whole
ANY_TIME = "No filter"
# Which column each filter narrows, and from which data set of the dashboard its values are read.
COLUMN = {"bank": "bank_id", "platform": "platform", "department": "department_id", "source_platform": "source_platform"}
NAMES = {"bank": "Bank", "platform": "Platform", "department": "Department", "source_platform": "Platform", "period": "Period"}


def position(board: Dashboard, chart_uuid: Callable[[str], str], chart_id: Callable[[str], int]) -> dict[str, Any]:
    """The grid: the text first, then the declared rows."""
    found: dict[str, Any] = {
        "DASHBOARD_VERSION_KEY": "v2",
        "ROOT_ID": {"type": "ROOT", "id": "ROOT_ID", "children": ["GRID_ID"]},
        "HEADER_ID": {"type": "HEADER", "id": "HEADER_ID", "meta": {"text": board.title}},
        "GRID_ID": {
            "type": "GRID",
            "id": "GRID_ID",
            "parents": ["ROOT_ID"],
            "children": [f"ROW-{n}" for n in range(len(board.rows) + 1)],
        },
    }
    _row(found, 0, ["MARKDOWN-text"])
    found["MARKDOWN-text"] = _child("MARKDOWN", "MARKDOWN-text", 0, {"width": COLUMNS, "height": 21, "code": board.text})
    for number, names in enumerate(board.rows, start=1):
        _row(found, number, [f"CHART-{name}" for name in names])
        for name in names:
            chart = board.charts[name]
            found[f"CHART-{name}"] = _child(
                "CHART",
                f"CHART-{name}",
                number,
                {
                    "width": COLUMNS // len(names),
                    "height": HEIGHT.get(chart.kind, 42),
                    "sliceName": chart.title,
                    "uuid": chart_uuid(name),
                    "chartId": chart_id(name),
                },
            )
    return found


def filters(
    board: Dashboard, home_bank: str, period: str, dataset_uuid: Callable[[str], str], chart_id: Callable[[str], int]
) -> list[dict[str, Any]]:
    """The dashboard's filters. Those of a roll-up always hold one value: rows of two values are no answer."""
    found = []
    for name in board.filters:
        excluded = [chart_id(key) for key in shown(board) if not reached(board, board.charts[key], name)]
        found.append(
            {
                "id": f"NATIVE_FILTER-{board.slug}-{name}",
                "name": NAMES[name],
                "type": "NATIVE_FILTER",
                "cascadeParentIds": [],
                "description": "",
                "scope": {"rootPath": ["ROOT_ID"], "excluded": excluded},
                **(_period(period) if name == "period" else _values(board, name, home_bank, dataset_uuid)),
            }
        )
    return found


def shown(board: Dashboard) -> list[str]:
    """The charts in the order of the grid."""
    return [name for names in board.rows for name in names]


def reached(board: Dashboard, chart: Chart, name: str) -> bool:
    """Whether the filter narrows the chart."""
    dataset = board.datasets[chart.dataset]
    if name == "period":
        return dataset.time is not None
    return name not in chart.without and COLUMN[name] in dataset.columns


def _period(period: str) -> dict[str, Any]:
    return {
        "filterType": "filter_time",
        "targets": [{}],
        "controlValues": {"enableEmptyFilter": False},
        "defaultDataMask": {"extraFormData": {"time_range": period}, "filterState": {"value": period}},
    }


def _values(board: Dashboard, name: str, home_bank: str, dataset_uuid: Callable[[str], str]) -> dict[str, Any]:
    column = COLUMN[name]
    narrowed = [board.charts[key] for key in shown(board) if reached(board, board.charts[key], name)]
    source = next(
        chart.dataset for chart in narrowed if chart.kind in ("line", "bar")
    )  # a data set of events may have no row yet, hence no value
    value = {"bank": home_bank, "platform": "all"}.get(name)
    mask: dict[str, Any] = {"extraFormData": {}, "filterState": {}}
    if value:
        mask = {
            "extraFormData": {"filters": [{"col": column, "op": "IN", "val": [value]}]},
            "filterState": {"value": [value], "label": value},
        }
    return {
        "filterType": "filter_select",
        "targets": [{"column": {"name": column}, "datasetUuid": dataset_uuid(source)}],
        "defaultDataMask": mask,
        "controlValues": {
            "enableEmptyFilter": bool(value),
            "defaultToFirstItem": False,
            "multiSelect": not value,
            "searchAllOptions": False,
            "inverseSelection": False,
        },
    }


def _row(found: dict[str, Any], number: int, children: list[str]) -> None:
    found[f"ROW-{number}"] = {
        "type": "ROW",
        "id": f"ROW-{number}",
        "children": children,
        "parents": ["ROOT_ID", "GRID_ID"],
        "meta": {"background": "BACKGROUND_TRANSPARENT"},
    }


def _child(kind: str, name: str, row: int, meta: dict[str, Any]) -> dict[str, Any]:
    return {"type": kind, "id": name, "children": [], "parents": ["ROOT_ID", "GRID_ID", f"ROW-{row}"], "meta": meta}
