with brand_mentions as (
    select
        known.bank_id,
        known.platform,
        known.language,
        coalesce(known.country, 'unknown') as country,
        period.period_type,
        period.period_start,
        known.sentiment,
        known.author_id,
        known.author_key,
        known.author_followers,
        known.bot_likely,
        known.story_id,
        known.engagement
    from (select * from {{ ref('fct_brand_mentions') }} {{ within(scope_days_of_periods()) }}) as known
    cross join lateral {{ periods_of('known.event_day') }} as period (period_type, period_start)
    where not known.is_official and period.period_type <> 'day'
),

{{ reputation_ctes(['period_type', 'period_start']) }}

select
    md5(concat_ws('|', bank_id, platform, language, period_type, period_start, nullif(country, 'all')))::uuid as reputation_periods_id,
    bank_id,
    platform,
    language,
    period_type,
    period_start,
    {{ reputation_columns() }}
from estimated
cross join settings
