"""`renown run`, `up` and `down` as a user meets them: twice is once, Ctrl-C leaves nothing, a broken part is one clear line."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from cli.services.processes import marked
from settings.home import read_home
from settings.loader import REPOSITORY
from tests.whole import runner
from warehouse import embedded

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]


def _renown(home: Path, *arguments: str, **extra: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "cli.main", *arguments], capture_output=True, text=True, cwd=REPOSITORY,
                          env={**runner.environment(home, "0.05"), **extra})


def test_a_second_run_does_nothing_twice_and_says_so(tmp_path: Path) -> None:
    home = tmp_path / "home"
    runner.run(home)
    first = runner.marts(home)
    (home / "run.log").unlink()
    runner.run(home)
    assert "nothing new" in (home / "run.log").read_text()
    assert runner.marts(home) == first
    assert not marked(home)
    assert not embedded.answers(home)
    files = sorted(path.name for path in (home / "deliveries").rglob("*") if path.is_file())
    assert len(files) == len(set(files)) == 8


def test_ctrl_c_leaves_no_process_behind(tmp_path: Path) -> None:
    home = tmp_path / "home"
    process = runner.start(home)
    assert runner.wait_until(lambda: b"extracting" in (home / "run.log").read_bytes(), 240)
    process.send_signal(signal.SIGINT)
    assert process.wait(120) != 0
    assert not marked(home)
    assert not embedded.answers(home)
    assert "Traceback" not in (home / "run.log").read_text()


def test_up_shows_addresses_that_answer_and_down_ends_them(tmp_path: Path) -> None:
    home = tmp_path / "home"
    try:
        result = _renown(home, "up")
        assert result.returncode == 0, result.stderr
        known = read_home(home)
        assert known["airflow_url"] in result.stdout
        for address in (known["airflow_url"], f"{known['sandbox_url']}/control/health"):
            assert requests.get(address, timeout=20).status_code == 200
    finally:
        down = _renown(home, "down")
    assert down.returncode == 0
    assert not marked(home)
    assert not embedded.answers(home)


def test_a_dead_sandbox_is_one_clear_line_and_the_next_run_heals(tmp_path: Path) -> None:
    home = tmp_path / "home"
    process = runner.start(home)
    assert runner.wait_until(lambda: b"Airflow: starting" in (home / "run.log").read_bytes(), 240)
    assert runner.wait_until(lambda: runner._kill(runner.find(home, "-m sandbox")), 30)
    assert process.wait(600) != 0
    log = (home / "run.log").read_text()
    assert "sandbox" in log.splitlines()[-1]
    assert "Traceback" not in log
    runner.run(home)
