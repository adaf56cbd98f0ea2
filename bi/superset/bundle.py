"""The declared dashboards as Superset's import bundle: one YAML a database, data set, chart and dashboard.

    dashboards/*.yml + the marts' contracts (dbt_project) ──► files() ──► bundle/ (committed; `python -m bi.superset.bundle` writes it)
                                                                 └──► the import of `make bi`, with the home bank and period of this platform

Ids are name-based (uuid5), so that a second import finds what the first one made.
"""

from __future__ import annotations

import uuid
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from bi.contracts import columns, heading
from bi.superset import charts, declaration, layout
from bi.superset.declaration import Dashboard, Dataset
from settings.yaml_files import read_yaml

FOLDER = Path(__file__).with_name("bundle")
VERSION = "1.0.0"
NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://renown.example/bi/superset")
DATABASE = "Renown"
URI = "postgresql+psycopg2://bi_reader:XXXXXXXXXX@127.0.0.1:5432/renown"  # the import puts in the platform's own
HEADINGS = {
    "bank_name": "Bank",
    "topic_name": "Topic",
    "place_name": "Place",
    "city_name": "City",
    "n": "Items",
    "source_platform": "Platform",
    "worse_rank": "Rank",
}


def files(home_bank: str = "velmora", period: str = "Last quarter", uri: str = URI) -> dict[str, str]:
    """Every file of the bundle by its path in it. `uri` holds no password: the import gets it apart."""
    boards = declaration.read()
    found: dict[str, Any] = {
        "metadata.yaml": {"version": VERSION, "type": "assets", "timestamp": "2026-01-01T00:00:00+00:00"},
        "databases/renown.yaml": _database(uri),
    }
    for board in boards:
        for name, dataset in board.datasets.items():
            found[f"datasets/renown/{name}.yaml"] = _dataset(name, dataset)
        for name in layout.shown(board):
            found[f"charts/{key(board, name)}.yaml"] = _chart(board, name)
        found[f"dashboards/{board.slug}.yaml"] = _dashboard(board, boards, home_bank, period)
    return {path: _dumped(content) for path, content in found.items()}


def key(board: Dashboard, name: str) -> str:
    """A chart's name over all dashboards; a shared one has one."""
    return f"shared_{name}" if name in _shared() else f"{board.slug}_{name}"


def identity(kind: str, name: str) -> str:
    """The asset's uuid, the same in every bundle."""
    return str(uuid.uuid5(NAMESPACE, f"{kind}/{name}"))


def _database(uri: str) -> dict[str, Any]:
    return {
        "database_name": DATABASE,
        "sqlalchemy_uri": uri,
        "expose_in_sqllab": True,
        "allow_run_async": False,
        "allow_ctas": False,
        "allow_cvas": False,
        "allow_dml": False,
        "allow_csv_upload": False,
        "extra": {"allows_virtual_table_explore": True},
        "uuid": identity("database", DATABASE),
        "version": VERSION,
    }


def _dataset(name: str, dataset: Dataset) -> dict[str, Any]:
    return {
        "table_name": name,
        "main_dttm_col": dataset.time,
        "schema": "marts",
        "sql": dataset.sql,
        "filter_select_enabled": True,
        "uuid": identity("dataset", name),
        "metrics": charts.saved_metrics(dataset),
        "columns": [_column(column, dataset) for column in dataset.columns],
        "version": VERSION,
        "database_uuid": identity("database", DATABASE),
    }


def _column(name: str, dataset: Dataset) -> dict[str, Any]:
    kind = charts.column_type(name, dataset)
    description = "" if name in dataset.computed else columns()[charts.ALIASES.get(name, name)].description
    return {
        "column_name": name,
        "verbose_name": HEADINGS.get(name) or heading(name),
        "is_dttm": kind == "date" or kind.startswith("timestamp"),
        "type": kind.upper(),
        "groupby": True,
        "filterable": True,
        **({"description": description} if description else {}),
    }


def _chart(board: Dashboard, name: str) -> dict[str, Any]:
    chart = board.charts[name]
    dataset = board.datasets[chart.dataset]
    return {
        "slice_name": chart.title,
        "viz_type": charts.VIZ[chart.kind],
        "params": charts.params(chart, dataset),
        "query_context": charts.query_context(chart, dataset),
        "uuid": identity("chart", key(board, name)),
        "version": VERSION,
        "dataset_uuid": identity("dataset", chart.dataset),
    }


def _dashboard(board: Dashboard, boards: list[Dashboard], home_bank: str, period: str) -> dict[str, Any]:
    numbers = {
        name: number
        for number, name in enumerate(sorted({key(one, name) for one in boards for name in layout.shown(one)}), start=1)
    }

    def chart_id(name: str) -> int:
        return numbers[key(board, name)]

    colors = _colors(board)
    metadata = {
        "native_filter_configuration": layout.filters(board, home_bank, period, lambda name: identity("dataset", name), chart_id),
        "cross_filters_enabled": False,
        "label_colors": colors,
        "map_label_colors": colors,
        "shared_label_colors": [],
        "color_scheme": "supersetColors",
        "refresh_frequency": 0,
    }
    return {
        "dashboard_title": board.title,
        "description": board.description,
        "slug": f"renown-{board.slug}",
        "published": True,
        "uuid": identity("dashboard", board.slug),
        "metadata": metadata,
        "position": layout.position(board, lambda name: identity("chart", key(board, name)), chart_id),
        "version": VERSION,
    }


def _colors(board: Dashboard) -> dict[str, str]:
    """Colours by label, and by every name that a metric goes by: Superset looks them up by either."""
    found = dict(board.colors)
    for dataset in board.datasets.values():
        for metric in charts.saved_metrics(dataset):
            label = metric["verbose_name"].partition("__")[0]
            if label in board.colors:
                found |= {metric["metric_name"]: board.colors[label], metric["verbose_name"]: board.colors[label]}
    return found


@cache
def _shared() -> frozenset[str]:
    return frozenset(read_yaml((declaration.FOLDER / f"{declaration.SHARED}.yml").read_text("utf-8"))["charts"])


class _Dumper(yaml.SafeDumper):
    """Texts of several lines as blocks."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _text)


def _dumped(content: Any) -> str:
    return yaml.dump(content, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=160)


def write(folder: Path = FOLDER) -> None:
    """Write the bundle, and take away what is no longer in it."""
    wanted = files()
    for path in folder.rglob("*.yaml"):
        if str(path.relative_to(folder)) not in wanted:
            path.unlink()
    for name, text in wanted.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")


if __name__ == "__main__":
    write()
