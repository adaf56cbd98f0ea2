-- mart_wishes: every customers' wish or request stands in one row, and the places of a bank have no hole up to the last that is told.
with facts as (
    select
        bank_id,
        count(*) as mention_count
    from {{ ref('int_customer_mentions') }}
    where intents && array['wish', 'request'] and not is_bare_repost
    group by bank_id
),

mart as (
    select
        bank_id,
        sum(mention_count) as mention_count,
        count(*) as wish_count,
        max(vote_rank) as last_rank,
        count(distinct vote_rank) as ranks
    from {{ ref('mart_wishes') }}
    group by bank_id
)

select bank_id
from facts
full join mart using (bank_id)
where
    facts.mention_count is distinct from mart.mention_count
    or least(mart.wish_count, {{ ranked_wishes() }}) <> mart.last_rank
    or mart.ranks <> mart.last_rank
