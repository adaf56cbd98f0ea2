"""DAG `comply`: once a day, what compliance feeds say of what the warehouse holds (deleted, protected, suspended).

    sources with options.compliance ──► their platform's comply() ──► tombstones with the platform's reason ──► renown://core/<source>
Where no source asks for it there is no such DAG.
"""

from __future__ import annotations

from typing import Any

from airflow.sdk import DAG, task

from dags import work
from dags.common import START, defaults, landed, pool_name
from settings import load_settings
from settings.models import Source


def build(sources: list[Source]) -> DAG:
    """The DAG with one task a source."""
    with DAG("comply", schedule="@daily", start_date=START, catchup=False, max_active_runs=1, default_args=defaults(),
             tags=["comply"], doc_md="Asks compliance feeds about every live mention of the last days.") as dag:
        for source in sources:
            _task(source)
    return dag


def _task(source: Source) -> None:
    @task(task_id=f"comply__{source.id}", pool=pool_name(source.platform), outlets=[landed(source.id)])
    def comply(**context: Any) -> dict[str, Any] | None:
        return work.comply_source(source.id, context["run_id"])

    comply()


asking = [s for s in load_settings().sources.sources if s.enabled and s.terms == "approved" and s.options.get("compliance")]
if asking:
    comply = build(asking)
