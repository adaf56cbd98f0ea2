-- mart_page_health: each page's items of all days are its mentions, and the roll-up of a bank is the sum of its pages.
with pages as (
    select bank_id, platform, account as page_id
    from {{ source('config', 'bank_accounts') }}
    where account_kind = 'page'
),

facts as (
    select
        pages.bank_id,
        count(*) as item_count,
        count(*) filter (where mentions.bot_likely) as bot_count
    from {{ ref('fct_mentions') }} as mentions
    inner join pages on mentions.platform = pages.platform and lower(mentions.page_id) = pages.page_id
    group by pages.bank_id
),

sums as (
    select
        bank_id,
        period_type,
        page_id = 'all' as is_roll_up,
        sum(item_count) as item_count,
        sum(bot_count) as bot_count
    from {{ ref('mart_page_health') }}
    group by bank_id, period_type, is_roll_up
)

select bank_id
from facts
full join sums using (bank_id)
where (facts.item_count, facts.bot_count) is distinct from (sums.item_count, sums.bot_count)
union all
select bank_id
from {{ ref('mart_page_health') }}
where active_audience_numerator > active_author_count or official_count > item_count
