-- mart_misdirected: its roll-up over accounts is customer care's misdirected count, and no account has more than the roll-up.
with mart as (
    select
        bank_id,
        platform,
        period_type,
        period_start,
        max(share_of_addressing_numerator) filter (where account_kind = 'all') as misdirected_count,
        max(share_of_addressing_numerator) filter (where account_kind <> 'all') as largest_part,
        sum(share_of_addressing_numerator) filter (where account_kind <> 'all') as parts
    from {{ ref('mart_misdirected') }}
    group by bank_id, platform, period_type, period_start
),

care as (
    select
        bank_id,
        platform,
        period_type,
        period_start,
        misdirected_numerator as misdirected_count
    from {{ ref('mart_customer_care') }}
)

select
    bank_id,
    platform,
    period_type,
    period_start
from care
full join mart using (bank_id, platform, period_type, period_start)
where
    coalesce(care.misdirected_count, 0) <> coalesce(mart.misdirected_count, 0)
    or coalesce(mart.largest_part, 0) > coalesce(mart.misdirected_count, 0)
    or coalesce(mart.parts, 0) < coalesce(mart.misdirected_count, 0)
