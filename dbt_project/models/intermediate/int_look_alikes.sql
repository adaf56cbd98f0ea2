-- Mention × look-alike account that its labels name, the author's own included.
with labels as (
    select mention_id, labels from {{ ref('stg_labels') }} {{ within(scope_dated_mentions()) }}
),

mentions as (
    select mention_id, platform from {{ ref('stg_mentions') }} {{ within(scope_dated_mentions()) }}
)

select distinct
    labels.mention_id,
    mentions.platform,
    lower(named.value ->> 'handle') as handle,
    named.value ->> 'looks_like' as bank_id
from labels
inner join mentions on labels.mention_id = mentions.mention_id
cross join lateral jsonb_array_elements({{ json_array("labels.labels -> 'handles'") }}) as named (value)
where named.value ->> 'status' = 'look_alike'
