{%- set cell = ['bank_id', 'from_stage', 'to_stage', 'period.period_type', 'period.period_start'] %}
with moves as (
    select * from {{ ref('int_journey_moves') }}
),

items as (
    select
        moves.bank_id,
        moves.from_stage,
        moves.to_stage,
        period.period_type,
        period.period_start,
        moves.mention_id,
        moves.brand_mention_id,
        null::uuid as case_id,
        moves.step_seconds,
        {{ first_of(cell, 'author_key') }} as first_of_author
    from moves
    cross join lateral {{ periods_of('moves.event_day') }} as period (period_type, period_start)
),

{{ cells_of('mart_journey_paths') }}

{{ beside('from_items', 'mart_journey_paths', [], start='period_start', alike=['bank_id', 'from_stage']) }}

{{ beside('prior_items', 'mart_journey_paths', []) }}

{{ explain_rows('mart_journey_paths') }}
