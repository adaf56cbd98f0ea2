"""DAGs `deliver__<subscription>`: one for each entry of config/subscriptions.yml, at its own hour in its own time zone.

    cron in the department's zone ──► wait for marts that cover the window ──► render ──► channel ──► ledger (once a window)
"""

from __future__ import annotations

from typing import Any

from airflow.sdk import DAG, CronTriggerTimetable, task

from dags import work
from dags.common import START, defaults
from settings import load_settings
from settings.models import Subscription


def build(subscription: Subscription, timezone: str) -> DAG:
    """The DAG of one subscription."""
    with DAG(f"deliver__{subscription.id}", schedule=CronTriggerTimetable(subscription.schedule, timezone=timezone),
             start_date=START, catchup=False, max_active_runs=1, default_args=defaults(), tags=["deliver", subscription.department],
             doc_md=f"Delivers `{subscription.mart}` to {subscription.department}; owner {subscription.owner}.") as dag:

        @task.sensor(mode="reschedule", poke_interval=10, timeout=4 * 3600)
        def marts_ready(**context: Any) -> bool:
            return work.marts_ready(context["dag_run"].run_after)

        @task
        def deliver(**context: Any) -> str:
            return work.deliver_subscription(subscription.id, context["dag_run"].run_after)

        marts_ready() >> deliver()
    return dag


loaded = load_settings()
for configured in loaded.subscriptions.subscriptions:
    globals()[f"deliver__{configured.id}"] = build(configured, configured.timezone or loaded.general.timezone)
