with settings as (
    select timezone from {{ ref('stg_settings') }}
),

alarms as (
    select
        signals.*,
        signals.hour_at + interval '1 hour' as raised_at,
        (signals.hour_at + interval '1 hour') at time zone settings.timezone as local_time
    from {{ ref('mart_crisis_signals') }} as signals
    cross join settings
    where signals.is_alarm
),

topics as (
    select topic_id, department_id from {{ ref('dim_topic') }}
),

duties as (
    select * from {{ source('config', 'duties') }}
),

opening_hours as (
    select * from {{ source('config', 'business_hours') }}
),

holidays as (
    select day from {{ source('config', 'holidays') }}
),

episodes as (
    select * from {{ ref('mart_crisis_episodes') }}
),

-- The duty of the topic's department before that of the default one; within a department the gravest that the alarm reaches.
assigned as (
    select distinct on (alarms.signal_id)
        alarms.signal_id,
        duties.department_id,
        duties.owner,
        duties.after_hours
    from alarms
    left join topics on alarms.series_type = 'topic' and alarms.series_id = topics.topic_id
    inner join duties
        on
            alarms.severity >= duties.min_severity
            and (duties.is_default or topics.department_id = duties.department_id)
    order by
        alarms.signal_id,
        duties.department_id is not distinct from topics.department_id desc,
        duties.min_severity desc
),

staffed as (
    select
        alarms.*,
        holidays.day is null
        and coalesce(
            alarms.local_time::time >= opening_hours.opens and alarms.local_time::time < opening_hours.closes, false
        ) as is_staffed
    from alarms
    left join opening_hours on extract(isodow from alarms.local_time) = opening_hours.iso_weekday
    left join holidays on alarms.local_time::date = holidays.day
)

select
    staffed.signal_id as alert_id,
    staffed.bank_id,
    staffed.series_type,
    staffed.series_id,
    staffed.hour_at,
    staffed.raised_at,
    staffed.local_time::date as raised_day,
    episodes.episode_id,
    staffed.severity,
    staffed.is_regulated_topic,
    staffed.mention_count,
    staffed.distinct_authors,
    staffed.platform_count,
    staffed.negative_share,
    staffed.volume_score,
    staffed.q_value,
    coalesce(assigned.department_id, 'none') as department_id,
    assigned.owner,
    not staffed.is_staffed as is_after_hours,
    case when staffed.is_staffed then assigned.owner else assigned.after_hours end as on_call
from staffed
inner join episodes
    on
        staffed.bank_id = episodes.bank_id
        and staffed.hour_at >= episodes.started_at
        and staffed.hour_at < episodes.ended_at
left join assigned on staffed.signal_id = assigned.signal_id
