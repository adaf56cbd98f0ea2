-- Without a scope: a day's backlog rests on all days before it, and the days' counts are few.
with settings as (
    select (as_of at time zone timezone)::date as today from {{ ref('stg_settings') }}
),

waits as (
    select * from {{ ref('int_backlog_days') }}
),

moves as (
    select
        waits.bank_id,
        coalesce(waits.platform, 'all') as platform,
        move.event_day,
        sum(waits.case_count * move.opens)::bigint as opened_count,
        sum(waits.case_count * (1 - move.opens))::bigint as ended_count
    from waits
    cross join lateral (values (waits.opened_day, 1), (waits.ended_day, 0)) as move (event_day, opens)
    where move.event_day is not null
    group by waits.bank_id, move.event_day, grouping sets ((waits.platform), ())
),

begun as (
    select
        bank_id,
        platform,
        min(event_day) as first_day
    from moves
    group by bank_id, platform
),

-- A day on which nothing was opened or ended has its backlog, too.
cells as (
    select distinct
        begun.bank_id,
        begun.platform,
        period.period_type,
        period.period_start
    from begun
    cross join settings
    cross join generate_series(begun.first_day::timestamp, settings.today::timestamp, interval '1 day') as moment
    cross join lateral {{ periods_of('moment::date') }} as period (period_type, period_start)
),

summed as (
    select
        moves.bank_id,
        moves.platform,
        period.period_type,
        period.period_start,
        sum(moves.opened_count)::bigint as opened_count,
        sum(moves.ended_count)::bigint as ended_count
    from moves
    cross join lateral {{ periods_of('moves.event_day') }} as period (period_type, period_start)
    group by moves.bank_id, moves.platform, period.period_type, period.period_start
),

counted as (
    select
        bank_id,
        platform,
        period_type,
        period_start,
        coalesce(summed.opened_count, 0) as opened_count,
        coalesce(summed.ended_count, 0) as ended_count
    from cells
    left join summed using (bank_id, platform, period_type, period_start)
),

carried as (
    select
        counted.*,
        (sum(opened_count - ended_count) over so_far)::bigint as backlog_at_end_count
    from counted
    window so_far as (partition by bank_id, platform, period_type order by period_start)
)

select
    md5(concat_ws('|', carried.bank_id, carried.platform, carried.period_type, carried.period_start))::uuid as backlog_id,
    carried.bank_id,
    carried.platform,
    carried.period_type,
    carried.period_start,
    carried.period_start + {{ period_length('carried.period_type') }} <= settings.today as is_period_over,
    carried.backlog_at_end_count as n,
    carried.backlog_at_end_count - carried.opened_count + carried.ended_count as backlog_at_start_count,
    carried.opened_count,
    carried.ended_count,
    carried.backlog_at_end_count
from carried
cross join settings
