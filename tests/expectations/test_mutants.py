"""Every rule has a mutant: a defect planted in a real database that the rule must catch, and that it must let go again.

sound world ──► rule holds ──► defect planted ──► rule fails ──► undone ──► rule holds
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NamedTuple

import psycopg
import pytest

from expectations.engine import evaluate
from expectations.gate import LAYERS, layer_rules
from expectations.rules import RowRule, Rule
from warehouse.connection import connect

NOW = datetime(2026, 3, 30, tzinfo=UTC)
M7 = "where native_id = '7'"
A7 = "where mention_id = core.mention_id('x', '', 'post', '7') and task = "
SECOND = "insert into {0} select * from {0} limit 1"


class Mutant(NamedTuple):
    """`plant` is SQL; `tables` are those it touches, put back afterwards."""

    rule: str
    target: str
    plant: str
    tables: str = ""


def label(task: str, new: str) -> str:
    return f"update nlp.annotations set label = '{new}' {A7}'{task}'"


def no_key(table: str, column: str, constraint: str = "") -> str:
    dropped = f"alter table {table} drop constraint if exists {constraint}; " if constraint else ""
    return f"{dropped}alter table {table} alter column {column} drop not null; update {table} set {column} = null {M7}"


BATCHES, PAYLOADS, MENTIONS, CURRENT = "raw.batches", "raw.payloads", "core.mentions", "core.current_mentions"
ANNOTATIONS, DONE = "nlp.annotations", "nlp.done"
FACTS, BRANDS, CASES = "marts.fct_mentions", "marts.fct_brand_mentions", "marts.fct_cases"
REPUTATION, VOICE, MOODS = "marts.mart_reputation_daily", "marts.mart_share_of_voice", "marts.mart_reputation_periods"
CARE, SIGNALS = "marts.mart_customer_care", "marts.mart_crisis_signals"
COVERAGE, FRESHNESS = "marts.mart_coverage", "marts.mart_freshness"
BRIDGE, POSTS, VOICES = "marts.fct_mention_topics", "marts.fct_official_posts", "marts.mart_official_posts"
TOPICS, QUEUE, HANDLED = "marts.mart_topics_daily", "marts.mart_open_cases", "marts.mart_handled_negative"
DEMAND = ("marts.mart_misdirected", "marts.mart_switching", "marts.mart_leads", "marts.mart_backlog")
ALARMS = ("marts.fct_engagement", "marts.fct_alerts", "marts.mart_incidents", "marts.mart_impersonation")
RATES = ("marts.mart_care_benchmark", "marts.mart_reply_effect", "marts.mart_scorecard", "marts.mart_nlp_quality")
ITEMS = ("marts.mart_routing", "marts.mart_employee_posts", "marts.mart_pii_exposures")
CAMPAIGNS = "marts.mart_campaigns"
FEEDBACK = "marts.mart_product_feedback"
PLACES = "marts.mart_places"
REGISTER = "marts.dim_place"
MACHINES = "marts.mart_nearest_atms"
RECOVERY = "marts.mart_recovery"
JOURNEY = "marts.mart_journey"
PATHS = "marts.mart_journey_paths"
WISHES = "marts.mart_wishes"
EMERGING = "marts.mart_emerging_topics"
AUDIENCE = "marts.mart_audience"
HEALTH = "marts.mart_page_health"
EDITORIAL = "marts.mart_editorial"
GAP = "marts.mart_competitor_gap"
LATER = (GAP, EDITORIAL, HEALTH, AUDIENCE, EMERGING, WISHES, PATHS, JOURNEY, RECOVERY, MACHINES, REGISTER, PLACES, FEEDBACK, CAMPAIGNS)
DIMENSIONS = tuple(f"marts.dim_{name}" for name in ("author", "topic", "department", "bank", "platform"))

RAW = [
    Mutant("counters_add_up", BATCHES, "update raw.batches set items_new = items_new - 1"),  # the last page dropped
    Mutant("no_silent_gap", BATCHES, "update raw.batches set items_promised = 1000"),
    Mutant("gap_has_reason", BATCHES, "update raw.batches set gap = true"),
    Mutant("finished_batch_has_end", BATCHES, "update raw.batches set ended_at = null"),
    Mutant("counters_not_negative", BATCHES, "update raw.batches set waited_seconds = -1"),
    Mutant("counters_not_negative", BATCHES, "update raw.batches set items_filtered = -1"),
    Mutant("counters_not_negative", BATCHES, "update raw.batches set items_truncated = -1"),
    Mutant(
        "aside_and_cut_within_returned",
        BATCHES,
        "update raw.batches set items_filtered = items_returned, items_truncated = 1",  # a cut text counted twice
    ),
    Mutant(
        "mode_is_known",
        BATCHES,
        "alter table raw.batches drop constraint batches_mode_check; update raw.batches set mode = 'guess'",
    ),
    Mutant("reading_has_interval", BATCHES, "update raw.batches set interval_end = null"),
    Mutant("stopped_batch_has_gap", BATCHES, "update raw.batches set status = 'stopped'"),
    Mutant(
        "interval_runs_forward",
        BATCHES,
        "update raw.batches set interval_start = '2026-03-02', interval_end = '2026-03-01'",
    ),
    Mutant("payload_has_batch", PAYLOADS, f"update raw.payloads set batch_id = gen_random_uuid() {M7}"),
    Mutant("payload_is_known", PAYLOADS, f"delete from raw.payload_hashes {M7}", "raw.payload_hashes"),
    Mutant("payload_landed_once", PAYLOADS, SECOND.format(PAYLOADS)),
    Mutant("reject_has_reason", "raw.rejects", "update raw.rejects set reason = ' '"),
    Mutant("cursor_has_batch", "raw.cursors", "update raw.cursors set batch_id = gen_random_uuid()"),
    Mutant("native_id_not_null", PAYLOADS, no_key(PAYLOADS, "native_id")),
    Mutant("body_not_null", PAYLOADS, no_key(PAYLOADS, "body")),
]
CORE = [
    Mutant("event_at_not_in_future", CURRENT, f"update core.mentions set event_at = '2026-04-01' {M7}", MENTIONS),
    Mutant(
        "event_at_not_before_2004", CURRENT, f"update core.mentions set event_at = '2003-12-31 23:59+00' {M7}", MENTIONS
    ),
    Mutant("text_or_media_present", CURRENT, f"update core.mentions set text = E' \\n' {M7}", MENTIONS),
    Mutant(
        "engagement_not_negative", CURRENT, "update core.engagement set likes = -3", "core.engagement"
    ),  # sign flipped
    Mutant("language_hint_is_code", CURRENT, f"update core.mentions set language_hint = 'English!' {M7}", MENTIONS),
    Mutant("url_is_web", CURRENT, f"update core.mentions set url = 'javascript:alert(1)' {M7}", MENTIONS),
    Mutant("coordinates_in_range", CURRENT, f"update core.mentions set latitude = 91 {M7}", MENTIONS),
    Mutant("coordinates_in_range", CURRENT, f"update core.mentions set longitude = null {M7}", MENTIONS),
    Mutant("media_count_not_negative", CURRENT, f"update core.mentions set media_count = -1 {M7}", MENTIONS),
    Mutant("author_counts_not_negative", CURRENT, f"update core.mentions set author_followers = -1 {M7}", MENTIONS),
    Mutant("rating_is_finite", CURRENT, f"update core.mentions set rating = 'NaN' {M7}", MENTIONS),
    Mutant("versions_have_payload", MENTIONS, f"delete from raw.payloads {M7}", PAYLOADS),
    Mutant("versions_contiguous", MENTIONS, f"update core.mentions set version = 2 {M7}"),
    Mutant("mention_id_matches_key", MENTIONS, f"update core.mentions set mention_id = gen_random_uuid() {M7}"),
    Mutant(
        "event_at_follows_basis", MENTIONS, f"update core.mentions set event_at = event_at + interval '3 hours' {M7}"
    ),
    Mutant("seen_not_in_future", MENTIONS, f"update core.mentions set first_seen_at = now() + interval '2 hours' {M7}"),
    Mutant("platform_is_known", MENTIONS, f"update core.mentions set platform = 'myspace' {M7}"),
    Mutant(
        "engagement_has_mention", "core.engagement", "insert into core.engagement values (gen_random_uuid(), now())"
    ),
    Mutant(
        "quarantine_bounded",
        CURRENT,
        "insert into quality.quarantine select mention_id, 1, 'core', 'r' from core.mentions limit 41",
        "quality.quarantine",
    ),
    Mutant(
        "key_unique",
        MENTIONS,
        f"alter table core.mentions drop constraint mentions_pkey; "
        f"alter table core.mentions drop constraint mentions_mention_id_content_sha256_key; {SECOND.format(MENTIONS)}",
    ),
    *(
        Mutant(f"{column}_not_null", MENTIONS, no_key(MENTIONS, column, "mentions_pkey"))
        for column in ("mention_id", "platform", "site", "kind", "native_id", "event_at", "payload_sha256")
    ),
]
NLP = [
    Mutant("one_manifest_active", "nlp.manifests", "update nlp.manifests set is_active = false"),
    Mutant(
        "current_mentions_finished",
        CURRENT,
        "delete from nlp.done where mention_id = core.mention_id('x', '', 'post', '7')",
        DONE,
    ),
    Mutant(
        "current_mentions_finished", CURRENT, f"update core.mentions set version = 2 {M7}", MENTIONS
    ),  # an edit not yet read
    Mutant(
        "finished_are_annotated",
        DONE,
        "delete from nlp.annotations where mention_id = core.mention_id('x', '', 'post', '7')",
        ANNOTATIONS,
    ),
    Mutant("rejected_have_reason", DONE, "update nlp.done set outcome = 'rejected'"),
    Mutant(
        "rejected_bounded",
        DONE,
        "update nlp.done set outcome = 'rejected', reason = 'r' "
        "where mention_id in (select mention_id from core.mentions limit 3)",
    ),
    Mutant("annotation_has_mention", ANNOTATIONS, f"update nlp.annotations set mention_version = 9 {A7}'bot'"),
    Mutant("language_wellformed", ANNOTATIONS, label("language", '{"language": "English"}')),
    Mutant(
        "sentiment_wellformed", ANNOTATIONS, label("sentiment", '{"label": "mixed", "probabilities": {"neutral": 1}}')
    ),
    Mutant(
        "sentiment_wellformed",
        ANNOTATIONS,
        label("sentiment", '{"label": "neutral", "probabilities": {"neutral": 0.9}}'),
    ),
    Mutant("sentiment_wellformed", ANNOTATIONS, label("sentiment", '{"label": "neutral"}')),
    Mutant(
        "sentiment_wellformed",
        ANNOTATIONS,
        label("sentiment", '{"label": "neutral", "probabilities": {"neutral": 1.5, "positive": -0.5}}'),
    ),
    Mutant("reply_wellformed", ANNOTATIONS, label("reply", '{"role": "shrug"}')),
    Mutant("official_kind_wellformed", ANNOTATIONS, label("official_kind", '{"kind": "advert"}')),
    Mutant("bot_wellformed", ANNOTATIONS, label("bot", '{"score": 93}')),
    Mutant(
        "banks_wellformed",
        ANNOTATIONS,
        f"update nlp.annotations set label = jsonb_set(label, '{{0,bank_id}}', '\"ghost\"') {A7}'banks'",
    ),
    Mutant("banks_wellformed", ANNOTATIONS, label("banks", '[{"bank_id": "velmora", "start": 0, "end": 7}]')),
    Mutant("banks_wellformed", ANNOTATIONS, label("banks", '{"bank_id": "velmora"}')),
    Mutant("entities_wellformed", ANNOTATIONS, label("entities", '[{"start": 0, "end": 7, "label": "ANIMAL"}]')),
    Mutant("topics_wellformed", ANNOTATIONS, label("topics", '[{"topic_id": "weather", "score": 0.5}]')),
    Mutant("topics_wellformed", ANNOTATIONS, label("topics", '[{"topic_id": "cards", "score": 1.5}]')),
    Mutant("intents_wellformed", ANNOTATIONS, label("intents", '[{"intent": "sing", "score": 0.5}]')),
    Mutant("banking_intent_wellformed", ANNOTATIONS, label("banking_intent", '{"label": "", "score": 0.9}')),
    Mutant("banking_intent_wellformed", ANNOTATIONS, label("banking_intent", '{"label": "card_arrival", "score": 93}')),
    Mutant("banking_intent_wellformed", ANNOTATIONS, label("banking_intent", '{"label": "card_arrival"}')),
    Mutant("banking_intent_wellformed", ANNOTATIONS, label("banking_intent", '"card_arrival"')),
    Mutant("banking_intent_english", ANNOTATIONS, label("language", '{"language": "ru", "confidence": 0.9}')),
    Mutant("handles_wellformed", ANNOTATIONS, label("handles", '[{"handle": "v", "status": "maybe"}]')),
    Mutant("banks_offsets_inside", ANNOTATIONS, f"update core.mentions set text = '銀行' {M7}", MENTIONS),
    Mutant("entities_offsets_inside", ANNOTATIONS, label("entities", '[{"start": 7, "end": 7, "label": "ORG"}]')),
    Mutant("journey_wellformed", ANNOTATIONS, label("journey", '{"stage": "dreaming", "channel": null}')),
    Mutant("journey_wellformed", ANNOTATIONS, label("journey", '{"stage": null, "channel": "pigeon"}')),
    Mutant("urgency_wellformed", ANNOTATIONS, label("urgency", '"soon"')),
    Mutant("places_wellformed", ANNOTATIONS, label("places", '[{"start": 0, "end": 7, "kind": "planet"}]')),
    Mutant("places_offsets_inside", ANNOTATIONS, label("places", '[{"start": 0, "end": 700, "kind": "city"}]')),
    Mutant("pii_wellformed", ANNOTATIONS, label("pii", '[{"start": 0, "end": 7, "kind": "phone", "text": "Velmora"}]')),
    Mutant("pii_offsets_inside", ANNOTATIONS, label("pii", '[{"start": 0, "end": 700, "kind": "phone"}]')),
    Mutant("moments_wellformed", ANNOTATIONS, label("moments", '[{"moment": "won", "score": 0.5}]')),
    Mutant("campaigns_wellformed", ANNOTATIONS, label("campaigns", '[{"campaign_id": "c", "score": 3}]')),
    Mutant("annotated_are_masked", DONE, "delete from nlp.masked_texts where mention_id = core.mention_id('x', '', 'post', '7')", "nlp.masked_texts"),
]
MARTS = [
    Mutant(
        "facts_complete",
        CURRENT,
        f"delete from {FACTS} where mention_id = core.mention_id('x', '', 'post', '7')",
        FACTS,
    ),
    Mutant(
        "facts_only_fit",
        FACTS,
        "insert into core.deletions select mention_id, now(), now(), 'author' from core.mentions limit 1",
        "core.deletions",
    ),
    Mutant(
        "facts_only_fit",
        FACTS,
        "insert into quality.quarantine select mention_id, 1, 'core', 'r' from core.mentions limit 1",
        "quality.quarantine",
    ),
    Mutant(
        "brand_mention_has_fact",
        BRANDS,
        f"update {BRANDS} set mention_id = gen_random_uuid() where ctid = (select min(ctid) from {BRANDS})",
    ),
    Mutant("brand_mentions_match_facts", FACTS, f"update {FACTS} set bank_count = 2"),
    Mutant("brand_mention_has_label", BRANDS, f"update {BRANDS} set bank_id = 'tarnwick'"),
    Mutant("reputation_totals_match_facts", REPUTATION, SECOND.format(REPUTATION)),  # a row doubled
    Mutant("sentiment_parts_add_up", REPUTATION, f"update {REPUTATION} set negative_count = 1"),
    Mutant("period_totals_match_facts", MOODS, SECOND.format(MOODS)),
    Mutant("corrected_shares_hold", MOODS, f"update {MOODS} set negative_pct_corrected = 16"),
    Mutant("corrected_shares_hold", MOODS, f"update {MOODS} set negative_measured_count = sentiment_count + 1"),
    Mutant("voice_totals_match_facts", VOICE, f"delete from {VOICE} where ctid = (select min(ctid) from {VOICE})"),
    Mutant("voices_share_one_whole", VOICE, f"update {VOICE} set share_of_voice_pct = 99.9"),
    Mutant("care_totals_match_cases", CARE, f"update {CARE} set case_count = case_count + 1"),
    Mutant("ledger_complete", BATCHES, f"delete from {COVERAGE}", COVERAGE),
    Mutant("ledger_complete", BATCHES, f"update {COVERAGE} set hour_at = hour_at + interval '1 hour'", COVERAGE),
    Mutant("source_has_freshness", COVERAGE, f"delete from {FRESHNESS}", FRESHNESS),
    Mutant("coverage_counters_add_up", COVERAGE, f"update {COVERAGE} set items_known = items_known + 1"),
    Mutant("coverage_counters_add_up", COVERAGE, f"update {COVERAGE} set items_filtered = items_returned, items_truncated = 1"),
    Mutant("coverage_counters_add_up", COVERAGE, f"update {COVERAGE} set items_of_promised = items_promised + 1"),
    Mutant("coverage_counters_add_up", COVERAGE, f"update {COVERAGE} set failed_count = 1, stopped_count = 1"),
    Mutant("coverage_counters_add_up", COVERAGE, f"update {COVERAGE} set open_gap_count = 1"),
    Mutant("coverage_not_negative", COVERAGE, f"update {COVERAGE} set items_rejected = -1, items_known = 2"),
    Mutant("coverage_not_negative", COVERAGE, f"update {COVERAGE} set items_expected = -0.5"),
    Mutant("coverage_gap_has_reason", COVERAGE, f"update {COVERAGE} set gap_count = 1, gap_reasons = ''"),
    Mutant("coverage_gap_has_reason", COVERAGE, f"update {COVERAGE} set gap_reasons = 'quota'"),
    Mutant("coverage_has_basis", COVERAGE, f"update {COVERAGE} set coverage_basis = null"),
    Mutant("coverage_has_basis", COVERAGE, f"update {COVERAGE} set coverage_basis = 'baseline', items_expected = 4"),
    Mutant("coverage_has_basis", COVERAGE, f"update {COVERAGE} set coverage_basis = 'baseline', items_promised = null"),
    Mutant("flaws_make_incomplete", COVERAGE, f"update {COVERAGE} set items_truncated = 1"),
    Mutant("freshness_follows_item", FRESHNESS, f"update {FRESHNESS} set newest_item_at = null"),
    Mutant("freshness_follows_item", FRESHNESS, f"update {FRESHNESS} set last_success_at = null"),
    Mutant("mention_has_topic", FACTS, f"delete from {BRIDGE} where ctid = (select min(ctid) from {BRIDGE})", BRIDGE),
    Mutant("mention_has_topic", FACTS, SECOND.format(BRIDGE), BRIDGE),
    Mutant("topic_totals_match_facts", TOPICS, f"update {TOPICS} set mention_count = mention_count + 1"),
    Mutant("official_totals_match_posts", VOICES, f"delete from {VOICES} where ctid = (select min(ctid) from {VOICES})"),
    Mutant("open_cases_complete", CASES, f"delete from {QUEUE} where triage_rank = 1", QUEUE),
    Mutant("open_cases_complete", CASES, f"update {CASES} set is_open = false"),
    Mutant("handled_levels_add_up", HANDLED, f"update {HANDLED} set answered_count = 1"),
    Mutant("snapshots_have_one_newest", "marts.fct_engagement", "update marts.fct_engagement set is_newest = false"),
    Mutant("alarms_are_alerts", SIGNALS, f"update {SIGNALS} set severity = 3"),
    Mutant("feedback_matches_topics", FEEDBACK, f"update {FEEDBACK} set mention_count = mention_count + 1"),
    Mutant("places_have_their_whole", PLACES, f"delete from {PLACES} where kind = 'all'"),
    Mutant("places_have_their_whole", PLACES, f"update {PLACES} set trouble_count = 6"),
    Mutant("nearest_atms_of_open_cases", MACHINES, f"delete from {QUEUE}", QUEUE),
    Mutant("recovered_were_answered", RECOVERY, f"update {RECOVERY} set recovered_count = 4"),
    Mutant("stages_add_up", JOURNEY, f"delete from {JOURNEY} where stage = 'use'"),
    Mutant("audience_parts_add_up", AUDIENCE, f"update {AUDIENCE} set mention_count = 4 where dimension = 'country'"),
    *(
        Mutant("key_unique", table, SECOND.format(table))
        for table in (
            FACTS, BRANDS, CASES, REPUTATION, MOODS, VOICE, CARE, SIGNALS, COVERAGE, FRESHNESS, BRIDGE, POSTS, VOICES, TOPICS, QUEUE, HANDLED,
            *DEMAND, *LATER, *DIMENSIONS, *ALARMS, *RATES, *ITEMS
        )
    ),
    Mutant("severity_in_range", SIGNALS, f"update {SIGNALS} set severity = 0"),
]
BY_NAME = [  # one of each sort that column names call for
    Mutant("bank_id_not_null", BRANDS, f"update {BRANDS} set bank_id = null"),
    Mutant("hour_at_not_null", SIGNALS, f"update {SIGNALS} set hour_at = null"),
    Mutant("source_id_not_null", COVERAGE, f"update {COVERAGE} set source_id = null"),
    Mutant("local_day_not_null", COVERAGE, f"update {COVERAGE} set local_day = null"),
    Mutant("coverage_pct_in_range", COVERAGE, f"update {COVERAGE} set coverage_pct = 100.5"),
    Mutant("gap_count_in_range", COVERAGE, f"update {COVERAGE} set gap_count = -1"),
    Mutant("freshness_seconds_in_range", FRESHNESS, f"update {FRESHNESS} set freshness_seconds = -1"),
    Mutant("share_of_voice_pct_in_range", VOICE, f"update {VOICE} set share_of_voice_pct = 100.5"),
    Mutant("net_sentiment_in_range", REPUTATION, f"update {REPUTATION} set net_sentiment = -100.5"),
    Mutant("q_value_in_range", SIGNALS, f"update {SIGNALS} set q_value = 1.1"),
    Mutant("mention_count_in_range", REPUTATION, f"update {REPUTATION} set mention_count = -mention_count"),
    Mutant("first_response_seconds_median_in_range", CARE, f"update {CARE} set first_response_seconds_median = -1"),
    Mutant("positive_pct_in_interval", REPUTATION, f"update {REPUTATION} set positive_pct = 51"),
    Mutant("share_of_voice_numerator_within_denominator", VOICE, f"update {VOICE} set share_of_voice_denominator = 0"),
]
MUTANTS = {"raw": RAW, "core": CORE, "nlp": NLP, "marts": [*MARTS, *BY_NAME]}
CASES_OF = [(layer, mutant) for layer in LAYERS for mutant in MUTANTS[layer]]


@pytest.fixture(scope="module")
def connection(lasting_world_url: str) -> psycopg.Connection:
    return connect(lasting_world_url, autocommit=True)


def find(layer: str, mutant: Mutant, connection: psycopg.Connection) -> Rule:
    return next(r for r in layer_rules(layer, connection) if (r.name, r.target) == (mutant.rule, mutant.target))


@pytest.mark.parametrize(("layer", "mutant"), CASES_OF, ids=[f"{m.rule}-{i}" for i, (_, m) in enumerate(CASES_OF)])
def test_a_planted_defect_is_caught_and_its_undoing_too(
    layer: str, mutant: Mutant, lasting_world_url: str, connection: psycopg.Connection
) -> None:
    rule, table = find(layer, mutant, connection), mutant.tables or mutant.target

    def holds() -> bool:
        [outcome] = evaluate([rule], url=lasting_world_url, now=NOW, connection=connection)
        assert "error" not in outcome.detail, f"{rule.name} does not run"
        assert outcome.success or outcome.unexpected, "a finding has a count"
        return outcome.success

    assert holds()
    connection.execute(f"create temporary table kept as select * from {table}".encode())
    try:
        connection.execute(mutant.plant.encode())
        assert not holds(), f"{rule.name} misses: {mutant.plant}"
    finally:
        connection.execute(f"delete from {table}".encode())
        connection.execute(f"insert into {table} overriding system value select * from kept".encode())
        connection.execute("drop table kept")
    assert holds()


@pytest.mark.parametrize("layer", LAYERS)
def test_every_rule_has_its_mutant(layer: str, connection: psycopg.Connection) -> None:
    from expectations import marts

    rules = marts.NAMED if layer == "marts" else layer_rules(layer, connection)
    assert {(r.name, r.target) for r in rules} - {(m.rule, m.target) for m in MUTANTS[layer]} == set()


def test_what_is_sound_at_the_edges_passes(lasting_world_url: str, connection: psycopg.Connection) -> None:
    """Values that a careless rule would refuse: a picture without text, unknown coordinates, a human's bare label."""
    rules = [rule for layer in ("core", "nlp") for rule in layer_rules(layer, connection)]
    connection.execute("begin")
    for statement in (
        f"update core.mentions set text = '', media_count = 1 {M7}",
        "update core.mentions set text = '', title = '银行' where native_id = '8'",
        "update core.mentions set latitude = null, longitude = null, url = null where native_id = '9'",
        "update core.mentions set language_hint = 'zh-TW' where native_id = '10'",
        "update core.engagement set likes = null, views = 0",
        "insert into nlp.annotations select mention_id, 1, 'banks', 'human:a', "
        """'[{"bank_id": "velmora", "sentiment": {"label": "negative"}}]' from core.mentions limit 1""",
        """insert into nlp.annotations select mention_id, 1, 'sentiment', 'old-model', '{"label": "odd"}' """
        "from core.mentions limit 1",
    ):
        connection.execute(statement.encode())
    connection.execute("commit")
    outcomes = evaluate(rules, url=lasting_world_url, now=NOW, connection=connection)
    found = {outcome.rule.name for outcome in outcomes if not outcome.success}
    inside = {f"{task}_offsets_inside" for task in ("banks", "entities", "places", "pii")}
    assert found == inside, "only the spans of the texts that were emptied"


def test_row_rules_have_the_names_that_others_rely_on() -> None:
    from expectations.core import RULES

    assert {
        "event_at_not_in_future",
        "event_at_not_before_2004",
        "text_or_media_present",
        "engagement_not_negative",
    } <= {rule.name for rule in RULES if isinstance(rule, RowRule)}
