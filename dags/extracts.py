"""DAG `extracts`: the departments' extracts for BI tools, written anew when the marts behind them changed.

    renown://marts ──► reissue: who has an extract (`renown bi hyper`), and whose rows moved or were deleted since ──► $RENOWN_HOME/bi/hyper
                                                                                 ──► again to where `renown bi publish` brought it
A DAG of its own: a large extract must not hold up the look for alerts.
"""

from __future__ import annotations

from airflow.sdk import DAG, task

from dags import work
from dags.common import MARTS, START, defaults

with DAG("extracts", schedule=[MARTS], start_date=START, catchup=False, max_active_runs=1, default_args=defaults(retries=2), tags=["bi"],
         doc_md="Writes departments' extracts anew after the marts (docs/bi.md).") as dag:

    @task
    def reissue() -> list[str]:
        return work.reissue_extracts()

    reissue()
