-- fct_mention_topics: every mention has exactly one main topic, its ranks have no hole, and 'none' stands alone.
with mentions as (
    select mention_id from {{ ref('fct_mentions') }}
),

topics as (
    select
        mention_id,
        count(*) as topic_count,
        max(topic_rank) as last_rank,
        count(*) filter (where topic_rank = 1) as main_count,
        count(*) filter (where topic_id = 'none') as none_count
    from {{ ref('fct_mention_topics') }}
    group by mention_id
)

select mention_id
from mentions
full join topics using (mention_id)
where
    mentions.mention_id is null
    or topics.main_count is distinct from 1
    or topics.topic_count <> topics.last_rank
    or (topics.none_count > 0 and topics.topic_count > 1)
