-- fct_engagement: as many snapshots a mention as core has up to the clock, one of them the newest, and that one is what fct_mentions counts.
with settings as (
    select as_of from {{ ref('stg_settings') }}
),

core as (
    select
        engagement.mention_id,
        count(*) as snapshot_count
    from {{ source('core', 'engagement') }} as engagement
    cross join settings
    where engagement.observed_at <= settings.as_of
    group by engagement.mention_id
),

facts as (
    select
        mention_id,
        count(*) as snapshot_count,
        count(*) filter (where is_newest) as newest_count,
        max(engagement) filter (where is_newest) as engagement,
        max(views) filter (where is_newest) as views
    from {{ ref('fct_engagement') }}
    group by mention_id
)

select mentions.mention_id
from {{ ref('fct_mentions') }} as mentions
left join core on mentions.mention_id = core.mention_id
left join facts on mentions.mention_id = facts.mention_id
where
    core.snapshot_count is distinct from facts.snapshot_count
    or facts.newest_count <> 1
    or (mentions.engagement, mentions.views) is distinct from (facts.engagement, facts.views)
