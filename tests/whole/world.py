"""The whole way without Airflow: a small sandbox world through every room, called in a row, for tests that need its result.

The scheduler's own run is tested by tests/whole/test_kills.py and by the gate, which runs `make run` as written.
"""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from settings import Settings, load_settings
from settings.loader import REPOSITORY
from warehouse.config_sync import sync_config
from warehouse.connection import connect

AS_OF = "2026-03-30T00:00:00Z"
# Marts that tell of runs: one run more is one row more.
LEDGER = {"mart_build_status", "mart_coverage", "mart_freshness", "mart_incomplete_periods", "mart_restatements", "mart_restatement_items"}


@dataclass
class World:
    """A sandbox that runs, and what the tests know of it."""

    process: subprocess.Popen[bytes]
    url: str
    folder: Path
    settings: Settings

    def enter(self, patch: pytest.MonkeyPatch) -> None:
        """Point the extractors at this sandbox, under its clock, for as long as the patch lasts."""
        for name, value in {"RENOWN_SANDBOX_URL": self.url, "RENOWN_AS_OF": AS_OF, "RENOWN_RATE_FACTOR": "1000"}.items():
            patch.setenv(name, value)

    @property
    def truth(self) -> dict[str, Any]:
        """The summary that the sandbox wrote."""
        return dict(json.loads((self.folder / "truth.json").read_text("utf-8")))

    @property
    def items(self) -> list[dict[str, Any]]:
        """One record an item of the world."""
        return [json.loads(line) for line in (self.folder / "truth.jsonl").read_text("utf-8").splitlines()]

    def fault(self, platform: str, fault: str, times: int) -> None:
        """Let the next `times` requests of a platform fail in this way."""
        requests.post(f"{self.url}/control/faults", json={"platform": platform, "fault": fault, "times": times},
                      timeout=10).raise_for_status()


def start_sandbox(folder: Path, scale: str = "0.1", seed: str = "7") -> World:
    """Start a sandbox on a free port and wait until it answers."""
    folder.mkdir(parents=True, exist_ok=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with (folder / "sandbox.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "sandbox", "--port", str(port), "--seed", seed, "--scale", scale, "--banks",
             str(REPOSITORY / "config" / "banks.yml"), "--truth", str(folder)], cwd=REPOSITORY, stdout=log, stderr=log)
    url = f"http://127.0.0.1:{port}"
    for _ in range(600):
        if process.poll() is not None:
            break
        try:
            if requests.get(f"{url}/control/health", timeout=2).status_code == 200:
                with pytest.MonkeyPatch.context() as patch:
                    patch.setenv("RENOWN_AS_OF", AS_OF)
                    settings = load_settings(REPOSITORY / "config", home=folder / "home")
                return World(process, url, folder, settings)
        except requests.RequestException:
            time.sleep(0.2)
    raise AssertionError((folder / "sandbox.log").read_text("utf-8", "replace")[-2000:])


def extract_all(world: World, url: str) -> dict[str, dict[str, Any]]:
    """Every source once; returns each batch's counters."""
    from extractors.run import extract

    return {source.id: extract(world.settings, source.id, url=url) for source in world.settings.sources.sources}


def annotate_all(world: World, url: str) -> None:
    """Labels of every task, by the models."""
    from nlp.enrich import enrich
    from nlp.snapshots import snapshot

    enrich(world.settings, url=url)
    snapshot(world.settings, url=url)


def build_all(world: World, url: str, run_id: str = "test") -> None:
    """Config, gates, marts, gate."""
    from expectations.gate import run_gate
    from nlp.evaluate import store_evaluations
    from warehouse.dbt import build_marts

    with connect(url) as connection:
        sync_config(connection, world.settings)
        store_evaluations(connection)
    for layer in ("raw", "core", "nlp"):
        run_gate(world.settings, layer, url=url, run_id=run_id)
    build_marts(world.settings, url)
    run_gate(world.settings, "marts", url=url, run_id=run_id)
