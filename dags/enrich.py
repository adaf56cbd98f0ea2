"""DAG `enrich`: label what landed, whichever source it came from.

    any renown://core/<source> ──► annotate × 2 (claimed rows) ──► snapshots (stories, bots) ──► renown://nlp/annotations
"""

from __future__ import annotations

from airflow.sdk import DAG, AssetAny, task
from airflow.sdk.exceptions import AirflowSkipException

from dags import work
from dags.common import ANNOTATIONS, START, defaults, landed
from settings import load_settings

WORKERS = 2
sources = [source for source in load_settings().sources.sources if source.enabled and source.terms == "approved"]

with DAG("enrich", schedule=AssetAny(*(landed(source.id) for source in sources)) if sources else None,
         start_date=START, catchup=False, max_active_runs=1, default_args=defaults(), tags=["nlp"],
         doc_md="Annotates pending mentions; ends when nothing is pending and no extraction is landing.") as dag:

    @task
    def annotate(worker: int) -> int:
        return work.enrich_pending(worker)

    @task(outlets=[ANNOTATIONS])
    def snapshots(counts: list[int]) -> int:
        if not sum(counts) and not work.snapshot_due() and not work.marts_stale() and not work.deletions_wait():
            raise AirflowSkipException("nothing was annotated or deleted, so nothing downstream changes")
        work.snapshot()
        return sum(counts)

    snapshots(annotate.expand(worker=list(range(WORKERS))))  # type: ignore[arg-type]
