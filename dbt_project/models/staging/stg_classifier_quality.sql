-- One row a language: the newest measured sensitivity and specificity of the label `negative`.
with evaluations as (
    select
        language,
        metric,
        value,
        n,
        row_number() over (
            partition by language, metric
            order by measured_at desc, model_version desc, dataset desc, task desc
        ) as age
    from {{ source('nlp', 'evaluations') }}
    where metric in ('se_negative', 'sp_negative') and value is not null and n > 0
)

select
    language,
    max(value) filter (where metric = 'se_negative') as sensitivity,
    max(n) filter (where metric = 'se_negative') as sensitivity_n,
    max(value) filter (where metric = 'sp_negative') as specificity,
    max(n) filter (where metric = 'sp_negative') as specificity_n
from evaluations
where age = 1
group by language
