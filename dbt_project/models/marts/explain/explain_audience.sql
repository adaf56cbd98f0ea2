{%- set cell = ['bank_id', 'part.dimension', 'part.dimension_value', 'period.period_type', 'period.period_start'] %}
with brand_mentions as (
    select * from {{ ref('fct_brand_mentions') }} where not is_official
),

countries as (
    select mention_id, upper(country) as country from {{ ref('stg_mentions') }}
),

mention_topics as (
    select mention_id, topic_id from {{ ref('fct_mention_topics') }}
),

{{ audience_items('heard') }}

items as (
    select
        heard.bank_id,
        part.dimension,
        part.dimension_value,
        period.period_type,
        period.period_start,
        heard.mention_id,
        heard.brand_mention_id,
        null::uuid as case_id,
        heard.sentiment,
        heard.author_key,
        {{ first_of(cell, 'author_key') }} as first_of_author
    from heard
    cross join
        lateral (
            values
            ('all', 'all'),
            ('platform', heard.platform),
            ('country', heard.country),
            ('language', heard.language),
            ('speaker', heard.speaker),
            ('followers', heard.followers)
            union all
            select
                'topic' as dimension,
                mention_topics.topic_id as dimension_value
            from mention_topics
            where mention_topics.mention_id = heard.mention_id
        ) as part (dimension, dimension_value)
    cross join lateral {{ periods_of('heard.event_day') }} as period (period_type, period_start)
),

{{ cells_of('mart_audience') }}

{{ beside('bank_items', 'mart_audience', [], start='period_start', alike=['bank_id'], only="dimension = 'all'") }}

{{ beside('prior_items', 'mart_audience', []) }}

{{ explain_rows('mart_audience') }}
