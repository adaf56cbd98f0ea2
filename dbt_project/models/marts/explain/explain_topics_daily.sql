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

cells as (
    select
        bank_id,
        topic_id,
        department_id,
        period_type,
        period_start,
        (period_start - {{ period_length('period_type') }})::date as prior_start
    from {{ ref('mart_topics_daily') }}
),

{% for name, start in [('bank_items', 'period_start'), ('prior_items', 'prior_start'), ('prior_bank_items', 'prior_start')] -%}
    {{ name }} as (
        select
            cells.bank_id,
            cells.topic_id,
            cells.department_id,
            cells.period_type,
            cells.period_start,
            items.mention_id,
            items.brand_mention_id,
            items.case_id,
            items.sentiment
        from cells
        inner join items
            on
                cells.bank_id = items.bank_id
                and cells.period_type = items.period_type
                and cells.{{ start }} = items.period_start
                {% if 'bank' in name -%}
                    and items.department_id = 'all'
                {%- else -%}
                    and cells.topic_id = items.topic_id
                    and cells.department_id = items.department_id
                {%- endif %}
    ),

{% endfor -%}

{{ explain_rows('mart_topics_daily') }}
