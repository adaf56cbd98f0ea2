"""DAG `watch`: alerts, after each build of the marts, after its gate, and every five minutes.

    renown://marts/built, renown://marts (or the clock: dark platforms, failed gates and escalation need no build) ──► look ──► who is on duty
"""

from __future__ import annotations

from airflow.sdk import DAG, AssetAny, AssetOrTimeSchedule, CronTriggerTimetable, task

from dags import work
from dags.common import BUILT, MARTS, START, defaults

with DAG("watch", schedule=AssetOrTimeSchedule(timetable=CronTriggerTimetable("*/5 * * * *", timezone="UTC"), assets=AssetAny(BUILT, MARTS)),
         start_date=START, catchup=False, max_active_runs=1, default_args=defaults(retries=2), tags=["alerts"],
         doc_md="Looks for what is wrong, tells who is on duty, asks who is next (docs/alerts.md).") as dag:

    @task
    def look() -> str:
        return work.watch_alerts()

    look()
