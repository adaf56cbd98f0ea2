{%- set cell = ['bank_id', 'shown.platform', 'period.period_type', 'period.period_start'] %}
with settings as (
    select as_of from {{ ref('stg_settings') }}
),

{{ recovery_outcomes() }}

negative_items as (
    select
        items.mention_id,
        items.brand_mention_id,
        outcomes.bank_id,
        outcomes.platform,
        outcomes.author_key,
        outcomes.event_at,
        outcomes.event_day,
        outcomes.is_ripe,
        coalesce(outcomes.is_answered, false) as is_answered,
        coalesce(outcomes.is_recovered, false) as is_recovered,
        outcomes.recovery_seconds
    from outcomes
    inner join {{ ref('int_customer_mentions') }} as items
        on
            outcomes.bank_id = items.bank_id
            and outcomes.platform = items.platform
            and outcomes.author_key = items.known_author_key
            and outcomes.event_at = items.event_at
    where items.sentiment = 'negative' and not items.is_bare_repost
),

-- Authors are counted: once where any of their negative words has the outcome, by the quickest of their recoveries.
items as (
    select
        negative_items.bank_id,
        shown.platform,
        period.period_type,
        period.period_start,
        negative_items.mention_id,
        negative_items.brand_mention_id,
        null::uuid as case_id,
        negative_items.is_ripe,
        negative_items.is_answered,
        negative_items.is_recovered,
        negative_items.recovery_seconds,
        {{ first_of(cell, 'author_key') }} as first_of_author,
        {{ first_of(cell, 'author_key', 'is_answered') }} as first_of_answered,
        {{ first_of(cell, 'author_key', 'is_recovered') }} as first_of_recovered,
        {{ first_of(cell, 'author_key', 'is_answered and is_ripe') }} as first_of_ripe_answered,
        {{ first_of(cell, 'author_key', 'is_recovered and is_ripe') }} as first_of_ripe_recovered,
        row_number() over (
            partition by {{ cell | join(', ') }}, author_key, is_recovered
            order by recovery_seconds, event_at, mention_id
        ) = 1 as is_quickest
    from negative_items
    cross join lateral {{ with_rollup('negative_items.platform') }} as shown (platform)
    cross join lateral {{ periods_of('negative_items.event_day') }} as period (period_type, period_start)
),

{{ cells_of('mart_recovery') }}

{{ beside('prior_items', 'mart_recovery', ['is_recovered', 'first_of_recovered']) }}

{{ explain_rows('mart_recovery') }}
