{%- set rates = {'positive': 'sentiment_count', 'negative': 'sentiment_count'} %}
with settings as (
    select min_n from {{ ref('stg_settings') }}
),

known as (
    select min(event_day) as first_day from {{ ref('fct_mentions') }}
),

customers as (
    select * from {{ ref('int_customer_mentions') }} {{ within(scope_days_of_periods()) }}
),

items as (
    select
        *,
        coalesce(journey_stage, 'none') as stage,
        coalesce(journey_channel, 'none') as channel
    from customers
    where (journey_stage is not null or journey_channel is not null) and not is_bare_repost
),

cells as (
    select
        items.bank_id,
        coalesce(items.stage, 'all') as stage,
        coalesce(items.channel, 'all') as channel,
        period.period_type,
        period.period_start,
        count(*) as mention_count,
        count(*) filter (where not items.bot_likely) as mention_count_without_bots,
        count(distinct items.known_author_key) as unique_authors,
        count(items.sentiment) as sentiment_count,
        count(*) filter (where items.sentiment = 'positive') as positive_count,
        count(*) filter (where items.sentiment = 'negative') as negative_count
    from items
    cross join lateral {{ periods_of('items.event_day') }} as period (period_type, period_start)
    {{ within(scope_periods()) }}
    group by
        items.bank_id,
        period.period_type,
        period.period_start,
        grouping sets ((items.stage, items.channel), (items.stage), (items.channel), ())
    {{- kept_cells([
        'bank_id', 'stage', 'channel', 'period_type', 'period_start', 'mention_count', 'mention_count_without_bots', 'unique_authors',
        'sentiment_count', 'positive_count', 'negative_count',
    ], looked_at=moving_periods()) }}
)

select
    md5(concat_ws('|', bank_id, stage, channel, period_type, period_start))::uuid as journey_id,
    bank_id,
    stage,
    channel,
    period_type,
    period_start,
    mention_count as n,
    mention_count,
    mention_count_without_bots,
    {{ prior_of('mention_count', 'bank_id, stage, channel') }} as prior_mention_count,
    unique_authors,
    sentiment_count,
    positive_count,
    negative_count,
    {{ share_rate('positive', 'positive_count', 'sentiment_count') }},
    {{ share_rate('negative', 'negative_count', 'sentiment_count') }},
    {{ suppression_columns(rates) }}
from cells
cross join settings
cross join known
