-- mart_care_benchmark: our side and each competitor's are customer care's, all competitors together are their sum, and no difference hides its sides.
{%- set shares = [
    'response_rate', 'in_channel_resolution', 'confirmed_resolution', 'canned_answer', 'repeat_contact', 'peer_answer', 'handled_negative',
    'misdirected', 'help_share',
] %}
with banks as (
    select bank_id, is_home from {{ ref('dim_bank') }} where is_home or is_competitor
),

care as (
    {% for name in shares -%}
        select
            bank_id,
            '{{ name }}' as metric,
            platform,
            period_type,
            period_start,
            {{ name }}_denominator as n,
            {{ name }}_pct as value
        from {{ ref('mart_customer_care') }}
        where {{ name }}_denominator > 0
        union all
    {% endfor -%}
    select
        bank_id,
        'first_response_seconds' as metric,
        platform,
        period_type,
        period_start,
        answered_count as n,
        first_response_seconds_average as value
    from {{ ref('mart_customer_care') }}
    where answered_count > 0
),

sides as (
    select
        care.metric,
        care.platform,
        care.period_type,
        care.period_start,
        max(care.n) filter (where banks.is_home) as own_n,
        max(care.value) filter (where banks.is_home) as own_value,
        sum(care.n) filter (where not banks.is_home) as other_n
    from care
    inner join banks on care.bank_id = banks.bank_id
    group by care.metric, care.platform, care.period_type, care.period_start
),

benchmark as (
    select * from {{ ref('mart_care_benchmark') }}
)

select metric
from sides
full join (select * from benchmark where other_bank_id = 'all') as roll_ups using (metric, platform, period_type, period_start)
where
    coalesce(sides.own_n, 0) is distinct from roll_ups.own_n
    or coalesce(sides.other_n, 0) is distinct from roll_ups.other_n
    or roll_ups.own_value is not null and abs(roll_ups.own_value - sides.own_value) > 1e-6 * greatest(1, sides.own_value)
union all
select benchmark.metric
from benchmark
left join care
    on
        benchmark.other_bank_id = care.bank_id
        and benchmark.metric = care.metric
        and benchmark.platform = care.platform
        and benchmark.period_type = care.period_type
        and benchmark.period_start = care.period_start
where
    (
        benchmark.other_bank_id <> 'all'
        and (
            benchmark.other_n is distinct from care.n
            or abs(benchmark.other_value - care.value) > 1e-6 * greatest(1, care.value)
        )
    )
    or benchmark.difference not between benchmark.difference_lower and benchmark.difference_upper
    or (benchmark.difference is null) <> (benchmark.suppressed_reason is not null)
