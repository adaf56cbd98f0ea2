{%- set rates = {
    'home_negative': 'home_sentiment_count',
    'home_positive': 'home_sentiment_count',
    'competitor_negative': 'competitor_sentiment_count',
    'competitor_positive': 'competitor_sentiment_count',
} %}
with settings as (
    select min_n from {{ ref('stg_settings') }}
),

banks as (
    select * from {{ ref('dim_bank') }}
),

topics as (
    select topic_id, department_id from {{ ref('dim_topic') }}
),

customers as (
    select *
    from (select * from {{ ref('int_customer_mentions') }} {{ within(scope_days_of_periods()) }}) as known
    where sentiment is not null
),

mention_topics as (
    select mention_id, topic_id from {{ ref('fct_mention_topics') }} {{ within(scope_days_of_periods()) }}
),

placed as (
    select
        customers.bank_id,
        customers.event_day,
        customers.sentiment,
        mention_topics.topic_id
    from customers
    inner join mention_topics on customers.mention_id = mention_topics.mention_id
    union all
    select
        bank_id,
        event_day,
        sentiment,
        'all' as topic_id
    from customers
),

cells as (
    select
        placed.bank_id,
        placed.topic_id,
        period.period_type,
        period.period_start,
        count(*) as sentiment_count,
        count(*) filter (where placed.sentiment = 'negative') as negative_count,
        count(*) filter (where placed.sentiment = 'positive') as positive_count
    from placed
    cross join lateral {{ periods_of('placed.event_day') }} as period (period_type, period_start)
    group by placed.bank_id, placed.topic_id, period.period_type, period.period_start
),

pairs as (
    select
        home.bank_id,
        rivals.bank_id as competitor_bank_id
    from banks as home
    cross join banks as rivals
    where home.is_home and rivals.is_competitor
),

keys as (
    select
        pairs.bank_id,
        pairs.competitor_bank_id,
        cells.topic_id,
        cells.period_type,
        cells.period_start
    from pairs
    inner join cells on pairs.bank_id = cells.bank_id
    union
    select
        pairs.bank_id,
        pairs.competitor_bank_id,
        cells.topic_id,
        cells.period_type,
        cells.period_start
    from pairs
    inner join cells on pairs.competitor_bank_id = cells.bank_id
),

compared as (
    select
        keys.*,
        coalesce(topics.department_id, 'all') as department_id,
        coalesce(home.sentiment_count, 0) as home_sentiment_count,
        coalesce(home.negative_count, 0) as home_negative_count,
        coalesce(home.positive_count, 0) as home_positive_count,
        coalesce(competitor.sentiment_count, 0) as competitor_sentiment_count,
        coalesce(competitor.negative_count, 0) as competitor_negative_count,
        coalesce(competitor.positive_count, 0) as competitor_positive_count
    from keys
    left join topics on keys.topic_id = topics.topic_id
    left join cells as home
        on
            keys.bank_id = home.bank_id
            and keys.topic_id = home.topic_id
            and keys.period_type = home.period_type
            and keys.period_start = home.period_start
    left join cells as competitor
        on
            keys.competitor_bank_id = competitor.bank_id
            and keys.topic_id = competitor.topic_id
            and keys.period_type = competitor.period_type
            and keys.period_start = competitor.period_start
),

measured as (
    select
        compared.*,
        {{ share_rate('home_negative', 'home_negative_count', 'home_sentiment_count') }},
        {{ share_rate('competitor_negative', 'competitor_negative_count', 'competitor_sentiment_count') }},
        {{ share_rate('home_positive', 'home_positive_count', 'home_sentiment_count') }},
        {{ share_rate('competitor_positive', 'competitor_positive_count', 'competitor_sentiment_count') }},
        {{ difference_columns(
            'negative', 'competitor_negative_count', 'competitor_sentiment_count', 'home_negative_count', 'home_sentiment_count'
        ) }},
        {{ difference_columns(
            'positive', 'competitor_positive_count', 'competitor_sentiment_count', 'home_positive_count', 'home_sentiment_count'
        ) }},
        {{ suppression_columns(rates) }}
    from compared
    cross join settings
)

select
    md5(concat_ws('|', bank_id, competitor_bank_id, topic_id, period_type, period_start))::uuid as competitor_gap_id,
    bank_id,
    competitor_bank_id,
    topic_id,
    department_id,
    period_type,
    period_start,
    least(home_sentiment_count, competitor_sentiment_count) as n,
    home_sentiment_count,
    home_negative_count,
    home_positive_count,
    competitor_sentiment_count,
    competitor_negative_count,
    competitor_positive_count,
    {% for name in ['home_negative', 'competitor_negative', 'home_positive', 'competitor_positive'] -%}
        {{ name }}_pct,
        {{ name }}_pct_lower,
        {{ name }}_pct_upper,
    {% endfor -%}
    {% for name in ['negative', 'positive'] -%}
        {{ name }}_difference_points,
        {{ name }}_difference_points_lower,
        {{ name }}_difference_points_upper,
    {% endfor -%}
    case
        when negative_difference_points_lower > 0 then 'unhappier'
        when negative_difference_points_upper < 0 then 'happier'
        when negative_difference_points is not null then 'unclear'
    end as competitor_customers,
    suppressed_reason,
    suppressed_metrics
from measured
