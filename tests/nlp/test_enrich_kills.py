"""Worker processes that really die, at each table that they write: nothing is lost, nothing is there twice, and a second run ends like one that lived."""

from __future__ import annotations

import os
import shutil
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from test_enrich import TEXTS, count, land

from nlp import enrich as enrichment
from settings import RenownError, Settings, load_settings
from settings.loader import REPOSITORY
from warehouse.connection import connect

WORK = [f"{text} {i}" for i in range(5) for text in TEXTS]
ROWS = """
select mention_id::text, mention_version, task, model_version, label::text from nlp.annotations
union all select mention_id::text, mention_version, 'masked_text', model_version, masked_text from nlp.masked_texts
union all select mention_id::text, mention_version, pipeline_version, outcome, coalesce(reason, '') from nlp.done order by 1, 2, 3, 4"""


def rows(url: str) -> list[Any]:
    with connect(url) as connection:
        return connection.execute(ROWS.encode()).fetchall()


def workers() -> list[int]:
    """The process ids of our own enrichment workers (Linux)."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            command = (folder / "cmdline").read_bytes()
        except (OSError, ValueError):  # it ended while we looked
            continue
        if parent == os.getpid() and b"nlp.workers" in command:
            found.append(int(folder.name))
    return found


@contextmanager
def held(url: str, table: str) -> Iterator[None]:
    """Nobody else can write this table; until then workers wait in the middle of a batch."""
    with psycopg.connect(url) as connection:
        connection.execute(f"lock table {table} in exclusive mode".encode())
        yield
        connection.rollback()


def waiting(url: str, table: str, at_least: int, seconds: float = 120) -> int:
    """How many sessions wait for this table, as soon as there are so many."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = count(url, f"select count(*) from pg_locks where relation = '{table}'::regclass and not granted")
        if found >= at_least:
            return found
        time.sleep(0.1)
    raise AssertionError(f"no worker came to {table}")


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Batches of three in the files themselves, which is where worker processes read them: several a worker."""
    folder = tmp_path / "config"
    shutil.copytree(REPOSITORY / "config", folder)
    with (folder / "renown.yml").open("a", encoding="utf-8") as file:
        file.write("\nnlp_batch_size: 3\n")
    monkeypatch.setenv("RENOWN_AS_OF", "2026-03-30T00:00:00Z")
    return load_settings(folder, home=tmp_path / "home")


@pytest.mark.parametrize("table", [  # the last table written is the hardest: all the others hold rows by then
    pytest.param("nlp.annotations", marks=pytest.mark.slow), pytest.param("nlp.masked_texts", marks=pytest.mark.slow), "nlp.done"])
def test_a_worker_killed_in_the_middle_of_a_batch(small: Settings, warehouse_url: str, table: str) -> None:
    land(warehouse_url, WORK)
    failures: list[RenownError] = []

    def run() -> None:
        try:
            enrichment.enrich(small, url=warehouse_url, processes=2)
        except RenownError as error:
            failures.append(error)

    thread = threading.Thread(target=run)
    with held(warehouse_url, table):
        thread.start()
        waiting(warehouse_url, table, at_least=2)
        os.kill(workers()[0], signal.SIGKILL)
        assert count(warehouse_url, "select (select count(*) from nlp.annotations) + (select count(*) from nlp.done)") == 0  # nothing half done is seen
    thread.join()
    assert [str(error).split(":")[0] for error in failures] == ["an enrichment worker ended with exit code -9"]
    partly = rows(warehouse_url)
    done = count(warehouse_url, "select count(*) from nlp.done")
    again = enrichment.enrich(small, url=warehouse_url, processes=2)
    assert (again["annotated"], again["pending"]) == (len(WORK) - done, 0)
    whole = rows(warehouse_url)
    assert set(partly) <= set(whole)
    with connect(warehouse_url) as connection:
        connection.execute("truncate nlp.annotations, nlp.masked_texts, nlp.done")
    enrichment.enrich(small, url=warehouse_url)
    assert whole == rows(warehouse_url)  # as one that nobody killed
    assert enrichment.enrich(small, url=warehouse_url, processes=2)["labels"] == 0
    assert whole == rows(warehouse_url)  # and running it again changes nothing
