-- Days, weeks and months of which a run that failed, stopped or met a gap has not brought everything: by the interval that it asked
-- for, in local days.
with settings as (
    select timezone from {{ ref('stg_settings') }}
),

outcomes as (
    select
        *,
        -- A first run asks for all that there is, and a file says no interval: they count on the day of their end.
        coalesce(interval_start, interval_end, started_at) as asked_from,
        coalesce(interval_end, started_at) as asked_until
    from {{ ref('int_batch_outcomes') }}
    where is_incomplete
),

days as (
    select
        outcomes.*,
        moment::date as event_day
    from outcomes
    cross join settings
    cross join generate_series(
        (outcomes.asked_from at time zone settings.timezone)::date::timestamp,
        greatest(
            (outcomes.asked_from at time zone settings.timezone)::date,
            -- What happens at the end itself belongs to the next run.
            ((outcomes.asked_until - interval '1 microsecond') at time zone settings.timezone)::date
        )::timestamp,
        interval '1 day'
    ) as moment
),

cells as (
    select
        coalesce(days.platform, 'all') as platform,
        period.period_type,
        period.period_start,
        count(distinct days.batch_id) as incomplete_run_count,
        count(distinct days.batch_id) filter (where days.is_unfinished and not days.is_healed) as failed_run_count,
        count(distinct days.batch_id) filter (where days.has_open_gap) as open_gap_count,
        count(distinct days.batch_id) filter (where days.items_truncated > 0) as cut_run_count,
        count(distinct days.source_id) as source_count,
        string_agg(distinct days.source_id, '; ' order by days.source_id) as sources,
        string_agg(distinct days.gap_reason, '; ' order by days.gap_reason) filter (where days.has_open_gap) as gap_reasons
    from days
    cross join lateral {{ periods_of('days.event_day') }} as period (period_type, period_start)
    group by period.period_type, period.period_start, grouping sets ((days.platform), ())
)

select
    md5(concat_ws('|', platform, period_type, period_start))::uuid as incomplete_periods_id,
    platform,
    period_type,
    period_start,
    incomplete_run_count,
    failed_run_count,
    open_gap_count,
    cut_run_count,
    source_count,
    sources,
    gap_reasons
from cells
