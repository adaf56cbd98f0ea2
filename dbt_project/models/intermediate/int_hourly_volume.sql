{#- Windows reach 27 days, a day and five hours back. -#}
{%- set lookback = '29 days' %}
-- The alarm rule's view of volume alone (docs/alarms.md): the last hour and the last six, each against its own daily peaks of
-- 28 days. Every hour between a series' beginning and its last mention is looked at; hours without mentions count as 0.
with series as (
    select * from {{ ref('int_hourly_series') }} {{ within(scope_volumes(lookback)) }}
),

baselines as (
    select * from {{ ref('int_hourly_baselines') }} {{ within(scope_volumes()) }}
),

incidents as (
    select * from {{ source('config', 'known_incidents') }}
),

spans as (
    select
        bank_id,
        series_type,
        series_id,
        {% if var('partial', false) -%}
            greatest(min(history_from), case
                when not bool_or({{ has_other_beginning() }})
                    then (select min(changed.hour_at) - interval '{{ lookback }}' from marts_changes.int_hourly_series as changed)
            end) as begins_at,
        {% else -%}
            min(history_from) as begins_at,
        {% endif -%}
        max(hour_at) as ends_at
    from baselines
    group by bank_id, series_type, series_id
),

-- Silent hours are added by union and sum: a join on four keys is planned as one on three of them, over all hours of both sides.
listed as (
    select
        spans.bank_id,
        spans.series_type,
        spans.series_id,
        hours.hour_at,
        0 as mention_count
    from spans
    cross join generate_series(spans.begins_at, spans.ends_at, interval '1 hour') as hours (hour_at)
    union all
    select
        bank_id,
        series_type,
        series_id,
        hour_at,
        mention_count
    from series
),

counted as (
    select
        bank_id,
        series_type,
        series_id,
        hour_at,
        sum(mention_count)::bigint as mention_count,
        (
            select count(*) from incidents
            where
                incidents.bank_id = listed.bank_id
                and listed.hour_at < incidents.ends_at
                and listed.hour_at + interval '1 hour' > incidents.starts_at
        ) > 0 as is_known
    from listed
    group by bank_id, series_type, series_id, hour_at
),

summed as (
    select
        counted.*,
        sum(mention_count) over last_six as six_hour_count,
        bool_or(is_known) over last_six as is_six_known
    from counted
    window last_six as (
        partition by bank_id, series_type, series_id
        order by hour_at
        rows between 5 preceding and current row
    )
),

-- Logarithms are taken here, once an hour, and not once for each of the 28 windows that an hour is part of.
peaks as (
    select
        summed.*,
        ln(1 + (max(mention_count) filter (where not is_known) over day_before)::double precision) as hour_log,
        ln(
            1 + (max(six_hour_count) filter (where not is_six_known) over day_before)::double precision
        ) as six_hour_log,
        max(six_hour_count) over two_days_before as recent_peak
    from summed
    window
        day_before as (
            partition by bank_id, series_type, series_id
            order by hour_at
            rows between 24 preceding and 1 preceding
        ),
        two_days_before as (
            partition by bank_id, series_type, series_id
            order by hour_at
            rows between 48 preceding and 1 preceding
        )
),

-- The same hour of the 27 days before has the peaks of the days before it: 28 stretches of 24 hours that touch each other.
levels as (
    select
        peaks.*,
        avg(hour_log) over days as hour_level,
        stddev_pop(hour_log) over days as hour_spread,
        avg(six_hour_log) over days as six_hour_level,
        stddev_pop(six_hour_log) over days as six_hour_spread
    from peaks
    window days as (
        partition by bank_id, series_type, series_id, extract(hour from hour_at at time zone 'UTC')
        order by hour_at
        rows between 27 preceding and current row
    )
)

select
    bank_id,
    series_type,
    series_id,
    hour_at,
    six_hour_count::bigint as six_hour_count,
    coalesce(six_hour_count > recent_peak, true) as is_rising,
    (
        (ln(1 + mention_count::double precision) - hour_level) / greatest(hour_spread, exp(-hour_level / 2))
        + (ln(1 + six_hour_count::double precision) - six_hour_level) / greatest(six_hour_spread, exp(-six_hour_level / 2))
    ) / 2 as volume_score
from levels
where mention_count > 0
