"""Processes of a home are found by their mark, ended with their children, and kept apart from other homes'."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.services import processes
from cli.services.processes import Service
from settings import RenownError
from settings.home import read_home

SLEEP = [sys.executable, "-c", "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import time; time.sleep(60)'])"]
STUBBORN = [sys.executable, "-c", "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True);"
            " time.sleep(60)"]


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    processes.end_all(tmp_path, patience_seconds=0)


def _until(condition: object, seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():  # type: ignore[operator]
            return True
        time.sleep(0.05)
    return False


def test_a_service_and_its_children_are_found_and_ended(home: Path) -> None:
    pid = processes.start(home, Service("sleeper", SLEEP, {}))
    assert read_home(home)["services"] == {"sleeper": pid}
    assert _until(lambda: len(processes.marked(home)) == 2)
    assert processes.end_all(home) == 2
    assert processes.marked(home) == []
    assert not processes.alive(pid)
    assert read_home(home)["services"] == {}


def test_a_launched_process_is_found_at_once(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Popen may return before /proc shows the new environment: whoever looks right after it would miss the process."""
    looked = iter([False, False, False])
    seen = processes._carries_mark
    monkeypatch.setattr(processes, "_carries_mark", lambda home, entry: next(looked, True) and seen(home, entry))
    assert processes.launch(home, Service("sleeper", SLEEP, {})) in processes.marked(home)


def test_what_ignores_sigterm_is_killed(home: Path) -> None:
    pid = processes.start(home, Service("stubborn", STUBBORN, {}))
    assert _until(lambda: "up" in (home / "logs" / "stubborn.log").read_text())
    processes.end_all(home, patience_seconds=0.5)
    assert not processes.alive(pid)


def test_another_home_is_left_alone(home: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = tmp_path_factory.mktemp("other")
    pid = processes.start(other, Service("sleeper", SLEEP, {}))
    assert _until(lambda: len(processes.marked(other)) == 2)
    assert processes.end_all(home) == 0
    assert processes.alive(pid)
    processes.end_all(other)


def test_one_starter_at_a_time(home: Path) -> None:
    with processes.only_one(home), pytest.raises(RenownError, match="another"), processes.only_one(home):
        pass


def test_a_zombie_is_not_alive(home: Path) -> None:
    child = subprocess.Popen([sys.executable, "-c", "pass"])
    assert _until(lambda: not processes.alive(child.pid))
    child.wait()
