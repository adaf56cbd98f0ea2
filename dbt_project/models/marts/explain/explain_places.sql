{%- set cell = ['bank_id', 'kind', 'city_id', 'place_id', 'period.period_type', 'period.period_start'] %}
with mentions as (
    select mention_id, intents from {{ ref('fct_mentions') }}
),

spots as (
    select * from {{ ref('int_mention_places') }} where kind is not null
),

-- A mention of two kinds or cities counts in each, and once in every roll-up.
placed as (
    select distinct
        brand_mentions.brand_mention_id,
        brand_mentions.mention_id,
        brand_mentions.bank_id,
        brand_mentions.event_at,
        brand_mentions.event_day,
        brand_mentions.author_id,
        brand_mentions.author_key,
        brand_mentions.bot_likely,
        coalesce(brand_mentions.sentiment = 'negative', false)
        or mentions.intents && array['complaint', 'fraud_report'] as is_trouble,
        place.kind,
        place.city_id,
        place.place_id
    from {{ ref('fct_brand_mentions') }} as brand_mentions
    inner join mentions on brand_mentions.mention_id = mentions.mention_id
    inner join spots on brand_mentions.mention_id = spots.mention_id
    cross join
        lateral (
            values
            (spots.kind, spots.city_id, 'all'),
            (spots.kind, 'all', 'all'),
            ('all', spots.city_id, 'all'),
            ('all', 'all', 'all'),
            (spots.kind, spots.city_id, case when spots.bank_id = brand_mentions.bank_id then spots.place_id end)
        ) as place (kind, city_id, place_id)
    where not brand_mentions.is_official and place.place_id is not null
),

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

cells as (
    select
        bank_id,
        kind,
        city_id,
        place_id,
        period_type,
        period_start,
        (period_start - {{ period_length('period_type') }})::date as prior_start
    from {{ ref('mart_places') }}
),

prior_items as (
    select
        cells.bank_id,
        cells.kind,
        cells.city_id,
        cells.place_id,
        cells.period_type,
        cells.period_start,
        items.mention_id,
        items.brand_mention_id,
        items.case_id,
        items.is_trouble
    from cells
    inner join items
        on
            cells.bank_id = items.bank_id
            and cells.kind = items.kind
            and cells.city_id = items.city_id
            and cells.place_id = items.place_id
            and cells.period_type = items.period_type
            and cells.prior_start = items.period_start
),

{{ explain_rows('mart_places') }}
