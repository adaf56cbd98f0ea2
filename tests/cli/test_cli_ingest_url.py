"""`renown ingest --url`: what was stored, or one clear line; a file and an address exclude each other."""

from __future__ import annotations

import json
from pathlib import Path

import psycopg
import pytest
import responses

from cli import through
from tests.cli.calling import Renown, one_clear_line
from tests.extractors.platforms.served import serve

POST = "https://t.me/velmora_news/4"


@pytest.fixture
def reading(
    renown: Renown, own_config: Path, warehouse_url: str, monkeypatch: pytest.MonkeyPatch, network: responses.RequestsMock
) -> Renown:
    """`renown` without any source, with a channel of Telegram behind the network."""
    monkeypatch.setenv("RENOWN_WAREHOUSE_URL", warehouse_url)
    serve("telegram", network)
    return renown


def test_one_post_is_stored_and_shown(reading: Renown, warehouse_url: str) -> None:
    outcome = reading("ingest", "--url", POST, "--no-marts")
    assert outcome.code == 0, outcome.err
    assert "velmora_news/4" in outcome.out
    assert "Velmora 4" in outcome.out
    assert outcome.out.endswith("telegram: 1 new, 0 known, accounted as ingest_url\n")
    told = json.loads(reading("ingest", "--url", POST, "--no-marts", "--json").out)
    assert (told["platform"], told["new"], told["known"]) == ("telegram", 0, 1)
    assert [mention["native_id"] for mention in told["mentions"]] == ["velmora_news/4"]
    with psycopg.connect(warehouse_url) as connection:
        assert connection.execute("select count(*) from core.mentions").fetchone() == (1,)


def test_the_chain_goes_on_only_for_what_is_new(reading: Renown, monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[str] = []
    monkeypatch.setattr(through, "through_marts", lambda settings, url, say: taken.append(url))
    for _ in range(2):
        assert reading("ingest", "--url", POST).code == 0
    assert len(taken) == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--url", POST, "--platform", "telegram"), "--url and --platform exclude each other"),
        (("posts.csv", "--url", POST), "--url and FILE exclude each other"),
        (("--url", POST, "--map", "twarc"), "--url and --map exclude each other"),
        (("--url", POST, "--source-id", "mine"), "--url and --source-id exclude each other"),
        ((), "nothing to take in: give a FILE, or --url"),
        (("posts.csv",), "Missing option '--platform'"),
        (("--url", "velmora"), "'velmora' is no web address"),
        (("--url", "https://t.me/velmora_news"), "no parser for this kind of address"),
        (("--url", "https://t.me/velmora_news/999"), "the post is not there"),
    ],
)
def test_what_cannot_be_taken_in_is_one_line(
    reading: Renown, warehouse_url: str, arguments: tuple[str, ...], words: str
) -> None:
    outcome = reading("ingest", *arguments, "--no-marts")
    assert words in one_clear_line(outcome)
    assert outcome.code == 2
    with psycopg.connect(warehouse_url) as connection:
        assert connection.execute("select count(*) from raw.batches").fetchone() == (0,)
