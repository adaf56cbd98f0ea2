{%- set cell = ['bank_id', 'place.series_type', 'place.series_id', 'hour_at'] %}
with brand_mentions as (
    select
        *,
        date_trunc('hour', event_at, 'UTC') as hour_at
    from {{ ref('fct_brand_mentions') }}
    where not is_official
),

items as (
    select
        brand_mentions.bank_id,
        place.series_type,
        place.series_id,
        brand_mentions.hour_at,
        brand_mentions.mention_id,
        brand_mentions.brand_mention_id,
        null::uuid as case_id,
        brand_mentions.sentiment,
        brand_mentions.bot_likely,
        brand_mentions.author_id,
        brand_mentions.author_followers,
        brand_mentions.is_press,
        {{ first_of(cell, 'author_key') }} as first_of_author,
        {{ first_of(cell, 'platform') }} as first_of_platform,
        {{ first_of(cell, 'story_id') }} as first_of_story,
        {{ first_of(cell, press_key(), 'is_press') }} as first_of_press_author,
        case when row_number() over (
            partition by {{ cell | join(', ') }}, author_key
            order by author_followers desc nulls last, mention_id
        ) = 1 then 1 else 0 end as widest_of_author
    from brand_mentions
    cross join lateral (
        select
            'all' as series_type,
            'all' as series_id
        union all
        select
            'platform' as series_type,
            brand_mentions.platform as series_id
        union all
        select
            'topic' as series_type,
            topics.topic_id as series_id
        from {{ source('config', 'topics') }} as topics
        where topics.topic_id = any(brand_mentions.topics)
        union all
        select
            'hashtag' as series_type,
            watched.hashtag as series_id
        from {{ ref('stg_mentions') }} as listed
        cross join unnest(listed.hashtags) as named (hashtag)
        inner join {{ ref('int_watched_hashtags') }} as watched
            on brand_mentions.bank_id = watched.bank_id and named.hashtag = watched.hashtag
        where brand_mentions.mention_id = listed.mention_id
    ) as place
),

signals as (
    select bank_id, series_type, series_id, hour_at, baseline_points from {{ ref('mart_crisis_signals') }}
),

six_hours as (
    select
        signals.*,
        items.mention_id,
        items.brand_mention_id,
        items.case_id
    from signals
    inner join items
        on
            signals.bank_id = items.bank_id
            and signals.series_type = items.series_type
            and signals.series_id = items.series_id
            and items.hour_at between signals.hour_at - interval '5 hours' and signals.hour_at
),

day_before as (
    select
        signals.*,
        items.mention_id,
        items.brand_mention_id,
        items.case_id
    from signals
    inner join items
        on
            signals.bank_id = items.bank_id
            and signals.series_type = items.series_type
            and signals.series_id = items.series_id
            and items.hour_at between signals.hour_at - interval '24 hours' and signals.hour_at - interval '1 hour'
),

incidents as (
    select * from {{ source('config', 'known_incidents') }}
),

-- The same hour of the week and its two neighbours over the last 8 weeks, as in int_hourly_baselines.
baseline_hours as (
    select
        signals.*,
        items.mention_id,
        items.brand_mention_id,
        items.case_id
    from signals
    inner join {{ ref('int_hourly_baselines') }} as baselines using (bank_id, series_type, series_id, hour_at)
    cross join generate_series(1, 8) as past (week)
    cross join generate_series(-1, 1) as beside (hours)
    inner join items
        on
            signals.bank_id = items.bank_id
            and signals.series_type = items.series_type
            and signals.series_id = items.series_id
            and signals.hour_at - make_interval(hours => past.week * 168 + beside.hours) = items.hour_at
            and baselines.history_from <= items.hour_at
    where not exists (
        select 1 from incidents
        where
            incidents.bank_id = items.bank_id
            and items.hour_at < incidents.ends_at
            and items.hour_at + interval '1 hour' > incidents.starts_at
    )
),

{{ explain_rows('mart_crisis_signals') }}
