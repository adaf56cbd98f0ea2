"""MetricFlow itself, asked for every dbt metric, says what the marts publish. It lives in an environment of its own:

    RENOWN_METRICFLOW=/path/to/its/bin/python pytest -m slow tests/marts/test_metricflow.py     (docs/metrics.md: how to make one)
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from tests.marts.conftest import Built
from tests.marts.semantic import Cell, differences, home_of, inputs_of, keys_of
from tests.marts.test_metrics import MARTS, of_mart, rows
from warehouse.dbt import PROJECT, _environment
from warehouse.metric_definitions import dbt_metrics

PYTHON = os.environ.get("RENOWN_METRICFLOW", "")
ASK = Path(__file__).with_name("ask_metricflow.py")
AT_ONCE = 6  # metrics in a question: each has a filter of its own, hence a subquery
GRAINS = {"mart_reputation_daily": ("day",), "mart_reputation_periods": ("week", "month")}


def entity_of(metric: str) -> str:
    return home_of(dbt_metrics()[inputs_of(metric)[0]]["type_params"]["measure"]["name"])


def questions(mart: str) -> list[dict[str, Any]]:
    """The metrics of a mart and what they are made of, at every grain, by each dimension of its cells and rolled up over it."""
    metrics = sorted({part for d in of_mart(mart) if d.metric for part in (d.metric, *inputs_of(d.metric))})
    keys = keys_of(mart)
    rolled = [key for key in keys if key in ("platform", "language", "country")]
    asked = []
    for entity in sorted({entity_of(metric) for metric in metrics}):
        told = [metric for metric in metrics if entity_of(metric) == entity]
        for at in range(0, len(told), AT_ONCE):
            for grain, kept in product(GRAINS.get(mart, ("day", "week", "month")), product((True, False), repeat=len(rolled))):
                by = ["bank_id", *(key for key, keep in zip(rolled, kept, strict=True) if keep)]
                asked.append({"metrics": told[at : at + AT_ONCE], "by": by, "grain": grain,
                              "group_by": [f"metric_time__{grain}", *(f"{entity}__{key}" for key in by)]})
    return asked


def answers(asked: list[dict[str, Any]], keys: Cell, project: Path, environment: dict[str, str]) -> dict[str, dict[Cell, Any]]:
    """{metric: {cell of the mart: value}} of MetricFlow's answers."""
    process = subprocess.run([PYTHON, str(ASK)], input=json.dumps(asked), capture_output=True, text=True, cwd=project, env=environment, check=False)
    assert process.returncode == 0, process.stderr[-3000:]
    found: dict[str, dict[Cell, Any]] = {}
    for question, answer in zip(asked, json.loads(process.stdout), strict=True):
        for row in answer["rows"]:
            told = dict(zip(answer["columns"], row, strict=True))
            of_cell = {key.split("__")[-1]: value for key, value in told.items() if "__" in key}
            day = date.fromisoformat(told[f"metric_time__{question['grain']}"])
            of_cell |= {"event_day": day, "period_start": day, "period_type": question["grain"]}
            cell = tuple(of_cell.get(key, "all") for key in keys)
            for metric in question["metrics"]:
                found.setdefault(metric, {})[cell] = told[metric]
    return found


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.skipif(not PYTHON, reason="RENOWN_METRICFLOW names no Python with dbt-metricflow (docs/metrics.md)")
def test_metricflow_says_what_the_marts_say(built: Built, tmp_path: Path) -> None:
    project = tmp_path / "project"
    shutil.copytree(PROJECT, project, ignore=shutil.ignore_patterns("target", "logs"))
    environment = {**_environment(built.url, None), "HOME": str(tmp_path), "DBT_PROJECT_DIR": str(project), "DBT_PROFILES_DIR": str(project)}
    environment.pop("PYTHONPATH", None)
    subprocess.run([str(Path(PYTHON).with_name("dbt")), "-q", "parse"], cwd=project, env=environment, check=True)
    compared = 0
    for mart in MARTS:
        found = answers(questions(mart), keys_of(mart), project, environment)
        published = rows(built.url, f"select * from marts.{mart}")
        for definition in of_mart(mart):
            if definition.metric is None:
                continue
            last = found[inputs_of(definition.metric)[-1]]
            pairs = {cell: (value, last.get(cell)) for cell, value in found[definition.metric].items()}
            wrong, equal = differences(published, definition, pairs, built.settings.general.min_n)
            assert wrong[:3] == [], (mart, definition.metric)
            compared += equal
    print(f"MetricFlow and the marts agree in {compared} numbers")
    assert compared > 10_000
