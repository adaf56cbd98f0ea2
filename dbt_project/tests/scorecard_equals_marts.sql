-- mart_scorecard: its days are those of the daily reputation, the voice's, customer care's and demand's values are theirs,
-- and no target is judged without a value.
with scorecard as (
    select * from {{ ref('mart_scorecard') }}
),

daily as (
    select
        bank_id,
        platform,
        event_day as period_start,
        sentiment_count as n,
        negative_count,
        net_sentiment,
        net_sentiment_lower
    from {{ ref('mart_reputation_daily') }}
    where language = 'all' and country = 'all' and sentiment_count > 0
),

negatives as (
    select * from scorecard where metric = 'negative' and period_type = 'day'
),

counts as (
    select * from scorecard where unit = 'count'
),

marts as (
    select
        'lead_count' as metric,
        bank_id,
        platform,
        period_type,
        period_start,
        lead_count as amount
    from {{ ref('mart_leads') }}
    union all
    select
        way.metric,
        switching.bank_id,
        'all' as platform,
        switching.period_type,
        switching.period_start,
        way.amount
    from {{ ref('mart_switching') }} as switching
    cross join
        lateral (
            values ('switch_out_count', switching.switch_out_count), ('switch_in_count', switching.switch_in_count)
        ) as way (metric, amount)
    where switching.other_bank_id = 'all'
    union all
    select
        'backlog_at_end_count' as metric,
        bank_id,
        platform,
        period_type,
        period_start,
        backlog_at_end_count as amount
    from {{ ref('mart_backlog') }}
    union all
    select
        'mention_count' as metric,
        bank_id,
        platform,
        'day' as period_type,
        event_day as period_start,
        mention_count as amount
    from {{ ref('mart_reputation_daily') }}
    where language = 'all' and country = 'all'
    union all
    select
        'mention_count' as metric,
        bank_id,
        platform,
        period_type,
        period_start,
        mention_count as amount
    from {{ ref('mart_reputation_periods') }}
    where language = 'all' and country = 'all'
),

nets as (
    select * from scorecard where metric = 'net_sentiment' and period_type = 'day'
)

select bank_id
from daily
full join negatives using (bank_id, platform, period_start)
full join nets using (bank_id, platform, period_start)
where
    (daily.n, daily.negative_count) is distinct from (negatives.n, negatives.numerator)
    or (daily.net_sentiment is null) <> (nets.value is null)
    or (daily.net_sentiment_lower is null) <> (nets.value_lower is null)
    or abs(daily.net_sentiment - nets.value) > 1e-9
    or abs(daily.net_sentiment_lower - nets.value_lower) > 1e-9
union all
select bank_id
from scorecard
left join {{ ref('mart_customer_care') }} as care using (bank_id, platform, period_type, period_start)
where scorecard.metric = 'handled_negative' and scorecard.value is distinct from care.handled_negative_pct
union all
select bank_id
from scorecard
where
    (is_met is not null) <> (target is not null and value is not null)
    or value is not null and suppressed_reason is not null
    or value is null and suppressed_reason is null and unit <> 'seconds'
union all
select coalesce(counts.bank_id, marts.bank_id) as bank_id
from counts
full join marts using (metric, bank_id, platform, period_type, period_start)
where coalesce(counts.value, 0) <> coalesce(marts.amount, 0)
union all
select bank_id
from scorecard
left join {{ ref('mart_customer_care') }} as care using (bank_id, platform, period_type, period_start)
where
    scorecard.unit = 'seconds'
    and scorecard.suppressed_reason is null
    and scorecard.value is distinct from care.km_median_response_seconds
