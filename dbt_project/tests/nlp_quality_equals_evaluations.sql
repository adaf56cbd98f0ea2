-- mart_nlp_quality: every measured value once, inside its interval, and one newest for each language, task, data set and metric.
with evaluations as (
    select
        language,
        task,
        count(*) as figure_count,
        count(distinct dataset || chr(31) || metric || chr(31) || bank_id) as newest_count
    from {{ source('nlp', 'evaluations') }}
    where value is not null
    group by language, task
),

quality as (
    select
        language,
        task,
        count(*) as figure_count,
        count(*) filter (where is_newest) as newest_count
    from {{ ref('mart_nlp_quality') }}
    group by language, task
)

select
    language,
    task
from evaluations
full join quality using (language, task)
where (evaluations.figure_count, evaluations.newest_count) is distinct from (quality.figure_count, quality.newest_count)
union all
select
    language,
    task
from {{ ref('mart_nlp_quality') }}
where value not between value_lower - 0.001 and value_upper + 0.001
