-- mart_reply_effect: every case that was followed stands once in `all` and once under its reply, and later mentions are no more than those who spoke again.
with settings as (
    select as_of, response_window from {{ ref('stg_settings') }}
),

cases as (
    select
        cases.bank_id,
        count(*) as case_count,
        count(*) filter (where cases.last_closing in ('thanks', 'confirms')) as thanked_count
    from {{ ref('fct_cases') }} as cases
    cross join settings
    where cases.opened_at + settings.response_window + interval '168 hours' <= settings.as_of
    group by cases.bank_id
),

cells as (
    select
        bank_id,
        period_type,
        platform = 'all' as is_roll_up,
        sum(n) filter (where reply = 'all') as case_count,
        sum(n) filter (where reply <> 'all') as part_count,
        sum(thanked_count) filter (where reply = 'all') as thanked_count,
        bool_or(greatest(later_negative_count, later_positive_count) > spoke_again_count) as is_unbalanced
    from {{ ref('mart_reply_effect') }}
    group by bank_id, period_type, is_roll_up
)

select bank_id
from cases
full join cells using (bank_id)
where
    cells.is_unbalanced
    or (cases.case_count, cases.case_count, cases.thanked_count)
    is distinct from (cells.case_count, cells.part_count, cells.thanked_count)
