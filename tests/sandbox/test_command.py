"""The command: the truth is there before the first answer, and bad input ends with one line."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from pathlib import Path

import requests

from tests.sandbox.conftest import BANKS

REPOSITORY = BANKS.parents[1]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_it_writes_the_truth_and_then_listens(tmp_path: Path) -> None:
    port = _free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "sandbox", "--port", str(port), "--scale", "0.02", "--banks", str(BANKS), "--truth",
         str(tmp_path)], cwd=REPOSITORY, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        health = None
        for _ in range(300):
            try:
                health = requests.get(f"http://127.0.0.1:{port}/control/health", timeout=2).json()
                break
            except requests.ConnectionError:
                assert process.poll() is None
                time.sleep(0.1)
        assert health is not None
        summary = json.loads((tmp_path / "truth.json").read_text("utf-8"))
        assert summary["totals"]["items"] == health["items"]
    finally:
        process.terminate()
        process.wait(20)


def test_a_missing_banks_file_is_one_line(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "sandbox", "--banks", str(tmp_path / "no.yml"), "--truth", str(tmp_path)],
        cwd=REPOSITORY, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr.startswith("sandbox: ")
    assert len(done.stderr.splitlines()) == 1
