-- Until when a day's cases move by the clock alone: an open case's age counts where it is less than the longest wait that was answered.
-- One that the desk closed grows no older.
with cases as (
    select * from {{ ref('fct_cases') }} {{ within(scope_case_days()) }}
)

select
    opened_day,
    max(first_response_at - opened_at) as longest_response,
    max(opened_at) filter (where is_open) as last_unanswered_at
from cases
group by opened_day
