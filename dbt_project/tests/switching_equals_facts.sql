-- mart_switching: one bank's loss to another is the other's gain, pairs stay within their roll-up, and each period type counts all losses.
with mart as (
    select * from {{ ref('mart_switching') }}
),

facts as (
    select
        brand_mentions.bank_id,
        count(*) as leaving_count
    from {{ ref('fct_brand_mentions') }} as brand_mentions
    inner join {{ ref('fct_mentions') }} as mentions on brand_mentions.mention_id = mentions.mention_id
    where
        mentions.intents && array['leave']
        and not mentions.intents && array['news', 'promotion']
        and not mentions.is_official
        and not mentions.is_press
        and not mentions.is_bare_repost
        and mentions.bank_count = 1
    group by brand_mentions.bank_id
),

totals as (
    select
        bank_id,
        period_type,
        sum(switch_out_count) as leaving_count
    from mart
    where other_bank_id = 'all'
    group by bank_id, period_type
),

members as (
    select bank_id from {{ ref('dim_bank') }} where is_in_share_of_voice
),

pairs as (
    select mart.*
    from mart
    inner join members on mart.other_bank_id = members.bank_id
)

select bank_id
from facts
inner join members using (bank_id)
left join totals using (bank_id)
where facts.leaving_count > coalesce(totals.leaving_count, 0)
union all
select losers.bank_id
from pairs as losers
full join pairs as winners
    on
        losers.bank_id = winners.other_bank_id
        and losers.other_bank_id = winners.bank_id
        and losers.period_type = winners.period_type
        and losers.period_start = winners.period_start
where
    coalesce(losers.switch_out_count, 0) <> coalesce(winners.switch_in_count, 0)
    or coalesce(losers.switch_out_authors, 0) <> coalesce(winners.switch_in_authors, 0)
union all
select parts.bank_id
from mart as parts
left join mart as wholes
    on
        parts.bank_id = wholes.bank_id
        and parts.period_type = wholes.period_type
        and parts.period_start = wholes.period_start
        and wholes.other_bank_id = 'all'
where
    wholes.switching_id is null
    or parts.switch_out_count > wholes.switch_out_count
    or parts.switch_in_count > wholes.switch_in_count
    or parts.switch_out_count_without_bots > parts.switch_out_count
    or parts.switch_in_count_without_bots > parts.switch_in_count
    or parts.switch_out_authors > parts.switch_out_count
    or parts.switch_in_authors > parts.switch_in_count
