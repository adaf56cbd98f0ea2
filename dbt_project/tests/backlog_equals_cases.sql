-- mart_backlog: its newest day holds the cases that are open, a period begins with what the one before left, and a week or month ends as its last day did.
with backlog as (
    select * from {{ ref('mart_backlog') }}
),

newest as (
    select
        backlog.bank_id,
        backlog.backlog_at_end_count as waiting_count
    from backlog
    where
        backlog.platform = 'all'
        and backlog.period_type = 'day'
        and backlog.period_start = (select max(days.period_start) from backlog as days where days.period_type = 'day')
),

open_cases as (
    select
        bank_id,
        count(*) filter (where is_open) as waiting_count
    from {{ ref('fct_cases') }}
    group by bank_id
),

chained as (
    select
        backlog.*,
        lag(backlog_at_end_count, 1, 0::bigint) over (partition by bank_id, platform, period_type order by period_start) as left_before
    from backlog
),

last_days as (
    select
        whole.bank_id,
        whole.backlog_at_end_count as of_period,
        ending.backlog_at_end_count as of_day
    from backlog as whole
    left join backlog as ending
        on
            whole.bank_id = ending.bank_id
            and whole.platform = ending.platform
            and ending.period_type = 'day'
            and (whole.period_start + {{ period_length('whole.period_type') }})::date - 1 = ending.period_start
    where whole.is_period_over
)

select bank_id
from newest
full join open_cases using (bank_id)
where newest.waiting_count is distinct from open_cases.waiting_count
union all
select bank_id
from chained
where
    backlog_at_start_count <> left_before
    or backlog_at_end_count <> backlog_at_start_count + opened_count - ended_count
    or least(backlog_at_start_count, opened_count, ended_count, backlog_at_end_count) < 0
union all
select bank_id
from last_days
where of_period is distinct from of_day
