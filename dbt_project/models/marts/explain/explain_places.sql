{%- set cell = ['bank_id', 'kind', 'city_id', 'place_id', 'period.period_type', 'period.period_start'] %}
with mentions as (
    select mention_id, intents, is_bare_repost from {{ ref('fct_mentions') }}
),

brand_mentions as (
    select * from {{ ref('fct_brand_mentions') }} where not is_official
),

{{ placed_ctes() }}

items as (
    select
        placed.*,
        period.period_type,
        period.period_start,
        null::uuid as case_id,
        {{ first_of(cell, 'author_key') }} as first_of_author
    from placed
    cross join lateral {{ periods_of('placed.event_day') }} as period (period_type, period_start)
),

{{ cells_of('mart_places') }}

{{ beside('prior_items', 'mart_places', ['is_trouble']) }}

{{ explain_rows('mart_places') }}
