-- Each mention has as many brand mentions as it names watched banks.
with named as (
    select
        mention_id,
        bank_count
    from {{ ref('fct_mentions') }}
    where bank_count > 0
),

counted as (
    select
        mention_id,
        count(*) as bank_count
    from {{ ref('fct_brand_mentions') }}
    group by mention_id
)

select
    mention_id,
    named.bank_count as expected_count,
    counted.bank_count as actual_count
from named
full join counted using (mention_id)
where named.bank_count is distinct from counted.bank_count
