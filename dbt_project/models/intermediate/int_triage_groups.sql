with cases as (
    select * from {{ ref('int_triage_places') }}
),

groups as (
    select
        bank_id,
        triage_class,
        queued_on,
        count(*) as case_count
    from cases
    group by bank_id, triage_class, queued_on
)

select
    bank_id,
    triage_class,
    queued_on,
    case_count,
    sum(case_count) over (partition by bank_id order by triage_class, queued_on)::bigint - case_count as cases_before
from groups
