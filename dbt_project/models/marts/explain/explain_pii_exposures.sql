{%- set cell = ['place.bank_id', 'shown.platform', 'sort.kind', 'period.period_type', 'period.period_start'] %}
with found as (
    select
        labels.mention_id,
        span.value ->> 'kind' as kind,
        count(*) as exposure_count
    from {{ ref('stg_labels') }} as labels
    cross join lateral jsonb_array_elements({{ json_array("labels.labels -> 'pii'") }}) as span (value)
    where labels.labels ? 'pii' and span.value ->> 'kind' is not null
    group by labels.mention_id, span.value ->> 'kind'
),

concerned as (
    select mention_id, bank_id from {{ ref('fct_brand_mentions') }}
    union
    select mention_id, bank_id from {{ ref('int_addressed') }} where not is_look_alike
    union
    select mention_id, official_bank_id as bank_id from {{ ref('fct_mentions') }} where is_official
),

exposed as (
    select
        found.mention_id,
        found.kind,
        found.exposure_count,
        mentions.event_at,
        mentions.event_day,
        mentions.platform,
        mentions.is_official
    from found
    inner join {{ ref('fct_mentions') }} as mentions on found.mention_id = mentions.mention_id
),

items as (
    select
        place.bank_id,
        shown.platform,
        sort.kind,
        period.period_type,
        period.period_start,
        exposed.mention_id,
        null::uuid as brand_mention_id,
        null::uuid as case_id,
        exposed.exposure_count,
        exposed.is_official,
        {{ first_of(cell, 'mention_id') }} as first_of_mention
    from exposed
    cross join
        lateral (
            select concerned.bank_id from concerned
            where concerned.mention_id = exposed.mention_id
            union all
            select 'none' as bank_id
            where not exists (select from concerned where concerned.mention_id = exposed.mention_id)
            union all
            select 'all' as bank_id
        ) as place
    cross join lateral {{ with_rollup('exposed.platform') }} as shown (platform)
    cross join lateral {{ with_rollup('exposed.kind') }} as sort (kind)
    cross join lateral {{ periods_of('exposed.event_day') }} as period (period_type, period_start)
),

{{ explain_rows('mart_pii_exposures') }}
