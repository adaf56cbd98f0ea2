-- mart_reputation_daily: cells, roll-ups and facts tell the same totals, bank by bank and day by day.
with facts as (
    select
        bank_id,
        event_day,
        count(*) as mention_count,
        count(*) filter (where sentiment = 'negative') as negative_count,
        coalesce(sum(engagement), 0) as engagement
    from {{ ref('fct_brand_mentions') }}
    where not is_official
    group by bank_id, event_day
),

mart as (
    select
        bank_id,
        event_day,
        (platform = 'all')::integer + (language = 'all')::integer * 2 + (country = 'all')::integer * 4 as roll_up,
        sum(mention_count) as mention_count,
        sum(negative_count) as negative_count,
        coalesce(sum(engagement), 0) as engagement
    from {{ ref('mart_reputation_daily') }}
    group by bank_id, event_day, roll_up
),

roll_ups as (
    select level.roll_up
    from generate_series(0, 7) as level (roll_up)
),

expected as (
    select *
    from facts
    cross join roll_ups
)

select
    bank_id,
    event_day,
    roll_up
from expected
full join mart using (bank_id, event_day, roll_up)
where
    (expected.mention_count, expected.negative_count, expected.engagement)
    is distinct from (mart.mention_count, mart.negative_count, mart.engagement)
