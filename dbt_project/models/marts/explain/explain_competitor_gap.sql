with customers as (
    select * from {{ ref('int_customer_mentions') }} where sentiment is not null
),

-- An item of several topics counts in each, and once in all.
items as (
    select
        customers.bank_id,
        place.topic_id,
        period.period_type,
        period.period_start,
        customers.mention_id,
        customers.brand_mention_id,
        null::uuid as case_id,
        customers.sentiment
    from customers
    cross join
        lateral (
            select bridge.topic_id from {{ ref('fct_mention_topics') }} as bridge
            where bridge.mention_id = customers.mention_id
            union all
            select 'all' as topic_id
        ) as place
    cross join lateral {{ periods_of('customers.event_day') }} as period (period_type, period_start)
),

cells as (
    select
        bank_id,
        competitor_bank_id,
        topic_id,
        department_id,
        period_type,
        period_start
    from {{ ref('mart_competitor_gap') }}
),

{% for name, side in [('home_items', 'bank_id'), ('competitor_items', 'competitor_bank_id')] -%}
    {{ name }} as (
        select
            cells.*,
            items.mention_id,
            items.brand_mention_id,
            items.case_id,
            items.sentiment
        from cells
        inner join items
            on
                cells.{{ side }} = items.bank_id
                and cells.topic_id = items.topic_id
                and cells.period_type = items.period_type
                and cells.period_start = items.period_start
    ),

{% endfor -%}

{{ explain_rows('mart_competitor_gap') }}
