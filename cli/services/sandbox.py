"""The sandbox as a service: a scripted social world on one loopback port, with its virtual clock."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from cli.services.processes import Service
from settings.home import read_home, update_home
from settings.loader import REPOSITORY
from warehouse.embedded import free_port

CLOCK_END = "2026-03-30T00:00:00Z"
RATE_FACTOR = "1000"  # the world's clock stands still, so budgets written for real minutes are scaled


def service(home: Path, config_dir: Path) -> Service:
    """The sandbox of this home: seed and scale from RENOWN_SANDBOX_SEED and RENOWN_SANDBOX_SCALE."""
    port = read_home(home).get("sandbox_port") or free_port()
    folder = home / "sandbox"
    folder.mkdir(parents=True, exist_ok=True)
    update_home(home, sandbox_port=port, sandbox_url=f"http://127.0.0.1:{port}")
    command = [sys.executable, "-m", "sandbox", "--port", str(port), "--seed", os.environ.get("RENOWN_SANDBOX_SEED", "7"),
               "--scale", os.environ.get("RENOWN_SANDBOX_SCALE", "1.0"), "--banks", str(config_dir / "banks.yml"),
               "--truth", str(folder)]
    return Service("sandbox", command, {"PYTHONPATH": str(REPOSITORY)}, f"http://127.0.0.1:{port}/control/health")


def environment(home: Path) -> dict[str, str]:
    """What a process needs in order to read the sandbox instead of the real platforms."""
    return {"RENOWN_SANDBOX_URL": f"http://127.0.0.1:{read_home(home)['sandbox_port']}", "RENOWN_AS_OF": CLOCK_END,
            "RENOWN_RATE_FACTOR": RATE_FACTOR}
