"""The coverage ledger as marts: hand-made runs, cells computed by hand.

a (x)          promises; a broken one that a backfill mends, a failure and a stop that the next run mends, a gap that stays
b (discourse)  no promises: five weeks of items at noon on Sundays to be held against, and a text that is cut
c (rss)        never succeeds
d (vk)         is read and never ran; e is switched off
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg
import pytest

from settings import Settings, load_settings
from settings.loader import REPOSITORY
from tests.marts.compare import rows
from tests.marts.conftest import copied
from tests.marts.ledger import batch, load_batches, load_items
from warehouse.config_sync import sync_config
from warehouse.connection import connect
from warehouse.dbt import build_marts, run_dbt
from warehouse.roles import ensure_bi_reader

MINUTE, WEEK = timedelta(minutes=1), timedelta(weeks=1)
SELECTED = ("+mart_coverage", "+mart_freshness", "+mart_incomplete_periods")
QUIET_CELL = {
    "batch_count": 1, "failed_count": 0, "stopped_count": 0, "request_count": 1, "items_promised": None, "items_of_promised": None,
    "items_returned": 0, "items_new": 0, "items_known": 0, "items_rejected": 0, "items_filtered": 0, "items_truncated": 0,
    "waited_seconds": 0.0, "gap_count": 0, "open_gap_count": 0, "gap_reasons": None, "items_in_hour": 0, "baseline_points": 0,
    "items_expected": None, "coverage_pct": None, "coverage_basis": None, "is_incomplete": False,
}  # fmt: skip


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)


NOON = at(29, 12)
BATCHES = [
    batch(1, "a", "x", at(28, 10, 5), items_promised=10, items_new=11, items_known=1, items_rejected=1, items_filtered=4),
    batch(
        2, "a", "x", at(28, 10, 35), items_promised=10, items_new=5, gap_reason="10 items promised, 5 came", waited_seconds=1.5
    ),
    batch(3, "a", "x", at(28, 22, 10), status="failed"),
    batch(4, "a", "x", at(28, 23, 10), status="stopped", gap_reason="stopped: error 429", items_new=2),
    batch(5, "a", "x", at(29, 0, 10), items_promised=0, items_known=1),
    batch(6, "a", "x", at(29, 1, 0), mode="backfill", interval_end=at(28, 12), items_promised=10, items_known=10),
    batch(7, "a", "x", at(29, 2, 5), gap_reason="older than search reaches"),
    batch(8, "a", "x", at(29, 2, 35), gap_reason="older than search reaches"),
    batch(9, "a", "x", at(29, 3, 5), mode="revisit", status="stopped", gap_reason="stopped: error 429"),
    batch(10, "a", "x", at(29, 4, 5)),
    batch(11, "b", "discourse", at(29, 12, 5)),
    batch(12, "b", "discourse", at(29, 13, 5), items_new=3, items_truncated=1),
    batch(21, "c", "rss", at(29, 12, 5), status="failed"),
    batch(22, "c", "rss", at(29, 12, 15), status="failed"),
    batch(23, "c", "rss", at(29, 13, 0), status="failed"),
]
CELLS: dict[tuple[str, datetime], dict[str, Any]] = {
    ("a", at(28, 10)): {
        "batch_count": 2, "request_count": 2, "items_promised": 20, "items_of_promised": 15, "items_returned": 18, "items_new": 16,
        "items_known": 1, "items_rejected": 1, "items_filtered": 4, "waited_seconds": 1.5, "gap_count": 1,
        "gap_reasons": "10 items promised, 5 came", "coverage_pct": 75.0, "coverage_basis": "promised"},
    ("a", at(28, 22)): {"failed_count": 1},
    ("a", at(28, 23)): {"stopped_count": 1, "items_returned": 2, "items_new": 2, "gap_count": 1, "gap_reasons": "stopped: error 429"},
    ("a", at(29, 0)): {
        "items_promised": 0, "items_of_promised": 0, "items_returned": 1, "items_known": 1, "coverage_pct": 100.0,
        "coverage_basis": "promised"},
    ("a", at(29, 1)): {
        "items_promised": 10, "items_of_promised": 10, "items_returned": 10, "items_known": 10, "coverage_pct": 100.0,
        "coverage_basis": "promised"},
    ("a", at(29, 2)): {
        "batch_count": 2, "request_count": 2, "gap_count": 2, "open_gap_count": 2, "gap_reasons": "older than search reaches",
        "is_incomplete": True},
    ("a", at(29, 3)): {
        "stopped_count": 1, "gap_count": 1, "open_gap_count": 1, "gap_reasons": "stopped: error 429", "is_incomplete": True},
    ("a", at(29, 4)): {},
    ("b", NOON): {"items_in_hour": 3, "baseline_points": 5, "items_expected": 4.0, "coverage_pct": 75.0, "coverage_basis": "baseline"},
    ("b", at(29, 13)): {
        "items_returned": 3, "items_new": 3, "items_truncated": 1, "baseline_points": 5, "items_expected": 0.0, "is_incomplete": True},
    ("c", NOON): {"batch_count": 2, "failed_count": 2, "request_count": 2, "is_incomplete": True},
    ("c", at(29, 13)): {"failed_count": 1, "is_incomplete": True},
}  # fmt: skip
LOCAL_DAYS = {at(28, 22): date(2026, 3, 28), at(28, 23): date(2026, 3, 29)}  # Berlin is an hour ahead


@dataclass(frozen=True)
class Marts:
    url: str
    settings: Settings


@pytest.fixture(scope="module")
def marts(template_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Marts]:
    settings = coverage_settings(load_settings(REPOSITORY / "config", home=tmp_path_factory.mktemp("coverage")))
    with copied(template_url) as url:
        fill(url, settings)
        run_dbt(settings, ["build", "--exclude-resource-type", "unit_test", "--indirect-selection", "cautious", "--select", *SELECTED], url=url, as_of=settings.as_of)
        yield Marts(url, settings)


def coverage_settings(settings: Settings) -> Settings:
    """The sources d (read) and e (switched off), a min_n of 10, and the clock."""
    general = settings.general.model_copy(update={"min_n": 10})
    model = settings.sources.sources[0]
    listed = [model.model_copy(update={"id": name, "platform": "vk", "enabled": name == "d", "terms": "approved"}) for name in "de"]
    sources = settings.sources.model_copy(update={"sources": listed})
    return settings.model_copy(update={"general": general, "sources": sources, "as_of": at(30, 0)})


def fill(url: str, settings: Settings) -> None:
    """Noon of the five Sundays before had 4, 2, 6, 0 and 8 items (median 4), this one has 3; one more comes after the clock."""
    weeks = {0: 3, 1: 4, 2: 2, 3: 6, 4: 0, 5: 8}
    moments = [NOON - week * WEEK + number * MINUTE for week, count in weeks.items() for number in range(count)]
    with connect(url) as connection:
        sync_config(connection, settings)
        load_batches(connection, BATCHES)
        load_items(connection, "b", "discourse", [*moments, at(30, 1)], cut=6)
        load_items(connection, "a", "x", [at(29, 23, 59)])
        for number, resolved in enumerate((None, None, at(29, 13))):
            connection.execute(
                "insert into raw.rejects (batch_id, source_id, platform, stage, payload_sha256, body, reason, resolved_at)"
                " values (%s, 'c', 'rss', 'page', sha256(%s), '-', 'no feed', %s)",
                (BATCHES[-1]["batch_id"], str(number).encode(), resolved),
            )
        connection.commit()


def test_every_cell_of_the_coverage_equals_the_sum_by_hand(marts: Marts) -> None:
    found = {(row["source_id"], row["hour_at"]): row for row in rows(marts.url, "mart_coverage")}
    assert found.keys() == CELLS.keys()
    for key, said in CELLS.items():
        expected = QUIET_CELL | said
        assert {name: found[key][name] for name in expected} == expected, key


def test_an_hour_belongs_to_the_home_banks_day(marts: Marts) -> None:
    found = {row["hour_at"]: row["local_day"] for row in rows(marts.url, "mart_coverage")}
    assert {hour: found[hour] for hour in LOCAL_DAYS} == LOCAL_DAYS


def test_periods_that_lack_something_equal_the_ledger_by_hand(marts: Marts) -> None:
    """Of a, two gaps and a stopped look again stay open from 5 January on, c never came, b has a cut text: all of them asked for that long a time."""
    found = {(row["platform"], row["period_type"], row["period_start"]): row for row in rows(marts.url, "mart_incomplete_periods")}
    told = ("incomplete_run_count", "failed_run_count", "open_gap_count", "cut_run_count", "sources")
    cells = {platform: tuple(found[platform, "month", date(2026, 2, 1)][name] for name in told) for platform in ("x", "discourse", "rss", "all")}
    assert cells == {"x": (3, 1, 3, 0, "a"), "discourse": (1, 0, 0, 1, "b"), "rss": (3, 3, 0, 0, "c"), "all": (7, 4, 3, 1, "a; b; c")}
    for platform, first, last in (("x", date(2026, 1, 5), date(2026, 3, 29)), ("all", date(2026, 1, 5), date(2026, 3, 29))):
        days = sorted(start for at, kind, start in found if (at, kind) == (platform, "day"))
        assert (days[0], days[-1], len(days)) == (first, last, (last - first).days + 1)


def test_freshness_equals_the_sum_by_hand(marts: Marts) -> None:
    found = {row.pop("source_id"): row for row in rows(marts.url, "mart_freshness")}
    assert found.keys() == {"a", "b", "c", "d"}
    told = ("platform", "last_success_at", "last_success_lag_seconds", "newest_item_at", "freshness_seconds",
            "consecutive_failure_count", "open_gap_count", "open_reject_count", "truncated_numerator", "truncated_denominator")  # fmt: skip
    cells = {source: tuple(row[name] for name in told) for source, row in found.items()}
    assert cells == {
        "a": ("x", at(29, 4, 10), 71400.0, at(29, 23, 59), 60.0, 0, 3, 0, 0, 1),
        "b": ("discourse", at(29, 13, 10), 39000.0, at(29, 12, 2), 43080.0, 0, 0, 0, 6, 24),
        "c": ("rss", None, None, None, None, 3, 0, 2, 0, 0),
        "d": ("vk", None, None, None, None, 0, 0, 0, 0, 0),
    }
    assert [found[source]["truncated_pct"] for source in "abcd"] == [None, 25.0, None, None]
    assert [found[source]["suppressed_reason"] for source in "abcd"] == ["min_n", None, "min_n", "min_n"]


def test_a_run_that_makes_good_changes_the_earlier_hour(marts: Marts) -> None:
    """c's failures heal once it succeeds from as far back; a's gap at 2 o'clock once a backfill reads the interval again."""
    later = [
        batch(31, "c", "rss", at(29, 14)),
        batch(32, "a", "x", at(29, 15), mode="backfill", interval_end=at(29, 3)),
    ]
    with copied(marts.url) as url:
        with connect(url) as connection:
            load_batches(connection, later)
            connection.commit()
        run_dbt(marts.settings, ["run", "--select", *SELECTED], url=url, as_of=marts.settings.as_of)
        found = {(row["source_id"], row["hour_at"]): row for row in rows(url, "mart_coverage")}
        fresh = {row["source_id"]: row for row in rows(url, "mart_freshness")}
    assert [found["c", NOON]["is_incomplete"], found["c", at(29, 13)]["is_incomplete"]] == [False, False]
    assert (found["a", at(29, 2)]["open_gap_count"], found["a", at(29, 2)]["is_incomplete"]) == (0, False)
    assert found["a", at(29, 3)]["is_incomplete"], "a look again is no part of what a backfill reads"
    assert (fresh["c"]["consecutive_failure_count"], fresh["a"]["open_gap_count"]) == (0, 1)


def test_bi_reader_reads_both_marts(marts: Marts) -> None:
    with copied(marts.url) as url:
        with psycopg.connect(url) as connection:
            ensure_bi_reader(connection, marts.settings.home)
        run_dbt(marts.settings, ["run", "--select", "dim_bank"], url=url, as_of=None)
        with psycopg.connect(url) as connection:
            connection.execute("set role bi_reader")
            assert connection.execute("select count(*) from marts.mart_coverage").fetchone() == (len(CELLS),)
            assert connection.execute("select count(*) from marts.mart_freshness").fetchone() == (4,)


def test_an_empty_warehouse_builds(settings: Settings, warehouse_url: str) -> None:
    build_marts(settings, warehouse_url)
    assert rows(warehouse_url, "mart_coverage") == rows(warehouse_url, "mart_freshness") == []
