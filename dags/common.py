"""What every DAG shares: assets, defaults, and the way a failed task reaches a person."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

from airflow.sdk import Asset

from dags.work import notify

START = datetime(2024, 1, 1, tzinfo=timezone.utc)  # noqa: UP017 - Airflow serialises this form
ANNOTATIONS = Asset("renown://nlp/annotations")
MARTS = Asset("renown://marts")
BUILT = Asset("renown://marts/built")  # before their gate has looked


def landed(source_id: str) -> Asset:
    """The asset that an extraction of this source updates."""
    return Asset(f"renown://core/{source_id}")


def defaults(retries: int = 3) -> dict[str, Any]:
    """default_args of every DAG: bounded retries with back-off, and a person who hears of the last failure."""
    return {"owner": "data-engineering", "retries": retries, "retry_delay": timedelta(seconds=5),
            "retry_exponential_backoff": 2.0, "max_retry_delay": timedelta(minutes=10), "on_failure_callback": notify}


def pool_name(platform: str) -> str:
    """One pool a platform, so that many sources of one platform share its limit."""
    return f"platform_{platform}"
