"""`renown purge`: tells how much is due, purges, and drops files of ours from before the grace; counts, never words."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest

from tests.cli.calling import Renown
from tests.warehouse.test_purge import filled, state, traces
from warehouse.connection import connect
from warehouse.landing_rows import mention_id

AUTHOR = {"core.authors.name", "core.authors.location"}  # who has live items too


@pytest.fixture
def home(renown: Renown, warehouse_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A home beside a warehouse with deleted items: copies of alerts, an extract from before the deletion, what waits in the outbox."""
    monkeypatch.setenv("RENOWN_WAREHOUSE_URL", warehouse_url)
    monkeypatch.setenv("RENOWN_AS_OF", "2026-03-30T00:00:00Z")
    folder = tmp_path / "home"
    for name in ("alerts", "bi/hyper", "outbox"):
        (folder / name).mkdir(parents=True)
    gone, other = mention_id("x", "", "post", "1"), mention_id("x", "", "post", "2")
    (folder / "alerts" / "one.txt").write_text(f"  1. x 1 (mention {gone}) https://x.test/canary/1\n  2. x 2 (mention {other})\n", "utf-8")
    for name in ("cards.hyper", "care.hyper"):
        (folder / "bi" / "hyper" / name).write_text("canary", "utf-8")
    for name in ("old.csv", "young.csv"):
        (folder / "outbox" / name).write_text("canary", "utf-8")
    week = time.time() - 8 * 86_400
    for name in ("bi/hyper/cards.hyper", "outbox/old.csv"):
        os.utime(folder / name, (week, week))
    with connect(warehouse_url) as connection:
        filled(connection)
    return folder


def test_a_look_tells_how_much_and_changes_nothing(renown: Renown, home: Path, warehouse_url: str) -> None:
    with connect(warehouse_url) as connection:
        before = state(connection)
        told = json.loads(renown("purge", "--dry-run", "--json").out)
        assert (told["purged"], told["grace_days"], [(one["platform"], one["items"], one["payloads"]) for one in told["due"]]) == (False, 7, [("x", 3, 4)])
        assert "due after 7 days" in (shown := renown("purge", "--dry-run")).out.lower()
        assert shown.code == 0
        assert state(connection) == before
    assert "canary" in (home / "alerts" / "one.txt").read_text("utf-8")


def test_the_warehouse_and_our_files_forget(renown: Renown, home: Path, warehouse_url: str) -> None:
    done = renown("purge", "--json")
    told = json.loads(done.out)
    assert (done.code, told["purged"], told["items"], told["removed"]["versions"]) == (0, True, 3, 2)
    assert [told["removed"][name] for name in ("copies of alerts", "cached extracts", "deliveries not sent yet")] == [1, 1, 1]
    assert "canary" not in done.out + done.err
    assert "the marts still show" in done.err, "no build came since the deletion"
    with connect(warehouse_url) as connection:
        assert traces(connection) - AUTHOR == set()
    text = (home / "alerts" / "one.txt").read_text("utf-8")
    assert ("(deleted)" in text, "canary" in text, "x 2" in text) == (True, False, True)
    assert sorted(path.name for path in home.rglob("*.*") if path.suffix in (".hyper", ".csv")) == ["care.hyper", "young.csv"]


def test_files_that_a_killed_run_left_are_done_by_the_next(renown: Renown, home: Path) -> None:
    text = (home / "alerts" / "one.txt").read_text("utf-8")
    renown("purge")
    (home / "alerts" / "one.txt").write_text(text, "utf-8")  # as if it had died behind the last commit
    assert json.loads(renown("purge", "--json").out) == {"purged": True, "items": 0, "removed": {"copies of alerts": 1}}
    assert "nothing is due" in renown("purge").out


def test_the_dag_s_task_does_the_same(renown: Renown, home: Path, warehouse_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from dags import work

    monkeypatch.setenv("RENOWN_HOME", str(home))
    assert {"items": 3, "versions": 2, "copies of alerts": 1}.items() <= work.purge_deleted().items()
    with connect(warehouse_url) as connection:
        assert traces(connection) - AUTHOR == set()
