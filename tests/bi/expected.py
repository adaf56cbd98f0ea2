"""What each chart must show, asked of the marts in other words than the bundle's: by hand, for the home bank over all platforms.

Columns stand in the chart's order: the time or category first, then the series, then the metrics; tables in the order of their columns.
"""

from __future__ import annotations

BANK = "bank_id = 'velmora'"
WHOLE = "platform = 'all' and language = 'all' and country = 'all'"
DAILY = f"from marts.mart_reputation_daily where {BANK} and {WHOLE}"
OVER = "period_type = 'week' and period_start <= date '2026-03-23'"  # the sandbox ends with that week
WEEKLY = f"from marts.mart_reputation_periods where {BANK} and {WHOLE} and {OVER}"
CARE = f"from marts.mart_customer_care where {BANK} and platform = 'all' and {OVER}"
FEEDBACK = f"from marts.mart_product_feedback where {BANK} and topic_id = 'all' and {OVER}"
HOURLY = f"from marts.mart_crisis_signals where {BANK} and series_type = 'all'"
MONTH = "period_type = 'month' and period_start = date '2026-03-01'"
EMPTY = "case when {0} is not null then '' else suppressed_reason end".format
MEASURES = {"response_rate": "Response rate", "in_channel_resolution": "In-channel resolution", "confirmed_resolution": "Confirmed resolution",
            "canned_answer": "Canned answers", "repeat_contact": "Repeat contact", "peer_answer": "Peer answers", "handled_negative": "Negative cases handled",
            "misdirected": "Misdirected", "help_share": "Help share", "first_response_seconds": "Mean time to first response"}  # as docs/metrics.md calls them
NAMED = ", ".join(f"('{metric}', '{name}')" for metric, name in MEASURES.items())
TONE = f"net_sentiment, net_sentiment_lower, net_sentiment_upper, negative_pct, {EMPTY('net_sentiment')}"

EXPECTED: dict[str, str] = {
    "shared_complete_hours": "select 100.0 * avg(case when is_incomplete then 0 else 1 end) from marts.mart_coverage",
    "reputation_mentions_week": f"select period_start, mention_count {WEEKLY}",
    "reputation_net_sentiment_week": f"select period_start, net_sentiment {WEEKLY}",
    "reputation_share_of_voice_week": f"select period_start, share_of_voice_pct from marts.mart_share_of_voice where {BANK} and platform = 'all' and {OVER}",
    "reputation_net_sentiment_daily": f"select event_day, net_sentiment, net_sentiment_lower, net_sentiment_upper {DAILY}",
    "reputation_tone_daily": f"select event_day, positive_count, neutral_count, negative_count {DAILY}",
    "reputation_share_of_voice_weekly": f"select period_start, (select name from marts.dim_bank as b where b.bank_id = v.bank_id), share_of_voice_pct from marts.mart_share_of_voice as v"
    f" where platform = 'all' and {OVER}",
    "reputation_negative_daily": f"select event_day, negative_pct, negative_pct, negative_pct_lower, negative_pct_upper {DAILY}",
    "reputation_banks": f"select (select name from marts.dim_bank as b where b.bank_id = p.bank_id), mention_count, {TONE} from marts.mart_reputation_periods as p where {WHOLE} and {MONTH}",
    "reputation_platforms": f"select platform, mention_count, {TONE} from marts.mart_reputation_periods"
    f" where {BANK} and platform != 'all' and language = 'all' and country = 'all' and {MONTH}",
    "reputation_languages": f"select language, mention_count, {TONE} from marts.mart_reputation_periods where {BANK} and platform = 'all' and language != 'all' and country = 'all' and {MONTH}",
    "care_cases_week": f"select period_start, case_count {CARE}",
    "care_response_rate_week": f"select period_start, response_rate_pct {CARE}",
    "care_median_week": f"select period_start, first_response_seconds_median / 60 / 60 {CARE}",
    "care_response_rate_weekly": f"select period_start, response_rate_pct, response_rate_pct, response_rate_pct_lower, response_rate_pct_upper {CARE}",
    "care_response_time_weekly": f"select period_start, first_response_seconds_median / 60 / 60, km_median_response_seconds / 60 / 60 {CARE}",
    "care_handled_weekly": "select period_start, negative_handled_silent_count, negative_handled_automatic_count, negative_handled_diverted_count, negative_handled_answered_count,"
    f" negative_handled_confirmed_count {CARE}",
    "care_backlog_weekly": "select period_start, unanswered_backlog_count - unanswered_backlog_under_72h_count - unanswered_backlog_older_count, unanswered_backlog_under_72h_count,"
    f" unanswered_backlog_older_count {CARE}",
    "care_waiting_weekly": f"select period_start, opened_count, ended_count, backlog_at_end_count from marts.mart_backlog where {BANK} and platform = 'all' and {OVER}",
    "care_handled_topics": "select (select name from marts.dim_topic as t where t.topic_id = h.topic_id), handled_negative_denominator, silent_count, automatic_count, diverted_count,"
    f" answered_count, confirmed_count, handled_negative_pct, {EMPTY('handled_negative_pct')} from marts.mart_handled_negative as h"
    f" where {BANK} and platform = 'all' and topic_id != 'all' and {MONTH}",
    "care_benchmark": f"select named.name, unit, own_value, other_value, difference, difference_lower, difference_upper, verdict, {EMPTY('difference')}"
    f" from marts.mart_care_benchmark inner join (values {NAMED}) as named (metric, name) using (metric) where other_bank_id = 'all' and platform = 'all' and {MONTH}",
    "care_reply_effect": "select reply, n, later_negative_pct, later_negative_difference_points, later_negative_difference_points_lower, later_negative_difference_points_upper, thanked_pct,"
    f" {EMPTY('later_negative_pct + later_negative_difference_points')} from marts.mart_reply_effect where {BANK} and reply != 'all' and platform = 'all' and {MONTH}",
    "crisis_severity_total": f"select max(severity) {HOURLY}",
    "crisis_alarm_hours_total": f"select count(*) filter (where is_alarm) {HOURLY}",
    "crisis_running_total": f"select count(*) from marts.mart_incidents where {BANK} and not is_over",
    "crisis_mentions_hourly": f"select hour_at, mention_count, baseline_median {HOURLY}",
    "crisis_negative_hourly": f"select hour_at, negative_count {HOURLY}",
    "crisis_severity_hourly": f"select hour_at, nullif(severity, 1) {HOURLY}",
    "crisis_incidents": "select status, severity, case when first_alarm_at is null then starts_at else first_alarm_at end, peak_hour_at, ends_at, is_over, detection_delay_seconds / 60,"
    f" leading_topic_id, department_id, mention_count, peak_negative_share, on_call from marts.mart_incidents where {BANK}",
    "crisis_topic_alarms": "select hour_at, (select name from marts.dim_topic as t where t.topic_id = s.series_id), severity, mention_count, baseline_median, ratio_to_24h_mean,"
    f" negative_share, distinct_authors from marts.mart_crisis_signals as s where {BANK} and series_type = 'topic' and is_alarm",
    "product_complaints_week": f"select period_start, complaint_count {FEEDBACK}",
    "product_praise_week": f"select period_start, praise_count {FEEDBACK}",
    "product_wishes_week": f"select period_start, wish_count {FEEDBACK}",
    "product_intents_weekly": f"select period_start, complaint_count, praise_count, wish_count, question_count {FEEDBACK}",
    "product_complaint_share_weekly": f"select period_start, complaint_pct, complaint_pct, complaint_pct_lower, complaint_pct_upper {FEEDBACK}",
    "product_topics_weekly": "with named as (select d.period_start, t.name, d.mention_count from marts.mart_topics_daily as d inner join marts.dim_topic as t using (topic_id)"
    f" where d.{BANK} and {OVER} and d.department_id != 'all' and topic_id not in ('all', 'none'))"
    " select * from named where name in (select name from named group by name order by sum(mention_count) desc limit 10)",
    "product_feedback_topics": "select t.name, complaint_count, praise_count, wish_count from marts.mart_product_feedback as f inner join marts.dim_topic as t using (topic_id)"
    f" where f.{BANK} and topic_id not in ('all', 'none') and {MONTH} order by 2 desc limit 15",
    "product_topics_worse": "select row_number() over (order by negative_difference_points is null, negative_difference_points desc, mention_count_difference is null,"
    " mention_count_difference desc, topic_id), t.name, d.department_id, mention_count, mention_count_difference, negative_pct, negative_pct_lower, negative_pct_upper, negative_difference_points,"
    f" is_period_over, {EMPTY('negative_pct + negative_difference_points')} from marts.mart_topics_daily as d inner join marts.dim_topic as t using (topic_id)"
    f" where d.{BANK} and {MONTH} and d.department_id != 'all' and topic_id != 'all'",
    "product_wishes": "select vote_rank, wish_kind, t.name, w.department_id, vote_count, mention_count, unique_authors, status, first_day"
    f" from marts.mart_wishes as w left join marts.dim_topic as t using (topic_id) where w.{BANK} and vote_rank < 51",
    "product_places": "select p.kind, coalesce((select city from marts.dim_place as c where c.city_id = p.city_id limit 1), p.city_id), case when n.name is null then place_id else n.name end, mention_count, trouble_count, trouble_pct, trouble_difference_points,"
    f" {EMPTY('trouble_pct + trouble_difference_points')} from marts.mart_places as p left join marts.dim_place as n using (place_id) where p.{BANK} and p.kind != 'all' and {MONTH}",
    "product_campaigns": "select campaign_id, phase, phase_starts, phase_ends, is_phase_over, mentions_per_day, mentions_per_day_ratio, positive_pct, positive_difference_points,"
    f" positive_difference_points_lower, positive_difference_points_upper, {EMPTY('positive_pct + positive_difference_points')} from marts.mart_campaigns"
    f" where {BANK} and platform = 'all' and topic_id = 'all'",
    "trust_open_gaps_total": "select sum(open_gap_count) from marts.mart_coverage",
    "trust_failed_runs_total": "select sum(failed_count) from marts.mart_coverage",
    "trust_restated_total": "select count(*) from marts.mart_restatements where was_provisional is false",
    "trust_freshness": "select source_id, platform, freshness_seconds / 60 / 60, newest_item_at, last_success_at, consecutive_failure_count, open_gap_count, open_reject_count, truncated_pct"
    " from marts.mart_freshness",
    "trust_sources": "select source_id, sum(batch_count), sum(failed_count), sum(items_new), count(hour_at), count(*) filter (where is_incomplete), sum(open_gap_count), min(coverage_pct)"
    " from marts.mart_coverage group by source_id",
    "trust_corrected_weekly": f"select period_start, negative_pct, negative_pct_corrected, negative_pct_corrected, negative_pct_corrected_lower, negative_pct_corrected_upper {WEEKLY}",
    "trust_items_daily": "select (hour_at at time zone 'UTC')::date, platform, sum(items_new) from marts.mart_coverage group by 1, 2",
    "trust_model_quality": "select task, language, metric, value, value_lower, value_upper, n, dataset, model_version from marts.mart_nlp_quality where is_newest and is_active",
}
