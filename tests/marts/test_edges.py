"""Edges: what each mart makes of them, or why it cannot meet them (edges.yml); worlds so small that nothing else is in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.marts.compare import differences, rows
from tests.marts.conftest import Built
from tests.marts.small_worlds import PLAIN, answer, minutes, record, small_world
from warehouse.dbt import PROJECT

EDGES = ("no_data", "one_row", "all_censored", "ties", "time_zone", "two_banks", "reply_before_question", "deletion_after_reply", "min_n", "reposts")
HERE = Path(__file__)
REPOSITORY = HERE.parents[2]
NOW = datetime(2026, 3, 29, 22, 30, tzinfo=UTC)  # 00:30 of the next day in Berlin, whose clocks went forward that night
QUIET = {"mart_freshness", "mart_build_status"}  # a source of the configuration that never ran has a row, and so has the build


@cache
def table() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = yaml.safe_load((HERE.parent / "edges.yml").read_text("utf-8"))
    return found


@cache
def unit_tests() -> dict[str, set[str]]:
    """Model → names of its unit tests, over the whole project."""
    found: dict[str, set[str]] = {}
    for path in (PROJECT / "models").rglob("*.yml"):
        for test in (yaml.load(path.read_text("utf-8"), yaml.CSafeLoader) or {}).get("unit_tests", []):
            found.setdefault(test["model"], set()).add(test["name"])
    return found


@cache
def reads(model: str) -> frozenset[str]:
    """The models on which a model rests, however far behind it."""
    path = next((PROJECT / "models").rglob(f"{model}.sql"))
    direct = set(re.findall(r"ref\('(\w+)'\)", path.read_text("utf-8")))
    for macro in re.findall(r"\{\{-? (\w+)\(", path.read_text("utf-8")):
        direct |= set(re.findall(r"ref\('(\w+)'\)", macros().get(macro, "")))
    return frozenset(direct.union(*(reads(other) for other in direct)))


@cache
def macros() -> dict[str, str]:
    text = "\n".join(path.read_text("utf-8") for path in (PROJECT / "macros").glob("*.sql"))
    return {match[1]: match[2] for match in re.finditer(r"\{% macro (\w+)\(.*?-?%\}(.*?)\{%-? endmacro", text, re.S)}


def test_every_mart_has_a_word_on_every_edge() -> None:
    marts = {path.stem for path in (PROJECT / "models" / "marts").rglob("mart_*.sql")}
    assert set(table()) == marts
    assert {mart: set(told) for mart, told in table().items()} == {mart: set(EDGES) for mart in marts}


@pytest.mark.parametrize("edge", EDGES)
def test_what_the_table_names_is_there(edge: str) -> None:
    for mart, told in table().items():
        for named in told[edge] if isinstance(told[edge], list) else [told[edge]]:
            if isinstance(named, dict):
                assert len(named["cannot"].split()) >= 4, (mart, named)
            elif "::" in named:
                path, _, function = named.partition("::")
                assert f"def {function}(" in (REPOSITORY / path).read_text("utf-8"), (mart, named)
            else:
                model, _, name = named.rpartition(".")
                assert name in unit_tests().get(model or mart, set()), (mart, named)
                assert not model or model in reads(mart), f"{mart} does not rest on {model}"


@pytest.fixture(scope="module")
def empty(built: Built) -> Iterator[Built]:
    with small_world(built, [], NOW) as found:
        yield found


def test_no_data_makes_no_rows_in_any_mart(empty: Built) -> None:
    assert {mart for mart in table() if rows(empty.url, mart)} <= QUIET


@pytest.fixture(scope="module")
def lone(built: Built) -> Iterator[Built]:
    """One complaint, an hour old: one row, and a case that is censored."""
    everything = {"places": [{"kind": "atm", "text": "atm", "place_id": None}, {"kind": "city", "text": "Berlin", "place_id": "geonames:2950159"}],
                  "journey": {"stage": "use", "channel": "atm"}, "campaigns": ["app_3"], "pii": ["iban"], "rating": 1.0, "country": "DE",
                  "intents": ["complaint", "wish", "question", "consider", "leave"]}  # fmt: skip
    with small_world(built, [record(1, NOW - minutes(60), built, **everything)], NOW) as found:
        yield found


def test_one_row_makes_the_marts_of_the_reference(lone: Built) -> None:
    assert differences(lone.url, lone.world) == []
    met = {mart for mart in table() if rows(lone.url, mart)}
    assert met >= {"mart_reputation_daily", "mart_customer_care", "mart_open_cases", "mart_places", "mart_journey", "mart_wishes", "mart_leads",
                   "mart_switching", "mart_campaigns", "mart_product_feedback", "mart_editorial", "mart_audience", "mart_pii_exposures", "mart_backlog", "mart_scorecard"}


def test_where_all_is_censored_nothing_is_rated(lone: Built) -> None:
    care = [row for row in rows(lone.url, "mart_customer_care") if row["case_count"]]
    assert care
    for row in care:
        assert (row["censored_count"], row["response_rate_denominator"], row["response_rate_pct"], row["km_median_response_seconds"]) == (1, 0, None, None)
    assert rows(lone.url, "mart_handled_negative") == rows(lone.url, "mart_reply_effect") == []
    assert {(row["recovery_denominator"], row["recovery_pct"]) for row in rows(lone.url, "mart_recovery")} == {(0, None)}
    assert rows(lone.url, "mart_open_cases")


@pytest.fixture(scope="module")
def reposted(built: Built) -> Iterator[Built]:
    """A complaint whose 50 shares X tells of each of its three reposts, too; VK's repost says something; the bank reposts its own answer, and u1 somebody's praise after it.

    Telegram counts a forward of a complaint for itself.
    """
    everything = {"intents": ["complaint", "wish", "question", "consider", "leave"], "journey": {"stage": "leaving", "channel": "atm"}, "campaigns": ["app_3"],
                  "engagement": PLAIN["engagement"] | {"likes": None, "shares": 50}}  # fmt: skip
    author = {"handle": "u1", "status": "unknown", "bank_id": None, "looks_like": None}
    own = answer(9, NOW, built)
    copies = [record(number, NOW - minutes(290 - number), built, **everything | {"author_id": f"id-u{number}", "author_handle": f"u{number}", "repost_of_id": "1",
                     "conversation_id": f"t{number}", "handles": [author]}) for number in (2, 3, 4)]  # fmt: skip
    records = [
        record(1, NOW - minutes(300), built, **everything), *copies,
        record(5, NOW - minutes(200), built, platform="vk", author_id="id-u5", author_handle="u5", conversation_id="t5", handles=[], repost_of_id="1"),
        answer(6, NOW - minutes(150), built, repost_of_id="7", in_reply_to_author_id=None),
        record(8, NOW - minutes(90), built, repost_of_id="7", banks={"velmora": "positive"}, intents=[], reply={"role": "none", "closing": "thanks"}, handles=[]),
        record(10, NOW - minutes(80), built, repost_of_id="7", author_id="id-u2", author_handle="u2", intents=[], banks={}, handles=[]),
        own | {"event_at": (NOW - minutes(100)).isoformat()},
        record(11, NOW - minutes(70), built, **everything | {"platform": "telegram", "author_id": "chan", "author_handle": "chan", "repost_of_id": "c/7", "handles": [],
               "conversation_id": "chan/11", "engagement": PLAIN["engagement"] | {"likes": 3, "views": 9}}),
    ]  # fmt: skip
    with small_world(built, records, NOW, min_n=2) as found:
        yield found


def test_what_is_only_reposted_makes_the_marts_of_the_reference(reposted: Built) -> None:
    assert differences(reposted.url, reposted.world) == []


def test_a_repost_is_a_mention_and_nobodys_call(reposted: Built) -> None:
    whole = next(row for row in rows(reposted.url, "mart_reputation_periods") if row["bank_id"] == "velmora" and row["period_type"] == "month"
                 and row["platform"] == row["language"] == row["country"] == "all")  # fmt: skip
    assert (whole["mention_count"], whole["negative_count"], whole["engagement"]) == (7, 6, 54), "50 shares, VK's one like, and three of the forward's own"
    care = next(row for row in rows(reposted.url, "mart_customer_care") if row["bank_id"] == "velmora" and row["period_type"] == "month" and row["platform"] == "all")
    assert (care["case_count"], care["misdirected_numerator"], care["help_share_numerator"], care["help_share_denominator"]) == (2, 0, 1, 2)
    case = next(row for row in rows(reposted.url, "fct_cases") if row["platform"] == "x")
    assert case["first_response_at"] == NOW - minutes(100), "its own answer, not the repost of one"
    assert (case["last_closing"], case["is_peer_answered"]) == ("none", False)
    assert {row["lead_mention_count"] for row in rows(reposted.url, "mart_leads")} == {1}
    assert {row["vote_count"] for row in rows(reposted.url, "mart_wishes")} == {50}
    said = next(row for row in rows(reposted.url, "mart_product_feedback") if row["period_type"] == "month" and row["bank_id"] == "velmora" and row["topic_id"] == "all")
    assert (said["mention_count"], said["own_count"], said["complaint_count"], said["complaint_pct"]) == (7, 2, 2, 100), "the complaint, and VK's repost in words of its own"


@pytest.fixture(scope="module")
def edges(built: Built) -> Iterator[Built]:
    """In Berlin's night of the clock change: ties, two banks at once, an answer before its question, an answer that was deleted, and cells of min_n.

    Audiences lie on the bounds of their classes; a case of Thursday is answered on Saturday, after a holiday.
    """
    night = datetime(2026, 3, 28, 22, 59, tzinfo=UTC)  # a minute to the 29th in Berlin
    tied = datetime(2026, 3, 29, 0, 59, 59, tzinfo=UTC)  # the second before 2 o'clock, which is 3
    both = {"velmora": "negative", "tarnwick": "positive"}
    thursday = datetime(2026, 3, 26, 16, tzinfo=UTC)
    records = [
        record(10, thursday, built, author_id="id-u5", author_handle="u5", author_followers=100_000, conversation_id="t5"),
        answer(11, thursday + minutes(41 * 60), built, conversation_id="t5", in_reply_to_author_id="id-u5"),
        record(1, night, built), record(2, night + minutes(1), built, conversation_id="t2"),
        record(3, tied, built, banks=both, author_id="id-u2", author_handle="u2", author_followers=1000, conversation_id="t3", intents=["leave", "wish"]),
        record(4, tied, built, banks=both, author_id="id-u3", author_handle="u3", author_followers=10_000, conversation_id="t4", intents=["leave", "wish"]),
        answer(5, night - minutes(2), built, conversation_id="t1"),
        answer(6, night + minutes(9), built, conversation_id="t2", deleted=True),
        answer(7, tied + minutes(1), built, conversation_id="t3", in_reply_to_author_id="id-u2"),
        answer(8, tied + minutes(1), built, conversation_id="t3", in_reply_to_author_id="id-u2"),
        record(9, NOW - minutes(31), built, banks={"calderis": "neutral"}, handles=[], conversation_id="t9", author_id=None, author_handle=None),
    ]  # fmt: skip
    with small_world(built, records, NOW, min_n=2, holidays=[date(2026, 3, 27)]) as found:
        yield found


def test_a_night_of_edges_makes_the_marts_of_the_reference(edges: Built) -> None:
    assert differences(edges.url, edges.world) == []


def test_an_answer_before_its_question_or_that_is_gone_answers_nothing(edges: Built) -> None:
    cases = {row["conversation_id"]: row for row in rows(edges.url, "fct_cases") if row["bank_id"] == "velmora"}
    assert {thread: cases[thread]["handled_level"] for thread in ("t1", "t2", "t3")} == {"t1": "silent", "t2": "silent", "t3": "answered"}
    assert {row["bank_id"]: row["official_post_count"] for row in rows(edges.url, "mart_official_posts")
            if row["platform"] == "all" and row["period_type"] == "month"} == {"velmora": 4}


def test_days_are_berlins_and_min_n_is_enough(edges: Built) -> None:
    told = {str(row["event_day"]): row for row in rows(edges.url, "mart_reputation_daily")
            if (row["bank_id"], row["platform"], row["language"], row["country"]) == ("velmora", "all", "all", "all")}
    assert {day: row["mention_count"] for day, row in told.items()} == {"2026-03-26": 1, "2026-03-28": 1, "2026-03-29": 3}
    assert [told[day]["suppressed_reason"] for day in sorted(told)] == ["min_n", "min_n", None]
    both = [row for row in rows(edges.url, "mart_reputation_daily") if row["bank_id"] == "tarnwick" and row["platform"] == "all"
            and row["language"] == "all" and row["country"] == "all"]
    assert [(row["positive_count"], row["suppressed_reason"]) for row in both] == [(2, None)], "exactly min_n, of items that name two banks"


def test_bounds_of_audiences_and_holidays_are_told(edges: Built) -> None:
    heard = {row["dimension_value"] for row in rows(edges.url, "mart_audience") if row["bank_id"] == "velmora" and row["dimension"] == "followers"}
    assert heard == {"under_1k", "under_10k", "under_100k", "from_100k"}
    waited = [row["first_response_business_seconds"] for row in rows(edges.url, "fct_cases") if row["conversation_id"] == "t5"]
    assert waited == [3 * 3600], "from 17 to 20 o'clock on Thursday; Friday is a holiday"


def test_ties_stand_in_one_order(edges: Built) -> None:
    wishes = sorted((row for row in rows(edges.url, "mart_wishes") if row["bank_id"] == "velmora"), key=lambda row: row["vote_rank"])
    assert [row["vote_rank"] for row in wishes] == [1, 2]
    assert [row["story_key"] for row in wishes] == sorted(row["story_key"] for row in wishes)
    queue = {row["conversation_id"]: row["triage_rank"] for row in rows(edges.url, "mart_open_cases") if row["bank_id"] == "velmora"}
    assert sorted(queue.values()) == list(range(1, len(queue) + 1))
