-- A hashtag is watched in a bank where some hour of it reaches the smallest bound of any alarm (at least 3): no other can alarm, and
-- the thousands that are used once cost nothing.
with brand_mentions as (
    select
        mention_id,
        bank_id,
        date_trunc('hour', event_at, 'UTC') as hour_at
    from {{ of_changed_hours(ref('fct_brand_mentions')) }} as facts
    where not is_official
),

bounds as (
    select greatest(3, min((rule ->> 'min_mentions')::bigint)) as least_count
    from {{ source('config', 'severity_rules') }}
    where severity > 1
)

select
    brand_mentions.bank_id,
    named.hashtag,
    brand_mentions.hour_at,
    count(*) as mention_count
from brand_mentions
inner join {{ ref('stg_mentions') }} as listed on brand_mentions.mention_id = listed.mention_id
cross join unnest(listed.hashtags) as named (hashtag)
cross join bounds
group by brand_mentions.bank_id, named.hashtag, brand_mentions.hour_at, bounds.least_count
having count(*) >= bounds.least_count
