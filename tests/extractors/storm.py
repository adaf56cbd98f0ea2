"""A sandbox server of its own, and one source's run against it: for tests that let faults and kills befall real processes.

python -m tests.extractors.storm PLATFORM    one extract of the platform's source; ends with its batch's status
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import requests

from extractors import sessions
from extractors.http import Http
from extractors.limits import Limiter
from extractors.run import extract
from sandbox.plots import plot_servers
from settings import RenownError, Settings, load_settings
from settings.loader import REPOSITORY
from settings.models import Rate, Source, Sources
from warehouse.connection import connect

SCALE, SEED = 0.1, 7
AS_OF = "2026-03-30T00:00:00Z"
GREAT = {"x": {"search": "all"}, "vk": {}, "weibo": {}, "discourse": {}, "rss": {}}
SITES = {"discourse": "forum.example", "rss": "news.example"}


@contextmanager
def sandbox(folder: Path) -> Iterator[str]:
    """The address of a sandbox process, which ends with the block; its truth lies in `folder`."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "sandbox", "--port", str(port), "--seed", str(SEED), "--scale", str(SCALE), "--banks",
               str(REPOSITORY / "config" / "banks.yml"), "--truth", str(folder)]  # fmt: skip
    process = subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _await(f"http://127.0.0.1:{port}/control/health", process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait(10)


def _await(url: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 120
    while time.monotonic() < until:
        assert process.poll() is None, "the sandbox ended"
        try:
            requests.get(url, timeout=5).raise_for_status()
            return
        except requests.RequestException:
            time.sleep(0.2)
    raise AssertionError("the sandbox did not start within two minutes")


def source(platform: str) -> Source:
    """A source that reads the whole world of a platform."""
    server = plot_servers().get(platform)
    options = dict(server.OPTIONS) if server else GREAT[platform]
    given: dict[str, Any] = {"query": "@banks"} if platform in ("x", "vk", "weibo") else {}
    return Source(id=f"{platform}_storm", platform=platform, terms="approved", history_start="2026-01-05T00:00:00Z", page_size=10,
                  rate=Rate(requests=100_000, per_seconds=1), site=server.SITE if server else SITES.get(platform, ""),
                  options=options, **given)  # fmt: skip


def settings_for(platform: str, home: Path) -> Settings:
    """The demo configuration with this one source."""
    settings = load_settings(REPOSITORY / "config", home=home)
    return settings.model_copy(update={"sources": Sources(sources=[source(platform)])})


def run_once(platform: str, home: Path, url: str) -> dict[str, Any]:
    """One extract, whose waits take no time."""
    sessions.Http = partial(Http, limiter=Limiter(sleep=lambda s: None), sleep=lambda s: None)  # type: ignore[misc,assignment]
    try:
        return extract(settings_for(platform, home), f"{platform}_storm", url=url)
    except RenownError as error:
        return {"status": "failed", "error": str(error)}


Keys = set[tuple[str, str]]


def truth(platform: str, address: str, folder: Path) -> tuple[Keys, Keys, Keys]:
    """Keys that a complete extraction shows, keys of what is gone, and of what lives below something gone."""
    if platform not in GREAT:
        told = requests.get(f"{address}/control/truth/{platform}", timeout=30).json()
        live, gone, below = ({(k, n) for k, n in told[name]} for name in ("live", "gone", "below_gone"))
        return live, gone, below
    lines = [json.loads(line) for line in (folder / "truth.jsonl").read_text("utf-8").splitlines()]
    mine = [line for line in lines if line["platform"] == platform]
    live, gone = ({(t["kind"], t["native_id"]) for t in mine if t["deleted"] is deleted} for deleted in (False, True))
    return live, gone, set()


def shown(url: str) -> list[tuple[str, str]]:
    """(kind, native id) of everything that core shows."""
    with connect(url) as connection:
        return connection.execute("select kind, native_id from core.current_mentions").fetchall()


if __name__ == "__main__":
    os.environ.setdefault("RENOWN_AS_OF", AS_OF)
    print(json.dumps(run_once(sys.argv[1], Path(os.environ["RENOWN_HOME"]), os.environ["STORM_WAREHOUSE"]), default=str))
