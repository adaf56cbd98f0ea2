"""Real tweets about Russian banks, by `renown ingest` as a user types it, all the way to mart_reputation_daily."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from settings.loader import REPOSITORY
from warehouse import embedded

pytestmark = pytest.mark.timeout(600)
GOLD_IDS = {"gazprom": "gazprombank", "bankmoskvy": "bank_of_moscow"}  # the data set's names for two of the banks


@pytest.fixture(scope="module", params=[8, pytest.param(1, marks=pytest.mark.slow)], ids=["an_eighth", "all"])
def archive(request: pytest.FixtureRequest, shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The set's file, or one of every eighth tweet."""
    whole = shared_data / "sentiment" / "ru_sentirueval16_banks.jsonl.gz"
    part = tmp_path_factory.mktemp("part") / whole.name
    part.write_bytes(gzip.compress(b"".join(gzip.decompress(whole.read_bytes()).splitlines(keepends=True)[:: request.param])))
    return part


@pytest.fixture(scope="module")
def place(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with config/ for those banks, and a home."""
    folder = tmp_path_factory.mktemp("tweets")
    shutil.copytree(REPOSITORY / "config", folder / "config")
    shutil.copy(REPOSITORY / "examples" / "russian_banks.yml", folder / "config" / "banks.yml")
    for of_other_banks in ("sources", "campaigns", "targets", "subscriptions", "places"):  # as docs/ingesting_archives.md says
        (folder / "config" / f"{of_other_banks}.yml").unlink()
    return folder


def _renown(place: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("RENOWN_")}
    return subprocess.run([sys.executable, "-m", "cli.main", *arguments], capture_output=True, text=True, cwd=REPOSITORY,
                          env={**kept, "RENOWN_HOME": str(place / "home"), "RENOWN_CONFIG": str(place / "config")})


def _ingest(place: Path, archive: Path, *more: str) -> str:
    result = _renown(place, "ingest", str(archive), "--platform", "x", "--map", "sentirueval", *more)
    assert result.returncode == 0, result.stderr
    return result.stdout + result.stderr


def test_real_tweets_reach_the_mart_and_a_second_ingest_adds_nothing(place: Path, archive: Path) -> None:
    _ingest(place, archive)
    with embedded.running(place / "home") as url, psycopg.connect(url) as connection:
        read, = connection.execute("select count(*) from core.mentions").fetchone() or (0,)
        lines = [json.loads(line) for line in gzip.decompress(archive.read_bytes()).decode("utf-8").splitlines()]
        rejects, = connection.execute("select count(*) from raw.rejects where reason <> ''").fetchone() or (0,)
        assert read + rejects == len({line["id"] for line in lines})
        in_mart, = connection.execute("select sum(mention_count) from marts.mart_reputation_daily where platform = 'x'"
                                      " and language = 'all' and country = 'all'").fetchone() or (0,)
        brand, = connection.execute("select count(*) from marts.fct_brand_mentions where not is_official").fetchone() or (0,)
        assert in_mart == brand > 0.95 * len(lines)
        _bank_tags_match_the_gold(connection, lines)
    _ingest(place, archive, "--no-marts")
    with embedded.running(place / "home") as url, psycopg.connect(url) as connection:
        assert connection.execute("select count(*) from core.mentions").fetchone() == (read,)
        assert connection.execute("select count(*) from raw.payloads").fetchone() == (read,)


def test_lines_that_cannot_be_read_are_rejected_with_reasons(place: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.jsonl"
    bad.write_text('{"id": "1", "date": "1435636925", "text": "ok"}\n{"id": "2", "date": "soon", "text": "x"}\nnot json\n'
                   '{"date": "1435636925", "text": "no id"}\n{"id": "5", "date": "1435636925", "text": ""}\n')
    output = _ingest(place, bad, "--no-marts", "--source-id", "bad")
    assert "1" in output
    with embedded.running(place / "home") as url, psycopg.connect(url) as connection:
        rows = connection.execute("select items_returned, items_new, items_rejected from raw.batches where source_id = 'bad'").fetchall()
        reasons = [reason for (reason,) in connection.execute("select reason from raw.rejects where source_id = 'bad'")]
    assert rows == [(5, 1, 4)]
    assert len(reasons) == 4
    assert all(reasons)


def _bank_tags_match_the_gold(connection: psycopg.Connection[tuple[object, ...]], lines: list[dict[str, object]]) -> None:
    gold = {(str(line["id"]), GOLD_IDS.get(bank, bank)) for line in lines for bank in dict(line["entities"])}  # type: ignore[call-overload]
    found = set(connection.execute("select m.native_id, b.bank_id from marts.fct_brand_mentions b"
                                   " join marts.fct_mentions m using (mention_id)").fetchall())
    right = len(gold & found)
    print(f"bank tags: precision {right / len(found):.4f}, recall {right / len(gold):.4f}, gold {len(gold)}")
    assert right / len(gold) > 0.98
    assert right / len(found) > 0.95
