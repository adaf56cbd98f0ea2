-- mart_leads: each lead's mention once in each period type and roll-up; people are never more than their mentions.
with facts as (
    select
        brand_mentions.bank_id,
        count(*) as mention_count
    from {{ ref('fct_brand_mentions') }} as brand_mentions
    inner join {{ ref('fct_mentions') }} as mentions on brand_mentions.mention_id = mentions.mention_id
    where
        mentions.intents && array['consider']
        and not mentions.intents && array['news', 'promotion']
        and not mentions.is_official
        and not mentions.is_press
        and not mentions.is_bare_repost
    group by brand_mentions.bank_id
),

cells as (
    select
        bank_id,
        period_type,
        platform = 'all' as is_roll_up,
        sum(lead_mention_count) as mention_count,
        bool_or(
            lead_count > lead_mention_count - mentions_without_author or lead_count_without_bots > lead_count
        ) as is_unbalanced
    from {{ ref('mart_leads') }}
    group by bank_id, period_type, is_roll_up
)

select bank_id
from facts
full join cells using (bank_id)
where facts.mention_count is distinct from cells.mention_count or cells.is_unbalanced
