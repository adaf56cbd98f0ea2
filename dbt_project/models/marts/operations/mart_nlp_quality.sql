-- An interval is kept as [lower, upper] by what measures models on sets, as two numbers by what measures them against people.
with evaluations as (
    select
        known.*,
        coalesce(known.detail -> 'interval' ->> 0, known.detail ->> 'lower')::double precision as told_lower,
        coalesce(known.detail -> 'interval' ->> 1, known.detail ->> 'upper')::double precision as told_upper
    from {{ source('nlp', 'evaluations') }} as known
    where known.value is not null
),

active as (
    select
        listed.task,
        listed.model_version
    from {{ source('nlp', 'manifests') }} as manifests
    cross join lateral jsonb_each_text(manifests.models) as listed (task, model_version)
    where manifests.is_active
),

told as (
    select
        evaluations.*,
        told_lower is not null and told_upper is not null as has_interval,
        -- Shares of n items: Wilson's interval is theirs. An F1 or a calibration error is none.
        metric in ('accuracy', 'precision', 'recall') or metric like 'se\_%' or metric like 'sp\_%' as is_share,
        row_number() over (
            partition by language, task, dataset, metric, bank_id
            order by measured_at desc, model_version desc
        ) = 1 as is_newest
    from evaluations
)

select
    {{ nlp_quality_id('told.') }} as nlp_quality_id,
    told.language,
    told.task,
    told.model_version,
    told.dataset,
    told.metric,
    told.value,
    case
        when told.has_interval then told.told_lower
        when told.is_share and told.n > 0 then {{ wilson_pct('told.value * told.n', 'told.n', '-') }} / 100
    end as value_lower,
    case
        when told.has_interval then told.told_upper
        when told.is_share and told.n > 0 then {{ wilson_pct('told.value * told.n', 'told.n', '+') }} / 100
    end as value_upper,
    case when told.has_interval then 'measured' when told.is_share and told.n > 0 then 'wilson' end as interval_basis,
    told.n,
    (told.detail ->> 'precision')::double precision as precision_value,
    (told.detail ->> 'recall')::double precision as recall_value,
    told.measured_at,
    told.is_newest,
    active.model_version is not null as is_active,
    coalesce(nullif(told.bank_id, ''), 'all') as bank_id
from told
left join active on told.task = active.task and told.model_version = active.model_version
