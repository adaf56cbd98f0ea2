with mentions as not materialized (
    select
        mention_id,
        platform,
        event_day,
        is_official,
        official_bank_id
    from {{ ref('fct_mentions') }}
),

labelled as (
    select mention_id, labels from {{ ref('stg_labels') }} where labels ? 'pii'
),

found as (
    select
        labelled.mention_id,
        span.value ->> 'kind' as kind,
        count(*) as exposure_count
    from labelled
    cross join lateral jsonb_array_elements({{ json_array("labelled.labels -> 'pii'") }}) as span (value)
    where span.value ->> 'kind' is not null
    group by labelled.mention_id, span.value ->> 'kind'
),

found_mentions as (
    select distinct mention_id from found
),

concerned as (
    select found_mentions.mention_id, brand_mentions.bank_id
    from found_mentions
    inner join {{ ref('fct_brand_mentions') }} as brand_mentions on found_mentions.mention_id = brand_mentions.mention_id
    union
    select found_mentions.mention_id, addressed.bank_id
    from found_mentions
    inner join {{ ref('int_addressed') }} as addressed on found_mentions.mention_id = addressed.mention_id
    where not addressed.is_look_alike
    union
    select found_mentions.mention_id, mentions.official_bank_id as bank_id
    from found_mentions
    inner join mentions on found_mentions.mention_id = mentions.mention_id
    where mentions.is_official
),

banked as (
    select
        found.*,
        mentions.platform,
        mentions.event_day,
        mentions.is_official,
        coalesce(concerned.bank_id, 'none') as bank_id
    from found
    inner join mentions on found.mention_id = mentions.mention_id
    left join concerned on found.mention_id = concerned.mention_id
),

placed as (
    select * from banked
    union all
    select distinct
        mention_id,
        kind,
        exposure_count,
        platform,
        event_day,
        is_official,
        'all' as bank_id
    from banked
),

cells as (
    select
        placed.bank_id,
        coalesce(placed.platform, 'all') as platform,
        coalesce(placed.kind, 'all') as kind,
        period.period_type,
        period.period_start,
        sum(placed.exposure_count)::bigint as exposure_count,
        count(distinct placed.mention_id) as mention_count,
        count(distinct placed.mention_id) filter (where placed.is_official) as official_mention_count
    from placed
    cross join lateral {{ periods_of('placed.event_day') }} as period (period_type, period_start)
    group by placed.bank_id, period.period_type, period.period_start, cube (placed.platform, placed.kind)
)

select
    md5(concat_ws('|', bank_id, platform, kind, period_type, period_start))::uuid as pii_exposures_id,
    bank_id,
    platform,
    kind,
    period_type,
    period_start,
    exposure_count,
    mention_count,
    official_mention_count
from cells
