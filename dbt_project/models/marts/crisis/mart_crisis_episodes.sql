with signals as (
    select * from {{ ref('mart_crisis_signals') }}
),

alarm_hours as (
    select
        bank_id,
        hour_at,
        max(severity) as severity,
        max(mention_count) as mention_count,
        max(distinct_authors) as distinct_authors,
        (array_agg(negative_share order by mention_count desc, series_type, series_id))[1] as negative_share,
        (
            array_agg(series_id order by severity desc, is_regulated_topic desc, mention_count desc, series_id)
            filter (where series_type = 'topic')
        )[1] as leading_topic_id
    from signals
    where is_alarm
    group by bank_id, hour_at
),

marked as (
    select
        alarm_hours.*,
        coalesce(
            hour_at - lag(hour_at) over (partition by bank_id order by hour_at) > interval '6 hours', true
        ) as is_first
    from alarm_hours
),

numbered as (
    select
        marked.*,
        count(*) filter (where is_first) over (partition by bank_id order by hour_at) as episode
    from marked
)

select
    md5(concat_ws('|', bank_id, to_char(min(hour_at) at time zone 'UTC', 'YYYY-MM-DD"T"HH24')))::uuid as episode_id,
    bank_id,
    min(hour_at) as started_at,
    max(hour_at) + interval '1 hour' as ended_at,
    count(*) as alarm_hour_count,
    max(severity) as peak_severity,
    min(hour_at) filter (where severity >= 3) as first_severity_3_at,
    min(hour_at) filter (where severity >= 4) as first_severity_4_at,
    (array_agg(hour_at order by severity desc, mention_count desc, hour_at))[1] as peak_hour_at,
    (array_agg(leading_topic_id order by severity desc, mention_count desc, hour_at))[1] as leading_topic_id,
    sum(mention_count)::bigint as mention_count,
    max(distinct_authors) as largest_hourly_authors,
    (array_agg(negative_share order by severity desc, mention_count desc, hour_at))[1] as peak_negative_share
from numbered
group by bank_id, episode
