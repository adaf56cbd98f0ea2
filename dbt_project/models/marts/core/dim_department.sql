with departments as (
    select * from {{ source('config', 'departments') }}
)

select
    department_id,
    name
from departments
union all
select
    'none' as department_id,
    'No department' as name
