{%- set cell = ['bank_id', 'topic_id', 'period.period_type', 'period.period_start'] %}
with mentions as (
    select mention_id, intents, is_bare_repost from {{ ref('fct_mentions') }}
),

ratings as (
    select mention_id, rating from {{ ref('stg_mentions') }} where rating is not null
),

topics as (
    select topic_id, department_id from {{ ref('dim_topic') }}
),

-- An item of several topics counts in each, and once in all.
placed as (
    select
        brand_mentions.*,
        place.topic_id,
        coalesce(topics.department_id, 'all') as department_id,
        mentions.intents,
        mentions.is_bare_repost,
        ratings.rating
    from {{ ref('fct_brand_mentions') }} as brand_mentions
    inner join mentions on brand_mentions.mention_id = mentions.mention_id
    left join ratings on brand_mentions.mention_id = ratings.mention_id
    cross join
        lateral (
            select bridge.topic_id from {{ ref('fct_mention_topics') }} as bridge
            where bridge.mention_id = brand_mentions.mention_id
            union all
            select 'all' as topic_id
        ) as place
    left join topics on place.topic_id = topics.topic_id
    where not brand_mentions.is_official
),

items as (
    select
        placed.*,
        period.period_type,
        period.period_start,
        null::uuid as case_id,
        {{ first_of(cell, 'author_key') }} as first_of_author
    from placed
    cross join lateral {{ periods_of('placed.event_day') }} as period (period_type, period_start)
),

{{ cells_of('mart_product_feedback') }}

{{ beside('prior_items', 'mart_product_feedback', ['sentiment', 'intents', 'is_bare_repost', 'rating']) }}

{{ explain_rows('mart_product_feedback') }}
