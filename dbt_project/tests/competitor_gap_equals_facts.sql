-- mart_competitor_gap: the roll-up counts the home bank's and each competitor's mentions with a sentiment, and a clear gap has a clear interval.
with facts as (
    select
        bank_id,
        count(*) as sentiment_count
    from {{ ref('int_customer_mentions') }}
    where sentiment is not null
    group by bank_id
),

sums as (
    select
        bank_id,
        competitor_bank_id,
        period_type,
        sum(home_sentiment_count) as home_count,
        sum(competitor_sentiment_count) as competitor_count
    from {{ ref('mart_competitor_gap') }}
    where topic_id = 'all'
    group by bank_id, competitor_bank_id, period_type
)

select sums.competitor_bank_id
from sums
left join facts as home on sums.bank_id = home.bank_id
left join facts as competitor on sums.competitor_bank_id = competitor.bank_id
where
    sums.home_count <> coalesce(home.sentiment_count, 0)
    or sums.competitor_count <> coalesce(competitor.sentiment_count, 0)
union all
select competitor_bank_id
from {{ ref('mart_competitor_gap') }}
where
    home_negative_count + home_positive_count > home_sentiment_count
    or (competitor_customers = 'unhappier' and coalesce(negative_difference_points_lower, 0) <= 0)
    or negative_difference_points not between negative_difference_points_lower and negative_difference_points_upper
