-- fct_alerts: every alarm of early warning once, in an episode of its bank; mart_incidents: every alarm is explained by an incident, and none by two unexplained ones.
with alarms as (
    select
        signal_id as alert_id,
        bank_id,
        severity
    from {{ ref('mart_crisis_signals') }}
    where is_alarm
),

alerts as (
    select * from {{ ref('fct_alerts') }}
),

unexplained as (
    select *
    from {{ ref('mart_incidents') }}
    where status = 'unexplained'
),

counted as (
    select
        bank_id,
        sum(alert_count) as alert_count
    from unexplained
    group by bank_id
)

select alert_id
from alarms
full join alerts using (alert_id)
where alarms.severity is distinct from alerts.severity or (alerts.on_call is not null) <> (alerts.owner is not null)
union all
select null as alert_id
from counted
left join (select bank_id, count(*) as alert_count from alerts group by bank_id) as raised using (bank_id)
where counted.alert_count > raised.alert_count
union all
select incident_id as alert_id
from {{ ref('mart_incidents') }}
where
    (alert_count = 0) <> (status = 'missed')
    or detection_delay_seconds < 0
    or first_alarm_at > ends_at + interval '1 hour'
    or peak_hour_at not between first_alarm_at - interval '1 hour' and ends_at
