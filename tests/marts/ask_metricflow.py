"""Run by the Python of an environment with dbt-metricflow: questions in, answers out, as JSON.

    stdin  [{"metrics": [...], "group_by": [...]}, ...]          project: the working directory, parsed
    stdout [{"columns": [...], "rows": [[...], ...]}, ...]
"""

from __future__ import annotations

import json
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any


def plain(value: Any) -> Any:
    """A value that JSON has: numbers as they are, dates as ISO days."""
    if isinstance(value, Decimal):
        return float(value)
    return value.date().isoformat() if hasattr(value, "date") else value


def main() -> None:
    from dbt_metricflow.cli.cli_configuration import CLIConfiguration
    from metricflow.engine.metricflow_engine import MetricFlowQueryRequest

    configuration = CLIConfiguration()
    configuration.setup(dbt_profiles_path=Path.cwd(), dbt_project_path=Path.cwd())
    answers = []
    for question in json.load(sys.stdin):
        result = configuration.mf.query(MetricFlowQueryRequest.create(metric_names=question["metrics"], group_by_names=question["group_by"]))
        table = result.result_df
        answers.append({"columns": list(table.column_names), "rows": [[plain(value) for value in row] for row in table.rows]})
    json.dump(answers, sys.stdout)


if __name__ == "__main__":
    main()
