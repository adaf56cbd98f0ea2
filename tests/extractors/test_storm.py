"""Every platform under a storm of faults, and killed at random: at the end every item of its world is there once.

One request in five fails: 429, 5xx, cut and dropped bodies, HTML for JSON, slow answers, the page before once more, cursors that
are ignored; under a server clock that is two hours wrong. A run that gives up is run again, as the scheduler would.
"""

from __future__ import annotations

import os
import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from extractors.registry import PLATFORMS
from settings.loader import REPOSITORY
from tests.extractors import storm
from warehouse.connection import connect

RUNS = 8
KILLS = 20


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("truth")


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    with storm.sandbox(folder) as found:
        yield found


@pytest.fixture(autouse=True)
def environment(address: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("RENOWN_SANDBOX_URL", address)
    monkeypatch.setenv("RENOWN_AS_OF", storm.AS_OF)
    monkeypatch.setenv("RENOWN_RATE_FACTOR", "1000000")
    yield
    requests.post(f"{address}/control/reset", timeout=10).raise_for_status()


def assert_whole(platform: str, address: str, folder: Path, url: str) -> None:
    """Everything that lives is shown once; nothing that is gone is shown; what is missing is named as a gap."""
    live, gone, below = storm.truth(platform, address, folder)
    shown = storm.shown(url)
    assert len(shown) == len(set(shown)), "an item came twice"
    missing = live - set(shown)
    with connect(url) as connection:
        gaps = [row[0] for row in connection.execute("select gap_reason from raw.batches where gap")]
    assert not missing or any(re.search(r"\bpromised\b|\bcap\b", gap) for gap in gaps), (sorted(missing)[:5], len(missing), gaps[:3])
    assert not gone & set(shown), sorted(gone & set(shown))[:5]
    assert set(shown) <= live | below, sorted(set(shown) - live - below)[:5]


@pytest.mark.slow
@pytest.mark.parametrize("platform", sorted(PLATFORMS))
def test_a_calm_run_reads_everything(platform: str, address: str, folder: Path, warehouse_url: str, tmp_path: Path) -> None:
    counters = storm.run_once(platform, tmp_path, warehouse_url)
    assert counters["status"] == "success", counters["error"]
    assert counters["gap_reason"] is None
    assert_whole(platform, address, folder, warehouse_url)


@pytest.mark.parametrize("platform", sorted(PLATFORMS))
def test_a_storm_loses_and_doubles_nothing(platform: str, address: str, folder: Path, warehouse_url: str, tmp_path: Path) -> None:
    requests.post(f"{address}/control/storm", json={"chance": 0.2, "seed": 11}, timeout=10).raise_for_status()
    outcomes = []
    for _ in range(RUNS):
        outcomes.append(storm.run_once(platform, tmp_path, warehouse_url))
        if outcomes[-1]["status"] == "success":
            break
    assert outcomes[-1]["status"] == "success", [outcome["error"] for outcome in outcomes]
    assert_whole(platform, address, folder, warehouse_url)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("platform", sorted(PLATFORMS))
def test_killed_at_random(platform: str, address: str, folder: Path, warehouse_url: str, tmp_path: Path) -> None:
    """SIGKILL at 20 random moments of a run, which starts again each time; then one run to the end."""
    rng = random.Random(platform)
    environment = {**os.environ, "RENOWN_HOME": str(tmp_path), "STORM_WAREHOUSE": warehouse_url, "PYTHONPATH": str(REPOSITORY)}
    killed = 0
    for _ in range(KILLS):
        process = subprocess.Popen([sys.executable, "-m", "tests.extractors.storm", platform], cwd=REPOSITORY, env=environment,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
        before = _batches(warehouse_url)
        while process.poll() is None and _batches(warehouse_url) == before:
            time.sleep(0.02)
        time.sleep(rng.uniform(0, 0.6))
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
            killed += 1
        process.wait(60)
    assert killed >= 3, "the runs were too short to be killed"
    assert storm.run_once(platform, tmp_path, warehouse_url)["status"] == "success"
    assert_whole(platform, address, folder, warehouse_url)


def _batches(url: str) -> int:
    with connect(url) as connection:
        row = connection.execute("select count(*) from raw.batches").fetchone()
    return int(row[0]) if row else 0
