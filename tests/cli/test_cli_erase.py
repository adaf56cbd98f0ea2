"""`renown erase`: shows first, erases only with --yes, tells counts and never whose they were; files of ours beside the warehouse follow."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.calling import Renown, one_clear_line
from tests.warehouse.test_erasure import ANN, HANDLE, filled, state, traces
from warehouse.connection import connect
from warehouse.landing_rows import mention_id

ASKED = ("erase", "--platform", "x", "--author", f"@{HANDLE}", "--reason", "request 17", "--no-marts")


@pytest.fixture
def home(renown: Renown, warehouse_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A home beside a warehouse that holds her: a copy of an alert, and a cached extract."""
    monkeypatch.setenv("RENOWN_WAREHOUSE_URL", warehouse_url)
    folder = tmp_path / "home"
    (folder / "alerts").mkdir(parents=True)
    (folder / "bi" / "hyper").mkdir(parents=True)
    hers, other = mention_id("x", "", "post", "1"), mention_id("x", "", "post", "7")
    (folder / "alerts" / "one.txt").write_text(f"Example posts\n  1. x 1 (mention {hers}) https://x.test/{HANDLE}/1\n  2. x 7 (mention {other})\n", "utf-8")
    (folder / "alerts" / "other.txt").write_text(f"  1. x 7 (mention {other})\n", "utf-8")
    for name in ("care.hyper", "care.manifest.json", "notes.txt"):
        (folder / "bi" / "hyper" / name).write_text("{}", "utf-8")
    (folder / "outbox").mkdir()
    for name in ("care_weekly_2026-02-28_2026-03-01.csv", "care_weekly_2026-02-28_2026-03-01.csv.letter"):
        (folder / "outbox" / name).write_text(f"x,{HANDLE}\n", "utf-8")
    with connect(warehouse_url) as connection:
        filled(connection)
    return folder


def test_it_shows_first_and_erases_nothing_unasked(renown: Renown, home: Path, warehouse_url: str) -> None:
    with connect(warehouse_url) as connection:
        before = state(connection)
        looked = renown(*ASKED, "--dry-run", "--json")
        assert (looked.code, json.loads(looked.out)["erased"], json.loads(looked.out)["removed"]["mentions"]) == (0, False, 4)
        unasked = renown(*ASKED)
        assert unasked.code == 2
        assert "say --yes" in one_clear_line(unasked)
        assert "would go" in unasked.out
        assert state(connection) == before
    assert HANDLE in (home / "alerts" / "one.txt").read_text("utf-8")


def test_with_yes_the_warehouse_and_our_files_forget(renown: Renown, home: Path, warehouse_url: str) -> None:
    done = renown(*ASKED, "--yes", "--json")
    told = json.loads(done.out)
    assert (done.code, told["erased"], told["removed"]["copies of alerts"], told["removed"]["cached extracts"]) == (0, True, 1, 1)
    assert (told["removed"]["deliveries not sent yet"], list((home / "outbox").iterdir())) == (2, []), "they are rendered anew"
    assert [entry["subscription"] for entry in told["deliveries"]] == ["care_weekly"]
    assert ANN not in done.out + done.err
    assert HANDLE not in done.out + done.err
    with connect(warehouse_url) as connection:
        assert traces(connection) == set()
    assert "(erased)" in (text := (home / "alerts" / "one.txt").read_text("utf-8"))
    assert HANDLE not in text
    assert "x 7" in text
    assert sorted(path.name for path in (home / "bi" / "hyper").iterdir()) == ["care.manifest.json", "notes.txt"], "the manifest says who wants it anew"


def test_files_that_a_killed_run_left_are_done_by_the_next(renown: Renown, home: Path) -> None:
    text = (home / "alerts" / "one.txt").read_text("utf-8")
    renown(*ASKED, "--yes")
    (home / "alerts" / "one.txt").write_text(text, "utf-8")  # as if it had died behind the commit
    again = renown(*ASKED, "--yes", "--json")
    assert (again.code, json.loads(again.out)["known before"], json.loads(again.out)["removed"]) == (0, True, {"copies of alerts": 1})


def test_an_official_account_is_no_person(renown: Renown, home: Path) -> None:
    for author in ("@velmorabank", "VelmoraBank"):
        refused = renown("erase", "--platform", "x", "--author", author, "--reason", "request 17", "--yes")
        assert refused.code == 2
        assert "velmora" in one_clear_line(refused)


def test_registers_that_name_the_account_are_told(renown: Renown, home: Path, monkeypatch: pytest.MonkeyPatch, own_config: Path) -> None:
    (own_config / "employees.yml").write_text(f"accounts:\n  - {{platform: x, account: {HANDLE}, registered: 2026-01-01}}\n", "utf-8")
    assert "config/employees.yml" in renown(*ASKED, "--yes").err
