"""DAGs `deliver__<subscription>`: one for each entry of config/subscriptions.yml, at its own hour in its own time zone.

    cron in the department's zone ──► wait for marts that cover the window ──► render ──► channel ──► ledger (once a window)
                                                    └── four hours at most
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from airflow.sdk import DAG, CronTriggerTimetable, task

from dags import work
from dags.common import START, defaults
from settings import load_settings
from settings.models import Subscription

LOOK_SECONDS = 60  # each look is a process of its own (seconds of a core): ten departments that look every ten seconds starve the build they wait for
WAIT = timedelta(hours=4)  # for marts that hold the window; then it is delivered as it is, and says what is not counted yet
REFUSED = timedelta(hours=1)  # more, for a gate that did not pass: nobody is sent what it refused; the next turn sends the window


def build(subscription: Subscription, timezone: str) -> DAG:
    """The DAG of one subscription."""
    with DAG(f"deliver__{subscription.id}", schedule=CronTriggerTimetable(subscription.schedule, timezone=timezone),
             start_date=START, catchup=False, max_active_runs=1, default_args=defaults(), tags=["deliver", subscription.department],
             doc_md=f"Delivers {_what(subscription)} to {subscription.department}; owner {subscription.owner}.") as dag:

        @task.sensor(mode="reschedule", poke_interval=LOOK_SECONDS, timeout=(WAIT + REFUSED).total_seconds(), priority_weight=0, weight_rule="absolute")
        def marts_ready(**context: Any) -> bool:
            return work.marts_ready(_window_end(context["dag_run"]), has_waited=_has_waited(context["dag_run"]))

        @task
        def deliver(**context: Any) -> str:
            run = context["dag_run"]
            return work.deliver_subscription(subscription.id, _window_end(run), is_backfill=run.run_type == "backfill")

        marts_ready() >> deliver()
    return dag


def _what(subscription: Subscription) -> str:
    """The marts, or the digest."""
    return ", ".join(f"`{part.mart}`" for part in subscription.parts) or "the week at a glance"


def _window_end(dag_run: Any) -> datetime | None:
    """The tick of the schedule, also of a backfilled one; None where a person asked: then the window ends with the schedule's last tick."""
    return dag_run.run_after if dag_run.run_type in ("scheduled", "backfill") else None


def _has_waited(dag_run: Any) -> bool:
    """Whether the run has waited for the marts as long as a department should."""
    return dag_run.start_date is not None and datetime.now(UTC) - dag_run.start_date >= WAIT


loaded = load_settings()
for configured in loaded.subscriptions.subscriptions:
    globals()[f"deliver__{configured.id}"] = build(configured, configured.timezone or loaded.general.timezone)
