"""A small warehouse in which every rule holds: two hundred mentions of two banks, from batch to mart."""

from __future__ import annotations

import psycopg

COUNT = 200
SENTIMENT = '{"label": "neutral", "probabilities": {"positive": 0.2, "neutral": 0.7, "negative": 0.1}}'
LAYERS_SQL = f"""
insert into config.banks values
    ('velmora', 'Velmora Bank', 'DE', true, false), ('tarnwick', 'Tarnwick Bank', 'GB', false, true);
insert into config.platforms values ('x', 'X', 'microblog');
insert into config.topics values ('cards', 'Cards', 'cards', false);

insert into raw.batches (batch_id, source_id, platform, mode, status, requests, items_promised, items_returned,
                         items_new, items_known, items_rejected, interval_start, interval_end, started_at, ended_at)
values ('00000000-0000-0000-0000-000000000001', 'x', 'x', 'backfill', 'success', 3, {COUNT}, {COUNT}, {COUNT - 1}, 0, 1,
        '2026-02-01', '2026-03-01', '2026-03-01', '2026-03-02');
insert into raw.payloads (payload_sha256, platform, kind, native_id, batch_id, source_id, fetched_at, body)
select sha256(i::text::bytea), 'x', 'post', i::text, '00000000-0000-0000-0000-000000000001', 'x', '2026-03-01',
       i::text::bytea
from generate_series(1, {COUNT}) as i;
insert into raw.payload_hashes
select platform, site, kind, native_id, payload_sha256, batch_id, loaded_at from raw.payloads;
insert into raw.cursors values ('x', '', '{{}}', '00000000-0000-0000-0000-000000000001');
insert into raw.rejects (batch_id, source_id, platform, stage, payload_sha256, body, reason)
values ('00000000-0000-0000-0000-000000000001', 'x', 'x', 'item', sha256('r'), 'r', 'no id');

insert into core.mentions (mention_id, version, platform, kind, native_id, source_id, url, title, text, author_id,
                           created_at, event_at, event_at_basis, content_sha256, payload_sha256, batch_id,
                           first_seen_at, language_hint, latitude, longitude)
select core.mention_id('x', '', 'post', i::text), 1, 'x', 'post', i::text, 'x', 'https://x.example/' || i, null,
       'Velmora is a bank', 'a' || i % 7, timestamptz '2026-02-01' + i * interval '1 hour',
       timestamptz '2026-02-01' + i * interval '1 hour', 'created_at', sha256(i::text::bytea), sha256(i::text::bytea),
       '00000000-0000-0000-0000-000000000001', '2026-03-01', 'en', 52.5, 13.4
from generate_series(1, {COUNT}) as i;
insert into core.engagement (mention_id, observed_at, likes) select mention_id, '2026-03-01', 3 from core.mentions;

insert into nlp.manifests values ('p1', '{{"language": "m1", "sentiment": "m1", "banks": "m1", "entities": "m1",
    "topics": "m1",
    "intents": "m1", "banking_intent": "m1", "handles": "m1", "reply": "m1", "official_kind": "m1", "bot": "m1", "journey": "m1", "urgency": "m1", "moments": "m1",
    "places": "m1", "pii": "m1", "campaigns": "m1", "masked_text": "m1"}}', true);
insert into nlp.done select mention_id, version, 'p1', 'annotated', null from core.mentions;
insert into nlp.annotations (mention_id, mention_version, task, model_version, label)
select m.mention_id, m.version, l.task, 'm1', l.label::jsonb from core.mentions as m cross join (values
    ('language', '{{"language": "en", "confidence": 0.98}}'),
    ('sentiment', '{SENTIMENT}'),
    ('banks', '[{{"bank_id": "velmora", "start": 0, "end": 7, "text": "Velmora", "sentiment": {SENTIMENT}}}]'),
    ('entities', '[{{"start": 0, "end": 7, "label": "ORG", "text": "Velmora"}}]'),
    ('topics', '[{{"topic_id": "cards", "score": 0.8}}]'),
    ('intents', '[{{"intent": "complaint", "score": 0.8}}]'),
    ('banking_intent', '{{"label": "card_arrival", "score": 0.9}}'),
    ('handles', '[{{"handle": "VelmoraBank", "status": "official", "looks_like": null}}]'),
    ('reply', '{{"role": "none", "closing": "none"}}'),
    ('official_kind', '{{"kind": null}}'),
    ('journey', '{{"stage": "use", "channel": null}}'),
    ('urgency', 'null'),
    ('moments', '[{{"moment": "listened", "score": 0.8}}]'),
    ('places', '[{{"start": 0, "end": 7, "text": "Velmora", "place_id": null, "kind": "city"}}]'),
    ('pii', '[{{"start": 0, "end": 7, "kind": "phone"}}]'),
    ('campaigns', '[{{"campaign_id": "c", "score": 0.8}}]'),
    ('bot', '{{"score": 0.1, "likely": false, "reasons": []}}')) as l (task, label);

insert into nlp.masked_texts select mention_id, version, 'm1', '[phone] is a bank' from core.mentions;

create table marts.dim_bank as select *, true as is_in_share_of_voice from config.banks;
create table marts.dim_platform as select * from config.platforms;
create table marts.fct_mentions as
select mention_id, platform, 'en'::text as language, event_at, event_at::date as event_day, 1::bigint as bank_count
from core.mentions;
create table marts.fct_brand_mentions as
select mention_id, 'velmora'::text as bank_id, platform, language, event_at, event_day, false as is_official
from marts.fct_mentions;
create table marts.fct_cases as
select mention_id as case_id, 'velmora'::text as bank_id, platform, language, event_at as opened_at,
       60::bigint as first_response_seconds, false as is_open
from marts.fct_mentions limit 20;
create table marts.mart_reputation_daily as
select 'velmora'::text as bank_id, coalesce(platform, 'all') as platform, coalesce(language, 'all') as language, coalesce(country, 'all') as country,
       event_day, count(*) as mention_count,
       0::bigint as positive_count, count(*) as neutral_count, 0::bigint as negative_count,
       count(*) as sentiment_count, 40.0::float8 as positive_pct, 30.0::float8 as positive_pct_lower,
       50.0::float8 as positive_pct_upper, 10.0::float8 as net_sentiment
from (select b.*, 'unknown'::text as country from marts.fct_brand_mentions as b) as b group by event_day, cube (platform, language, country);
create table marts.mart_reputation_periods as
select 'velmora'::text as bank_id, coalesce(platform, 'all') as platform, coalesce(language, 'all') as language, coalesce(country, 'all') as country,
       'week'::text as period_type, date_trunc('week', event_day)::date as period_start, count(*) as mention_count, count(*) as sentiment_count,
       10.0::float8 as negative_pct_corrected, 5.0::float8 as negative_pct_corrected_lower, 15.0::float8 as negative_pct_corrected_upper,
       count(*) as negative_measured_count
from (select b.*, 'unknown'::text as country from marts.fct_brand_mentions as b) as b group by 6, cube (platform, language, country);
create table marts.mart_share_of_voice as
select 'velmora'::text as bank_id, coalesce(platform, 'all') as platform, 'week'::text as period_type,
       date_trunc('week', event_day)::date as period_start, count(*) as share_of_voice_numerator,
       count(*) as share_of_voice_denominator, 100.0::float8 as share_of_voice_pct
from marts.fct_brand_mentions group by 4, grouping sets ((platform), ());
create table marts.mart_customer_care as
select bank_id, coalesce(platform, 'all') as platform, 'day'::text as period_type, opened_at::date as period_start,
       count(*) as case_count, 60::float8 as first_response_seconds_median
from marts.fct_cases group by bank_id, 4, grouping sets ((platform), ());
create table marts.dim_topic as select topic_id, name, department_id from config.topics;
create table marts.dim_department as select 'cards'::text as department_id;
create table marts.dim_author as select distinct md5('x' || author_id) as author_key, platform, site from core.mentions;
create table marts.fct_mention_topics as
select mention_id, 'cards'::text as topic_id, 'cards'::text as department_id, 1::bigint as topic_rank, event_day
from marts.fct_mentions;
create table marts.mart_topics_daily as
select 'velmora'::text as bank_id, coalesce(topic_id, 'all') as topic_id, coalesce(department_id, 'all') as department_id,
       'week'::text as period_type, date_trunc('week', event_day)::date as period_start, count(*) as mention_count,
       -3::bigint as mention_count_difference, -1.5::float8 as share_of_mentions_difference_points
from marts.fct_mention_topics group by 5, grouping sets ((topic_id, department_id), (department_id), ());
update marts.fct_cases set is_open = true where case_id in (select case_id from marts.fct_cases order by case_id limit 5);
create table marts.mart_open_cases as
select case_id, bank_id, row_number() over (order by case_id) as triage_rank from marts.fct_cases where is_open;
create table marts.fct_official_posts as
select mention_id, 'velmora'::text as bank_id, platform, null::text as author_key, event_day from marts.fct_mentions limit 30;
create table marts.mart_official_posts as
select bank_id, coalesce(platform, 'all') as platform, 'day'::text as period_type, event_day as period_start,
       count(*) as official_post_count
from marts.fct_official_posts group by bank_id, event_day, grouping sets ((platform), ());
create table marts.mart_handled_negative as
select bank_id, 'all'::text as platform, 'all'::text as topic_id, 'all'::text as department_id, 'month'::text as period_type,
       date '2026-02-01' as period_start, count(*) as n, count(*) as silent_count, 0::bigint as automatic_count,
       0::bigint as diverted_count, 0::bigint as answered_count, 0::bigint as confirmed_count
from marts.fct_cases group by bank_id;
create table marts.mart_misdirected as
select 'velmora'::text as bank_id, 'not_official'::text as account_kind, 'unnamed'::text as account,
       'none'::text as account_bank_id, 'x'::text as platform, 'month'::text as period_type, date '2026-02-01' as period_start,
       3::bigint as share_of_addressing_numerator, 9::bigint as share_of_addressing_denominator;
create table marts.mart_switching as
select 'velmora'::text as bank_id, 'all'::text as other_bank_id, 'month'::text as period_type,
       date '2026-02-01' as period_start, 4::bigint as switch_out_count, 3::bigint as switch_out_authors;
create table marts.mart_leads as
select 'velmora'::text as bank_id, 'all'::text as platform, 'month'::text as period_type, date '2026-02-01' as period_start,
       2::bigint as lead_count;
create table marts.mart_backlog as
select 'velmora'::text as bank_id, 'all'::text as platform, 'month'::text as period_type, date '2026-02-01' as period_start,
       2::bigint as backlog_at_start_count, 3::bigint as opened_count, 4::bigint as ended_count, 1::bigint as backlog_at_end_count;
create table marts.mart_campaigns as
select 'c'::text as campaign_id, 'velmora'::text as bank_id, 'none'::text as department_id, 'all'::text as platform, 'all'::text as topic_id,
       phase, 5::bigint as mention_count
from unnest(array['before', 'during']) as phase;
create table marts.mart_product_feedback as
select bank_id, topic_id, department_id, period_type, period_start, mention_count
from marts.mart_topics_daily where topic_id <> 'all' or department_id = 'all';
create table marts.mart_places as
select 'velmora'::text as bank_id, kind, 'all'::text as city_id, 'all'::text as place_id, 'month'::text as period_type,
       date '2026-02-01' as period_start, 5::bigint as mention_count, 2::bigint as trouble_count
from unnest(array['atm', 'all']) as kind;
create table marts.dim_place as select 'osm:node/1'::text as place_id, 'atm'::text as kind, 'velmora'::text as bank_id;
create table marts.mart_nearest_atms as
select case_id, bank_id, 'own'::text as relation, 1::bigint as distance_rank, 'osm:node/1'::text as place_id, 50 as distance_metres
from marts.mart_open_cases;
create table marts.mart_recovery as
select 'velmora'::text as bank_id, 'all'::text as platform, 'month'::text as period_type, date '2026-02-01' as period_start,
       5::bigint as negative_author_count, 3::bigint as answered_author_count, 1::bigint as recovered_count;
create table marts.mart_journey as
select 'velmora'::text as bank_id, stage, 'all'::text as channel, 'month'::text as period_type, date '2026-02-01' as period_start,
       5::bigint as mention_count
from unnest(array['use', 'all']) as stage;
create table marts.mart_journey_paths as
select 'velmora'::text as bank_id, 'use'::text as from_stage, 'support'::text as to_stage, 'month'::text as period_type,
       date '2026-02-01' as period_start, 5::bigint as step_count;
create table marts.mart_wishes as
select 'velmora'::text as bank_id, 's'::text as story_key, 'cards'::text as topic_id, 'cards'::text as department_id, 1::bigint as vote_rank,
       5::bigint as mention_count;
create table marts.mart_emerging_topics as
select 'en'::text as language, 't1'::text as theme_id, 'none'::text as topic_id, 'none'::text as department_id, 5::bigint as mention_count;
create table marts.mart_audience as
select 'velmora'::text as bank_id, dimension, 'x'::text as dimension_value, 'month'::text as period_type, date '2026-02-01' as period_start,
       5::bigint as mention_count
from unnest(array['all', 'platform', 'country']) as dimension;
create table marts.mart_page_health as
select 'velmora'::text as bank_id, 'all'::text as platform, 'all'::text as page_id, 'month'::text as period_type,
       date '2026-02-01' as period_start, 5::bigint as item_count;
create table marts.mart_editorial as
select 'velmora'::text as bank_id, 'all'::text as topic_id, 'all'::text as department_id, 'month'::text as period_type,
       date '2026-02-01' as period_start, 5::bigint as question_count;
create table marts.mart_competitor_gap as
select 'velmora'::text as bank_id, 'tarnwick'::text as competitor_bank_id, 'all'::text as topic_id, 'all'::text as department_id,
       'month'::text as period_type, date '2026-02-01' as period_start, 5::bigint as home_sentiment_count;
create table marts.mart_crisis_signals as
select md5(hour::text)::uuid as signal_id, 'velmora'::text as bank_id, 'all'::text as series_type,
       'all'::text as series_id,
       hour as hour_at, 0.5::float8 as q_value, case when hour = timestamptz '2026-02-01 05:00+00' then 2 else 1 end as severity
from generate_series(timestamptz '2026-02-01', timestamptz '2026-02-02', interval '1 hour') as hour;
create table marts.fct_engagement as
select mention_id, event_at as observed_at, true as is_newest, 3::bigint as engagement from marts.fct_mentions;
create table marts.fct_alerts as select signal_id as alert_id, bank_id, hour_at, severity from marts.mart_crisis_signals where severity > 1;
create table marts.mart_incidents as
select gen_random_uuid() as incident_id, 'velmora'::text as bank_id, 60.0::float8 as detection_delay_seconds;
create table marts.mart_care_benchmark as
select bank_id, 'tarnwick'::text as other_bank_id, 'response_rate'::text as metric, platform, period_type, period_start,
       -5.0::float8 as difference, -9.0::float8 as difference_lower, -1.0::float8 as difference_upper
from marts.mart_customer_care;
create table marts.mart_reply_effect as
select bank_id, 'answer'::text as reply, platform, period_type, period_start, case_count as n from marts.mart_customer_care;
create table marts.mart_routing as
select mention_id, bank_id, platform, event_day, null::uuid as case_id from marts.fct_brand_mentions;
create table marts.mart_impersonation as
select 'look_alike'::text as kind, 'velmora'::text as bank_id, 'x'::text as platform, 've1mora'::text as account,
       date '2026-02-01' as event_day, 1::bigint as item_count;
create table marts.mart_scorecard as
select 'negative'::text as metric, bank_id, platform, period_type, period_start, case_count as n from marts.mart_customer_care;
create table marts.mart_employee_posts as select mention_id, bank_id, platform, event_day from marts.fct_brand_mentions limit 3;
create table marts.mart_pii_exposures as
select 'none'::text as bank_id, 'all'::text as platform, 'phone'::text as kind, 'month'::text as period_type,
       date '2026-02-01' as period_start, 1::bigint as exposure_count;
create table marts.mart_nlp_quality as
select 'en'::text as language, 'sentiment'::text as task, 'm1'::text as model_version, 'd1'::text as dataset, 'f1'::text as metric,
       0.7::float8 as value, 0.6::float8 as value_lower, 0.8::float8 as value_upper;
create table marts.mart_coverage as
select source_id, platform, date_trunc('hour', started_at, 'UTC') as hour_at, started_at::date as local_day,
       1::bigint as batch_count, 0::bigint as failed_count, 0::bigint as stopped_count, items_promised,
       items_returned as items_of_promised, items_returned, items_new, items_known, items_rejected, items_filtered,
       items_truncated, waited_seconds, 0::bigint as gap_count, 0::bigint as open_gap_count, null::text as gap_reasons,
       0::bigint as items_in_hour, null::float8 as items_expected, 100.0::float8 as coverage_pct,
       'promised'::text as coverage_basis, false as is_incomplete
from raw.batches;
create table marts.mart_freshness as
select source_id, platform, ended_at as last_success_at, 60.0::float8 as last_success_lag_seconds,
       started_at as newest_item_at, 90.0::float8 as freshness_seconds, 0::bigint as consecutive_failure_count
from raw.batches;
"""


def fill(connection: psycopg.Connection) -> None:
    """Write the world into a freshly migrated database."""
    connection.execute(LAYERS_SQL.encode())
    connection.commit()
