"""What must hold of marts.*: nothing lost or double between core and the facts, totals equal the facts, bounds kept.

Two sorts: rules on named models, and rules that follow the columns' names (docs/metrics.md fixes the suffixes), so that
a new mart is checked the day it is built. SETTLED is the last gate before the marts: what landed later cannot be in
them yet.
"""

from __future__ import annotations

from collections.abc import Sequence

import psycopg

from expectations.rules import QueryRule, Rule, not_null, unique, within

FACTS, BRANDS, CASES = "marts.fct_mentions", "marts.fct_brand_mentions", "marts.fct_cases"
REPUTATION, VOICE, MOODS = "marts.mart_reputation_daily", "marts.mart_share_of_voice", "marts.mart_reputation_periods"
CARE, SIGNALS = "marts.mart_customer_care", "marts.mart_crisis_signals"
COVERAGE, FRESHNESS = "marts.mart_coverage", "marts.mart_freshness"
AUTHORS, BRIDGE = "marts.dim_author", "marts.fct_mention_topics"
POSTS, VOICES, TOPICS = "marts.fct_official_posts", "marts.mart_official_posts", "marts.mart_topics_daily"
QUEUE, HANDLED, ASTRAY = "marts.mart_open_cases", "marts.mart_handled_negative", "marts.mart_misdirected"
SWITCHING, LEADS, BACKLOG = "marts.mart_switching", "marts.mart_leads", "marts.mart_backlog"
SNAPSHOTS, ALERTS, INCIDENTS = "marts.fct_engagement", "marts.fct_alerts", "marts.mart_incidents"
BENCHMARK, EFFECT, ROUTING = "marts.mart_care_benchmark", "marts.mart_reply_effect", "marts.mart_routing"
IMPERSONATION, SCORES = "marts.mart_impersonation", "marts.mart_scorecard"
EMPLOYEES, EXPOSURES, QUALITY = "marts.mart_employee_posts", "marts.mart_pii_exposures", "marts.mart_nlp_quality"
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
PERIOD = ("period_type", "period_start")
CELL = "t.source_id || ' ' || t.platform || ' ' || t.hour_at::text"
REBUILD = "run 'renown run' so that the marts are rebuilt; see quality.results for the ids"
NUMBERS = ("smallint", "integer", "bigint", "numeric", "double precision", "real")
ITEM_KEYS = ("mention_id", "case_id", "signal_id", "source_id", "author_key", "platform", "language", "event_day", "event_at")
KEYS = frozenset(("bank_id", "topic_id", "department_id", "local_day", "opened_at", *ITEM_KEYS))
SERIES_KEYS = frozenset(("hour_at", "period_type", "period_start", "series_type", "series_id"))
OPTIONAL = frozenset({("fct_cases", "language"), ("fct_official_posts", "author_key"), ("mart_routing", "case_id")})
AT_LEAST_ZERO = ("_count", "_seconds", "_numerator", "_denominator", "_count_without_bots", "_authors", "_average")
SHARES = frozenset({"tail_probability", "q_value", "negative_share", "negative_share_lower", "negative_share_upper", "bot_score"})
SETTLED = (
    "coalesce((select max(r.ran_at) from quality.results as r where r.layer in ('core', 'nlp')), clock_timestamp())"
)
UNFIT = (
    "select 1 from quality.quarantine as q where q.mention_id = t.mention_id and q.released_at is null "
    f"and q.quarantined_at < {SETTLED}"
)

NAMED: tuple[Rule, ...] = (
    QueryRule(
        "facts_complete",
        "core.current_mentions",
        f"select t.mention_id::text as id from {{batch}} as t where t.loaded_at < {SETTLED} "
        f"and t.event_at <= least({{now}}, {SETTLED}) "
        f"and not exists (select 1 from {FACTS} as f where f.mention_id = t.mention_id) "
        "and not exists (select 1 from quality.quarantine as q where q.mention_id = t.mention_id "
        "and q.released_at is null)",
        "mentions of core are missing from the facts",
        REBUILD,
    ),
    QueryRule(
        "facts_only_fit",
        FACTS,
        "select t.mention_id::text as id from {batch} as t where "
        "not exists (select 1 from core.mentions as m where m.mention_id = t.mention_id) "
        "or exists (select 1 from core.deletions as d where d.mention_id = t.mention_id and d.undone_at is null "
        f"and d.loaded_at < {SETTLED}) or exists ({UNFIT})",
        "facts are deleted, quarantined or unknown mentions",
        REBUILD,
    ),
    QueryRule(
        "brand_mention_has_fact",
        BRANDS,
        "select t.mention_id::text as id from {batch} as t "
        f"where not exists (select 1 from {FACTS} as f where f.mention_id = t.mention_id)",
        "brand mentions belong to no mention",
        REBUILD,
    ),
    QueryRule(
        "brand_mentions_match_facts",
        FACTS,
        f"select t.mention_id::text as id from {{batch}} as t left join {BRANDS} as b on b.mention_id = t.mention_id "
        "group by t.mention_id, t.bank_count having count(b.bank_id) <> t.bank_count",
        "mentions name another number of banks than they have brand mentions",
        REBUILD,
    ),
    QueryRule(
        "brand_mention_has_label",
        BRANDS,
        "select t.mention_id::text as id from {batch} as t where not exists (select 1 from nlp.annotations as a "
        "where a.mention_id = t.mention_id and a.task = 'banks' "
        "and a.label @> jsonb_build_array(jsonb_build_object('bank_id', t.bank_id)))",
        "brand mentions name a bank that no label names",
        REBUILD,
    ),
    QueryRule(
        "reputation_totals_match_facts",
        REPUTATION,
        "select s.id from (select (t.platform = 'all')::text || ' ' || (t.language = 'all')::text || ' ' || (t.country = 'all')::text as id, "
        "sum(t.mention_count) as n from {batch} as t group by 1) as s "
        f"where s.n <> (select count(*) from {BRANDS} as b where not b.is_official)",
        "roll-ups of the daily reputation do not add up to the brand mentions",
        REBUILD,
    ),
    QueryRule(
        "sentiment_parts_add_up",
        REPUTATION,
        "select t.bank_id || ' ' || t.event_day::text as id from {batch} as t "
        "where t.positive_count + t.neutral_count + t.negative_count <> t.sentiment_count "
        "or t.sentiment_count > t.mention_count",
        "rows of the daily reputation have sentiments that do not add up",
        REBUILD,
    ),
    QueryRule(
        "period_totals_match_facts",
        MOODS,
        "select s.id from (select t.period_type || ' ' || (t.platform = 'all')::text || ' ' || (t.language = 'all')::text || ' ' || (t.country = 'all')::text "
        "as id, sum(t.mention_count) as n from {batch} as t group by 1) as s "
        f"where s.n <> (select count(*) from {BRANDS} as b where not b.is_official)",
        "roll-ups of the reputation by week and month do not add up to the brand mentions",
        REBUILD,
    ),
    QueryRule(
        "corrected_shares_hold",
        MOODS,
        "select t.bank_id || ' ' || t.period_type || ' ' || t.period_start::text as id from {batch} as t "
        "where t.negative_pct_corrected not between t.negative_pct_corrected_lower and t.negative_pct_corrected_upper "
        "or t.negative_measured_count > t.sentiment_count",
        "corrected shares lie outside their bounds, or rest on more items than there are",
        REBUILD,
    ),
    QueryRule(
        "voice_totals_match_facts",
        VOICE,
        "select s.id from (select t.period_type || ' ' || (t.platform = 'all')::text as id, "
        "sum(t.share_of_voice_numerator) as n from {batch} as t group by 1) as s where s.n <> "
        f"(select count(*) from {BRANDS} as b join marts.dim_bank as d on d.bank_id = b.bank_id "
        "where d.is_in_share_of_voice and not b.is_official)",
        "roll-ups of the share of voice do not add up to the brand mentions",
        REBUILD,
    ),
    QueryRule(
        "voices_share_one_whole",
        VOICE,
        "select t.platform || ' ' || t.period_type || ' ' || t.period_start::text as id from {batch} as t "
        "group by t.platform, t.period_type, t.period_start "
        "having sum(t.share_of_voice_numerator) <> max(t.share_of_voice_denominator) "
        "or abs(sum(t.share_of_voice_pct) - 100) > 0.000001",
        "periods have shares of voice that do not make a whole",
        REBUILD,
    ),
    QueryRule(
        "care_totals_match_cases",
        CARE,
        "select s.id from (select t.period_type || ' ' || (t.platform = 'all')::text as id, "
        f"sum(t.case_count) as n from {{batch}} as t group by 1) as s where s.n <> (select count(*) from {CASES})",
        "roll-ups of customer care do not add up to the cases",
        REBUILD,
    ),
    QueryRule(
        "mention_has_topic",
        FACTS,
        "select t.mention_id::text as id from {batch} as t left join (select b.mention_id, count(*) as n "
        f"from {BRIDGE} as b where b.topic_rank = 1 group by 1) as m on m.mention_id = t.mention_id where m.n is distinct from 1",
        "mentions have no main topic, or several",
        REBUILD,
    ),
    QueryRule(
        "topic_totals_match_facts",
        TOPICS,
        "select s.id from (select t.period_type as id, sum(t.mention_count) as n from {batch} as t "
        "where t.department_id = 'all' group by 1) as s "
        f"where s.n <> (select count(*) from {BRANDS} as b where not b.is_official)",
        "roll-ups of the topics do not add up to the brand mentions",
        REBUILD,
    ),
    QueryRule(
        "official_totals_match_posts",
        VOICES,
        "select s.id from (select t.period_type || ' ' || (t.platform = 'all')::text as id, "
        f"sum(t.official_post_count) as n from {{batch}} as t group by 1) as s where s.n <> (select count(*) from {POSTS})",
        "roll-ups of the official posts do not add up to the posts",
        REBUILD,
    ),
    QueryRule(
        "open_cases_complete",
        CASES,
        "select t.case_id::text as id from {batch} as t "
        f"where t.is_open <> exists (select 1 from {QUEUE} as q where q.case_id = t.case_id)",
        "open cases are missing from the queue, or answered ones stand in it",
        REBUILD,
    ),
    QueryRule(
        "handled_levels_add_up",
        HANDLED,
        "select t.bank_id || ' ' || t.topic_id || ' ' || t.period_start::text as id from {batch} as t where t.n <> "
        "t.silent_count + t.automatic_count + t.diverted_count + t.answered_count + t.confirmed_count",
        "cells of the handled negative cases have levels that do not add up",
        REBUILD,
    ),
    QueryRule(
        "snapshots_have_one_newest",
        SNAPSHOTS,
        "select t.mention_id::text as id from {batch} as t group by 1 having count(*) filter (where t.is_newest) <> 1",
        "mentions have no newest snapshot, or several",
        REBUILD,
    ),
    QueryRule(
        "alarms_are_alerts",
        SIGNALS,
        "select t.signal_id::text as id from {batch} as t where (t.severity > 1) <> exists "
        f"(select 1 from {ALERTS} as a where a.alert_id = t.signal_id)",
        "alarms are no alerts, or alerts no alarms",
        REBUILD,
    ),
    QueryRule(
        "feedback_matches_topics",
        FEEDBACK,
        f"select t.bank_id || ' ' || t.topic_id || ' ' || t.period_start::text as id from {{batch}} as t left join {TOPICS} as d "
        "on d.bank_id = t.bank_id and d.topic_id = t.topic_id and d.period_type = t.period_type and d.period_start = t.period_start "
        "and (d.topic_id <> 'all' or d.department_id = 'all') where d.mention_count is distinct from t.mention_count",
        "cells of the product feedback count other mentions than the topics do",
        REBUILD,
    ),
    QueryRule(
        "places_have_their_whole",
        PLACES,
        "select t.bank_id || ' ' || t.period_start::text as id from {batch} as t group by t.bank_id, t.period_type, t.period_start "
        "having max(t.mention_count) > coalesce(max(t.mention_count) filter (where t.kind = 'all' and t.city_id = 'all'), 0) "
        "or bool_or(t.trouble_count > t.mention_count)",
        "periods have a place that is larger than all of them, or more trouble than mentions",
        REBUILD,
    ),
    QueryRule(
        "nearest_atms_of_open_cases",
        MACHINES,
        "select t.case_id::text as id from {batch} as t "
        f"where not exists (select 1 from {QUEUE} as q where q.case_id = t.case_id)",
        "ATMs are near cases that are not open",
        REBUILD,
    ),
    QueryRule(
        "recovered_were_answered",
        RECOVERY,
        "select t.bank_id || ' ' || t.period_start::text as id from {batch} as t "
        "where t.recovered_count > t.answered_author_count or t.answered_author_count > t.negative_author_count",
        "cells of the recovery have more recovered than answered or negative authors",
        REBUILD,
    ),
    QueryRule(
        "stages_add_up",
        JOURNEY,
        "select t.bank_id || ' ' || t.period_start::text as id from {batch} as t where t.channel = 'all' "
        "group by t.bank_id, t.period_type, t.period_start having sum(t.mention_count) filter (where t.stage <> 'all') "
        "is distinct from sum(t.mention_count) filter (where t.stage = 'all')",
        "periods have stages of the journey that do not add up",
        REBUILD,
    ),
    QueryRule(
        "audience_parts_add_up",
        AUDIENCE,
        "select s.id from (select t.bank_id || ' ' || t.period_start::text as id, t.period_type, t.dimension, sum(t.mention_count) as n "
        "from {batch} as t where t.dimension <> 'topic' group by 1, 2, 3) as s group by s.id, s.period_type having min(s.n) <> max(s.n)",
        "periods have an audience whose parts do not add up",
        REBUILD,
    ),
    QueryRule(
        "ledger_complete",
        "raw.batches",
        f"select t.batch_id::text as id from {{batch}} as t where t.started_at < {SETTLED} "
        f"and not exists (select 1 from {COVERAGE} as c where c.source_id = t.source_id and c.platform = t.platform "
        "and c.hour_at = date_trunc('hour', t.started_at, 'UTC'))",
        "batches are missing from the coverage",
        REBUILD,
    ),
    QueryRule(
        "source_has_freshness",
        COVERAGE,
        f"select {CELL} as id from {{batch}} as t "
        f"where not exists (select 1 from {FRESHNESS} as f where f.source_id = t.source_id)",
        "hours of the coverage belong to sources without freshness",
        REBUILD,
    ),
    QueryRule(
        "coverage_counters_add_up",
        COVERAGE,
        f"select {CELL} as id from {{batch}} as t where t.items_returned <> t.items_new + t.items_known + t.items_rejected "
        "or t.items_filtered + t.items_truncated > t.items_returned or t.items_of_promised > t.items_promised "
        "or t.failed_count + t.stopped_count > t.batch_count or t.gap_count > t.batch_count or t.open_gap_count > t.gap_count",
        "hours of the coverage have parts that do not add up",
        REBUILD,
    ),
    QueryRule(
        "coverage_not_negative",
        COVERAGE,
        f"select {CELL} as id from {{batch}} as t where least(t.items_promised, t.items_of_promised, t.items_returned, "
        "t.items_new, t.items_known, t.items_rejected, t.items_filtered, t.items_truncated, t.items_in_hour, "
        "t.items_expected) < 0",
        "hours of the coverage count items below zero",
        REBUILD,
    ),
    QueryRule(
        "coverage_gap_has_reason",
        COVERAGE,
        f"select {CELL} as id from {{batch}} as t where (t.gap_count > 0) <> (coalesce(t.gap_reasons, '') <> '')",
        "hours of the coverage have a gap without a reason, or a reason without a gap",
        REBUILD,
    ),
    QueryRule(
        "coverage_has_basis",
        COVERAGE,
        f"select {CELL} as id from {{batch}} as t where (t.coverage_pct is null) <> (t.coverage_basis is null) "
        "or (coalesce(t.coverage_basis, '') = 'promised') <> (t.items_promised is not null) "
        "or t.coverage_basis = 'baseline' and t.items_expected is null",
        "hours of the coverage have a rate without a basis, or a basis that does not fit",
        REBUILD,
    ),
    QueryRule(
        "flaws_make_incomplete",
        COVERAGE,
        f"select {CELL} as id from {{batch}} as t "
        "where (t.open_gap_count > 0 or t.items_truncated > 0) and not t.is_incomplete",
        "hours of the coverage have an open gap or cut texts and call themselves complete",
        REBUILD,
    ),
    QueryRule(
        "freshness_follows_item",
        FRESHNESS,
        "select t.source_id as id from {batch} as t where (t.newest_item_at is null) <> (t.freshness_seconds is null) "
        "or (t.last_success_at is null) <> (t.last_success_lag_seconds is null)",
        "sources have a lag without an instant, or an instant without a lag",
        REBUILD,
    ),
    unique(COVERAGE, ("source_id", "platform", "hour_at"), "hours of the coverage are double"),
    unique(FRESHNESS, ("source_id",), "sources appear twice"),
    unique(FACTS, ("mention_id",), "mentions are counted twice"),
    unique(BRANDS, ("mention_id", "bank_id"), "brand mentions are counted twice"),
    unique(CASES, ("case_id",), "cases are counted twice"),
    unique(REPUTATION, ("bank_id", "platform", "language", "country", "event_day"), "cells of the daily reputation are double"),
    unique(MOODS, ("bank_id", "platform", "language", "country", *PERIOD), "cells of the reputation by week and month are double"),
    unique(VOICE, ("bank_id", "platform", "period_type", "period_start"), "cells of the share of voice are double"),
    unique(CARE, ("bank_id", "platform", "period_type", "period_start"), "cells of customer care are double"),
    unique(SIGNALS, ("bank_id", "series_type", "series_id", "hour_at"), "crisis signals are double"),
    unique(BRIDGE, ("mention_id", "topic_id"), "topics of a mention are double"),
    unique(POSTS, ("mention_id",), "official posts are counted twice"),
    unique(VOICES, ("bank_id", "platform", *PERIOD), "cells of the official posts are double"),
    unique(TOPICS, ("bank_id", "topic_id", "department_id", *PERIOD), "cells of the topics are double"),
    unique(QUEUE, ("bank_id", "triage_rank"), "open cases share a place in the queue"),
    unique(HANDLED, ("bank_id", "platform", "topic_id", *PERIOD), "cells of the handled negative cases are double"),
    unique(
        ASTRAY,
        ("bank_id", "account_kind", "account", "account_bank_id", "platform", *PERIOD),
        "cells of the misdirected items are double",
    ),
    unique(SWITCHING, ("bank_id", "other_bank_id", *PERIOD), "cells of the switching are double"),
    unique(LEADS, ("bank_id", "platform", *PERIOD), "cells of the leads are double"),
    unique(BACKLOG, ("bank_id", "platform", *PERIOD), "cells of the backlog are double"),
    unique(SNAPSHOTS, ("mention_id", "observed_at"), "snapshots are double"),
    unique(ALERTS, ("alert_id",), "alerts are double"),
    unique(INCIDENTS, ("incident_id",), "incidents are double"),
    unique(BENCHMARK, ("other_bank_id", "metric", "platform", *PERIOD), "cells of the care benchmark are double"),
    unique(EFFECT, ("bank_id", "reply", "platform", *PERIOD), "cells of the reply effect are double"),
    unique(ROUTING, ("mention_id", "bank_id"), "posts are routed twice"),
    unique(IMPERSONATION, ("kind", "bank_id", "platform", "account", "event_day"), "days of suspect accounts are double"),
    unique(SCORES, ("metric", "bank_id", "platform", *PERIOD), "cells of the scorecard are double"),
    unique(EMPLOYEES, ("mention_id", "bank_id"), "employees' posts are double"),
    unique(EXPOSURES, ("bank_id", "platform", "kind", *PERIOD), "cells of the personal data are double"),
    unique(QUALITY, ("language", "task", "model_version", "dataset", "metric"), "figures of the models are double"),
    unique(CAMPAIGNS, ("campaign_id", "platform", "topic_id", "phase",), "cells of the campaigns are double"),
    unique(FEEDBACK, ("bank_id", "topic_id", *PERIOD,), "cells of the product feedback are double"),
    unique(PLACES, ("bank_id", "kind", "city_id", "place_id", *PERIOD,), "cells of the places are double"),
    unique(REGISTER, ("place_id",), "places appear twice"),
    unique(MACHINES, ("case_id", "relation", "distance_rank",), "ATMs near a case share a rank"),
    unique(RECOVERY, ("bank_id", "platform", *PERIOD,), "cells of the recovery are double"),
    unique(JOURNEY, ("bank_id", "stage", "channel", *PERIOD,), "cells of the journey are double"),
    unique(PATHS, ("bank_id", "from_stage", "to_stage", *PERIOD,), "cells of the journey's paths are double"),
    unique(WISHES, ("bank_id", "vote_rank"), "wishes share a place", "t.vote_rank is not null"),  # only the first thousand have one
    unique(EMERGING, ("language", "theme_id",), "themes appear twice"),
    unique(AUDIENCE, ("bank_id", "dimension", "dimension_value", *PERIOD,), "cells of the audience are double"),
    unique(HEALTH, ("bank_id", "platform", "page_id", *PERIOD,), "cells of the pages' health are double"),
    unique(EDITORIAL, ("bank_id", "topic_id", *PERIOD,), "cells of the editorial are double"),
    unique(GAP, ("bank_id", "competitor_bank_id", "topic_id", *PERIOD,), "cells of the competitors' gap are double"),
    unique(AUTHORS, ("author_key",), "authors appear twice"),
    unique("marts.dim_topic", ("topic_id",), "topics appear twice"),
    unique("marts.dim_department", ("department_id",), "departments appear twice"),
    unique("marts.dim_bank", ("bank_id",), "banks appear twice"),
    unique("marts.dim_platform", ("platform",), "platforms appear twice"),
    within(SIGNALS, "severity", 1, 5, "crisis signals have a severity outside 1..5", ("signal_id",)),
)


def rules(connection: psycopg.Connection) -> tuple[Rule, ...]:
    """NAMED, and the rules that the columns of the marts' tables call for."""
    found = columns(connection)
    return (*NAMED, *(rule for table, names in found.items() for rule in column_rules(table, names)))


def columns(connection: psycopg.Connection) -> dict[str, list[tuple[str, str]]]:
    """Facts, dimensions and marts of schema marts: name → [(column, type)]."""
    found: dict[str, list[tuple[str, str]]] = {}
    for table, column, kind in connection.execute(
        "select table_name, column_name, data_type from information_schema.columns where table_schema = 'marts' "
        "and (table_name like 'dim\\_%' or table_name like 'fct\\_%' or table_name like 'mart\\_%') "
        "order by table_name, ordinal_position"
    ).fetchall():
        found.setdefault(table, []).append((column, kind))
    return found


def column_rules(table: str, catalog: Sequence[tuple[str, str]]) -> list[Rule]:
    """What names call for: keys not NULL, *_pct in 0..100, counts and seconds at least 0, points inside intervals."""
    found: list[Rule] = []
    numbers = {name for name, kind in catalog if kind in NUMBERS}
    for name, _ in catalog:
        if name in KEYS | SERIES_KEYS and (table, name) not in OPTIONAL:
            found.append(not_null(f"marts.{table}", name, f"rows of {table} have no {name}"))
        if name in numbers:
            found += _number_rules(table, name, numbers)
    return found


def _number_rules(table: str, name: str, numbers: set[str]) -> list[Rule]:
    target, found = f"marts.{table}", list[Rule]()
    if "_pct" in name:
        found.append(within(target, name, 0, 100, f"rows of {table} have {name} outside 0..100"))
    elif name.startswith(("net_sentiment", "polarity_balance")):
        found.append(within(target, name, -100, 100, f"rows of {table} have {name} outside -100..100"))
    elif name in SHARES:
        found.append(within(target, name, 0, 1, f"rows of {table} have {name} outside 0..1"))
    elif name == "n" or "_seconds" in name or name.endswith(AT_LEAST_ZERO):
        found.append(within(target, name, 0, float(2**53), f"rows of {table} have {name} below zero"))
    if {f"{name}_lower", f"{name}_upper"} <= numbers:
        found.append(_interval(target, name))
    if name.endswith("_numerator") and name.replace("_numerator", "_denominator") in numbers:
        found.append(_part_of_whole(target, name, name.replace("_numerator", "_denominator")))
    return found


def _interval(target: str, name: str) -> QueryRule:
    """Rows whose point lies outside [lower, upper], to within rounding."""
    point, low, high = (f't."{name}{suffix}"' for suffix in ("", "_lower", "_upper"))
    wrong = f"{point} < {low} - 0.000001 or {point} > {high} + 0.000001 or {low} > {high}"
    return QueryRule(
        f"{name}_in_interval",
        target,
        f"select to_jsonb(t) ->> 'bank_id' as id from {{batch}} as t where {wrong}",
        f"rows of {target.split('.')[1]} have {name} outside its interval",
        REBUILD,
    )


def _part_of_whole(target: str, part: str, whole: str) -> QueryRule:
    return QueryRule(
        f"{part}_within_denominator",
        target,
        f'select to_jsonb(t) ->> \'bank_id\' as id from {{batch}} as t where t."{part}" > t."{whole}"',
        f"rows of {target.split('.')[1]} have {part} above its denominator",
        REBUILD,
    )
