{%- set cell = [
    'addressing.bank_id', 'account_kind', 'account', 'account_bank_id', 'shown.platform', 'period.period_type', 'period.period_start',
] %}
with brand_mentions as (
    select * from {{ ref('fct_brand_mentions') }} where not is_official
),

addressed as (
    select * from {{ ref('int_addressed_accounts') }}
),

mentions as (
    select * from {{ ref('stg_mentions') }}
),

-- Items that name a handle which is no bank's account and no look-alike. Whose it is stays unsaid: it may be a private person's.
strangers as (
    select distinct mentions.mention_id
    from mentions
    cross join unnest(mentions.handles) as named (handle)
    left join addressed on mentions.mention_id = addressed.mention_id and named.handle = addressed.account
    where addressed.mention_id is null and named.handle is distinct from lower(mentions.author_handle) and not mentions.is_bare_repost
),

addressing as (
    select
        brand_mentions.*,
        strangers.mention_id is not null as has_stranger
    from brand_mentions
    left join strangers on brand_mentions.mention_id = strangers.mention_id
    where brand_mentions.is_addressing or strangers.mention_id is not null
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
    where has_stranger and not addresses_bank
    union
    select
        brand_mention_id,
        'all' as account_kind,
        'all' as account,
        'all' as account_bank_id
    from addressing
    where is_misdirected
),

astray_items as (
    select
        addressing.bank_id,
        astray.account_kind,
        astray.account,
        astray.account_bank_id,
        shown.platform,
        period.period_type,
        period.period_start,
        addressing.mention_id,
        addressing.brand_mention_id,
        null::uuid as case_id,
        addressing.sentiment,
        addressing.author_id,
        {{ first_of(cell, 'author_key') }} as first_of_author
    from addressing
    inner join astray on addressing.brand_mention_id = astray.brand_mention_id
    cross join lateral {{ with_rollup('addressing.platform') }} as shown (platform)
    cross join lateral {{ periods_of('addressing.event_day') }} as period (period_type, period_start)
),

addressing_items as (
    select
        cells.bank_id,
        cells.account_kind,
        cells.account,
        cells.account_bank_id,
        cells.platform,
        cells.period_type,
        cells.period_start,
        addressing.mention_id,
        addressing.brand_mention_id,
        null::uuid as case_id
    from addressing
    cross join lateral {{ with_rollup('addressing.platform') }} as shown (platform)
    cross join lateral {{ periods_of('addressing.event_day') }} as period (period_type, period_start)
    inner join {{ ref('mart_misdirected') }} as cells
        on
            addressing.bank_id = cells.bank_id
            and shown.platform = cells.platform
            and period.period_type = cells.period_type
            and period.period_start = cells.period_start
),

{{ explain_rows('mart_misdirected') }}
