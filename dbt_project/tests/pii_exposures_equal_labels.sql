-- mart_pii_exposures: its roll-up over banks, platforms and kinds is what the labels of counted mentions hold, and parts are no more than it.
with labels as (
    select
        count(*) as exposure_count,
        count(distinct labelled.mention_id) as mention_count
    from {{ ref('stg_labels') }} as labelled
    inner join {{ ref('fct_mentions') }} as mentions on labelled.mention_id = mentions.mention_id
    cross join lateral jsonb_array_elements({{ json_array("labelled.labels -> 'pii'") }}) as span (value)
),

mart as (
    select * from {{ ref('mart_pii_exposures') }}
),

totals as (
    select
        period_type,
        sum(exposure_count) as exposure_count,
        sum(mention_count) as listed_count
    from mart
    where bank_id = 'all' and platform = 'all' and kind = 'all'
    group by period_type
)

select totals.period_type
from totals
cross join labels
where
    totals.exposure_count <> labels.exposure_count
    or (totals.period_type = 'day' and totals.listed_count <> labels.mention_count)
union all
select period_type
from mart
where official_mention_count > mention_count or mention_count > exposure_count
