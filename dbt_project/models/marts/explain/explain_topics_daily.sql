with mention_topics as (
    select mention_id, topic_id, department_id from {{ ref('fct_mention_topics') }}
),

-- A mention of two topics counts once in each, once for a department that owns both, and once in all.
placed as (
    select distinct
        brand_mentions.brand_mention_id,
        brand_mentions.mention_id,
        brand_mentions.bank_id,
        brand_mentions.event_day,
        brand_mentions.sentiment,
        brand_mentions.bot_likely,
        place.topic_id,
        place.department_id
    from {{ ref('fct_brand_mentions') }} as brand_mentions
    inner join mention_topics on brand_mentions.mention_id = mention_topics.mention_id
    cross join
        lateral (
            values
            (mention_topics.topic_id, mention_topics.department_id),
            ('all', mention_topics.department_id),
            ('all', 'all')
        ) as place (topic_id, department_id)
    where not brand_mentions.is_official
),

items as (
    select
        placed.*,
        period.period_type,
        period.period_start,
        null::uuid as case_id
    from placed
    cross join lateral {{ periods_of('placed.event_day') }} as period (period_type, period_start)
),

{{ cells_of('mart_topics_daily') }}

{%- set bank = {'alike': ['bank_id'], 'only': "department_id = 'all'"} %}

{{ beside('bank_items', 'mart_topics_daily', [], start='period_start', **bank) }}

{{ beside('prior_items', 'mart_topics_daily', ['sentiment']) }}

{{ beside('prior_bank_items', 'mart_topics_daily', [], **bank) }}

{{ explain_rows('mart_topics_daily') }}
