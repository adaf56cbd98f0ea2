with mentions as (
    select mention_id, event_day, topics from {{ ref('fct_mentions') }} {{ within(scope_dated_mentions()) }}
),

topics as (
    select topic_id, department_id from {{ ref('dim_topic') }}
),

-- A label may still name a topic that the configuration has dropped: such a mention has that topic no more.
named as (
    select
        mentions.mention_id,
        topics.topic_id,
        topics.department_id,
        row_number() over (partition by mentions.mention_id order by listed.place) as topic_rank
    from mentions
    cross join lateral unnest(mentions.topics) with ordinality as listed (topic_id, place)
    inner join topics on listed.topic_id = topics.topic_id
)

select
    md5(mentions.mention_id::text || chr(31) || coalesce(named.topic_id, 'none'))::uuid as mention_topic_id,
    mentions.mention_id,
    coalesce(named.topic_id, 'none') as topic_id,
    coalesce(named.department_id, 'none') as department_id,
    coalesce(named.topic_rank, 1) as topic_rank,
    mentions.event_day
from mentions
left join named on mentions.mention_id = named.mention_id
