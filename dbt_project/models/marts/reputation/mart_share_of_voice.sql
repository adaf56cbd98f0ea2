with settings as (
    select min_n from {{ ref('stg_settings') }}
),

banks as (
    select bank_id from {{ ref('dim_bank') }} where is_in_share_of_voice
),

days as (
    select voice_days.*
    from (select * from {{ ref('int_voice_days') }} {{ within(scope_days_of_periods()) }}) as voice_days
    inner join banks on voice_days.bank_id = banks.bank_id
),

voices as (
    select
        days.bank_id,
        coalesce(days.platform, 'all') as platform,
        period.period_type,
        period.period_start,
        sum(days.mention_count)::bigint as mention_count,
        sum(days.mention_count_without_bots)::bigint as mention_count_without_bots
    from days
    cross join lateral {{ periods_of('days.event_day') }} as period (period_type, period_start)
    {{ within(scope_periods()) }}
    group by days.bank_id, period.period_type, period.period_start, grouping sets ((days.platform), ())
),

totals as (
    select
        platform,
        period_type,
        period_start,
        sum(mention_count)::bigint as total,
        sum(mention_count_without_bots)::bigint as total_without_bots
    from voices
    group by platform, period_type, period_start
),

shares as (
    select
        banks.bank_id,
        totals.platform,
        totals.period_type,
        totals.period_start,
        coalesce(voices.mention_count, 0) as mention_count,
        totals.total,
        coalesce(voices.mention_count_without_bots, 0) as mention_count_without_bots,
        totals.total_without_bots
    from totals
    cross join banks
    left join voices
        on
            banks.bank_id = voices.bank_id
            and totals.platform = voices.platform
            and totals.period_type = voices.period_type
            and totals.period_start = voices.period_start
)

select
    md5(concat_ws('|', bank_id, platform, period_type, period_start))::uuid as share_of_voice_id,
    bank_id,
    platform,
    period_type,
    period_start,
    total as n,
    {{ share_columns('share_of_voice', 'mention_count', 'total') }},
    {{ share_columns('share_of_voice_without_bots', 'mention_count_without_bots', 'total_without_bots') }},
    {{ suppression_columns({'share_of_voice': 'total', 'share_of_voice_without_bots': 'total_without_bots'}) }}
from shares
cross join settings
