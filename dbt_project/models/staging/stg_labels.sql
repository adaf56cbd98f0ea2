-- One row a counted mention that has labels: each task's label that counts, and which model gave it.
with mentions as (
    select mention_id, version, event_day from {{ ref('stg_mentions') }} {{ within(scope_dated_mentions()) }}
),

annotations as (
    select mention_id, mention_version, task, model_version, label
    from {{ of_changed_mentions(source('nlp', 'current_annotations')) }} as current_annotations
)

select
    annotations.mention_id,
    jsonb_object_agg(annotations.task, annotations.label) as labels,
    jsonb_object_agg(annotations.task, annotations.model_version) as model_versions,
    mentions.event_day
from annotations
inner join mentions
    on annotations.mention_id = mentions.mention_id and annotations.mention_version = mentions.version
group by annotations.mention_id, mentions.event_day
