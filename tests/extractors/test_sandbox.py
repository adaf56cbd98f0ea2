"""The whole sandbox world, faults included, is in the warehouse once, and what it is agrees with the truth."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from extractors.run import extract
from settings import Settings
from settings.loader import REPOSITORY
from warehouse.connection import connect

SOURCES = {"x": "x", "vk": "vk", "weibo": "weibo", "discourse": "forum", "news": "news"}  # sandbox platform → source
FAULTS = ("server_error", "malformed_page", "html_instead_of_json")
SAME = ("author_id", "author_handle", "author_followers", "page_id", "conversation_id", "in_reply_to_author_id", "repost_of_id")


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """(address, truth folder) of a small world, in a process of its own."""
    truth = tmp_path_factory.mktemp("truth")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "sandbox", "--port", str(port), "--scale", "0.03", "--truth", str(truth)]
    process = subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(240):
            try:
                requests.get(f"{address}/control/health", timeout=5)
                break
            except requests.ConnectionError:
                assert process.poll() is None, "the sandbox ended"
                time.sleep(0.25)
        yield address, truth
    finally:
        process.terminate()
        process.wait(30)


def truth_of(folder: Path) -> dict[tuple[str, ...], dict[str, Any]]:
    lines = [json.loads(line) for line in (folder / "truth.jsonl").read_text("utf-8").splitlines()]
    return {(line["platform"], line["site"], line["kind"], line["native_id"]): line for line in lines if not line["deleted"]}


def current(url: str) -> dict[tuple[str, ...], dict[str, Any]]:
    with connect(url) as connection:
        cursor = connection.execute("select * from core.current_mentions")
        names = [column.name for column in cursor.description or ()]
        rows = [dict(zip(names, row, strict=True)) for row in cursor]
    found = {(row["platform"], row["site"], row["kind"], row["native_id"]): row for row in rows}
    assert len(found) == len(rows)
    return found


@pytest.mark.parametrize("faulty", [False, True], ids=["calm", "faults"])
def test_the_world_is_complete(
    sandbox: tuple[str, Path], settings: Settings, warehouse_url: str, monkeypatch: pytest.MonkeyPatch, faulty: bool
) -> None:
    address, folder = sandbox
    monkeypatch.setenv("RENOWN_SANDBOX_URL", address)
    monkeypatch.setenv("RENOWN_RATE_FACTOR", "10000")
    for name, source_id in SOURCES.items():
        requests.post(f"{address}/control/reset", timeout=10)
        if faulty:  # one kind each, before the first request: the retry budget covers them
            fault = FAULTS[sorted(SOURCES).index(name) % len(FAULTS)]
            requests.post(f"{address}/control/faults", json={"platform": name, "fault": fault, "times": 3}, timeout=10)
        assert extract(settings, source_id, url=warehouse_url)["status"] == "success"
    expected, found = truth_of(folder), current(warehouse_url)
    assert set(found) == set(expected)
    for key, truth in expected.items():
        row = found[key]
        assert {name: row[name] for name in SAME} == {name: truth[name] for name in SAME}, key
        assert row["event_at"].strftime("%Y-%m-%dT%H:%M:%SZ") == truth["event_at"], key
        assert sorted(map(str.lower, row["mentions"])) == sorted(name.lower() for name in truth["mentions"]), key
    for source_id in SOURCES.values():
        assert extract(settings, source_id, url=warehouse_url)["items_new"] == 0
    assert current(warehouse_url).keys() == found.keys()


def test_a_sandbox_that_is_down_is_one_clear_line(
    settings: Settings, warehouse_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from settings import RenownError

    monkeypatch.setenv("RENOWN_SANDBOX_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("RENOWN_RATE_FACTOR", "10000")
    with pytest.raises(RenownError, match=r"source news: rss: 127\.0\.0\.1:9 does not answer \(connection failed\)") as caught:
        extract(settings, "news", url=warehouse_url)
    assert len(str(caught.value).splitlines()) == 1
