{%- set columns = ['bank_id', 'platform', 'metric', 'part', 'value', 'mention_id', 'brand_mention_id', 'case_id'] | join(', ') -%}
{%- set rates = "('net_sentiment', 'positive_pct', 'neutral_pct', 'negative_pct')" -%}
{%- set sentiments = "language = 'all' and country = 'all' and metric in " ~ rates %}
with made as (
    select {{ columns }}, period_type, period_start from {{ ref('explain_customer_care') }} where metric like '%\_pct'
    union all
    select {{ columns }}, period_type, period_start from {{ ref('explain_share_of_voice') }} where metric = 'share_of_voice_pct'
    union all
    select {{ columns }}, 'day' as period_type, event_day as period_start from {{ ref('explain_reputation_daily') }} where {{ sentiments }}
    union all
    select {{ columns }}, period_type, period_start from {{ ref('explain_reputation_periods') }} where {{ sentiments }}
),

-- The metric as the scorecard names it: without the unit.
items as (
    select
        made.*,
        regexp_replace(made.metric, '_pct$', '') as measure
    from made
),

cells as (
    select
        bank_id,
        metric as measure,
        platform,
        period_type,
        period_start,
        (period_start - {{ period_length('period_type') }})::date as prior_start
    from {{ ref('mart_scorecard') }}
),

{{ beside('now_items', 'mart_scorecard', ['part', 'value'], start='period_start') }}

{{ beside('prior_items', 'mart_scorecard', ['part', 'value']) }}

{{ explain_rows('mart_scorecard') }}
