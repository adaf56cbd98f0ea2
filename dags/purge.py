"""DAG `purge`: once a day, the words of what was deleted leave every table, once their grace is over (docs/contracts.md).

    tombstones laid before now - deletion_grace_days ──► batch by batch ──► ops.purges
No mart is built after it: they hide these items already, and no number moves.
"""

from __future__ import annotations

from airflow.sdk import DAG, task

from dags import work
from dags.common import START, defaults

with DAG("purge", schedule="@daily", start_date=START, catchup=False, max_active_runs=1, default_args=defaults(), tags=["comply"],
         doc_md="Takes the words of what was deleted out of every table, after the grace (docs/contracts.md).") as dag:

    @task
    def purge() -> dict[str, int]:
        return work.purge_deleted()

    purge()
