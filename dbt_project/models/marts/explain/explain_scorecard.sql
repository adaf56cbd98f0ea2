{%- set places = ['bank_id', 'platform', 'metric'] | join(', ') -%}
{%- set ids = ['mention_id', 'brand_mention_id', 'case_id'] | join(', ') -%}
{%- set columns = places ~ ', part, value, ' ~ ids -%}
{%- set wholes = "language = 'all' and country = 'all'" -%}
{%- set sentiments = wholes ~ " and metric in ('net_sentiment', 'positive_pct', 'neutral_pct', 'negative_pct')" %}
{%- set mentions = wholes ~ " and metric = 'mention_count'" %}
with counts as (
    select {{ places }}, value, {{ ids }}, period_type, period_start
    from {{ ref('explain_backlog') }}
    where metric = 'backlog_at_end_count'
    union all
    select {{ places }}, value, {{ ids }}, period_type, period_start from {{ ref('explain_leads') }} where metric = 'lead_count'
    union all
    select bank_id, 'all' as platform, metric, value, {{ ids }}, period_type, period_start
    from {{ ref('explain_switching') }}
    where other_bank_id = 'all' and metric in ('switch_out_count', 'switch_in_count')
    union all
    select {{ places }}, value, {{ ids }}, 'day' as period_type, event_day as period_start
    from {{ ref('explain_reputation_daily') }}
    where {{ mentions }}
    union all
    select {{ places }}, value, {{ ids }}, period_type, period_start from {{ ref('explain_reputation_periods') }} where {{ mentions }}
),

waits as (
    select * from {{ ref('explain_customer_care') }} where metric = 'km_median_response_seconds'
),

made as (
    select {{ columns }}, period_type, period_start from {{ ref('explain_customer_care') }} where metric like '%\_pct'
    union all
    select {{ columns }}, period_type, period_start from {{ ref('explain_share_of_voice') }} where metric = 'share_of_voice_pct'
    union all
    select {{ columns }}, 'day' as period_type, event_day as period_start from {{ ref('explain_reputation_daily') }} where {{ sentiments }}
    union all
    select {{ columns }}, period_type, period_start from {{ ref('explain_reputation_periods') }} where {{ sentiments }}
    union all
    select {{ columns }}, period_type, period_start
    from counts
    cross join (values ('numerator'), ('denominator'), ('whole')) as said (part)
    union all
    select {{ places }}, said.part, said.value, {{ ids }}, period_type, period_start
    from waits
    cross join
        lateral (
            values
            (waits.part, waits.value),
            ('denominator', 1),
            (case waits.part when 'answered' then 'numerator' end, 1)
        ) as said (part, value)
    where said.part is not null
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
