-- Watched series: bank × (all, each platform, each topic, each hashtag that could alarm), one row an hour that has mentions.
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

hashtags as (
    select * from {{ ref('int_watched_hashtags') }}
),

listed as (
    select * from {{ ref('stg_mentions') }}
),

tagged as (
    select
        brand_mentions.*,
        named.hashtag
    from brand_mentions
    inner join listed on brand_mentions.mention_id = listed.mention_id
    cross join unnest(listed.hashtags) as named (hashtag)
    {%- if var('partial', false) %}
        union
        -- All of a hashtag that has come to be watched. Nothing is read where there is none.
        select
            facts.*,
            date_trunc('hour', facts.event_at, 'UTC') as hour_at,
            changed.hashtag
        from {{ ref('fct_brand_mentions') }} as facts
        inner join listed on facts.mention_id = listed.mention_id
        inner join marts_changes.int_watched_hashtags as changed
            on facts.bank_id = changed.bank_id and changed.hashtag = any(listed.hashtags)
        where (select count(*) from marts_changes.int_watched_hashtags) > 0 and not facts.is_official
    {%- endif %}
),

watched as (
    select
        brand_mentions.bank_id,
        brand_mentions.hour_at,
        brand_mentions.sentiment,
        brand_mentions.author_key,
        brand_mentions.platform,
        brand_mentions.site,
        brand_mentions.story_id,
        brand_mentions.bot_likely,
        brand_mentions.author_id,
        brand_mentions.author_followers,
        brand_mentions.is_press,
        'all' as series_type,
        'all' as series_id
    from brand_mentions
    union all
    select
        brand_mentions.bank_id,
        brand_mentions.hour_at,
        brand_mentions.sentiment,
        brand_mentions.author_key,
        brand_mentions.platform,
        brand_mentions.site,
        brand_mentions.story_id,
        brand_mentions.bot_likely,
        brand_mentions.author_id,
        brand_mentions.author_followers,
        brand_mentions.is_press,
        'platform' as series_type,
        brand_mentions.platform as series_id
    from brand_mentions
    union all
    select
        brand_mentions.bank_id,
        brand_mentions.hour_at,
        brand_mentions.sentiment,
        brand_mentions.author_key,
        brand_mentions.platform,
        brand_mentions.site,
        brand_mentions.story_id,
        brand_mentions.bot_likely,
        brand_mentions.author_id,
        brand_mentions.author_followers,
        brand_mentions.is_press,
        'topic' as series_type,
        topics.topic_id as series_id
    from brand_mentions
    inner join mentions on brand_mentions.mention_id = mentions.mention_id
    inner join topics on mentions.topics && array[topics.topic_id]
    union all
    select
        tagged.bank_id,
        tagged.hour_at,
        tagged.sentiment,
        tagged.author_key,
        tagged.platform,
        tagged.site,
        tagged.story_id,
        tagged.bot_likely,
        tagged.author_id,
        tagged.author_followers,
        tagged.is_press,
        'hashtag' as series_type,
        tagged.hashtag as series_id
    from tagged
    inner join hashtags on tagged.bank_id = hashtags.bank_id and tagged.hashtag = hashtags.hashtag
),

-- Each author once, by the largest number of followers seen in the hour: only those of whom it is known, and press. Of most media
-- no author is told: a site is one of them then, wherever its articles were read.
heard as (
    select
        bank_id,
        series_type,
        series_id,
        hour_at,
        {{ press_key() }} as speaker_key,
        max(author_followers) filter (where author_id is not null) as followers,
        bool_or(is_press) as is_press
    from watched
    where is_press or (author_id is not null and author_followers is not null)
    group by bank_id, series_type, series_id, hour_at, {{ press_key() }}
),

reached as (
    select
        bank_id,
        series_type,
        series_id,
        hour_at,
        sum(followers)::bigint as reach_upper,
        count(followers) as reach_known_count,
        count(*) filter (where is_press) as press_author_count
    from heard
    group by bank_id, series_type, series_id, hour_at
),

counted as (
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
)

select
    counted.*,
    reached.reach_upper,
    coalesce(reached.reach_known_count, 0) as reach_known_count,
    coalesce(reached.press_author_count, 0) as press_author_count
from counted
left join reached using (bank_id, series_type, series_id, hour_at)
