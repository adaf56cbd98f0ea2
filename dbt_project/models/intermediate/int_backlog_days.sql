-- How long cases waited, in days: of those opened on a day, how many ended on which, or wait still. A person's answer ends a case,
-- or its desk's outcome.
with settings as (
    select timezone from {{ ref('stg_settings') }}
),

cases as (
    select * from {{ ref('fct_cases') }} {{ within(scope_case_days()) }}
)

select
    cases.opened_day,
    cases.bank_id,
    cases.platform,
    (least(cases.first_response_at, cases.closed_at) at time zone settings.timezone)::date as ended_day,
    count(*) as case_count
from cases
cross join settings
group by
    cases.opened_day,
    cases.bank_id,
    cases.platform,
    (least(cases.first_response_at, cases.closed_at) at time zone settings.timezone)::date
