-- A case's place among those of its class and day: what came before or went from there moves only these.
with cases as (
    select * from {{ ref('int_triage') }} {{ within(scope_triage_groups()) }}
)

select
    case_id,
    bank_id,
    triage_class,
    queued_on,
    row_number() over (partition by bank_id, triage_class, queued_on order by opened_at, case_id) as place
from cases
