-- What each model called what: the confusion counts that its measurement kept, as "truth→label" (nlp/evaluate.py).
with evaluations as (
    select * from {{ source('nlp', 'evaluations') }}
    where jsonb_typeof(detail -> 'confusion') = 'object'
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
        row_number() over (
            partition by language, task, dataset, metric, bank_id
            order by measured_at desc, model_version desc
        ) = 1 as is_newest
    from evaluations
),

cells as (
    select
        told.language,
        told.task,
        told.model_version,
        told.dataset,
        coalesce(nullif(told.bank_id, ''), 'all') as bank_id,
        told.metric,
        told.measured_at,
        told.is_newest,
        split_part(cell.pair, '→', 1) as truth,
        split_part(cell.pair, '→', 2) as label,
        cell.counted::bigint as item_count
    from told
    cross join lateral jsonb_each_text(told.detail -> 'confusion') as cell (pair, counted)
)

select
    md5(concat_ws(
        chr(31), cells.language, cells.task, cells.model_version, cells.dataset, cells.bank_id, cells.metric, cells.truth, cells.label
    ))::uuid as nlp_confusion_id,
    cells.language,
    cells.task,
    cells.model_version,
    cells.dataset,
    cells.bank_id,
    cells.metric,
    cells.truth,
    cells.label,
    cells.item_count,
    sum(cells.item_count) over (
        partition by cells.language, cells.task, cells.model_version, cells.dataset, cells.bank_id, cells.metric, cells.truth
    )::bigint as truth_count,
    cells.measured_at,
    cells.is_newest,
    active.model_version is not null as is_active
from cells
left join active on cells.task = active.task and cells.model_version = active.model_version
