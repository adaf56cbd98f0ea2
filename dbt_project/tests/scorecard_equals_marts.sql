-- mart_scorecard: its days are those of the daily reputation, the voice's and customer care's values are theirs, and no target is judged without a value.
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
where (is_met is not null) <> (target is not null and value is not null) or (value is null) <> (suppressed_reason is not null)
