"""`renown query`: what each platform is asked, what a query means in words, and what a change would add and lose."""

from __future__ import annotations

import json
from pathlib import Path

import psycopg
import pytest
import responses

from extractors.query import DIALECTS
from extractors.registry import PLATFORMS
from tests.cli.calling import Renown, one_clear_line
from tests.extractors.platforms.served import serve

SOURCES = """\
sources:
  - id: network
    platform: mastodon
    terms: approved
    site: social.example
    query: Velmora
    history_start: 2026-03-01T00:00:00Z
    options: {apply_query: true, local: true, search: false, accounts: false, tags: []}
"""


def test_compile_says_what_one_platform_is_asked(renown: Renown) -> None:
    outcome = renown("query", "compile", "card (fee OR limit) -spam", "--platform", "x", "--json")
    assert outcome.code == 0, outcome.err
    (row,) = json.loads(outcome.out)
    assert row == {"platform": "x", "characters": len(row["query"]), "query": row["query"], "exact": True}
    assert row["query"] == "card (fee OR limit) -spam"


def test_a_query_may_begin_with_a_minus(renown: Renown) -> None:
    assert renown("query", "explain", "-spam").out.startswith("not\n  the word \"spam\"\n")
    (row,) = json.loads(renown("query", "compile", "-spam card", "--platform", "x", "--json").out)
    assert row["query"] == "-spam card"


@pytest.mark.parametrize("word", ["follower>100", "likes>=5", "engagment=3"])
def test_a_bound_that_is_not_there_is_no_word(renown: Renown, word: str) -> None:
    outcome = renown("query", "explain", f"card {word}")
    assert "query: there is no bound" in one_clear_line(outcome)
    assert outcome.code == 2


def test_what_a_platform_cannot_say_is_left_to_the_rest(renown: Renown) -> None:
    told = json.loads(renown("query", "compile", "card followers>100", "--platform", "vk", "--platform", "reddit", "--json").out)
    assert [(row["platform"], row["query"], row["exact"]) for row in told] == [("vk", "card", False), ("reddit", "card", False)]


def test_every_platform_with_a_search_is_compiled_for(renown: Renown) -> None:
    told = json.loads(renown("query", "compile", "card", "--json").out)
    assert {row["platform"] for row in told} == set(DIALECTS)
    table = renown("query", "compile", "card").out
    assert "What is asked" in table
    assert all(name in table for name in DIALECTS)


def test_a_platform_that_cannot_search_it_is_left_out_of_all_and_told_alone(renown: Renown) -> None:
    everything = renown("query", "compile", "platform:x card", "--json")
    assert {row["platform"] for row in json.loads(everything.out)} == {"x"}
    wordless = ("query", "compile", "followers>100")
    assert "vk" not in {row["platform"] for row in json.loads(renown(*wordless, "--json").out)}
    assert renown(*wordless, "--platform", "vk").code != 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("compile", "card", "--platform", "discourse"), "discourse has no search: use one of bluesky"),
        (("compile", "card", "--platform", "orkut"), "orkut has no search"),
        (("compile", "(card"), "a '(' is not closed"),
        (("compile", '"card'), "a quote at character 1 is not closed"),
        (("explain", "card AND"), "a word is missing after 'card'"),
        (("explain", "lang:klingon"), "no language code"),
        (("compile",), "Missing argument 'QUERY'"),
    ],
)
def test_what_cannot_be_read_is_one_line(renown: Renown, arguments: tuple[str, ...], words: str) -> None:
    outcome = renown("query", *arguments)
    assert words in one_clear_line(outcome)
    assert outcome.code == 2


def test_explain_says_it_in_words(renown: Renown) -> None:
    outcome = renown("query", "explain", '("card fee" OR card*) author:ann loan NEAR/3 refused NOT lang:tr')
    assert outcome.code == 0, outcome.err
    said = [line.strip() for line in outcome.out.splitlines()]
    for line in (
        "all of", "any of", "not", 'the phrase "card fee"', 'the word "card", however its last word goes on', "written by ann",
        '"loan" and "refused" with at most 3 words between them', "language tr",
    ):  # fmt: skip
        assert line in said


def test_explain_says_what_becomes_of_the_rest(renown: Renown) -> None:
    told = json.loads(renown("query", "explain", "card followers>100", "--json").out)
    assert told["meaning"] == ["all of", '  the word "card"', "  the author's followers > 100 (unknown: no)"]
    rest = {row["platform"]: row["rest"] for row in told["platforms"]}
    assert set(rest) == set(PLATFORMS)
    assert rest["vk"] == "applied after it came: the author's followers > 100 (unknown: no)"
    assert rest["discourse"].startswith("no search there: everything is collected")
    plain = {row["platform"]: row for row in json.loads(renown("query", "explain", "card", "--json").out)["platforms"]}
    assert (plain["x"]["queries"], plain["x"]["rest"]) == (1, "says all of it")


@pytest.fixture
def stored(
    renown: Renown, own_config: Path, warehouse_url: str, monkeypatch: pytest.MonkeyPatch, network: responses.RequestsMock
) -> Renown:
    """`renown` on a warehouse that holds the 23 posts "Velmora 1" to "Velmora 23" of one source."""
    (own_config / "sources.yml").write_text(SOURCES, "utf-8")
    monkeypatch.setenv("RENOWN_WAREHOUSE_URL", warehouse_url)
    serve("mastodon", network)
    filled = renown("backfill", "network", "--from", "2026-03-01", "--no-marts")
    assert filled.code == 0, filled.err
    network.calls.reset()
    return renown


def test_dry_run_counts_what_a_change_adds_and_loses(
    stored: Renown, warehouse_url: str, network: responses.RequestsMock
) -> None:
    counted = ("query", "dry-run", "network", "--query")
    same = json.loads(stored(*counted, "Velmora", "--json").out)
    assert (same["stored"], same["both"], same["added"], same["lost"], same["unreadable"]) == (23, 23, 0, 0, 0)
    fewer = json.loads(stored(*counted, "Velmora (7 OR 11)", "--json").out)
    assert (fewer["both"], fewer["lost"], len(fewer["examples"]["lost"]), fewer["examples"]["added"]) == (2, 21, 5, [])
    assert fewer["lower_bound"] is True
    assert len(network.calls) == 0
    with psycopg.connect(warehouse_url) as connection:
        assert connection.execute("select count(*) from raw.batches").fetchone() == (1,)


def test_what_was_set_aside_counts_as_added(stored: Renown, own_config: Path) -> None:
    sources = own_config / "sources.yml"
    sources.write_text(SOURCES.replace("query: Velmora", "query: Velmora 7"), "utf-8")
    told = json.loads(stored("query", "dry-run", "network", "--query", "Velmora 7 OR Velmora 8", "--json").out)
    assert (told["both"], told["added"], told["lost"], len(told["examples"]["added"])) == (1, 1, 0, 1)


def test_dry_run_in_words(stored: Renown) -> None:
    outcome = stored("query", "dry-run", "network", "--query", "Velmora 7")
    assert outcome.code == 0, outcome.err
    for word in ("stored", "both", "added", "lost", "lost, for example: ", "beyond this, is not stored yet"):
        assert word in outcome.out
    assert "Velmora 8" not in outcome.out  # ids, never texts


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("nowhere", "--query", "card"), "unknown source 'nowhere': use one of network"),
        (("network", "--query", "(card"), "a '(' is not closed"),
        (("network",), "Missing option '--query'"),
    ],
)
def test_a_dry_run_that_cannot_be(
    renown: Renown, own_config: Path, warehouse_url: str, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], words: str
) -> None:
    (own_config / "sources.yml").write_text(SOURCES, "utf-8")
    monkeypatch.setenv("RENOWN_WAREHOUSE_URL", warehouse_url)
    outcome = renown("query", "dry-run", *arguments)
    assert words in one_clear_line(outcome)
    assert outcome.code == 2
