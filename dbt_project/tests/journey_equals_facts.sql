-- mart_journey: its stages and its channels each add up to the roll-up, which counts every labelled item once; no more paths than items.
with mart as (
    select * from {{ ref('mart_journey') }}
),

facts as (
    select
        customers.bank_id,
        count(*) as mention_count
    from {{ ref('int_customer_mentions') }} as customers
    inner join {{ ref('stg_labels') }} as labels on customers.mention_id = labels.mention_id
    where
        coalesce(labels.labels -> 'journey' ->> 'stage', labels.labels -> 'journey' ->> 'channel') is not null
        and not customers.is_bare_repost
    group by customers.bank_id
),

sums as (
    select
        bank_id,
        period_type,
        sum(mention_count) filter (where stage = 'all' and channel = 'all') as whole,
        sum(mention_count) filter (where stage = 'all' and channel <> 'all') as channels,
        sum(mention_count) filter (where stage <> 'all' and channel = 'all') as stages,
        sum(mention_count) filter (where stage <> 'all' and channel <> 'all') as cells
    from mart
    group by bank_id, period_type
),

paths as (
    select
        bank_id,
        period_type,
        sum(step_count) as step_count,
        bool_or(from_stage = to_stage or unique_authors > step_count or step_count > from_step_count) as is_odd
    from {{ ref('mart_journey_paths') }}
    group by bank_id, period_type
)

select bank_id
from facts
full join sums using (bank_id)
left join paths using (bank_id, period_type)
where
    (facts.mention_count, facts.mention_count, facts.mention_count, facts.mention_count)
    is distinct from (sums.whole, sums.channels, sums.stages, sums.cells)
    or paths.step_count > sums.whole
    or paths.is_odd
