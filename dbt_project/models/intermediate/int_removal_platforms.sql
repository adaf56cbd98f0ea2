-- Platforms that told, at least once, whether the author or the page took an item away. Of others nothing is known, which is not 0.
with settings as (
    select as_of from {{ ref('stg_settings') }}
),

mentions as (
    select mention_id, platform from {{ source('core', 'mentions') }}
)

select distinct mentions.platform
from {{ source('core', 'deletions') }} as deletions
inner join mentions on deletions.mention_id = mentions.mention_id
cross join settings
where deletions.basis in ('author', 'page') and deletions.observed_at <= settings.as_of
