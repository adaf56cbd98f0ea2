"""The rule of exit codes, over every command that there is: 2 what the caller must mend, 3 no warehouse; a new command must be entered here.

docs/configuration.md states the rule; 4 (a gate holds) and 130 (stopped) have tests where they arise.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from cli.main import app
from settings import RenownError
from settings.loader import REPOSITORY
from tests.cli.calling import Renown, one_clear_line
from warehouse.connection import warehouse_url

POSTS = "POSTS"  # stands for a file of one post, SHEET for one of labels, OUT for one that is not there yet
SHEET, OUT = "SHEET", "OUT.csv"
NOWHERE = "postgresql://renown:hidden@127.0.0.1:1/none"

# Every command with arguments that are right, and what it reads: c the configuration, w the warehouse.
COMMANDS: dict[str, tuple[tuple[str, ...], str]] = {
    "init": (("--yes", "--bank", "Alpha"), ""),
    "check": ((), "c"),
    "schema": ((), ""),
    "migrate": ((), "w"),
    "places": ((), "cw"),
    "run": ((), ""),
    "up": ((), ""),
    "down": ((), ""),
    "status": ((), ""),  # tells what is wrong instead of failing of it
    "version": ((), ""),
    "parse": (("x", POSTS), ""),
    "ingest": ((POSTS, "--platform", "x", "--no-marts"), "cw"),
    "replay": ((), "cw"),
    "backfill": (("x", "--from", "2026-03-01", "--estimate"), "cw"),
    "erase": (("--platform", "x", "--author", "123456789", "--reason", "request 1", "--dry-run"), "cw"),
    "purge": (("--dry-run",), "cw"),
    "enrich": ((POSTS,), "c"),
    "evaluate": ((), ""),
    "train": (("sentiment",), ""),
    "sql": (("select 1",), "w"),
    "explain": (("net_sentiment", "--bank", "velmora", "--date", "2026-03-18"), "w"),
    "dbt": (("source", "freshness"), "cw"),
    "sources": ((), "c"),
    "sources test": (("x",), "c"),
    "sources add": (("--yes", "--platform", "vk", "--id", "other"), "c"),
    "query compile": (("bank",), "c"),
    "query explain": (("bank",), "c"),
    "query dry-run": (("x", "--query", "bank"), "cw"),
    "label export": (("--out", OUT), "cw"),
    "label import": ((SHEET, "--labeller", "ann"), "w"),
    "label agreement": ((), "w"),
    "label rows": (("--out", OUT), "w"),
    "models list": ((), "w"),
    "models shadow": ((), "cw"),
    "models diff": ((), "cw"),
    "models promote": ((), "cw"),
    "docs platforms": ((), ""),
    "docs metrics": ((), ""),
    "report": ((), "cw"),
    "subscriptions list": ((), "cw"),
    "subscriptions preview": (("care_weekly",), "cw"),
    "subscriptions run": (("care_weekly",), "cw"),
    "subscriptions resend": (("care_weekly", "--why", "lost"), "cw"),
    "subscriptions add": (("--yes", "--id", "more", "--department", "pr", "--mart", "mart_leads"), "cw"),
    "subscriptions verify": (("token",), ""),
    "alerts list": ((), "cw"),
    "alerts show": (("abcdef",), "cw"),
    "alerts ack": (("abcdef",), "cw"),
    "alerts run": ((), "cw"),
    "alerts test": ((), "cw"),
    "subscriptions requests": ((), "cw"),
    "subscriptions ack": (("care_weekly",), "cw"),
    "links serve": ((), "cw"),
    "bi superset": ((), "cw"),
    "bi tableau": ((), "c"),
    "bi hyper": (("cards",), "cw"),
    "bi publish": (("Cards", POSTS, "--server", "http://127.0.0.1:1"), "c"),
    "bi metabase": (("--url", "http://127.0.0.1:1"), "c"),
}
# What a caller may get wrong in a command's own way.
MISUSED: dict[str, tuple[str, ...]] = {
    "parse": ("orkut", POSTS),
    "parse fetched": ("x", POSTS, "--fetched-at", "soon"),
    "ingest": ("no-such-file.csv", "--platform", "x"),
    "backfill": ("x", "--from", "yesterday"),
    "backfill source": ("nowhere", "--from", "2026-03-01"),
    "erase": ("--platform", "orkut", "--author", "1", "--reason", "request 1"),
    "erase official": ("--platform", "x", "--author", "VelmoraBank", "--reason", "request 1"),
    "enrich": ("no-such-file.jsonl",),
    "enrich profile": (POSTS, "--profile", "slow"),
    "enrich tasks": (POSTS, "--tasks", "weather"),
    "train": ("sentiment", "--data", "no-such-folder"),
    "schema": ("weather.yml",),
    "init": ("--yes",),
    "init zone": ("--yes", "--bank", "Alpha", "--timezone", "Mars"),
    "sources test": ("nowhere",),
    "sources add": ("--yes", "--platform", "orkut"),
    "query compile": ("(bank",),
    "query compile platform": ("bank", "--platform", "rss"),
    "query compile nothing": ("-bank", "--platform", "vk"),
    "query explain": ("(bank",),
    "query dry-run": ("x", "--query", "(bank"),
    "dbt": ("run",),
    "label import": ("no-such-sheet.csv",),
    "label export": ("--out", "sheet.pdf"),
    "check": ("no-such-folder",),
    "report": ("--week", "2026-W60"),
    "report language": ("--language", "xx"),
    "subscriptions preview": ("nobody",),
    "subscriptions run": ("care_weekly", "--until", "soon"),
    "subscriptions add mart": ("--yes", "--id", "more", "--department", "pr", "--mart", "mart_nowhere"),
    "subscriptions add department": ("--yes", "--id", "more", "--department", "sales", "--mart", "mart_leads"),
    "subscriptions verify": ("token",),
    "subscriptions ack": ("nobody",),
    "subscriptions ack day": ("care_weekly", "--until", "soon"),
    "links serve": ("--port", "99999999"),
    "bi publish": ("Cards", POSTS, "--server", "http://127.0.0.1:1"),  # no token
    "bi metabase": ("--url", "http://127.0.0.1:1"),  # no key
}


def leaves(command: Any, path: tuple[str, ...] = ()) -> Iterator[str]:
    """The names of everything that can be called."""
    if not hasattr(command, "commands"):
        yield " ".join(path)
        return
    if command.invoke_without_command and path:
        yield " ".join(path)
    for name, inner in command.commands.items():
        yield from leaves(inner, (*path, name))


@pytest.fixture
def call(renown: Renown, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Renown:
    """`renown`, in a folder of its own, where the stand-ins for files are files."""
    monkeypatch.chdir(tmp_path)
    for name in ("RENOWN_X_TOKEN", "RENOWN_SANDBOX_URL"):
        monkeypatch.delenv(name, raising=False)
    files = {POSTS: tmp_path / "posts.jsonl", SHEET: tmp_path / "sheet.csv", OUT: tmp_path / "out.csv"}
    files[POSTS].write_text('{"id": "1", "native_id": "1", "text": "a"}\n', "utf-8")
    files[SHEET].write_text("id,version,sentiment\n", "utf-8")
    return lambda *arguments: renown(*(str(files.get(word, word)) for word in arguments))


def test_every_command_is_in_the_table() -> None:
    assert set(leaves(get_command(app))) == set(COMMANDS)


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_an_option_that_there_is_not(call: Renown, command: str) -> None:
    outcome = call(*command.split(), *COMMANDS[command][0], "--no-such-option")
    assert outcome.code == 2, outcome.err
    assert "--help" in one_clear_line(outcome)


@pytest.mark.parametrize("case", sorted(MISUSED))
def test_what_is_said_wrongly(call: Renown, case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    command = next(name for name in sorted(COMMANDS, key=len, reverse=True) if case.startswith(name))
    if "w" in COMMANDS[command][1]:
        monkeypatch.setenv("RENOWN_WAREHOUSE_URL", str(tmp_path / "asked for only when the words are right"))
    outcome = call(*command.split(), *MISUSED[case])
    assert outcome.code == 2, outcome.err
    one_clear_line(outcome)


@pytest.mark.parametrize("command", sorted(name for name, (_, reads) in COMMANDS.items() if "c" in reads))
def test_a_configuration_that_cannot_be_read(call: Renown, command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "config"
    folder.mkdir()
    (folder / "banks.yml").write_text("home: velmora\nbanks: [", "utf-8")
    monkeypatch.setenv("RENOWN_CONFIG", str(folder))
    monkeypatch.setenv("RENOWN_WAREHOUSE_URL", NOWHERE)
    outcome = call(*command.split(), *COMMANDS[command][0])
    assert outcome.code == 2, outcome.err
    assert "banks.yml" in outcome.err + outcome.out


@pytest.mark.parametrize("command", sorted(name for name, (_, reads) in COMMANDS.items() if "w" in reads))
def test_a_warehouse_that_is_down(call: Renown, command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RENOWN_CONFIG", str(REPOSITORY / "config"))
    monkeypatch.setenv("RENOWN_WAREHOUSE_URL", NOWHERE)
    outcome = call(*command.split(), *COMMANDS[command][0])
    assert outcome.code == 3, outcome.err
    assert "does not answer" in one_clear_line(outcome)
    assert "hidden" not in outcome.err


def test_no_warehouse_at_all_counts_as_down(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RENOWN_WAREHOUSE_URL", raising=False)
    with pytest.raises(RenownError, match="no warehouse at") as caught:
        warehouse_url(tmp_path)
    assert caught.value.exit_code == 3


@pytest.mark.parametrize("command", [("sources", "test", "x"), ("backfill", "x", "--from", "2026-03-01", "--no-marts")])
def test_a_missing_credential_is_configuration(
    call: Renown, warehouse_url: str, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    monkeypatch.setenv("RENOWN_WAREHOUSE_URL", warehouse_url)
    outcome = call(*command)
    assert outcome.code == 2
    assert outcome.err.strip().endswith("no credential for x: set RENOWN_X_TOKEN")
