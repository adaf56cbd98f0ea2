"""One wave through a platform that is up: trigger the extractions, wait until the marts hold what they brought, deliver.

The chain itself belongs to Airflow's assets; this only triggers, watches, and says what it sees.
"""

from __future__ import annotations

import json
import re
import time
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from cli.services.platform import Platform, check_alive
from cli.services.progress import Progress
from settings import RenownError
from warehouse.connection import connect

UNFINISHED = ("queued", "running")
WAVE_SECONDS = 3600
QUIET_SECONDS = 12  # longer than the scheduler takes to turn an asset event into a run
COUNTS = """
select (select count(*) from core.mentions),
       (select count(*) from nlp.done),
       (select count(*) from quality.quarantine where released_at is null),
       (select count(*) from raw.rejects where resolved_at is null)
"""


def run_wave(platform: Platform, progress: Progress) -> bool:
    """Run everything once. True when something new came in. Raises RenownError naming the task that failed for good."""
    _fail_leftovers(platform, progress)
    since = datetime.now(UTC)
    sources = [f"extract__{s.id}" for s in platform.settings.sources.sources if s.enabled and s.terms == "approved"]
    before = _done_marts(platform)
    runs = {dag: platform.api.trigger(dag, "renown run") for dag in sources}
    progress.say(f"extracting: {', '.join(sorted(runs))}")
    _watch(platform, progress, runs)
    changed = _changed(platform, since) or _stale_marts(platform)
    if changed:
        _settle(platform, progress, since, before)
    else:
        progress.say("no source brought anything new: enrichment and marts stay as they are")
    last = [f"deliver__{s.id}" for s in platform.settings.subscriptions.subscriptions] + ["watch"]
    runs = {dag: platform.api.trigger(dag, "renown run") for dag in last}
    progress.say(f"delivering: {', '.join(sorted(runs))}")
    _watch(platform, progress, runs)
    return changed


def _watch(platform: Platform, progress: Progress, runs: dict[str, str]) -> None:
    """Until every given run has ended well."""
    deadline = time.monotonic() + WAVE_SECONDS
    while time.monotonic() < deadline:
        check_alive(platform.home)
        states = {dag: _state(platform, dag, run_id) for dag, run_id in runs.items()}
        progress.state(f"{_bar(states)} · {_counts(platform)}")
        failed = [dag for dag, state in states.items() if state == "failed"]
        if failed:
            raise _failure(platform, failed[0], runs[failed[0]])
        if all(state == "success" for state in states.values()):
            return
        time.sleep(1)
    raise RenownError(f"{', '.join(runs)} did not finish within {WAVE_SECONDS} s", "open Airflow's address ('renown up') to see why")


def _settle(platform: Platform, progress: Progress, since: datetime, before: int) -> None:
    """Until nothing is pending and a marts run that began after the last annotation has succeeded."""
    progress.say("enriching and building the marts (Airflow's assets drive this)")
    deadline, nudges = time.monotonic() + WAVE_SECONDS, ["enrich", "marts"]
    quiet_since = time.monotonic()
    while time.monotonic() < deadline:
        check_alive(platform.home)
        runs = [r for dag in ("enrich", "marts") for r in platform.api.runs(dag) if _after(r, since) or r["state"] in UNFINISHED]
        for run in runs:
            if run["state"] == "failed":
                raise _failure(platform, run["dag_id"], run["dag_run_id"])
        active = [r["dag_id"] for r in runs if r["state"] in UNFINISHED]
        progress.state(f"{', '.join(sorted(set(active))) or 'waiting for the scheduler'} · {_counts(platform)}")
        if not active and not _stale_marts(platform) and _done_marts(platform) > before:
            return
        if active:
            quiet_since = time.monotonic()
        elif nudges and time.monotonic() > quiet_since + QUIET_SECONDS:
            # What an earlier, killed run left undone has no asset event of its own; labels come before the marts that read them.
            platform.api.trigger(nudges.pop(0), "renown run: left undone by an earlier run")
            quiet_since = time.monotonic()
        time.sleep(1)
    raise RenownError(f"the marts were not built within {WAVE_SECONDS} s", "open Airflow's address ('renown up') to see why")


def _fail_leftovers(platform: Platform, progress: Progress) -> None:
    """Runs that a killed scheduler left as running would block their DAG (max_active_runs = 1)."""
    if platform.attached:
        return
    left = [run for state in UNFINISHED for run in platform.api.runs(state=state)
            if datetime.fromisoformat(run["queued_at"] or run["run_after"]) < platform.started_at]
    for run in left:
        platform.api.fail_run(run["dag_id"], run["dag_run_id"])
    if left:
        progress.say(f"closed {len(left)} DAG runs that an earlier run left unfinished")


def _changed(platform: Platform, since: datetime) -> bool:
    """Whether an extraction of this wave brought new payloads, or mentions wait for annotation."""
    with connect(platform.url) as connection:
        return _exists(connection, "select from raw.batches where started_at >= %s and items_new > 0", since) or _pending(connection)


def _pending(connection: psycopg.Connection) -> bool:
    from nlp.enrich import pending_count

    return int(pending_count(connection)) > 0


def _snapshot_due(connection: psycopg.Connection) -> bool:
    from nlp.snapshots import due

    return due(connection)


def _stale_marts(platform: Platform) -> bool:
    """Whether the marts are missing, or older than the newest annotation or deletion, or were built under another config."""
    with connect(platform.url) as connection:
        if not _exists(connection, "select where to_regclass('marts.mart_reputation_daily') is not null"):
            return True
        return _pending(connection) or _snapshot_due(connection) or not _exists(
            connection, "select from quality.results where layer = 'marts' having max(ran_at) > coalesce(greatest("
            "(select max(created_at) from nlp.annotations), (select max(activated_at) from nlp.manifests),"
            "(select max(loaded_at) from core.mentions),"
            "(select max(loaded_at) from core.deletions)), '-infinity')")


def _exists(connection: psycopg.Connection, query: str, *parameters: object) -> bool:
    row = connection.execute(f"select exists ({query})".encode(), parameters or None).fetchone()
    return bool(row and row[0])


def _done_marts(platform: Platform) -> int:
    with connect(platform.url) as connection:
        row = connection.execute("select count(distinct run_id) from quality.results where layer = 'marts'").fetchone()
        return int(row[0]) if row else 0


def _state(platform: Platform, dag_id: str, run_id: str) -> str:
    return str(platform.api.call("GET", f"dags/{dag_id}/dagRuns/{run_id}")["state"])


def _after(run: dict[str, str], since: datetime) -> bool:
    return datetime.fromisoformat(run["run_after"]) >= since


def _bar(states: dict[str, str]) -> str:
    done = sum(state == "success" for state in states.values())
    return f"{done}/{len(states)} done"


def _counts(platform: Platform) -> str:
    with connect(platform.url) as connection:
        row = connection.execute(COUNTS).fetchone()
    assert row is not None
    return f"{row[0]:,} mentions, {row[1]:,} annotated, {row[2]:,} quarantined, {row[3]:,} rejected"


def _failure(platform: Platform, dag_id: str, run_id: str) -> RenownError:
    failed = [task["task_id"] for task in platform.api.tasks(dag_id, run_id) if task["state"] == "failed"]
    with connect(platform.url) as connection:
        row = connection.execute(
            "select error from raw.batches where status in ('failed', 'stopped') and error is not null"
            " order by started_at desc limit 1").fetchone() if dag_id.startswith("extract__") else None
    folder = platform.home / "airflow" / "logs" / f"dag_id={dag_id}" / f"run_id={run_id}"
    reason = row[0] if row else _logged_error(folder)
    why = f" ({reason})" if reason else ""
    return RenownError(f"task {dag_id}.{', '.join(failed) or 'run'} failed{why}", f"see {folder}; run again when it is mended", 5)


def _logged_error(folder: Path) -> str | None:
    """The exception that a task's newest log ends with, in one line."""
    for log in sorted(folder.rglob("*.log"), key=lambda path: path.stat().st_mtime, reverse=True):
        found = re.findall(r'"exc_value":\s*("(?:[^"\\\\]|\\\\.)*")', log.read_text("utf-8", "replace"))
        if found:
            return " ".join(str(json.loads(found[-1])).split())[:300]
    return None
