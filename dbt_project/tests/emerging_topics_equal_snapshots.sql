-- mart_emerging_topics: every theme of the snapshots up to as_of once, and no phrase of a theme of which a listed mention is gone.
with settings as (
    select as_of from {{ ref('stg_settings') }}
),

themes as (
    select
        emerging.language,
        emerging.theme_id,
        max(emerging.as_of) as snapshot_at
    from {{ source('nlp', 'emerging_topics') }} as emerging
    inner join settings on emerging.as_of <= settings.as_of
    group by emerging.language, emerging.theme_id
),

gone as (
    select distinct
        emerging.language,
        emerging.theme_id,
        emerging.as_of
    from {{ source('nlp', 'emerging_topics') }} as emerging
    cross join unnest(emerging.mention_ids) as listed (mention_id)
    left join {{ ref('fct_mentions') }} as mentions on listed.mention_id = mentions.mention_id
    where mentions.mention_id is null
)

select theme_id
from themes
full join {{ ref('mart_emerging_topics') }} as mart using (language, theme_id, snapshot_at)
where themes.language is null or mart.emerging_topics_id is null
union all
select mart.theme_id
from {{ ref('mart_emerging_topics') }} as mart
inner join gone
    on mart.language = gone.language and mart.theme_id = gone.theme_id and mart.snapshot_at = gone.as_of
where mart.phrases is not null
