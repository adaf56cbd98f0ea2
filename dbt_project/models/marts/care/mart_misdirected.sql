with settings as (
    select min_n from {{ ref('stg_settings') }}
),

brand_mentions as (
    select * from (select * from {{ ref('fct_brand_mentions') }} {{ within(scope_days_of_periods()) }}) as known where not is_official
),

addressed as (
    select * from {{ ref('int_addressed_accounts') }} {{ within(scope_days_of_periods()) }}
),

strangers as (
    select mention_id from {{ ref('int_strangers') }} {{ within(scope_days_of_periods()) }}
),

addressing as (
    select
        brand_mentions.*,
        strangers.mention_id is not null as has_stranger
    from brand_mentions
    left join strangers on brand_mentions.mention_id = strangers.mention_id
    where brand_mentions.is_addressing
),

astray as (
    select
        addressing.brand_mention_id,
        case when addressed.is_look_alike then 'look_alike' else 'other_bank' end as account_kind,
        addressed.account,
        addressed.bank_id as account_bank_id
    from addressing
    inner join addressed on addressing.mention_id = addressed.mention_id
    where addressing.is_misdirected
    union
    select
        brand_mention_id,
        'not_official' as account_kind,
        'unnamed' as account,
        'none' as account_bank_id
    from addressing
    where has_stranger and is_misdirected
    union
    select
        brand_mention_id,
        'all' as account_kind,
        'all' as account,
        'all' as account_bank_id
    from addressing
    where is_misdirected
),

wholes as (
    select
        addressing.bank_id,
        coalesce(addressing.platform, 'all') as platform,
        period.period_type,
        period.period_start,
        count(*) as addressing_count
    from addressing
    cross join lateral {{ periods_of('addressing.event_day') }} as period (period_type, period_start)
    group by addressing.bank_id, period.period_type, period.period_start, grouping sets ((addressing.platform), ())
),

cells as (
    select
        addressing.bank_id,
        astray.account_kind,
        astray.account,
        astray.account_bank_id,
        coalesce(addressing.platform, 'all') as platform,
        period.period_type,
        period.period_start,
        count(*) as item_count,
        count(*) filter (where addressing.sentiment = 'negative') as negative_count,
        count(distinct addressing.author_key) filter (where addressing.author_id is not null) as unique_authors
    from addressing
    inner join astray on addressing.brand_mention_id = astray.brand_mention_id
    cross join lateral {{ periods_of('addressing.event_day') }} as period (period_type, period_start)
    group by
        addressing.bank_id,
        astray.account_kind,
        astray.account,
        astray.account_bank_id,
        period.period_type,
        period.period_start,
        grouping sets ((addressing.platform), ())
)

select
    md5(concat_ws('|', bank_id, account_kind, account, account_bank_id, platform, period_type, period_start))::uuid
        as misdirected_id,
    bank_id,
    account_kind,
    account,
    account_bank_id,
    platform,
    period_type,
    period_start,
    wholes.addressing_count as n,
    cells.negative_count,
    cells.unique_authors,
    {{ share_columns('share_of_addressing', 'cells.item_count', 'wholes.addressing_count') }},
    {{ suppression_columns({'share_of_addressing': 'wholes.addressing_count'}) }}
from cells
inner join wholes using (bank_id, platform, period_type, period_start)
cross join settings
