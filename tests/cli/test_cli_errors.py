"""Any failure becomes one line: what, where, the mend; an exit code; no password, nobody's words, no traceback."""

from __future__ import annotations

import errno
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
import requests

import cli.schema
from cli.errors import explain, one_line
from settings import ConfigError, RenownError
from settings.loader import REPOSITORY
from tests.cli.calling import Renown, one_clear_line


@pytest.mark.parametrize(
    ("error", "line", "code"),
    [
        (RenownError("what", "mend", exit_code=3), "what: mend", 3),
        (ConfigError("banks.yml", 4, "what", "mend"), "banks.yml:4: what: mend", 2),
        (
            FileNotFoundError(errno.ENOENT, "No such file or directory", "/a/b"),
            "/a/b: no such file or folder: check the path",
            1,
        ),
        (PermissionError(errno.EACCES, "Permission denied", "/a/b"), "/a/b: permission denied", 1),
        (
            psycopg.errors.InsufficientPrivilege("permission denied for schema core\nLINE 1: select"),
            "the warehouse's login lacks a right (permission denied for schema core): docs/install_into_existing.md says "
            "what it needs",
            1,
        ),
        (KeyboardInterrupt(), "interrupted: run it again to go on where it stopped", 130),
        (
            psycopg.OperationalError("connection to server at 127.0.0.1 failed\nmore"),
            "the warehouse does not answer (connection to server at 127.0.0.1 failed): start it ('renown up') or "
            "correct RENOWN_WAREHOUSE_URL",
            3,
        ),
    ],
)
def test_known_failures(error: BaseException, line: str, code: int) -> None:
    assert explain(error) == (line, code)


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "No space left on device", "/full/file"),
        OSError(errno.EDQUOT, "Disk quota exceeded", "/full/file"),
    ],
)
def test_a_full_disk_has_its_own_line(error: OSError) -> None:
    line, code = explain(error)
    assert line.startswith("disk full while writing /full/file: free some space")
    assert code == 1


def test_a_full_disk_is_found_behind_other_errors() -> None:
    wrapped = ValueError("could not save")
    wrapped.__cause__ = OSError(errno.ENOSPC, "No space left on device")
    assert explain(wrapped)[0].startswith("disk full")
    assert explain(psycopg.errors.DiskFull("could not extend file"))[0].startswith("disk full")


def test_a_row_that_the_server_quotes_is_not_repeated() -> None:
    line, code = explain(psycopg.errors.InvalidTextRepresentation('invalid input syntax: "my words"'))
    assert "my words" not in line
    assert "22P02" in line
    assert code == 1


def test_a_server_that_was_stopped_counts_as_down() -> None:
    line, code = explain(psycopg.errors.AdminShutdown("terminating connection"))
    assert line.startswith("the warehouse does not answer")
    assert code == 3


def test_an_unknown_error_tells_its_kind_and_place_only() -> None:
    try:
        raise ValueError("somebody's words")
    except ValueError as error:
        line, code = explain(error)
    assert line.startswith("unexpected ValueError at test_cli_errors.py:")
    assert "somebody" not in line
    assert code == 1


def test_a_network_error_tells_no_address() -> None:
    line, _ = explain(requests.ConnectionError("https://api.example/?access_token=abc"))
    assert "abc" not in line
    assert "ConnectionError" in line


def test_passwords_and_line_ends_are_taken_out() -> None:
    assert one_line("at postgresql://me:secret@host/db\n  second\x1b[31m") == "at postgresql://me:***@host/db second[31m"


def test_the_command_line_prints_it_and_exits(renown: Renown, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(file: str | None = None) -> None:
        raise RenownError("what", "mend", exit_code=7)

    monkeypatch.setattr(cli.schema, "file_schemas", broken)
    outcome = renown("schema")
    assert one_clear_line(outcome) == "renown: what: mend"
    assert outcome.code == 7


@pytest.mark.parametrize("arguments", [("--debug", "schema"), ("schema", "--debug")])
def test_debug_shows_the_traceback_too(renown: Renown, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]) -> None:
    def broken(file: str | None = None) -> None:
        raise RuntimeError("inner words")

    monkeypatch.setattr(cli.schema, "file_schemas", broken)
    outcome = renown(*arguments)
    assert "Traceback" in outcome.err
    assert "inner words" in outcome.err
    assert outcome.err.strip().splitlines()[-1].startswith("renown: unexpected RuntimeError")
    assert outcome.code == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("nonsense",), "No such command 'nonsense': see 'renown --help'"),
        (("sql",), "see 'renown sql --help'"),
        (("sql", "select 1", "--xml"), "No such option: --xml"),
        (("schema", "nonsense"), "'nonsense' is no file of config/: use one of renown, banks"),
    ],
)
def test_a_wrong_command_line_is_one_line(renown: Renown, arguments: tuple[str, ...], words: str) -> None:
    outcome = renown(*arguments)
    assert words in one_clear_line(outcome)
    assert outcome.code == 2


def test_help_lists_every_command_and_loads_no_room(tmp_path: Path) -> None:
    """Quick to start: help must not import the rooms, nor the libraries that they stand on."""
    program = (
        "import sys, cli.main\n"
        "try: cli.main.main(['--help'])\n"
        "except SystemExit as stop: print('code', stop.code)\n"
        "print('heavy', sorted({'psycopg', 'pydantic', 'spacy', 'pandas', 'requests', 'extractors', 'nlp', 'warehouse',"
        " 'settings'} & set(sys.modules)))"
    )
    printed = subprocess.run(
        [sys.executable, "-c", program],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
        env={"COLUMNS": "200", "PATH": ""},
    ).stdout
    assert "code 0" in printed
    assert "heavy []" in printed
    for command in (
        "init",
        "check",
        "schema",
        "run",
        "up",
        "down",
        "status",
        "sources",
        "parse",
        "ingest",
        "replay",
        "enrich",
        "evaluate",
        "label",
        "sql",
        "version",
    ):
        assert f" {command} " in printed


def shell(command: str) -> subprocess.CompletedProcess[str]:
    """`renown` in a shell, as people pipe it."""
    renown = f"{sys.executable} -m cli.main"
    return subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command.replace('renown', renown)}"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
    )


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full (Linux), a device that is always full")
@pytest.mark.parametrize("command", ["renown schema > /dev/full", "renown version > /dev/full"])
def test_a_full_disk_is_one_line(command: str) -> None:
    done = shell(command)
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert done.stderr.startswith("renown: disk full: free some space")


def test_a_reader_that_stops_reading_is_no_error() -> None:
    done = shell("renown schema | head -1")
    assert done.stdout == "{\n"
    assert done.stderr == ""
