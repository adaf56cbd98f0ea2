-- Day cells of the topics: all that weeks and months are sums of, so that a new day costs a day.
with brand_mentions as (
    select * from (select * from {{ ref('fct_brand_mentions') }} {{ within(scope_days()) }}) as known where not is_official
),

mention_topics as (
    select mention_id, topic_id, department_id from {{ ref('fct_mention_topics') }} {{ within(scope_days()) }}
),

-- A mention of two topics counts once in each, once for a department that owns both, and once in all.
placed as (
    select distinct
        brand_mentions.brand_mention_id,
        brand_mentions.bank_id,
        brand_mentions.event_day,
        brand_mentions.sentiment,
        brand_mentions.bot_likely,
        place.topic_id,
        place.department_id
    from brand_mentions
    inner join mention_topics on brand_mentions.mention_id = mention_topics.mention_id
    cross join
        lateral (
            values
            (mention_topics.topic_id, mention_topics.department_id),
            ('all', mention_topics.department_id),
            ('all', 'all')
        ) as place (topic_id, department_id)
)

select
    bank_id,
    topic_id,
    department_id,
    event_day,
    count(*) as mention_count,
    count(*) filter (where not bot_likely) as mention_count_without_bots,
    count(sentiment) as sentiment_count,
    count(*) filter (where sentiment = 'negative') as negative_count
from placed
group by bank_id, topic_id, department_id, event_day
