{%- set cell = ['bank_id', 'shown.stage', 'shown.channel', 'period.period_type', 'period.period_start'] %}
with staged as (
    select
        *,
        coalesce(journey_stage, 'none') as stage,
        coalesce(journey_channel, 'none') as channel
    from {{ ref('int_customer_mentions') }}
    where (journey_stage is not null or journey_channel is not null) and not is_bare_repost
),

items as (
    select
        staged.bank_id,
        shown.stage,
        shown.channel,
        period.period_type,
        period.period_start,
        staged.mention_id,
        staged.brand_mention_id,
        null::uuid as case_id,
        staged.sentiment,
        staged.bot_likely,
        staged.known_author_key,
        {{ first_of(cell, 'known_author_key') }} as first_of_author
    from staged
    cross join
        lateral (
            values
            (staged.stage, staged.channel),
            (staged.stage, 'all'),
            ('all', staged.channel),
            ('all', 'all')
        ) as shown (stage, channel)
    cross join lateral {{ periods_of('staged.event_day') }} as period (period_type, period_start)
),

{{ cells_of('mart_journey') }}

{{ beside('prior_items', 'mart_journey', []) }}

{{ explain_rows('mart_journey') }}
