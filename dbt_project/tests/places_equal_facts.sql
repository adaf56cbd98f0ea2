-- mart_places: the roll-up counts each brand mention that names a branch or an ATM once in each period type, and no part exceeds its whole.
with mart as (
    select * from {{ ref('mart_places') }}
),

facts as (
    select
        brand_mentions.bank_id,
        count(distinct brand_mentions.brand_mention_id) as mention_count
    from {{ ref('fct_brand_mentions') }} as brand_mentions
    inner join {{ ref('int_mention_places') }} as spots on brand_mentions.mention_id = spots.mention_id
    where spots.kind is not null and not brand_mentions.is_official
    group by brand_mentions.bank_id
),

totals as (
    select
        bank_id,
        period_type,
        sum(mention_count) as mention_count
    from mart
    where kind = 'all' and city_id = 'all'
    group by bank_id, period_type
)

select bank_id
from facts
full join totals using (bank_id)
where facts.mention_count is distinct from totals.mention_count
union all
select parts.bank_id
from mart as parts
left join mart as wholes
    on
        parts.bank_id = wholes.bank_id
        and parts.period_type = wholes.period_type
        and parts.period_start = wholes.period_start
        and wholes.kind = 'all'
        and wholes.city_id = 'all'
where wholes.places_id is null or parts.mention_count > wholes.mention_count or parts.trouble_count > parts.mention_count
