"""The items behind every published number make that number again; a wrong question is told what would be a right one."""

from __future__ import annotations

import json
import math
import re
from collections import defaultdict
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from cli.main import _guarded
from settings import RenownError
from tests.marts.conftest import Built
from warehouse.connection import connect
from warehouse.dbt import PROJECT
from warehouse.explain import FORMULAS, IN_BRIDGE, NOT_BRIDGED, explain_number, find_metric, recompute

BRIDGED = ("mart_reputation_daily", "mart_share_of_voice", "mart_customer_care", "mart_handled_negative", "mart_misdirected", "mart_topics_daily",
           "mart_switching", "mart_leads", "mart_backlog", "mart_crisis_signals", "mart_official_posts", "mart_competitor_gap", "mart_product_feedback",
           "mart_places", "mart_reputation_periods", "mart_campaigns", "mart_wishes", "mart_editorial", "mart_journey", "mart_journey_paths",
           "mart_recovery", "mart_audience", "mart_page_health", "mart_impersonation", "mart_pii_exposures", "mart_reply_effect",
           "mart_care_benchmark", "mart_scorecard")
# Only samples are looked at one by one; of all other parts the sum is enough.
FOUND = """case when part in ('sample', 'prior_sample', 'answered', 'censored', 'prior_answered', 'prior_censored') then array_agg(value) else array[sum(value)] end"""
NOT_RECOMPUTED = {"rogan_gladen", "judged"}  # need what is no item: measured quality, whole histories, a rule
# Columns that are no metrics: keys, flags, what is said about the row, and the counts of watched series and of points.
NO_METRICS = {"suppressed_reason", "suppressed_metrics", "is_period_over", "series_count", "baseline_points", "is_rising", "is_regulated_topic",
              "cold_start", "is_alarm", "campaign_id", "removed_negative_count", "department_id", "phase_ends", "day_count", "is_phase_over",
              "is_phase_covered", "wish_kind", "topic_id", "status", "last_day", "is_asked_and_unwritten",
              "reasons", "first_item_at", "unit", "wanted", "verdict", "area", "target", "is_met",
              *(f"{label}_{column}" for label in ("negative", "positive")
                for column in ("measured_count", "sensitivity", "specificity", "basis", "evaluation_id"))}  # the last: what a page removed stands in no mart any more

IN_MART = {ours: its for its, ours in IN_BRIDGE.items()}


def rows(url: str, statement: str) -> list[dict[str, Any]]:
    with psycopg.connect(url, row_factory=dict_row) as connection:
        return connection.execute(statement.encode()).fetchall()


def keys_of(url: str, mart: str) -> list[str]:
    found = rows(url, f"select column_name from information_schema.columns where table_schema = 'marts' and table_name = '{bridge(mart)}' order by ordinal_position")
    names = [row["column_name"] for row in found]
    return [IN_MART.get(name, name) for name in names[: names.index("metric")]]


def bridge(mart: str) -> str:
    return mart.replace("mart_", "explain_")


@pytest.mark.parametrize("mart", BRIDGED)
def test_every_metric_of_a_mart_is_explained(mart: str, built: Built) -> None:
    columns = {row["column_name"] for row in rows(
        built.url, f"select column_name from information_schema.columns where table_schema = 'marts' and table_name = '{mart}'")}
    told = {row["metric"] for row in rows(built.url, f"select distinct metric from marts.dim_metric where mart = '{mart}'")}
    ids = {f"{mart.removeprefix('mart_').removesuffix('_daily')}_id", f"{mart.removeprefix('mart_')}_id", "signal_id"}
    ends = {name for name in columns if name.endswith(("_lower", "_upper")) and name != "reach_upper"}
    assert columns - told - ids - ends - set(keys_of(built.url, mart)) - NO_METRICS == set()
    assert told <= columns
    assert {row["formula"] for row in rows(built.url, "select distinct formula from marts.dim_metric")} == set(FORMULAS)


@pytest.mark.parametrize("mart", BRIDGED)
def test_the_items_of_every_published_cell_make_its_numbers(mart: str, built: Built) -> None:
    keys = keys_of(built.url, mart)
    bridged = [IN_BRIDGE.get(key, key) for key in keys]
    parts: dict[Any, dict[str, dict[str, list[float]]]] = defaultdict(lambda: defaultdict(lambda: defaultdict(list)))
    listed = ", ".join(f"made.{key}" for key in bridged)
    for row in rows(built.url, f"select {listed}, metric, part, {FOUND} as found from marts.{bridge(mart)} as made group by {listed}, metric, part"):
        parts[tuple(row[k] for k in bridged)][row["metric"]][row["part"]] = row["found"]
    told = {(r["metric"], r["formula"]) for r in rows(built.url, f"select * from marts.dim_metric where mart = '{mart}'")}
    published = rows(built.url, f"select * from marts.{mart}")
    wrong, equal = [], 0
    for cell in published:
        of_cell = parts[tuple(cell[k] for k in keys)]
        for metric, formula in told:
            if formula in NOT_RECOMPUTED:
                continue
            made = recompute(formula, of_cell[metric])
            if metric == "reach_upper" and math.fsum(of_cell["reach_known_count"]["numerator"]) < built.settings.general.min_n:
                made = None  # of few authors it is not published
            if not agrees(formula, cell[metric], made):
                wrong.append((tuple(cell[k] for k in keys), metric, cell[metric], made))
            equal += cell[metric] is not None
    assert wrong[:5] == []
    assert equal >= len(published) > 0
    assert parts.keys() <= {tuple(cell[k] for k in keys) for cell in published}, "no item explains a cell that there is not"


def agrees(formula: str, published: Any, made: float | None) -> bool:
    """A number that is not published has no items, or too few of them (min_n) for a rate."""
    if published is None:
        return made in (None, 0) or formula in ("pct", "ratio", "points", "difference", "mean_difference", "ratio_difference", "score", "score_difference")
    return made is not None and math.isclose(float(published), made, rel_tol=1e-9, abs_tol=1e-9)


def test_every_mart_has_a_bridge_or_says_what_its_rows_are(built: Built) -> None:
    marts = {path.stem for path in (PROJECT / "models" / "marts").rglob("mart_*.sql")}
    bridges = {path.stem for path in (PROJECT / "models" / "marts").rglob("explain_*.sql")}
    assert {row["mart"] for row in rows(built.url, "select distinct mart from marts.dim_metric")} == set(BRIDGED)
    assert bridges == {bridge(mart) for mart in BRIDGED}
    assert set(BRIDGED).isdisjoint(NOT_BRIDGED)
    assert marts == {*BRIDGED, *NOT_BRIDGED}
    for mart, told in NOT_BRIDGED.items():
        named = re.findall(r"\b(?:marts|nlp|raw)\.\w+", told) + [f"marts.{name}" for name in re.findall(r"(?<!\.)\bmart_\w+", told)]
        assert named, mart
        assert rows(built.url, f"select name from unnest(array{named}) as name where to_regclass(name) is null") == [], mart


@pytest.mark.parametrize(("metric", "says"), [
    ("mart_routing.bank_id", "each row is one brand mention"),
    ("triage_rank", "each row is one case"),
    ("growth_ratio", "nlp.emerging_topics"),
])
def test_a_number_without_a_bridge_points_on(metric: str, says: str, built: Built) -> None:
    with connect(built.url) as connection, pytest.raises(RenownError, match=says) as caught:
        explain_number(connection, metric, "velmora", "2026-03-01")
    assert caught.value.exit_code == 2


def test_marts_with_keys_of_their_own_are_explained_by_them(built: Built) -> None:
    with connect(built.url) as connection:
        wish = rows(built.url, "select * from marts.mart_wishes order by mention_count desc, wishes_id limit 1")[0]
        told = explain_number(connection, "vote_count", wish["bank_id"], str(wish["first_day"]), {"story_key": wish["story_key"]})
        assert (told.published, told.recomputed) == (wish["vote_count"], float(wish["vote_count"]))
        score = rows(built.url, "select * from marts.mart_scorecard where platform = 'x' and metric = 'net_sentiment' and period_type = 'week' and value is not null order by 1 limit 1")[0]
        told = explain_number(connection, "mart_scorecard.value", score["bank_id"], str(score["period_start"]),
                              {"platform": "x", "metric": "net_sentiment", "period_type": "week"})
        assert told.cell["metric"] == "net_sentiment"
        assert told.published == score["value"]
        assert told.recomputed == pytest.approx(score["value"])
        phase = rows(built.url, "select * from marts.mart_campaigns where campaign_id = 'spring' and phase = 'during' and platform = 'all' and topic_id = 'all'")[0]
        told = explain_number(connection, "campaign_mention_count", "velmora", str(phase["phase_starts"]), {"campaign_id": "spring"})
        assert (told.published, len(told.items)) == (phase["campaign_mention_count"], phase["campaign_mention_count"])


def test_an_item_leads_to_its_payload_batch_models_and_configuration(built: Built) -> None:
    found = rows(built.url, """
        select e.*, m.payload_sha256 as payload, m.batch_id as batch from marts.explain_reputation_daily e
        join core.mentions m using (mention_id, version) where metric = 'positive_count'""")
    assert found
    for row in found:
        assert row["payload_sha256"] == row["payload"].hex()
        assert row["batch_id"] == row["batch"]
        assert row["model_versions"]["sentiment"] == "human:truth"
        assert row["config_version"] == built.settings.config_version
        assert row["rule"] == "sentiment = 'positive'"


def test_one_number_is_explained(built: Built) -> None:
    best = rows(built.url, "select * from marts.mart_reputation_daily where platform = 'x' and language = 'all' and country = 'all' order by sentiment_count desc limit 1")[0]
    with connect(built.url) as connection:
        found = explain_number(connection, "net_sentiment", best["bank_id"], str(best["event_day"]), {"platform": "x"})
        assert found.cell == {"bank_id": best["bank_id"], "platform": "x", "language": "all", "country": "all", "event_day": best["event_day"]}
        assert found.published == best["net_sentiment"]
        assert found.sums() == {"numerator": best["positive_count"] - best["negative_count"], "denominator": best["sentiment_count"]}
        assert len(found.items) == 2 * best["sentiment_count"]
        assert explain_number(connection, "net_sentiment_lower", best["bank_id"], str(best["event_day"])).metric == "net_sentiment"
        care = explain_number(connection, "response_rate_pct", "velmora", "2026-03-01", {"period_type": "month"})
        assert care.cell["platform"] == "all"
        assert all(item["case_id"] for item in care.items)
        hour = rows(built.url, "select * from marts.mart_crisis_signals where series_type = 'all' order by mention_count desc limit 1")[0]
        crisis = explain_number(connection, "mart_crisis_signals.story_count", hour["bank_id"], hour["hour_at"].isoformat()[:13])
        assert (crisis.cell["series_type"], crisis.recomputed) == ("all", hour["story_count"])


@pytest.mark.parametrize(("metric", "bank", "at", "given", "says"), [
    ("net_sentimant", "velmora", "2026-03-01", {}, "near it: net_sentiment"),
    ("mention_count", "velmora", "2026-03-01", {}, "say which: mart_crisis_signals.mention_count, mart_journey.mention_count, mart_pii_exposures.mention_count, "),
    ("net_sentiment", "nobank", "2026-03-01", {}, "known: .*tarnwick.*velmora"),
    ("net_sentiment", "velmora", "1999-01-01", {}, "event_days lie between 2026-02-2"),
    ("net_sentiment", "velmora", "tomorrow", {}, "a day such as"),
    ("six_hour_count", "velmora", "2026-03-01", {}, "an hour such as"),
    ("net_sentiment", "velmora", "2026-03-01", {"topic_id": "cards"}, "told by bank_id, platform, language, country, event_day"),
    ("net_sentiment", "velmora", "2026-03-01", {"platform": "myspace"}, "try other keys"),
    ("own_value", "velmora", "2026-03-01", {"period_type": "month"}, "say which with --cell metric=…: canned_answer, "),
    ("before_mentions_per_day", "velmora", "2026-09-09", {}, "published phase_starts lie between"),
])
def test_a_wrong_question_is_told_what_would_be_right(metric: str, bank: str, at: str, given: dict[str, str], says: str, built: Built) -> None:
    with connect(built.url) as connection, pytest.raises(RenownError, match=says) as caught:
        explain_number(connection, metric, bank, at, given)
    assert caught.value.exit_code == 2
    assert "\n" not in str(caught.value)


def test_all_censored_and_ties_have_their_kaplan_meier_median() -> None:
    assert recompute("km_median", {"answered": [], "censored": [5.0]}) is None
    assert recompute("km_median", {"answered": [3.0, 3.0], "censored": [3.0, 9.0]}) == 3.0
    assert recompute("km_median", {"answered": [3.0], "censored": [9.0, 9.0]}) is None
    assert recompute("p90", {"sample": [1.0, 2.0]}) == pytest.approx(1.9)


def test_the_metrics_name_is_found_in_its_mart(built: Built) -> None:
    with connect(built.url) as connection:
        assert find_metric(connection, "mart_topics_daily.negative_pct")[0] == "mart_topics_daily"
        assert find_metric(connection, "net_sentiment")[0] == "mart_reputation_daily"
        assert find_metric(connection, "net_sentiment", "month")[0] == "mart_reputation_periods"
        assert find_metric(connection, "lead_count")[0] == "mart_leads"
        assert find_metric(connection, "mart_campaigns.lead_count")[0] == "mart_campaigns"
        assert find_metric(connection, "asker_count")[0] == "mart_editorial"
        assert find_metric(connection, "switch_out_count")[3] == {"numerator": "is_out: first_of_mention"}


def test_the_command_shows_number_parts_and_items(built: Built, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("RENOWN_WAREHOUSE_URL", built.url)
    best = rows(built.url, "select * from marts.mart_leads where platform = 'all' and period_type = 'month' order by lead_mention_count desc limit 1")[0]
    asked = ["explain", "lead_count", "--bank", best["bank_id"], "--date", str(best["period_start"]), "--period", "month"]
    assert _guarded([*asked, "--json"], False) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["published"], told["recomputed"]) == (best["lead_count"], best["lead_count"])
    assert len(told["items"]) == best["lead_mention_count"] - best["mentions_without_author"]
    assert _guarded([*asked, "--csv"], False) == 0
    assert len(capsys.readouterr().out.splitlines()) == len(told["items"]) + 1
    assert _guarded(asked, False) == 0
    assert f"mart_leads.lead_count (bank_id {best['bank_id']}, platform all, " in capsys.readouterr().out
    assert _guarded(["explain", "--list"], False) == 0
    assert "net_sentiment" in capsys.readouterr().out
    for wrong in (["explain"], ["explain", "lead_count", "--bank", "velmora"], [*asked, "--cell", "platform"]):
        assert _guarded(wrong, False) == 2
        assert len(capsys.readouterr().err.splitlines()) == 1


def test_a_warehouse_without_marts_says_so(warehouse_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("RENOWN_WAREHOUSE_URL", warehouse_url)
    assert _guarded(["explain", "--list"], False) == 2
    assert "not built yet" in capsys.readouterr().err
