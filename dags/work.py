"""What the tasks do: each function is one call into a room, importable and runnable without Airflow.

Rooms are imported inside the functions, so that parsing the DAG files stays quick and does no I/O.
"""

from __future__ import annotations

import time
from datetime import datetime
from typing import Any

LINGER_SECONDS = 900  # longest that one enrichment run waits for extractions that are still landing
STALE_SECONDS = 60  # a batch without a heartbeat for so long is dead, and nobody waits for it


def extract_source(source_id: str, run_id: str, between: tuple[datetime, datetime] | None = None) -> dict[str, Any]:
    """Read one source from its cursor to now, and look again at what a mark makes due; returns the batch's counters.

    `between`: the interval of an Airflow backfill, which is read beside the cursor as `renown backfill` reads it.
    """
    from extractors.revisit import revisit
    from extractors.run import extract
    from settings import load_settings

    settings = load_settings()
    if between is not None:
        return extract(settings, source_id, url=_url(), run_id=run_id, mode="backfill", between=between)
    counters = extract(settings, source_id, url=_url(), run_id=run_id)
    revisit(settings, source_id, url=_url(), run_id=run_id)
    return counters


def comply_source(source_id: str, run_id: str) -> dict[str, Any] | None:
    """Ask the platform's compliance feed what became of what the warehouse holds of a source."""
    from extractors.revisit import comply
    from settings import load_settings

    return comply(load_settings(), source_id, url=_url(), run_id=run_id)


def purge_deleted() -> dict[str, int]:
    """Take the words of what was deleted out of the warehouse and our files, where the grace is over; returns what went."""
    from delivery.forget import forget_purged
    from settings import load_settings
    from warehouse.connection import connect
    from warehouse.purge import purge, raise_failed

    settings = load_settings()
    with connect(_url()) as connection:
        done = purge(connection, settings.now(), settings.general.deletion_grace_days, progress=lambda items: print(f"{items} items purged"))
        files = forget_purged(connection, settings, settings.home / "bi" / "hyper")
        raise_failed(done)
        return {"items": done.items} | done.removed | files


def enrich_pending(worker: int) -> int:
    """Annotate what is pending, and go on while extractions still land; returns how many mentions were finished.

    One run a wave of extraction instead of one a source keeps the marts from being rebuilt five times over.
    """
    from nlp.enrich import enrich
    from settings import load_settings

    settings, done = load_settings(), 0
    deadline = time.monotonic() + LINGER_SECONDS
    while True:
        landing = _landing()
        report = enrich(settings, url=_url())
        finished = int(report["annotated"])
        done += finished
        if report["warning"] and finished:
            print(report["warning"])
        if not finished and (not landing or time.monotonic() > deadline):
            return done
        if not finished:
            time.sleep(2)


def snapshot() -> dict[str, int]:
    """Labels that depend on many rows: stories and bots, as of now."""
    from nlp.snapshots import snapshot as take_snapshot
    from settings import load_settings

    return take_snapshot(load_settings(), url=_url())


def snapshot_due() -> bool:
    """Whether an annotated mention still lacks its story or bot label: an earlier run may have died before its snapshots."""
    from nlp.snapshots import due
    from warehouse.connection import connect

    with connect(_url()) as connection:
        return due(connection)


def marts_stale() -> bool:
    """Whether other labels count than when the marts' gate last passed: `renown models promote` marks them so."""
    from nlp.manifest import marts_stale as stale
    from warehouse.connection import connect

    with connect(_url()) as connection:
        return stale(connection)


def deletions_wait() -> bool:
    """Whether the marts still show what was deleted: a build must come, also where nothing new was annotated."""
    from delivery.extracts import deletions_wait as wait
    from warehouse.connection import connect

    with connect(_url()) as connection:
        return wait(connection)


def pending() -> int:
    """Mention versions that the active pipeline has not finished."""
    from nlp.enrich import pending_count
    from warehouse.connection import connect

    with connect(_url()) as connection:
        return int(pending_count(connection))


def sync() -> None:
    """Copy config/*.yml and the measured quality of the models into the warehouse."""
    from cli import through
    from settings import load_settings

    through.sync(load_settings(), _url())


def check(layers: list[str], run_id: str) -> None:
    """Run the gate of each layer; a batch-level failure raises GateFailed and so stops the DAG."""
    from cli import through
    from settings import load_settings

    settings = load_settings()
    for layer in layers:
        print(through.check(settings, layer, _url(), run_id))


def build() -> None:
    """dbt build: staging, intermediate, marts and their tests."""
    from cli import through
    from settings import load_settings

    through.build(load_settings(), _url())


def marts_ready(window_end: datetime | None, *, has_waited: bool = False) -> bool:
    """Whether the marts hold what came before `window_end` (None: before the clock's pinned now, or simply all that landed).

    True when the last marts gate passed and no build came after it, nothing is pending, and that gate ran after that moment or nothing has come or
    gone since. `has_waited`: long enough, so that marts as a gate passed them are enough, and the delivery says what is not counted yet.
    """
    from delivery import freshness
    from delivery.extracts import deletions_wait
    from settings import load_settings
    from warehouse.connection import connect

    settings = load_settings()
    since = settings.as_of or window_end
    with connect(_url()) as connection:
        gate = freshness.gate(connection)
        if gate is None or not gate.passed or not freshness.is_of_last_build(connection, gate):
            return False
        if has_waited:
            return True
        holds_it = since is None or gate.ran_at > since
        if since and not holds_it:
            holds_it = freshness.all_asked(connection, settings, since) and not freshness.uncounted(connection) and not deletions_wait(connection)
    return holds_it and not _landing() and not pending()


def deliver_subscription(subscription_id: str, window_end: datetime | None, *, is_backfill: bool = False) -> str:
    """Render and send one subscription's window, exactly once, and look again at what was sent earlier; returns what happened.

    Windows that no run came to are sent, too, but not by a backfill, which asks for its own ticks one by one.
    Under a pinned clock the wall clock's ticks mean nothing, and the window ends with the pinned schedule's last; a backfill names its own.
    """
    from dags.connections import address
    from delivery import turn
    from settings import load_settings

    settings = load_settings()
    day = window_end if is_backfill or not settings.as_of else None
    return "\n".join(turn(settings, subscription_id, url=_url(), window_end=day, credentials=address, catch_up=not is_backfill))


def watch_alerts() -> str:
    """Look for what is wrong and tell who is on duty; returns what was done."""
    from dags.connections import address
    from delivery.alerts import watch
    from settings import load_settings

    return str(watch(load_settings(), url=_url(), credentials=address))


def reissue_extracts() -> list[str]:
    """Write departments' extracts anew whose marts moved, also where they were published; returns the departments."""
    from bi.tableau.publish import from_environment, publish
    from delivery.reissue import reissue
    from settings import load_settings
    from warehouse.connection import connect

    settings, done = load_settings(), list[str]()
    with connect(_url()) as connection:
        for made in reissue(connection, settings, settings.home / "bi" / "hyper",
                            publish=lambda place, file: publish(from_environment(place.server, place.site), place.project, [file])):
            print(f"{made.department}: {'no such department any more, its extract was removed' if made.state == 'removed' else 'written anew'}")
            done.append(made.department)
    return done


def notify(context: dict[str, Any]) -> None:
    """On failure: tell the configured people. Never raises, since it must not hide the failure itself."""
    from delivery.notify import notify_failure
    from settings import RenownError, load_settings

    task = context["task_instance"]
    try:
        url: str | None = _url()
    except RenownError:
        url = None  # the warehouse itself may be what failed: the message still goes out
    notify_failure(load_settings(), url=url, dag_id=task.dag_id, task_id=task.task_id,
                   run_id=task.run_id, try_number=task.try_number, error=str(context.get("exception"))[:500])


def _landing() -> bool:
    from warehouse.connection import connect

    with connect(_url()) as connection:
        row = connection.execute(
            "select exists (select from raw.batches where status = 'running' and mode <> 'ingest'"
            " and heartbeat_at > clock_timestamp() - make_interval(secs => %s))", (STALE_SECONDS,)).fetchone()
        return bool(row and row[0])


def _url() -> str:
    from settings.home import home_path
    from warehouse.connection import warehouse_url

    return warehouse_url(home_path())
