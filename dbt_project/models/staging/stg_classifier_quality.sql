-- The newest measured sensitivity and specificity of the labels `negative` and `positive`, of a language and of each bank in it.
with evaluations as (
    select
        split_part(metric, '_', 2) as label,
        split_part(metric, '_', 1) as side,
        language,
        bank_id,
        value,
        n,
        measured_at,
        {{ nlp_quality_id() }} as evaluation_id,
        row_number() over (
            partition by language, bank_id, metric
            order by measured_at desc, model_version desc, dataset desc, task desc
        ) as age
    from {{ source('nlp', 'evaluations') }}
    where metric in ('se_negative', 'sp_negative', 'se_positive', 'sp_positive') and value is not null and n > 0
),

newest as (
    select
        label,
        language,
        bank_id,
        max(value) filter (where side = 'se') as sensitivity,
        max(n) filter (where side = 'se') as sensitivity_n,
        max(value) filter (where side = 'sp') as specificity,
        max(n) filter (where side = 'sp') as specificity_n,
        max(measured_at) as measured_at,
        max(evaluation_id::text) filter (where side = 'se')::uuid as evaluation_id
    from evaluations
    where age = 1
    group by label, language, bank_id
)

select
    newest.label,
    newest.language,
    newest.bank_id,
    newest.sensitivity,
    newest.sensitivity_n,
    newest.specificity,
    newest.specificity_n,
    newest.evaluation_id
from newest
left join newest as overall
    on newest.label = overall.label and newest.language = overall.language and overall.bank_id = ''
-- A bank's figures are those of a former model where its language was measured anew since (an hour: one run measures both).
where newest.bank_id = '' or overall.language is null or newest.measured_at >= overall.measured_at - interval '1 hour'
