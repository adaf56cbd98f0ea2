-- mart_handled_negative: its roll-up over topics is customer care's, level by level, and levels add up to their cases.
{%- set levels = ['silent', 'automatic', 'diverted', 'answered', 'confirmed'] %}
with mart as (
    select * from {{ ref('mart_handled_negative') }}
),

care as (
    select *
    from {{ ref('mart_customer_care') }}
    where handled_negative_denominator > 0
)

select
    bank_id,
    platform,
    period_type,
    period_start
from (select * from mart where topic_id = 'all') as roll_ups
full join care using (bank_id, platform, period_type, period_start)
where
    roll_ups.handled_negative_pct is distinct from care.handled_negative_pct
    {% for level in levels -%}
        or roll_ups.{{ level }}_count is distinct from care.negative_handled_{{ level }}_count
    {% endfor -%}
    or roll_ups.n is distinct from care.handled_negative_denominator
union all
select
    bank_id,
    platform,
    period_type,
    period_start
from mart
where
    n <> silent_count + automatic_count + diverted_count + answered_count + confirmed_count
    or n <> handled_negative_denominator
