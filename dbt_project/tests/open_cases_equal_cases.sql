-- mart_open_cases: exactly the open cases, ranked without a hole, a graver level always before a lighter one.
with cases as (
    select case_id from {{ ref('fct_cases') }} where is_open
),

queue as (
    select
        case_id,
        bank_id,
        triage_rank,
        triage_level,
        count(*) over (partition by bank_id) as queue_length,
        count(*) over (partition by bank_id, triage_rank) as sharing_count,
        lag(triage_level) over (partition by bank_id order by triage_rank) as level_before,
        num_nulls(bank_id, platform, opened_at, age_seconds, backlog_age, triage_reason, department_id) as hole_count
    from {{ ref('mart_open_cases') }}
)

select case_id
from cases
full join queue using (case_id)
where
    cases.case_id is null
    or queue.case_id is null
    or queue.hole_count > 0
    or queue.triage_rank is null
    or queue.triage_rank not between 1 and queue.queue_length
    or queue.sharing_count <> 1
    or queue.triage_level < queue.level_before
