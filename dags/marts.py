"""DAG `marts`: check, build, check. A failing batch-level check stops it before anything is published.

    renown://nlp/annotations ──► sync config ──► gates raw, core, nlp ──► dbt build ──► gate marts ──► renown://marts
                                                                      └──► renown://marts/built: who looks for alerts does not wait for the gate
"""

from __future__ import annotations

from typing import Any

from airflow.sdk import DAG, task

from dags import work
from dags.common import ANNOTATIONS, BUILT, MARTS, START, defaults

with DAG("marts", schedule=[ANNOTATIONS], start_date=START, catchup=False, max_active_runs=1, default_args=defaults(retries=2),
         tags=["marts"], doc_md="Validates every layer and rebuilds the marts.") as dag:

    @task
    def sync() -> None:
        work.sync()

    @task
    def gate_inputs(**context: Any) -> None:
        work.check(["raw", "core", "nlp"], context["run_id"])

    @task(outlets=[BUILT])
    def build() -> None:
        work.build()

    @task(outlets=[MARTS])
    def gate_marts(**context: Any) -> None:
        work.check(["marts"], context["run_id"])

    sync() >> gate_inputs() >> build() >> gate_marts()  # type: ignore[unused-ignore]
