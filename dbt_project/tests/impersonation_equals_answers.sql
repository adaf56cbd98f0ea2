-- mart_impersonation: every answer of a look-alike once, as many accounts a day as customer care counts, and no official account without a reason.
with mart as (
    select
        bank_id,
        platform,
        event_day as period_start,
        count(*) as account_count,
        sum(item_count) as item_count
    from {{ ref('mart_impersonation') }}
    where kind = 'look_alike'
    group by bank_id, platform, event_day
),

care as (
    select
        bank_id,
        platform,
        period_start,
        impostor_count as account_count
    from {{ ref('mart_customer_care') }}
    where period_type = 'day' and platform <> 'all' and impostor_count > 0
),

answers as (
    select
        bank_id,
        platform,
        event_day as period_start,
        count(*) as item_count
    from {{ ref('int_impostor_answers') }}
    group by bank_id, platform, event_day
)

select bank_id
from mart
full join care using (bank_id, platform, period_start)
full join answers using (bank_id, platform, period_start)
where (mart.account_count, mart.item_count) is distinct from (care.account_count, answers.item_count)
union all
select bank_id
from {{ ref('mart_impersonation') }}
where (kind = 'off_pattern') <> (coalesce(reasons, '') <> '')
