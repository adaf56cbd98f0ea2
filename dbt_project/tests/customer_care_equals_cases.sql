-- mart_customer_care: every case counts once in each period type and roll-up, and the parts of a cell add up.
with mart as (
    select * from {{ ref('mart_customer_care') }}
),

facts as (
    select
        bank_id,
        count(*) as case_count,
        count(*) filter (where is_answered_in_window) as answered_in_window,
        count(*) filter (where is_open) as open_count
    from {{ ref('fct_cases') }}
    group by bank_id
),

totals as (
    select
        bank_id,
        period_type,
        platform = 'all' as is_roll_up,
        sum(case_count) as case_count,
        sum(response_rate_numerator) as answered_in_window,
        sum(unanswered_backlog_count) as open_count
    from mart
    group by bank_id, period_type, is_roll_up
),

cells as (
    select
        facts.bank_id,
        kinds.period_type,
        roll_ups.is_roll_up
    from facts
    cross join (values ('day'), ('week'), ('month')) as kinds (period_type)
    cross join (values (true), (false)) as roll_ups (is_roll_up)
    union
    select
        bank_id,
        period_type,
        is_roll_up
    from totals
),

lost as (
    select
        cells.bank_id,
        cells.period_type as what
    from cells
    left join totals using (bank_id, period_type, is_roll_up)
    left join facts on cells.bank_id = facts.bank_id
    where
        (totals.case_count, totals.answered_in_window, totals.open_count)
        is distinct from (
            coalesce(facts.case_count, 0), coalesce(facts.answered_in_window, 0), coalesce(facts.open_count, 0)
        )
),

unbalanced as (
    select
        bank_id,
        customer_care_id::text as what
    from mart
    where
        response_rate_denominator + censored_count <> case_count
        or handled_negative_denominator <> negative_handled_silent_count + negative_handled_automatic_count
        + negative_handled_diverted_count + negative_handled_answered_count + negative_handled_confirmed_count
        or unanswered_backlog_count <> unanswered_backlog_under_1h_count + unanswered_backlog_under_4h_count
        + unanswered_backlog_under_24h_count + unanswered_backlog_under_72h_count + unanswered_backlog_older_count
)

select * from lost
union all
select
    bank_id,
    'removed' as what
from mart
where platform = 'all' and period_type = 'month'
group by bank_id
having coalesce(sum(removed_negative_count), 0) <> (
    select count(*) from {{ ref('int_removed_negatives') }} as removed where removed.bank_id = mart.bank_id
)
union all
select * from unbalanced
