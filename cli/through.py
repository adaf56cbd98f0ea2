"""The way from core to the marts in this process, for data that came in as a file (the DAGs' tasks call the same steps on a schedule).

    core.* ──► enrich ──► stories, bots ──► gates raw, core, nlp ──► dbt build ──► look for alerts ──► gate marts ──► publish ──► look again
"""

from __future__ import annotations

import uuid
from collections.abc import Callable

from settings import Settings

Say = Callable[[str], None]
INPUT_LAYERS = ("raw", "core", "nlp")
PROGRESS_MENTIONS = 5_000


def through_marts(settings: Settings, url: str, say: Say) -> None:
    """Label what is pending, check every layer, rebuild the marts, look for alerts. Raises GateFailed where a batch check fails.

    A failed gate is itself an alert: the look comes also then, and a failing one does not hide the first error.
    """
    from delivery.alerts import watch

    try:
        _to_marts(settings, url, say)
    except Exception:
        _look_anyway(settings, url, say)
        raise
    say(str(watch(settings, url=url)))


def _look_anyway(settings: Settings, url: str, say: Say) -> None:
    """A look for alerts that stands in nobody's way."""
    from delivery.alerts import watch

    try:
        say(str(watch(settings, url=url)))
    except Exception as error:
        say(f"alerts: the look failed ({type(error).__name__})")


def _to_marts(settings: Settings, url: str, say: Say) -> None:
    run_id = f"ingest-{uuid.uuid4().hex[:12]}"
    annotated = label_pending(settings, url, say)
    say(f"labelled {annotated} mentions")
    sync(settings, url)
    for layer in INPUT_LAYERS:
        say(check(settings, layer, url, run_id))
    build(settings, url)
    say("built the marts")
    _look_anyway(settings, url, say)  # who is on duty need not wait for the gate's minutes; what the gate finds is told after it
    say(check(settings, "marts", url, run_id))


def label_pending(settings: Settings, url: str, say: Say) -> int:
    """Annotate what is pending, then take the snapshots over many rows; returns the number annotated."""
    from nlp.enrich import enrich
    from nlp.snapshots import snapshot

    report = enrich(settings, url=url, progress=every(PROGRESS_MENTIONS, say, "labelled {}"))
    if report["warning"]:
        say(report["warning"])
    snapshot(settings, url=url)  # even where nothing is new: an earlier run may have died before it
    return int(report["annotated"])


def every(step: int, say: Say, words: str) -> Callable[[int], None]:
    """A progress function that says a line each `step` counts; {} in `words` is the count."""
    told = 0

    def tell(count: int) -> None:
        nonlocal told
        if count // step > told:
            told = count // step
            say(words.format(count))

    return tell


def sync(settings: Settings, url: str) -> None:
    """Copy config/ and the models' measured quality into the warehouse, where the marts read them; take outcomes whose cases are known by now."""
    from nlp.evaluate import store_evaluations
    from warehouse.config_sync import sync_config
    from warehouse.connection import connect
    from warehouse.dispositions import retry

    with connect(url) as connection:
        sync_config(connection, settings)
        store_evaluations(connection)
        retry(connection, settings.now())  # outcomes whose cases came later than they


def check(settings: Settings, layer: str, url: str, run_id: str) -> str:
    """Run one layer's gate; returns what it found in a line. Raises GateFailed where a batch-level check fails.

    Marts that passed are published: what differs from before is kept (docs/restatements.md).
    """
    from expectations.gate import run_gate
    from warehouse.publish import publish

    report = run_gate(settings, layer, url=url, run_id=run_id)
    if layer == "marts":
        publish(url, report.build)
    held = f"{report.passed} of {len(report.outcomes)} checks hold"
    return f"gate {layer}: {held}, {report.in_quarantine} rows in quarantine"


def build(settings: Settings, url: str) -> None:
    """dbt build of every model and its tests."""
    from warehouse.dbt import build_marts

    build_marts(settings, url)
