"""DAGs `extract__<source>`: one for each enabled source whose terms a person approved (config/sources.yml).

    schedule or hand ──► extract ──► asset renown://core/<source> ──► enrich
    airflow backfill ──► the run's own interval, read beside the cursor
"""

from __future__ import annotations

from typing import Any

from airflow.sdk import DAG, CronDataIntervalTimetable, task

from dags import work
from dags.common import START, defaults, landed, pool_name
from settings import load_settings
from settings.models import Source


def build(source: Source) -> DAG:
    """The DAG of one source."""
    schedule = CronDataIntervalTimetable(source.schedule, timezone="UTC") if source.schedule else None
    with DAG(f"extract__{source.id}", schedule=schedule, start_date=START, catchup=False, max_active_runs=1,
             default_args=defaults(), tags=["extract", source.platform],
             doc_md=f"Reads source `{source.id}` ({source.platform}) from its cursor to now.") as dag:

        @task(pool=pool_name(source.platform), outlets=[landed(source.id)])
        def extract(**context: Any) -> dict[str, Any]:
            kind = context["dag_run"].run_type
            is_backfill = getattr(kind, "value", kind) == "backfill"
            between = (context["data_interval_start"], context["data_interval_end"]) if is_backfill else None
            return work.extract_source(source.id, context["run_id"], between)

        extract()
    return dag


for configured in load_settings().sources.sources:
    if configured.enabled and configured.terms == "approved":
        globals()[f"extract__{configured.id}"] = build(configured)
