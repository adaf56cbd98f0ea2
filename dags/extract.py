"""DAGs `extract__<source>`: one for each enabled source whose terms a person approved (config/sources.yml).

    schedule or hand ──► extract ──► asset renown://core/<source> ──► enrich
"""

from __future__ import annotations

from typing import Any

from airflow.sdk import DAG, task

from dags import work
from dags.common import START, defaults, landed, pool_name
from settings import load_settings
from settings.models import Source


def build(source: Source) -> DAG:
    """The DAG of one source."""
    with DAG(f"extract__{source.id}", schedule=source.schedule, start_date=START, catchup=False, max_active_runs=1,
             default_args=defaults(), tags=["extract", source.platform],
             doc_md=f"Reads source `{source.id}` ({source.platform}) from its cursor to now.") as dag:

        @task(pool=pool_name(source.platform), outlets=[landed(source.id)])
        def extract(**context: Any) -> dict[str, Any]:
            return work.extract_source(source.id, context["run_id"])

        extract()
    return dag


for configured in load_settings().sources.sources:
    if configured.enabled and configured.terms == "approved":
        globals()[f"extract__{configured.id}"] = build(configured)
