"""The metrics' definitions, as the dbt project tells them: each once.

    dbt_project/models/metrics/*.yml        what MetricFlow can count over a fact ─┐
    marts' .yml, config.meta.metrics        what only SQL can say, and which metric ├─► definitions(), by mart, in order
                                            of the first kind stands in which column ┘

docs/metrics.md is made from them (warehouse/metric_docs.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

from settings import RenownError
from settings.loader import REPOSITORY
from settings.yaml_files import read_yaml

PROJECT = REPOSITORY / "dbt_project"
ENDS = ("_lower", "_upper")


@dataclass(frozen=True)
class Definition:
    """One metric in one mart.

    `columns`: where it stands, the first one being the number itself; `metric`: the dbt metric that it is, if MetricFlow can query it,
    `computed_by`: the model, macro or SQL function that computes it, or (of a dbt metric) its interval; `example`: formula and
    parts as in warehouse/explain.py, None where the mart's unit tests show one.
    """

    mart: str
    name: str
    label: str
    columns: tuple[str, ...]
    description: str
    unit: str
    owner: str
    source: str | None
    metric: str | None
    computed_by: str | None
    example: dict[str, Any] | None


@cache
def mart_files(project: Path = PROJECT) -> dict[str, dict[str, Any]]:
    """Model name → {model, unit_tests} of every mart, from its .yml."""
    found = {}
    for path in sorted((project / "models" / "marts").rglob("*.yml")):
        told = read_yaml(path.read_text("utf-8"))
        for model in told.get("models", []):
            tests = [test for test in told.get("unit_tests", []) if test["model"] == model["name"]]
            found[model["name"]] = {"model": model, "unit_tests": tests}
    return found


@cache
def dbt_metrics(project: Path = PROJECT) -> dict[str, dict[str, Any]]:
    """Name → dbt metric, of models/metrics."""
    told = (read_yaml(path.read_text("utf-8")) for path in sorted((project / "models" / "metrics").glob("*.yml")))
    return {metric["name"]: metric for file in told for metric in file.get("metrics", [])}


def definitions(project: Path = PROJECT) -> list[Definition]:
    """Every definition, by mart, in the order of the mart's .yml. Raises RenownError where one names no dbt metric."""
    return [definition for name, told in mart_files(project).items() for definition in _of_mart(name, told["model"], project)]


def _of_mart(mart: str, model: dict[str, Any], project: Path) -> Iterator[Definition]:
    meta = model["config"]["meta"]
    names = [column["name"] for column in model["columns"]]
    for entry in meta.get("metrics", []):
        if "metric" in entry:
            yield _of_metric(mart, entry, project)
        else:
            columns = tuple(name for pattern in entry["columns"] for name in (names if "*" in pattern else [pattern]) if fnmatchcase(name, pattern))
            yield Definition(mart, entry["name"], entry["label"], columns, entry["description"], entry["unit"], meta["owner"],
                             entry.get("source"), None, entry["computed_by"], entry.get("example"))


def _of_metric(mart: str, entry: dict[str, Any], project: Path) -> Definition:
    metric = dbt_metrics(project).get(entry["metric"])
    if metric is None:
        raise RenownError(f"{mart}: no dbt metric '{entry['metric']}'", "define it in dbt_project/models/metrics, or mend config.meta.metrics of the mart")
    about = metric["config"]["meta"]
    column = entry.get("column", metric["name"])
    ends = tuple(column + end for end in ENDS) if "interval" in entry else ()
    return Definition(mart, metric["name"], metric["label"], (column, *ends), metric["description"], about["unit"], about["owner"],
                      about.get("source"), metric["name"], entry.get("interval"), about.get("example"))
