{#- Which brand mentions lie at which branch or ATM, with their roll-ups: what mart_places and its bridge have in common. Reads the CTEs
    brand_mentions (fct_brand_mentions without official items) and mentions (mention_id, intents, is_bare_repost). What a bare repost
    reports is not its reposter's: it is trouble by its tone alone. -#}
{% macro placed_ctes() -%}
spots as (
    select * from {{ ref('int_mention_places') }} where kind is not null
),

-- A mention of two kinds or cities counts in each, and once in every roll-up. A branch counts for its own bank alone.
placed as (
    select distinct
        brand_mentions.brand_mention_id,
        brand_mentions.mention_id,
        brand_mentions.bank_id,
        brand_mentions.event_at,
        brand_mentions.event_day,
        brand_mentions.author_id,
        brand_mentions.author_key,
        brand_mentions.bot_likely,
        coalesce(brand_mentions.sentiment = 'negative', false)
        or (not mentions.is_bare_repost and mentions.intents && array['complaint', 'fraud_report']) as is_trouble,
        place.kind,
        place.city_id,
        place.place_id
    from brand_mentions
    inner join mentions on brand_mentions.mention_id = mentions.mention_id
    inner join spots on brand_mentions.mention_id = spots.mention_id
    cross join
        lateral (
            values
            (spots.kind, spots.city_id, 'all'),
            (spots.kind, 'all', 'all'),
            ('all', spots.city_id, 'all'),
            ('all', 'all', 'all'),
            (spots.kind, spots.city_id, case when spots.bank_id = brand_mentions.bank_id then spots.place_id end)
        ) as place (kind, city_id, place_id)
    where place.place_id is not null
),
{%- endmacro %}
