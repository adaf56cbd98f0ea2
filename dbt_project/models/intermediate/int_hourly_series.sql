-- Watched series: bank × (all, each platform, each topic), one row an hour that has mentions.
with brand_mentions as (
    select
        *,
        date_trunc('hour', event_at, 'UTC') as hour_at
    from {{ of_changed_hours(ref('fct_brand_mentions')) }} as facts
    where not is_official
),

mentions as (
    select mention_id, topics from {{ ref('fct_mentions') }}
),

topics as (
    select topic_id from {{ source('config', 'topics') }}
),

watched as (
    select
        brand_mentions.*,
        'all' as series_type,
        'all' as series_id
    from brand_mentions
    union all
    select
        brand_mentions.*,
        'platform' as series_type,
        brand_mentions.platform as series_id
    from brand_mentions
    union all
    select
        brand_mentions.*,
        'topic' as series_type,
        topics.topic_id as series_id
    from brand_mentions
    inner join mentions on brand_mentions.mention_id = mentions.mention_id
    inner join topics on mentions.topics && array[topics.topic_id]
)

select
    bank_id,
    series_type,
    series_id,
    hour_at,
    count(*) as mention_count,
    count(sentiment) as sentiment_count,
    count(*) filter (where sentiment = 'negative') as negative_count,
    count(distinct author_key) as distinct_authors,
    count(distinct platform) as platform_count,
    count(distinct story_id) as story_count,
    count(*) filter (where bot_likely) as bot_likely_count
from watched
group by bank_id, series_type, series_id, hour_at
