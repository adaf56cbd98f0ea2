with topics as (
    select * from {{ source('config', 'topics') }}
),

departments as (
    select department_id from {{ source('config', 'departments') }}
)

select
    topics.topic_id,
    topics.name,
    coalesce(departments.department_id, 'none') as department_id,
    topics.is_regulated
from topics
left join departments on topics.department_id = departments.department_id
union all
select
    'none' as topic_id,
    'No topic' as name,
    'none' as department_id,
    false as is_regulated
