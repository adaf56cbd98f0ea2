"""Double entry: every cell of the marts against the reference, on random histories and on the sandbox's world."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg
import pytest

from settings import Settings
from settings.loader import REPOSITORY
from settings.models import Incident, Incidents
from tests.marts.compare import MARTS as MARTS_COMPARED
from tests.marts.compare import differences, fill, read_truth, rows, world_of
from tests.marts.conftest import Built, history
from tests.marts.test_incidents import incident_differences
from warehouse.dbt import build_marts, run_dbt

MARTS = ("fct_mentions", "fct_brand_mentions", "fct_cases", "mart_reputation_daily", "mart_reputation_periods", "mart_share_of_voice", "mart_customer_care",
         "mart_crisis_signals", "mart_crisis_episodes", "mart_coverage", "mart_freshness", "fct_alerts", "mart_incidents", "dim_date",
         "dim_bank", "dim_platform", "dim_topic", "dim_department", "dim_author", "fct_mention_topics", "fct_official_posts", "mart_official_posts",
         "mart_topics_daily", "mart_open_cases", "mart_misdirected", "mart_handled_negative", "mart_backlog", "mart_switching", "mart_leads", "fct_engagement",
         "mart_care_benchmark", "mart_reply_effect", "mart_routing", "mart_impersonation", "mart_employee_posts", "mart_pii_exposures",
         "mart_nlp_quality", "mart_scorecard", "dim_campaign", "mart_campaigns", "mart_product_feedback", "dim_place", "mart_places",
         "mart_nearest_atms", "mart_recovery", "mart_journey", "mart_journey_paths", "mart_wishes", "mart_emerging_topics", "mart_audience",
         "mart_page_health", "mart_editorial", "mart_competitor_gap")
ROWS = {"dim_author", "fct_mention_topics", "fct_official_posts", "mart_open_cases", "fct_engagement", "mart_routing", "mart_nearest_atms", "mart_employee_posts"}
BEHIND = {"mart_open_cases": "marts_intermediate.int_triage"}  # a view of what cannot be written through it
CHANGED = {"mart_reputation_daily": "story_count", "mart_reputation_periods": "unique_authors", "mart_share_of_voice": "n", "mart_customer_care": "case_count", "dim_author": "mention_count",
           "fct_mention_topics": "topic_rank", "fct_official_posts": "views", "mart_official_posts": "reply_count",
           "mart_topics_daily": "prior_mention_count", "mart_open_cases": "inbound_count", "mart_misdirected": "unique_authors",
           "mart_handled_negative": "silent_count", "mart_backlog": "ended_count", "mart_switching": "switch_in_count", "mart_leads": "lead_count",
           "fct_engagement": "snapshot_number", "mart_care_benchmark": "own_n", "mart_reply_effect": "later_negative_count",
           "mart_routing": "event_day", "mart_impersonation": "item_count", "mart_employee_posts": "event_day",
           "mart_pii_exposures": "official_mention_count", "mart_nlp_quality": "n", "mart_scorecard": "prior_n",
           "dim_campaign": "length_days", "mart_campaigns": "mention_count", "dim_place": "latitude", "mart_places": "trouble_count",
           "mart_nearest_atms": "distance_metres", "mart_recovery": "answered_author_count", "mart_journey": "sentiment_count",
           "mart_journey_paths": "step_count", "mart_wishes": "negative_count", "mart_emerging_topics": "snapshot_count",
           "mart_audience": "unique_authors", "mart_page_health": "active_author_count", "mart_editorial": "response_count",
           "mart_competitor_gap": "n", "mart_product_feedback": "praise_count"}


def test_every_cell_of_a_random_history_equals_the_reference(built: Built) -> None:
    assert differences(built.url, built.world) == []


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2, 8))
def test_more_random_histories_equal_the_reference(seed: int, settings: Settings, warehouse_url: str) -> None:
    settings, world = history(seed, settings)
    fill(warehouse_url, settings, world)
    run_dbt(settings, ["run"], url=warehouse_url, as_of=settings.as_of)
    assert differences(warehouse_url, world) == []


def test_the_comparison_sees_one_changed_cell_of_each_mart(breakable: Built) -> None:
    with psycopg.connect(breakable.url) as connection:
        for mart, column in CHANGED.items():
            place = BEHIND.get(mart, f"marts_rows.{mart}" if mart in ROWS else f"marts.{mart}")
            connection.execute(f"update {place} set {column} = {column} + 1 where ctid = "
                               f"(select min(ctid) from {place} where {column} is not null)".encode())
    assert [line.split()[0] for line in differences(breakable.url, breakable.world)] == list(MARTS_COMPARED)
    assert CHANGED.keys() == MARTS_COMPARED.keys()


def test_a_history_has_the_edges_that_it_promises(built: Built) -> None:
    care = [r for r in rows(built.url, "mart_customer_care") if r["platform"] == "all" and r["period_type"] == "month"]
    total = {column: sum(r[column] or 0 for r in care) for column in care[0] if column.endswith(("_count", "_numerator"))}
    assert all(total[column] > 0 for column in total), {c: n for c, n in total.items() if not n}
    reputation = rows(built.url, "mart_reputation_daily")
    assert any(r["negative_pct_corrected"] is not None for r in reputation)
    assert {r["suppressed_reason"] for r in reputation} == {None, "min_n"}


def test_the_same_input_in_another_order_gives_the_same_rows(built: Built, settings: Settings, warehouse_url: str) -> None:
    fill(warehouse_url, built.settings, built.world, order=random.Random(5))
    run_dbt(settings, ["run"], url=warehouse_url, as_of=built.settings.as_of)
    for mart in set(MARTS) - {"mart_nlp_quality"}:  # which says when a figure was measured
        assert sorted(map(repr, rows(warehouse_url, mart))) == sorted(map(repr, rows(built.url, mart))), mart


@pytest.fixture(scope="session")
def sandbox_truth(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with truth.jsonl and truth.json of a small world."""
    folder = tmp_path_factory.mktemp("truth")
    subprocess.run([sys.executable, "-m", "sandbox", "--generate-only", "--seed", "7", "--scale", "0.1", "--banks",
                    str(REPOSITORY / "config" / "banks.yml"), "--truth", str(folder)], check=True, cwd=REPOSITORY, timeout=240)
    return folder


def test_the_sandbox_world_equals_the_reference_and_its_own_totals(
    settings: Settings, warehouse_url: str, sandbox_truth: Path
) -> None:
    crisis = json.loads((sandbox_truth / "truth.json").read_text("utf-8"))["crisis"]
    incident = Incident(bank=crisis["bank"], starts_at=crisis["starts_at"], ends_at=crisis["ends_at"])
    settings = settings.model_copy(update={"incidents": Incidents(incidents=[incident])})
    world = world_of(settings, read_truth(str(sandbox_truth / "truth.jsonl")))
    fill(warehouse_url, settings, world)
    build_marts(settings, warehouse_url)
    summary = json.loads((sandbox_truth / "truth.json").read_text("utf-8"))
    assert differences(warehouse_url, world) == []
    assert len(rows(warehouse_url, "fct_mentions")) == summary["totals"]["expected_mentions"]
    assert _cases(rows(warehouse_url, "fct_cases")) == sorted(map(_told, summary["cases"]))
    _crisis_is_seen(rows(warehouse_url, "mart_crisis_episodes"), summary["crisis"]["bank"])
    assert incident_differences(warehouse_url, settings) == []
    assert [row["detection_delay_seconds"] <= 7200 for row in rows(warehouse_url, "mart_incidents") if row["status"] != "unexplained"] == [True]


def _cases(found: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return sorted((c["platform"], c["conversation_id"], c["author_id"], c["bank_id"], _z(c["opened_at"]), _z(c["first_response_at"]),
                   c["final_official_role"] or "", c["inbound_count"], c["official_count"]) for c in found)


def _z(at: Any) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ") if at else ""


def _told(case: dict[str, Any]) -> tuple[Any, ...]:
    return (case["platform"], case["conversation_id"], case["author_id"], case["bank"], case["opened_at"],
            case["first_human_response_at"] or "", case["final_role"] or "", case["inbound_count"], case["official_count"])


def _crisis_is_seen(episodes: list[dict[str, Any]], bank: str) -> None:
    grave = [e for e in episodes if e["peak_severity"] > 2]
    assert [e["bank_id"] for e in grave] == [bank]
    assert _z(grave[0]["first_severity_4_at"])[:13] in ("2026-03-18T13", "2026-03-18T14")
