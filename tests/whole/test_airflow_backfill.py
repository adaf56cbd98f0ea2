"""Airflow's own backfill under a real scheduler gives the rows that `renown backfill` gives, and leaves the cursor alone."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import yaml

from cli.services import sandbox
from cli.services.airflow import Api
from cli.services.processes import marked
from settings.loader import REPOSITORY
from tests.whole import runner
from warehouse import embedded

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]
SOURCE = "vk"
FIRST, LAST, HOURS = "2026-03-16T08:00:00Z", "2026-03-16T15:00:00Z", 8  # Airflow's LAST is the last interval's start, ours the end
END = "2026-03-16T16:00:00Z"
ROWS = f"""
select kind, native_id, version, event_at, text, author_id, parent_id, conversation_id from core.mentions
where source_id = '{SOURCE}' and event_at < '{END}' order by 1, 2, 3
"""
CURSORS = f"select stream, cursor from raw.cursors where source_id = '{SOURCE}' order by 1"
RUNS = f"select count(*), bool_and(status = 'success') from raw.batches where source_id = '{SOURCE}' and mode = 'backfill'"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """Our config with one source, whose incremental history begins after the interval that is filled."""
    folder = tmp_path / "config"
    shutil.copytree(REPOSITORY / "config", folder)
    listed = yaml.safe_load((folder / "sources.yml").read_text("utf-8"))
    listed["sources"] = [source | {"history_start": "2026-03-28T00:00:00Z"} for source in listed["sources"] if source["id"] == SOURCE]
    (folder / "sources.yml").write_text(yaml.safe_dump(listed, allow_unicode=True), "utf-8")
    return folder


@pytest.fixture
def up(tmp_path: Path, config: Path) -> Iterator[Path]:
    home = tmp_path / "airflow"
    try:
        told = _renown(home, config, "up")
        assert told.returncode == 0, told.stderr
        yield home
    finally:
        _renown(home, config, "down")
        assert not marked(home)


def test_both_backfills_give_the_same_rows(up: Path, config: Path, tmp_path: Path) -> None:
    api = Api(up)
    api.login()
    assert runner.wait_until(lambda: _is_idle(api), 180), "the scheduled run did not end"
    before = _rows(up, CURSORS)
    assert before
    for dag_id in ("enrich", "marts"):  # labels and marts are none of this test's business, and would run after every interval
        api.call("PATCH", f"dags/{dag_id}", json={"is_paused": True})
    body = {"dag_id": f"extract__{SOURCE}", "from_date": FIRST, "to_date": LAST, "max_active_runs": 1,
            "run_backwards": False, "reprocess_behavior": "none"}  # fmt: skip
    made = api.call("POST", "backfills", json=body)
    assert runner.wait_until(lambda: bool(api.call("GET", f"backfills/{made['id']}")["completed_at"]), 600), "the backfill did not end"
    assert _rows(up, RUNS) == [(HOURS, True)]
    assert _rows(up, CURSORS) == before

    other = tmp_path / "command"
    done = _renown(other, config, "backfill", SOURCE, "--from", FIRST, "--to", END, "--no-marts", **sandbox.environment(up))
    assert done.returncode == 0, done.stderr
    expected = _rows(other, ROWS)
    assert len(expected) > HOURS
    assert _rows(up, ROWS) == expected


def _is_idle(api: Api) -> bool:
    runs = api.runs(f"extract__{SOURCE}")
    return bool(runs) and all(run["state"] == "success" for run in runs)


def _rows(home: Path, query: str) -> list[tuple[Any, ...]]:
    with embedded.running(home) as url, psycopg.connect(url) as connection:
        return connection.execute(query.encode()).fetchall()


def _renown(home: Path, config: Path, *arguments: str, **extra: str) -> subprocess.CompletedProcess[str]:
    environment = {**runner.environment(home, "0.3"), "RENOWN_CONFIG": str(config), **extra, "RENOWN_HOME": str(home)}
    return subprocess.run([sys.executable, "-m", "cli.main", *arguments], capture_output=True, text=True, cwd=REPOSITORY, env=environment)
