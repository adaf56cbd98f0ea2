with cases as (
    select
        base.bank_id,
        shown.platform,
        period.period_type,
        period.period_start,
        base.opening_mention_id as mention_id,
        null::uuid as brand_mention_id,
        base.case_id,
        base.inbound_count,
        base.bot_likely,
        base.is_negative,
        base.is_older_than_window,
        base.is_older_than_week,
        base.is_answered_in_window,
        base.is_confirmed,
        base.is_repeated,
        base.is_peer_answered,
        base.is_open,
        base.priority,
        base.backlog_age,
        extract(epoch from coalesce(base.closed_at, settings.as_of) - base.opened_at) as waited_seconds,
        base.official_count,
        base.final_official_role,
        base.handled_level,
        base.first_response_at,
        base.first_response_seconds,
        base.first_response_business_seconds
    from {{ ref('fct_cases') }} as base
    cross join {{ ref('stg_settings') }} as settings
    cross join lateral {{ with_rollup('base.platform') }} as shown (platform)
    cross join lateral {{ periods_of('base.opened_day') }} as period (period_type, period_start)
),

official_items as (
    select
        base.bank_id,
        shown.platform,
        period.period_type,
        period.period_start,
        base.mention_id,
        null::uuid as brand_mention_id,
        null::uuid as case_id,
        base.is_help,
        base.is_human_answer,
        base.is_canned
    from {{ ref('int_official_items') }} as base
    cross join lateral {{ with_rollup('base.platform') }} as shown (platform)
    cross join lateral {{ periods_of('base.event_day') }} as period (period_type, period_start)
),

addressing as (
    select
        base.bank_id,
        shown.platform,
        period.period_type,
        period.period_start,
        base.mention_id,
        base.brand_mention_id,
        null::uuid as case_id,
        base.is_misdirected
    from {{ ref('fct_brand_mentions') }} as base
    cross join lateral {{ with_rollup('base.platform') }} as shown (platform)
    cross join lateral {{ periods_of('base.event_day') }} as period (period_type, period_start)
    where base.is_addressing
),

impostor_answers as (
    select
        base.bank_id,
        shown.platform,
        period.period_type,
        period.period_start,
        base.mention_id,
        null::uuid as brand_mention_id,
        null::uuid as case_id,
        case when row_number() over (
            partition by base.bank_id, shown.platform, period.period_type, period.period_start, base.platform, base.handle
            order by base.mention_id
        ) = 1 then 1 else 0 end as first_of_impostor
    from {{ ref('int_impostor_answers') }} as base
    cross join lateral {{ with_rollup('base.platform') }} as shown (platform)
    cross join lateral {{ periods_of('base.event_day') }} as period (period_type, period_start)
),

{{ explain_rows('mart_customer_care') }}
