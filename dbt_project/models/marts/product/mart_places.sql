{%- set rates = {'trouble': 'mention_count'} %}
with settings as (
    select
        min_n,
        (as_of at time zone timezone)::date as today
    from {{ ref('stg_settings') }}
),

brand_mentions as (
    select * from (select * from {{ ref('fct_brand_mentions') }} {{ within(scope_days_of_periods()) }}) as known where not is_official
),

mentions as (
    select mention_id, intents, is_bare_repost from {{ ref('fct_mentions') }} {{ within(scope_days_of_periods()) }}
),

known as (
    select min(event_day) as first_day from {{ ref('fct_mentions') }}
),

{{ placed_ctes() }}

cells as (
    select
        placed.bank_id,
        placed.kind,
        placed.city_id,
        placed.place_id,
        period.period_type,
        period.period_start,
        count(*) as mention_count,
        count(*) filter (where not placed.bot_likely) as mention_count_without_bots,
        count(distinct placed.author_key) filter (where placed.author_id is not null) as unique_authors,
        count(*) filter (where placed.is_trouble) as trouble_count
    from placed
    cross join lateral {{ periods_of('placed.event_day') }} as period (period_type, period_start)
    {{ within(scope_periods()) }}
    group by placed.bank_id, placed.kind, placed.city_id, placed.place_id, period.period_type, period.period_start
    {{- kept_cells([
        'bank_id', 'kind', 'city_id', 'place_id', 'period_type', 'period_start', 'mention_count', 'mention_count_without_bots', 'unique_authors',
        'trouble_count',
    ], 'mention_count > 0', looked_at=moving_periods()) }}
),

-- A place that fell silent has a row in the period after its last mention, so that the fall is seen.
keys as (
    select
        bank_id,
        kind,
        city_id,
        place_id,
        period_type,
        period_start
    from cells
    union
    select
        cells.bank_id,
        cells.kind,
        cells.city_id,
        cells.place_id,
        cells.period_type,
        (cells.period_start + {{ period_length('cells.period_type') }})::date as period_start
    from cells
    cross join settings
    where cells.period_start + {{ period_length('cells.period_type') }} <= settings.today
),

counted as (
    select
        keys.bank_id,
        keys.kind,
        keys.city_id,
        keys.place_id,
        keys.period_type,
        keys.period_start,
        keys.period_start + {{ period_length('keys.period_type') }} <= settings.today as is_period_over,
        coalesce(cells.mention_count, 0) as mention_count,
        coalesce(cells.mention_count_without_bots, 0) as mention_count_without_bots,
        coalesce(cells.unique_authors, 0) as unique_authors,
        coalesce(cells.trouble_count, 0) as trouble_count,
        case when keys.period_start > known.first_day then coalesce(prior_cells.mention_count, 0) end as prior_mention_count,
        case when keys.period_start > known.first_day then coalesce(prior_cells.trouble_count, 0) end as prior_trouble_count
    from keys
    cross join settings
    cross join known
    left join cells
        on
            keys.bank_id = cells.bank_id
            and keys.kind = cells.kind
            and keys.city_id = cells.city_id
            and keys.place_id = cells.place_id
            and keys.period_type = cells.period_type
            and keys.period_start = cells.period_start
    left join cells as prior_cells
        on
            keys.bank_id = prior_cells.bank_id
            and keys.kind = prior_cells.kind
            and keys.city_id = prior_cells.city_id
            and keys.place_id = prior_cells.place_id
            and keys.period_type = prior_cells.period_type
            and (keys.period_start - {{ period_length('keys.period_type') }})::date = prior_cells.period_start
)

select
    md5(concat_ws('|', bank_id, kind, city_id, place_id, period_type, period_start))::uuid as places_id,
    bank_id,
    kind,
    city_id,
    place_id,
    period_type,
    period_start,
    is_period_over,
    mention_count as n,
    mention_count,
    mention_count_without_bots,
    unique_authors,
    trouble_count,
    {{ share_rate('trouble', 'trouble_count', 'mention_count') }},
    prior_mention_count,
    prior_trouble_count,
    trouble_count - prior_trouble_count as trouble_count_difference,
    {{ difference_columns('trouble', 'trouble_count', 'mention_count', 'prior_trouble_count', 'prior_mention_count') }},
    {{ suppression_columns(rates) }}
from counted
cross join settings
