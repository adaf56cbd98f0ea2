"""Run the real `renown run` in a home of its own, kill parts of it, and read what it built."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psycopg

from cli.services.processes import marked
from settings.home import read_home
from settings.loader import REPOSITORY
from tests.whole.world import LEDGER
from warehouse import embedded

VOLATILE = {"dbt_updated_at"}  # columns of marts that may differ between two equal runs: none of ours


def environment(home: Path, scale: str) -> dict[str, str]:
    """The environment of a run: its own home, its own scale, nothing inherited from other homes."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("RENOWN_", "AIRFLOW"))}
    return {**kept, "RENOWN_HOME": str(home), "RENOWN_SANDBOX_SCALE": scale}


def start(home: Path, scale: str = "0.05") -> subprocess.Popen[bytes]:
    """Start `renown run` in the background, its output in <home>/run.log."""
    home.mkdir(parents=True, exist_ok=True)
    with (home / "run.log").open("ab") as log:
        return subprocess.Popen([sys.executable, "-m", "cli.main", "run"], cwd=REPOSITORY, env=environment(home, scale),
                                stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, start_new_session=True,
                                preexec_fn=_heeds_ctrl_c)


def _heeds_ctrl_c() -> None:
    """A test run in the background is started with SIGINT ignored, and its children would inherit that."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def run(home: Path, scale: str = "0.05", timeout: float = 900) -> None:
    """Run to the end; raises AssertionError with the log's tail when it does not end well."""
    process = start(home, scale)
    try:
        code = process.wait(timeout)
    finally:
        if process.poll() is None:
            process.kill()
    assert code == 0, (home / "run.log").read_text("utf-8", "replace")[-3000:]


def marts(home: Path) -> dict[str, list[tuple[object, ...]]]:
    """Every table of schema marts but the ledger's, whole and sorted: what two runs must agree on, row for row."""
    with embedded.running(home) as url, psycopg.connect(url) as connection:
        names = [row[0] for row in connection.execute(
            "select table_name from information_schema.tables where table_schema = 'marts' and table_name not like 'explain%' order by 1") if row[0] not in LEDGER]
        return {name: sorted(connection.execute(f'select * from marts."{name}"'.encode()).fetchall(), key=repr) for name in names}


def find(home: Path, *needles: str) -> list[int]:
    """Pids of this home's processes whose command line holds one of the needles."""
    found = []
    for pid in marked(home):
        with contextlib.suppress(OSError):
            line = (Path("/proc") / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
            if any(needle in line for needle in needles):
                found.append(pid)
    return found


def kill_task(home: Path) -> bool:
    """SIGKILL a process that runs a task (a child of the LocalExecutor's workers)."""
    return _kill(find(home, "airflow worker -- LocalExecutor:", "airflow task supervisor", "task_runner", "airflow worker"))


def kill_scheduler(home: Path) -> bool:
    """SIGKILL the scheduler."""
    return _kill([pid for name, pid in read_home(home).get("services", {}).items() if name == "scheduler"])


def kill_postgres(home: Path) -> bool:
    """SIGKILL the postmaster."""
    with contextlib.suppress(OSError, ValueError):
        return _kill([int((home / "postgres" / "data" / "postmaster.pid").read_text().splitlines()[0])])
    return False


KILLS: dict[str, Callable[[Path], bool]] = {"task": kill_task, "scheduler": kill_scheduler, "postgres": kill_postgres}


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    """Poll until the condition holds; False when time is up."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.25)
    return False


def _kill(pids: list[int]) -> bool:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            return True
    return False
