-- mart_topics_daily: the roll-up of all departments counts each brand mention once in each period type, no part is larger than its
-- whole or than its parts together, and each period's prior count is the count of the period before.
with mart as (
    select * from {{ ref('mart_topics_daily') }}
),

facts as (
    select
        bank_id,
        count(*) as mention_count
    from {{ ref('fct_brand_mentions') }}
    where not is_official
    group by bank_id
),

totals as (
    select
        bank_id,
        period_type,
        sum(mention_count) as mention_count
    from mart
    where department_id = 'all'
    group by bank_id, period_type
),

departments as (
    select
        bank_id,
        department_id,
        period_type,
        period_start,
        sum(mention_count) filter (where topic_id = 'all') as whole,
        sum(mention_count) filter (where topic_id <> 'all') as parts,
        max(mention_count) filter (where topic_id <> 'all') as largest_part
    from mart
    where department_id <> 'all'
    group by bank_id, department_id, period_type, period_start
),

days as (
    select
        bank_id,
        topic_id,
        department_id,
        period_start,
        prior_mention_count,
        coalesce(
            sum(mention_count) over (
                partition by bank_id, topic_id, department_id
                order by period_start
                range between interval '1 day' preceding and interval '1 day' preceding
            ), 0
        ) as expected_count
    from mart
    where period_type = 'day'
)

select bank_id
from facts
full join totals using (bank_id)
where facts.mention_count is distinct from totals.mention_count
union all
select bank_id
from departments
where whole is null or whole > parts or whole < largest_part
union all
select bank_id
from days
where prior_mention_count <> expected_count
union all
select bank_id
from mart
where negative_count > sentiment_count or sentiment_count > mention_count or mention_count > bank_mention_count
