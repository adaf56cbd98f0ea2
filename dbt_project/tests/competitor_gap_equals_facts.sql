-- mart_competitor_gap: in each period type the roll-up counts the home bank's and each competitor's mentions with a sentiment, and a clear gap
-- has a clear interval.
with facts as (
    select
        bank_id,
        count(*) as sentiment_count
    from {{ ref('int_customer_mentions') }}
    where sentiment is not null
    group by bank_id
),

expected as (
    select
        home.bank_id,
        rivals.bank_id as competitor_bank_id,
        periods.period_type,
        coalesce(home_facts.sentiment_count, 0) as home_count,
        coalesce(rival_facts.sentiment_count, 0) as competitor_count
    from {{ ref('dim_bank') }} as home
    inner join {{ ref('dim_bank') }} as rivals on home.is_home and rivals.is_competitor
    cross join (values ('day'), ('week'), ('month')) as periods (period_type)
    left join facts as home_facts on home.bank_id = home_facts.bank_id
    left join facts as rival_facts on rivals.bank_id = rival_facts.bank_id
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

select competitor_bank_id
from expected
full join sums using (bank_id, competitor_bank_id, period_type)
where
    (coalesce(expected.home_count, 0), coalesce(expected.competitor_count, 0))
    is distinct from (coalesce(sums.home_count, 0), coalesce(sums.competitor_count, 0))
union all
select competitor_bank_id
from {{ ref('mart_competitor_gap') }}
where
    home_negative_count + home_positive_count > home_sentiment_count
    or (competitor_customers = 'unhappier' and coalesce(negative_difference_points_lower, 0) <= 0)
    or negative_difference_points not between negative_difference_points_lower and negative_difference_points_upper
