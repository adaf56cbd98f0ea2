-- The clock of the rows of int_triage: told after them, so that a build that is under way or was cut off ages nobody's case.
-- depends_on: {{ ref('int_triage') }}
select as_of from {{ ref('stg_settings') }}
