with banks as (
    select bank_id from {{ ref('dim_bank') }} where is_in_share_of_voice
),

items as (
    select
        banks.bank_id,
        shown.platform,
        period.period_type,
        period.period_start,
        brand_mentions.mention_id,
        brand_mentions.brand_mention_id,
        null::uuid as case_id,
        brand_mentions.bot_likely,
        brand_mentions.bank_id = banks.bank_id as is_own
    from {{ ref('fct_brand_mentions') }} as brand_mentions
    inner join banks as voices on brand_mentions.bank_id = voices.bank_id
    cross join banks
    cross join lateral {{ with_rollup('brand_mentions.platform') }} as shown (platform)
    cross join lateral {{ periods_of('brand_mentions.event_day') }} as period (period_type, period_start)
    where not brand_mentions.is_official
),

{{ explain_rows('mart_share_of_voice') }}
