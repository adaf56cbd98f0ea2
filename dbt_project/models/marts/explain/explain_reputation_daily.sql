{%- set cell = ['bank_id', 'shown.platform', 'tongue.language', 'land.country', 'event_day'] %}
with items as (
    select
        brand_mentions.bank_id,
        shown.platform,
        tongue.language,
        land.country,
        brand_mentions.event_day,
        brand_mentions.mention_id,
        brand_mentions.brand_mention_id,
        null::uuid as case_id,
        brand_mentions.author_id,
        brand_mentions.author_followers,
        brand_mentions.sentiment,
        brand_mentions.engagement,
        brand_mentions.bot_likely,
        {{ first_of(cell, 'story_id') }} as first_of_story,
        {{ first_of(cell, 'story_id', 'bot_likely') }} as first_of_story_without_bots,
        {{ first_of(cell, 'author_key') }} as first_of_author,
        {{ first_of(cell, 'author_key', 'bot_likely') }} as first_of_author_without_bots,
        {{ first_of(cell, 'author_key', 'sentiment is null') }} as first_of_author_with_sentiment,
        case when row_number() over (
            partition by {{ cell | join(', ') }}, author_key
            order by author_followers desc nulls last, mention_id
        ) = 1 then 1 else 0 end as widest_of_author
    from {{ ref('fct_brand_mentions') }} as brand_mentions
    cross join lateral {{ with_rollup('brand_mentions.platform') }} as shown (platform)
    cross join lateral {{ with_rollup('brand_mentions.language') }} as tongue (language)
    cross join lateral {{ with_rollup("coalesce(brand_mentions.country, 'unknown')") }} as land (country)
    where not brand_mentions.is_official
),

{{ explain_rows('mart_reputation_daily') }}
