with settings as (
    select as_of from {{ ref('stg_settings') }}
),

alerts as (
    select * from {{ ref('fct_alerts') }}
),

known as (
    select distinct
        incidents.bank_id,
        incidents.starts_at,
        incidents.ends_at,
        incidents.note
    from {{ source('config', 'known_incidents') }} as incidents
    cross join settings
    where incidents.starts_at <= settings.as_of
),

-- Alarms that no known incident explains are incidents of their own, until somebody says what they were.
unexplained as (
    select
        episodes.bank_id,
        episodes.started_at as starts_at,
        episodes.ended_at as ends_at
    from {{ ref('mart_crisis_episodes') }} as episodes
    where not exists (
        select 1 from known
        where
            known.bank_id = episodes.bank_id
            and known.starts_at < episodes.ended_at
            and known.ends_at > episodes.started_at
    )
),

incidents as (
    select
        bank_id,
        starts_at,
        ends_at,
        note,
        true as is_known
    from known
    union all
    select
        bank_id,
        starts_at,
        ends_at,
        null as note,
        false as is_known
    from unexplained
),

raised as (
    select
        incidents.bank_id,
        incidents.starts_at,
        incidents.ends_at,
        incidents.note,
        incidents.is_known,
        alerts.alert_id,
        alerts.series_type,
        alerts.series_id,
        alerts.hour_at,
        alerts.raised_at,
        alerts.severity,
        alerts.is_regulated_topic,
        alerts.mention_count,
        alerts.distinct_authors,
        alerts.negative_share,
        alerts.department_id,
        alerts.owner,
        alerts.is_after_hours,
        alerts.on_call
    from incidents
    left join alerts
        on
            incidents.bank_id = alerts.bank_id
            and incidents.starts_at < alerts.raised_at
            and incidents.ends_at > alerts.hour_at
),

hours as (
    select
        bank_id,
        starts_at,
        ends_at,
        note,
        is_known,
        hour_at,
        max(mention_count) as mention_count
    from raised
    group by bank_id, starts_at, ends_at, note, is_known, hour_at
),

volumes as (
    select
        bank_id,
        starts_at,
        ends_at,
        note,
        is_known,
        count(hour_at) as alarm_hour_count,
        sum(mention_count)::bigint as mention_count
    from hours
    group by bank_id, starts_at, ends_at, note, is_known
),

-- First: the earliest alarm, the gravest of its hour. Gravest: the highest severity, when it was first reached.
{%- set first = 'raised.raised_at, raised.severity desc, raised.mention_count desc, raised.series_type, raised.series_id' %}
{%- set gravest = 'raised.severity desc, raised.raised_at, raised.mention_count desc, raised.series_type, raised.series_id' %}
{%- set peak = 'raised.severity desc, raised.mention_count desc, raised.hour_at, raised.series_type, raised.series_id' %}

told as (
    select
        raised.bank_id,
        raised.starts_at,
        raised.ends_at,
        raised.note,
        raised.is_known,
        count(raised.alert_id) as alert_count,
        min(raised.raised_at) as first_alarm_at,
        max(raised.severity) as severity,
        min(raised.raised_at) filter (where raised.severity >= 3) as first_severity_3_at,
        min(raised.raised_at) filter (where raised.severity >= 4) as first_severity_4_at,
        max(raised.distinct_authors) as largest_hourly_authors,
        (array_agg(raised.hour_at order by {{ peak }}))[1] as peak_hour_at,
        (array_agg(raised.negative_share order by {{ peak }}))[1] as peak_negative_share,
        (
            array_agg(
                raised.series_id order by raised.severity desc, raised.is_regulated_topic desc, raised.mention_count desc, raised.series_id
            ) filter (where raised.series_type = 'topic')
        )[1] as leading_topic_id,
        (array_agg(raised.on_call order by {{ first }}))[1] as first_on_call,
        (array_agg(raised.is_after_hours order by {{ first }}))[1] as is_after_hours,
        (array_agg(raised.department_id order by {{ gravest }}))[1] as department_id,
        (array_agg(raised.owner order by {{ gravest }}))[1] as owner,
        (array_agg(raised.on_call order by {{ gravest }}))[1] as on_call
    from raised
    group by raised.bank_id, raised.starts_at, raised.ends_at, raised.note, raised.is_known
)

select
    md5(concat_ws(
        '|', told.bank_id, told.is_known, extract(epoch from told.starts_at), extract(epoch from told.ends_at), told.note
    ))::uuid as incident_id,
    told.bank_id,
    case
        when not told.is_known then 'unexplained'
        when told.first_alarm_at is null then 'missed'
        else 'detected'
    end as status,
    told.note,
    told.starts_at,
    told.first_alarm_at,
    told.peak_hour_at,
    told.ends_at,
    case
        when told.is_known then told.ends_at <= settings.as_of
        else told.ends_at + interval '6 hours' <= settings.as_of
    end as is_over,
    case when told.is_known then extract(epoch from told.first_alarm_at - told.starts_at)::double precision end as detection_delay_seconds,
    told.severity,
    told.first_severity_3_at,
    told.first_severity_4_at,
    told.alert_count,
    volumes.alarm_hour_count,
    volumes.mention_count,
    told.largest_hourly_authors,
    told.peak_negative_share,
    told.leading_topic_id,
    coalesce(told.department_id, 'none') as department_id,
    told.owner,
    told.is_after_hours,
    told.first_on_call,
    told.on_call
from told
inner join volumes  -- an episode of a known incident's very times is explained by it, so that these tell one from another
    on
        told.bank_id = volumes.bank_id
        and told.starts_at = volumes.starts_at
        and told.ends_at = volumes.ends_at
        and told.note is not distinct from volumes.note
cross join settings
