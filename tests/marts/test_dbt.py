"""The dbt project as a whole: clean builds, documented columns, grants, errors in one line, and checks that can fail."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import psycopg
import pytest

from settings import RenownError, Settings
from tests.marts.conftest import Built
from warehouse.dbt import PROJECT, build_marts, run_dbt
from warehouse.roles import ensure_bi_reader

SINGULAR = sorted(path.stem for path in (PROJECT / "tests").glob("*.sql"))
MUTANTS = {
    "mentions_equal_core": "delete from marts_rows.fct_mentions where ctid = (select min(ctid) from marts_rows.fct_mentions where bank_count = 0)",
    "brand_mentions_equal_mentions": "delete from marts_rows.fct_brand_mentions where ctid = (select min(ctid) from marts_rows.fct_brand_mentions)",
    "reputation_equals_facts": "update marts.mart_reputation_daily set negative_count = negative_count + 1 where platform = 'all'",
    "reputation_periods_equal_days": "delete from marts.mart_reputation_periods where period_type = 'week' and country = 'DE'",
    "corrected_shares_hold": "update marts.mart_reputation_periods set negative_pct_corrected = 101 where negative_pct_corrected is not null",
    "share_of_voice_equals_facts": "delete from marts.mart_share_of_voice where platform = 'x' and period_type = 'week'",
    "customer_care_equals_cases": "update marts.mart_customer_care set censored_count = censored_count + 1",
    "crisis_signals_equal_facts": "delete from marts.mart_crisis_signals where series_type = 'platform' and series_id = 'x'",
    "crisis_volume_equals_series": "update marts.mart_crisis_signals set six_hour_count = six_hour_count + 1",
    "coverage_equals_batches": "delete from marts.mart_coverage where ctid = (select min(ctid) from marts.mart_coverage)",
    "freshness_equals_batches": "update marts.mart_freshness set open_gap_count = open_gap_count + 1",
    "advice_is_the_play_that_fits": "update marts_intermediate.int_case_plays set play_id = 'case_general' where case_triage_level = 1",
    "authors_equal_mentions": "delete from marts_rows.dim_author where ctid = (select min(ctid) from marts_rows.dim_author)",
    "mention_topics_equal_mentions": "delete from marts_rows.fct_mention_topics where topic_rank = 1 and topic_id = 'cards'",
    "official_posts_equal_facts": "delete from marts.mart_official_posts where platform = 'x' and period_type = 'week'",
    "topics_daily_equals_facts": "update marts.mart_topics_daily set mention_count = mention_count + 1 where period_type = 'day'",
    "open_cases_equal_cases": "update marts_intermediate.int_triage set triage_class = triage_class % 128 + 128 * (6 - triage_level)",
    "misdirected_equals_customer_care": "delete from marts.mart_misdirected where account_kind = 'all' and platform = 'all'",
    "handled_negative_equals_customer_care": "update marts.mart_handled_negative set silent_count = silent_count + 1",
    "backlog_equals_cases": "update marts.mart_backlog set backlog_at_end_count = backlog_at_end_count + 1 where period_type = 'month'",
    "switching_equals_facts": "update marts.mart_switching set switch_in_count = switch_in_count + 1 where other_bank_id <> 'all'",
    "leads_equal_facts": "delete from marts.mart_leads where platform = 'x' and period_type = 'month'",
    "engagement_equals_core": "update marts_rows.fct_engagement set is_newest = not is_newest where snapshot_number = 1",
    "care_benchmark_equals_customer_care": "update marts.mart_care_benchmark set other_n = other_n + 1 where other_bank_id = 'all'",
    "reply_effect_equals_cases": "update marts.mart_reply_effect set thanked_count = thanked_count + 1 where reply = 'all'",
    "routing_equals_facts": "delete from marts_rows.mart_routing where found_as = 'unaddressed' and known_author_key is not null",
    "alerts_equal_signals": "update marts.mart_incidents set alert_count = 0 where status <> 'missed'",
    "impersonation_equals_answers": "update marts.mart_impersonation set item_count = item_count + 1 where kind = 'look_alike'",
    "employee_posts_are_registered": "delete from marts_rows.mart_employee_posts where ctid = (select min(ctid) from marts_rows.mart_employee_posts)",
    "pii_exposures_equal_labels": "update marts.mart_pii_exposures set exposure_count = exposure_count + 1 where bank_id = 'all' and platform = 'all' and kind = 'all'",
    "nlp_quality_equals_evaluations": "update marts.mart_nlp_quality set is_newest = false where metric = 'se_negative'",
    "scorecard_equals_marts": "update marts.mart_scorecard set numerator = numerator + 1 where metric = 'negative' and period_type = 'day'",
    "campaigns_equal_facts": "update marts.mart_campaigns set mention_count = mention_count + 1 where platform = 'all' and topic_id = 'all'",
    "product_feedback_equals_topics": "delete from marts.mart_product_feedback where topic_id = 'cards' and period_type = 'month'",
    "places_equal_facts": "update marts.mart_places set mention_count = mention_count + 1 where kind = 'all' and city_id = 'all'",
    "nearest_atms_stand_in_order": "update marts_rows.mart_nearest_atms set distance_metres = distance_metres - 100000 where distance_rank > 1",
    "recovery_equals_facts": "update marts.mart_recovery set negative_author_count = negative_author_count + 1",
    "journey_equals_facts": "delete from marts.mart_journey where stage = 'use' and channel = 'all'",
    "wishes_equal_facts": "update marts.mart_wishes set mention_count = mention_count + 1",
    "emerging_topics_equal_snapshots": "delete from marts.mart_emerging_topics where ctid = (select min(ctid) from marts.mart_emerging_topics)",
    "audience_equals_reputation": "delete from marts.mart_audience where dimension = 'country' and dimension_value = 'DE'",
    "page_health_equals_mentions": "update marts.mart_page_health set bot_count = bot_count + 1 where page_id = 'all'",
    "editorial_equals_facts": "update marts.mart_editorial set question_count = question_count + 1 where topic_id = 'all'",
    "competitor_gap_equals_facts": "delete from marts.mart_competitor_gap where topic_id = 'all' and period_type = 'month'",
    "intervals_hold_their_rates": "update marts.mart_share_of_voice set share_of_voice_pct = 101 where share_of_voice_pct is not null",
}


def _ask(url: str, statement: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute(statement.encode()).fetchall()


def _results(settings: Settings) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((settings.home / "dbt" / "target" / "run_results.json").read_text("utf-8"))["results"]
    return found


def test_a_build_passes_without_a_warning(built: Built) -> None:
    output = (built.settings.home / "dbt" / "last_output.log").read_text("utf-8")
    assert "WARN=0 ERROR=0 SKIP=0" in output
    assert "warning" not in output.lower().replace("0 warnings", "")


def test_unit_tests_of_the_models_pass(breakable: Built) -> None:
    run_dbt(breakable.settings, ["test", "--select", "test_type:unit"], url=breakable.url, as_of=None)
    tested = {result["unique_id"].split(".")[2] for result in _results(breakable.settings)}
    marts = {path.stem for path in (PROJECT / "models" / "marts").rglob("mart_*.sql")}
    assert marts <= tested


def test_every_reconciliation_fails_on_its_mutant(breakable: Built) -> None:
    assert set(MUTANTS) == set(SINGULAR)
    with psycopg.connect(breakable.url) as connection:
        for mutant in MUTANTS.values():
            assert connection.execute(mutant.encode()).rowcount > 0, mutant
    with pytest.raises(RenownError, match=r"nodes failed: test \w+"):
        run_dbt(breakable.settings, ["test", "--select", "test_type:singular"], url=breakable.url, as_of=breakable.settings.as_of)
    assert {r["unique_id"].split(".")[2] for r in _results(breakable.settings) if r["status"] == "fail"} == set(SINGULAR)


def test_every_model_says_grain_and_owner_and_every_mart_column_is_described(built: Built) -> None:
    manifest = json.loads((built.settings.home / "dbt" / "target" / "manifest.json").read_text("utf-8"))
    models = [node for node in manifest["nodes"].values() if node["resource_type"] == "model"]
    assert len(models) > 20
    for model in models:
        assert model["description"], model["name"]
        assert {"grain", "owner"} <= set(model["config"]["meta"]), model["name"]
        if model["schema"] in ("marts", "marts_rows"):
            assert model["config"]["contract"]["enforced"], model["name"]
            assert all(column["description"] for column in model["columns"].values()), model["name"]
            assert Path(PROJECT / model["original_file_path"]).with_suffix(".yml").exists()


def test_every_exposure_has_an_owner_with_an_address_and_reads_marts_only(built: Built) -> None:
    manifest = json.loads((built.settings.home / "dbt" / "target" / "manifest.json").read_text("utf-8"))
    exposures = manifest["exposures"].values()
    assert len(exposures) >= 5
    for exposure in exposures:
        assert "@" in exposure["owner"]["email"], exposure["name"]
        assert exposure["owner"]["name"], exposure["name"]
        assert {manifest["nodes"][node]["schema"] for node in exposure["depends_on"]["nodes"]} <= {"marts", "marts_rows"}, exposure["name"]


def test_comments_reach_every_table_and_column_of_the_marts(built: Built) -> None:
    assert _ask(built.url, """
        select c.relname, a.attname from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum >= 0 and not a.attisdropped
        where c.relnamespace::regnamespace::text in ('marts', 'marts_rows') and c.relkind = 'r' and col_description(c.oid, a.attnum) is null""") == []
    assert _ask(built.url, """
        select relname from pg_class where relnamespace::regnamespace::text in ('marts', 'marts_rows') and relkind = 'r' and obj_description(oid) is null""") == []


def test_no_text_of_people_stands_in_the_marts(built: Built) -> None:
    columns = {row[0] for row in _ask(built.url, "select column_name from information_schema.columns where table_schema = 'marts'")}
    assert not columns & {"text", "title", "body", "labels", "author_name", "masked_text"}


def test_bi_reader_reads_the_marts_and_nothing_behind_them(breakable: Built) -> None:
    with psycopg.connect(breakable.url) as connection:
        ensure_bi_reader(connection, breakable.settings.home)
    run_dbt(breakable.settings, ["run", "--select", "dim_bank"], url=breakable.url, as_of=None)
    with psycopg.connect(breakable.url) as connection:
        connection.execute("set role bi_reader")
        assert connection.execute("select count(*) from marts.mart_customer_care").fetchone() is not None
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("select count(*) from marts_staging.stg_mentions")


def test_a_failing_model_is_named_in_one_line(breakable: Built) -> None:
    with psycopg.connect(breakable.url) as connection:
        connection.execute("alter table config.topics rename column topic_id to other")
    with pytest.raises(RenownError) as error:
        build_marts(breakable.settings, breakable.url)
    assert "nodes failed: model " in str(error.value)
    assert "\n" not in str(error.value)


def test_a_server_that_is_down_is_a_clear_error(built: Built, settings: Settings) -> None:
    with pytest.raises(RenownError) as error:
        run_dbt(settings, ["run"], url="postgresql://renown:hidden@127.0.0.1:9/none", as_of=None)
    assert "dbt could not run" in str(error.value)
    assert "\n" not in str(error.value)
    assert "hidden" not in str(error.value)


def test_the_calendar_begins_with_the_week_of_new_year(built: Built) -> None:
    found = {row[0].isoformat(): row[1:] for row in _ask(
        built.url, "select date_day, iso_year, iso_week, week_start::text, is_business_day from marts.dim_date")}
    assert min(found) == "2025-12-29"
    assert max(found) == "2026-12-31"
    assert found["2025-12-29"] == (2026, 1, "2025-12-29", True)
    assert found["2026-03-29"] == (2026, 13, "2026-03-23", False)
