-- Day cells of the banks' voices: all that weeks, months and platforms together are sums of.
with brand_mentions as (
    select * from (select * from {{ ref('fct_brand_mentions') }} {{ within(scope_days()) }}) as known where not is_official
)

select
    bank_id,
    platform,
    event_day,
    count(*) as mention_count,
    count(*) filter (where not bot_likely) as mention_count_without_bots
from brand_mentions
group by bank_id, platform, event_day
