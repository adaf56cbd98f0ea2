"""`renown backfill`: an estimate first, then the interval; dates that cannot be are one line, and a second time adds nothing."""

from __future__ import annotations

import json
from pathlib import Path

import psycopg
import pytest
import responses

from cli import backfill, through
from extractors.backfill import Estimate
from sandbox.servers.telegram import CHANNEL
from tests.cli.calling import Renown, one_clear_line
from tests.extractors.platforms.served import serve

SOURCES = f"""\
sources:
  - id: channel
    platform: telegram
    terms: approved
    history_start: 2026-03-29T00:00:00Z
    rate: {{requests: 20, per_seconds: 60}}
    options: {{channels: [{CHANNEL}], official: false}}
  - id: unread
    platform: telegram
    options: {{channels: [{CHANNEL}]}}
"""
SEEN = """
insert into core.mentions (mention_id, version, platform, kind, native_id, source_id, text, event_at, event_at_basis,
                           content_sha256, payload_sha256, batch_id, first_seen_at)
select core.mention_id('telegram', '', 'message', n::text), 1, 'telegram', 'message', n::text, 'channel', 'words',
       timestamptz '2026-03-20T00:00Z' + n * interval '1 hour', 'created_at', 'a', 'b', gen_random_uuid(), now()
from generate_series(0, 48) n
"""


@pytest.fixture
def read(
    renown: Renown, own_config: Path, warehouse_url: str, monkeypatch: pytest.MonkeyPatch, network: responses.RequestsMock
) -> Renown:
    """`renown` with a channel of 23 messages, one an hour from 2026-03-01 on, and a fresh warehouse."""
    (own_config / "sources.yml").write_text(SOURCES, "utf-8")
    monkeypatch.setenv("RENOWN_WAREHOUSE_URL", warehouse_url)
    serve("telegram", network)
    return renown


def test_an_interval_is_read_beside_the_incremental_cursors(read: Renown, warehouse_url: str) -> None:
    asked = ("backfill", "channel", "--from", "2026-03-01", "--to", "2026-03-02", "--no-marts", "--json")
    first = read(*asked)
    assert first.code == 0, first.err
    told = json.loads(first.out)
    assert (told["status"], told["items_new"], told["items_returned"]) == ("success", 23, 23)
    assert "cannot be told" in first.err.splitlines()[0]
    with psycopg.connect(warehouse_url) as connection:
        assert connection.execute("select count(*) from core.mentions").fetchone() == (23,)
        assert connection.execute("select mode, interval_start::date::text from raw.batches").fetchall() == [("backfill", "2026-03-01")]
        assert connection.execute("select count(*) from raw.cursors where stream like 'backfill/%'").fetchone() == (0,)
    assert json.loads(read(*asked).out)["items_new"] == 0


def test_the_table_tells_the_same(read: Renown) -> None:
    outcome = read("backfill", "channel", "--from", "2026-03-01", "--no-marts")
    assert outcome.code == 0, outcome.err
    lines = outcome.out.splitlines()
    assert lines[0].strip() == "Backfill"
    for word in ("status", "requests", "items new", "items rejected", "gap reason"):
        assert word in lines[2]  # one line: the columns are few enough to stand beside each other
    assert [cell.strip() for cell in lines[4].strip("│ ").split("│")][0::2][:2] == ["success", "23"]


def test_the_chain_goes_on_only_where_something_is_new(read: Renown, monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[str] = []
    monkeypatch.setattr(through, "through_marts", lambda settings, url, say: taken.append(url))
    for _ in range(2):
        assert read("backfill", "channel", "--from", "2026-03-01").code == 0
    assert len(taken) == 1


def test_the_estimate_alone_reads_nothing(read: Renown, warehouse_url: str, network: responses.RequestsMock) -> None:
    with psycopg.connect(warehouse_url) as connection:
        connection.execute(SEEN)
    outcome = read("backfill", "channel", "--from", "2026-03-01T00:00:00Z", "--to", "2026-03-11", "--estimate")
    assert (outcome.code, outcome.out) == (0, "")
    # 49 items in 48 hours are 24.5 a day: 245 in ten days, 13 pages of 20 and one more to see the end, 20 requests a minute
    assert outcome.err == "10 days, about 245 items by the rate of the last weeks: at least 14 requests, 0.7 minutes within the source's budget\n"
    assert len(network.calls) == 0
    with psycopg.connect(warehouse_url) as connection:
        assert connection.execute("select count(*) from raw.batches").fetchone() == (0,)


@pytest.mark.parametrize(
    ("found", "line"),
    [
        (Estimate(1.5, None, None, None), "1.5 days; how much that is cannot be told: the warehouse holds too little of this source yet"),
        (Estimate(7, 700, 8, 90.0), "7 days, about 700 items by the rate of the last weeks: at least 8 requests, 1.5 minutes within the source's budget"),
    ],
)  # fmt: skip
def test_the_estimate_in_words(found: Estimate, line: str) -> None:
    assert backfill.in_words(found) == line


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("channel", "--from", "spring"), "--from spring is no date: write 2026-03-01"),
        (("channel", "--from", "2026-03-01", "--to", "2026-02-30"), "--to 2026-02-30 is no date"),
        (("channel", "--from", "2026-03-02", "--to", "2026-03-01"), "--from is not before --to"),
        (("channel", "--from", "2026-03-02", "--to", "2026-03-02T00:00:00Z"), "--from is not before --to"),
        (("channel", "--from", "2026-04-01"), "--from is not before --to"),
        (("channel",), "Missing option '--from'"),
    ],
)
def test_dates_that_cannot_be(read: Renown, arguments: tuple[str, ...], words: str) -> None:
    outcome = read("backfill", *arguments)
    assert words in one_clear_line(outcome)
    assert outcome.code == 2


@pytest.mark.parametrize(("source", "words"), [("nowhere", "unknown source 'nowhere'"), ("unread", "not recorded as approved")])
def test_a_source_that_may_not_be_read(read: Renown, network: responses.RequestsMock, source: str, words: str) -> None:
    assert words in one_clear_line(read("backfill", source, "--from", "2026-03-01", "--no-marts"))
    assert len(network.calls) == 0
