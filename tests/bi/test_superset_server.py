"""How Superset is set up and started: secrets through pipes and the environment of its own processes, never in files or on command lines."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from bi.superset import bundle, server
from cli.services import processes, superset
from settings import RenownError
from settings.home import read_home, secret, update_home
from settings.loader import REPOSITORY
from warehouse.connection import connect

FAKE = """#!{python}
import json, os, sys
asked = json.load(sys.stdin)
out = {{"argv": sys.argv, "login": asked["login"], "password": asked["password"], "uri": asked["files"]["databases/renown.yaml"], "key": os.environ["SUPERSET_SECRET_KEY"]}}
open(os.path.join(os.environ["SUPERSET_HOME"], "asked.json"), "w").write(json.dumps(out))
print("what went on")
{end}
"""


@pytest.fixture
def interpreter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A stand-in for the Python of Superset's environment."""
    program = tmp_path / "venv" / "bin" / "python"
    program.parent.mkdir(parents=True)
    program.write_text(FAKE.format(python=sys.executable, end=""))
    program.chmod(0o755)
    monkeypatch.setenv("RENOWN_BI_VENV", str(tmp_path / "venv"))
    return program


def test_the_bundle_goes_through_the_pipe_and_nowhere_else(interpreter: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    server.load(home, bundle.files(uri="postgresql+psycopg2://bi_reader:hidden@127.0.0.1:5/renown"))
    told = json.loads((home / "superset" / "asked.json").read_text())
    assert "bi_reader:hidden@" in told["uri"]
    assert (told["login"], told["password"], told["key"]) == (
        "admin",
        secret(home, "superset_admin"),
        secret(home, "superset_key"),
    )
    (home / "superset" / "asked.json").unlink()
    for path in home.rglob("*"):
        assert path.is_dir() or "hidden" not in path.read_text("utf-8"), path
    assert not any(word in " ".join(told["argv"]) for word in ("hidden", told["password"], told["key"]))
    assert (home / "superset").stat().st_mode & 0o077 == 0


def test_secrets_are_made_once(interpreter: Path, tmp_path: Path) -> None:
    first = server.environment(tmp_path)
    assert server.environment(tmp_path) == first
    assert (tmp_path / "home.json").stat().st_mode & 0o077 == 0
    assert len({first["SUPERSET_SECRET_KEY"], server.password(tmp_path)}) == 2


def test_what_superset_refuses_is_told_by_its_last_line(interpreter: Path, tmp_path: Path) -> None:
    interpreter.write_text(FAKE.format(python=sys.executable, end='sys.exit("Error importing assets: no such column")'))
    with pytest.raises(
        RenownError, match=r"did not take the dashboards \(Error importing assets: no such column\): see .*superset-import\.log"
    ):
        server.load(tmp_path / "home", {"databases/renown.yaml": ""})


def test_without_its_environment_the_command_says_how_to_make_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("RENOWN_BI_VENV", str(tmp_path))
    with pytest.raises(RenownError, match="'make bi' makes its environment"):
        server.interpreter()


def test_the_server_is_on_loopback_only(interpreter: Path) -> None:
    command = server.command(8123)
    assert command[command.index("--bind") + 1] == "127.0.0.1:8123"


def test_its_pages_ask_nobody_abroad() -> None:
    text = (REPOSITORY / "bi" / "superset" / "config.py").read_text("utf-8")
    assert "http" not in text.split("TALISMAN_CONFIG")[1].replace("force_https", "")


def test_the_reader_is_bi_reader_whoever_owns_the_warehouse(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RENOWN_BI_PASSWORD", raising=False)
    assert (
        superset.reader_url("postgresql://renown:owner@db:5433/bank", "pw") == "postgresql+psycopg2://bi_reader:pw@db:5433/bank"
    )
    with pytest.raises(RenownError, match="set RENOWN_BI_PASSWORD"):
        superset.reader_url("postgresql://renown:owner@db/bank", None)
    monkeypatch.setenv("RENOWN_BI_PASSWORD", "theirs")
    assert "bi_reader:theirs@" in superset.reader_url("postgresql://renown:owner@db/bank", None)


def test_the_period_follows_the_data_where_the_clock_stands_still(warehouse_url: str, tmp_path: Path) -> None:
    with connect(warehouse_url) as connection:
        with pytest.raises(RenownError, match="there are no marts to show"):
            superset._period(connection, tmp_path)
        connection.execute("create table marts.mart_reputation_daily as select date '2026-03-30' as event_day")
        assert superset._period(connection, tmp_path) == "Last quarter"
        update_home(tmp_path, sandboxed=True)
        assert superset._period(connection, tmp_path) == "2025-12-30 : "


def test_a_superset_that_ended_is_not_taken_for_a_service_of_the_platform(tmp_path: Path) -> None:
    pid = processes.launch(tmp_path, processes.Service("superset", [sys.executable, "-c", "import time; time.sleep(60)"], {}))
    try:
        assert "services" not in read_home(tmp_path), "'renown up' would start everything anew for it"
        assert pid in processes.marked(tmp_path), "'renown down' ends it"
        update_home(tmp_path, superset={"pid": pid, "url": "http://127.0.0.1:1"})
        assert superset.running(tmp_path) is None, "it does not answer"
    finally:
        processes.end_all(tmp_path)
    assert not processes.alive(pid)
