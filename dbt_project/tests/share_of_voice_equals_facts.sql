-- mart_share_of_voice: the set's numerators add up to the denominator, and each period type counts every brand mention once.
with mart as (
    select * from {{ ref('mart_share_of_voice') }}
),

unbalanced as (
    select
        platform,
        period_type,
        period_start::text as period_start
    from mart
    group by platform, period_type, period_start
    having
        sum(share_of_voice_numerator) <> min(share_of_voice_denominator)
        or min(share_of_voice_denominator) <> max(share_of_voice_denominator)
        or sum(share_of_voice_without_bots_numerator) <> min(share_of_voice_without_bots_denominator)
),

facts as (
    select count(*) as mention_count
    from {{ ref('fct_brand_mentions') }} as brand_mentions
    inner join {{ ref('dim_bank') }} as banks on brand_mentions.bank_id = banks.bank_id
    where not brand_mentions.is_official and banks.is_in_share_of_voice
),

lost as (
    select
        mart.platform = 'all' as is_roll_up,
        mart.period_type
    from mart
    group by is_roll_up, mart.period_type
    having sum(mart.share_of_voice_numerator) <> (select mention_count from facts)
)

select
    platform,
    period_type,
    period_start
from unbalanced
union all
select
    is_roll_up::text as platform,
    period_type,
    'total' as period_start
from lost
