"""`renown alerts` as a person on duty uses it, and `renown ingest --dispositions`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.calling import Renown, one_clear_line
from tests.delivery.alerts import scenes
from tests.delivery.alerts.scenes import ask, crisis, put

CASE = "c0000000-0000-0000-0000-000000000001"


@pytest.fixture
def url(warehouse_url: str, renown: Renown, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The crisis of the demo, an hour old."""
    scenes.build(warehouse_url)
    crisis(warehouse_url)
    monkeypatch.setenv("RENOWN_WAREHOUSE_URL", warehouse_url)
    monkeypatch.setenv("RENOWN_AS_OF", "2026-03-18T13:00:00Z")
    yield warehouse_url
    scenes.line(warehouse_url).close()


def test_from_the_look_to_the_acknowledgement(url: str, renown: Renown, tmp_path: Path) -> None:
    assert renown("alerts", "list").out == "alerts: none yet\n"
    assert "1 opened" in renown("alerts", "run").out
    [listed] = json.loads(renown("alerts", "list", "--json").out)
    assert (listed["severity"], listed["status"], listed["told"], listed["acknowledged_by"]) == (4, "open", 1, None)
    short = listed["id"][:8]
    assert short in renown("alerts", "list").out
    shown = renown("alerts", "show", short).out
    for said in ("57 mentions in the hour", "renown explain mart_crisis_signals", "no email address", "opened"):
        assert said in shown
    assert "acknowledged by Anna" in renown("alerts", "ack", short, "--by", "Anna", "--note", "on it").out
    assert "Anna has acknowledged it already" in renown("alerts", "ack", short, "--by", "Boris").out
    assert json.loads(renown("alerts", "show", short, "--json").out)["events"][-1]["note"] == "on it"
    assert "renown alerts list --all" in one_clear_line(renown("alerts", "ack", "ffffffff"))
    assert len(list((tmp_path / "home" / "alerts").glob("*_crisis_*_opened_1.txt"))) == 1


def test_a_look_by_hand_tries_at_once_what_failed(url: str, renown: Renown) -> None:
    renown("alerts", "run")
    assert "1 messages failed" in renown("alerts", "run").out, "the timer's look would wait a minute"


def test_a_drill_is_marked_and_reaches_who_would_be_told(url: str, renown: Renown, tmp_path: Path) -> None:
    told = renown("alerts", "test", "--department", "security", "--severity", "3")
    assert "fraud" in told.out, "the fraud desk, in hours"
    [file] = (tmp_path / "home" / "alerts").glob("*_drill_*.txt")
    assert file.read_text("utf-8").startswith("[3/5] DRILL, nothing happened: is security reached at severity 3?")
    assert "use one of" in one_clear_line(renown("alerts", "test", "--department", "kitchen"))
    assert ask(url, "select count(*) from ops.alert_events where event = 'escalated'") == [(0,)]


def test_outcomes_are_taken_and_each_rejected_line_is_named(url: str, renown: Renown, tmp_path: Path) -> None:
    put(url, "fct_cases", case_id=CASE, platform="x", site="", conversation_id="c1", author_id="a1", bank_id="velmora")
    file = tmp_path / "desk.csv"
    file.write_text(f"case_id,outcome,decided_at\n{CASE},solved,2026-03-18T10:00Z\n{CASE},lost,2026-03-18T10:00Z\n", "utf-8")
    told = renown("ingest", "--dispositions", str(file), "--no-marts")
    assert told.code == 0, told
    assert "line 3: outcome is none of answered, solved, rejected: write one of them" in told.out
    assert json.loads(renown("ingest", "--dispositions", str(file), "--no-marts", "--json").out)["known"] == 1
    assert "exclude each other" in one_clear_line(renown("ingest", "--dispositions", str(file), "--url", "https://x.example/1"))
    assert "exclude each other" in one_clear_line(renown("ingest", str(file), "--dispositions", str(file)))
    assert "no such file" in one_clear_line(renown("ingest", "--dispositions", str(tmp_path / "none.csv")))
