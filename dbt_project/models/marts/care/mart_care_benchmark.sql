{#- Shares of customer care, and what a bank wants of them. Of peers' answers more is neither good nor bad. -#}
{%- set shares = {
    'response_rate': 'higher',
    'in_channel_resolution': 'higher',
    'confirmed_resolution': 'higher',
    'canned_answer': 'lower',
    'repeat_contact': 'lower',
    'peer_answer': 'neither',
    'handled_negative': 'higher',
    'misdirected': 'lower',
    'help_share': 'higher',
} -%}
{%- set z = '1.959963984540054::double precision' -%}
with settings as (
    select min_n from {{ ref('stg_settings') }}
),

banks as (
    select bank_id, is_home from {{ ref('dim_bank') }} where is_home or is_competitor
),

care as (
    select mart_customer_care.*, banks.is_home
    from (select * from {{ ref('mart_customer_care') }} {{ within(in_periods(benchmark_periods())) }}) as mart_customer_care
    inner join banks on mart_customer_care.bank_id = banks.bank_id
),

answered as (
    select cases.*, banks.is_home
    from (select * from {{ ref('fct_cases') }} {{ within(in_days_of(benchmark_periods(), 'opened_day')) }}) as cases
    inner join banks on cases.bank_id = banks.bank_id
    where cases.first_response_seconds is not null
),

-- Shares as successes of n; the mean response as n, total and total of squares, so that banks can be added up.
measured as (
    {% for name, wanted in shares.items() -%}
        select
            bank_id,
            is_home,
            platform,
            period_type,
            period_start,
            '{{ name }}' as metric,
            'percent' as unit,
            '{{ wanted }}' as wanted,
            {{ name }}_denominator::numeric as n,
            {{ name }}_numerator::numeric as total,
            null::numeric as total_of_squares
        from care
        where {{ name }}_denominator > 0
        union all
    {% endfor -%}
    select
        answered.bank_id,
        answered.is_home,
        coalesce(answered.platform, 'all') as platform,
        period.period_type,
        period.period_start,
        'first_response_seconds' as metric,
        'seconds' as unit,
        'lower' as wanted,
        count(*)::numeric as n,
        sum(answered.first_response_seconds) as total,
        sum(answered.first_response_seconds * answered.first_response_seconds) as total_of_squares
    from answered
    cross join lateral {{ periods_of('answered.opened_day') }} as period (period_type, period_start)
    group by
        answered.bank_id,
        answered.is_home,
        period.period_type,
        period.period_start,
        grouping sets ((answered.platform), ())
),

summed as (
    select
        is_home,
        coalesce(bank_id, 'all') as side,
        metric,
        unit,
        wanted,
        platform,
        period_type,
        period_start,
        sum(n) as n,
        sum(total) as total,
        sum(total_of_squares) as total_of_squares
    from measured
    group by is_home, metric, unit, wanted, platform, period_type, period_start, grouping sets ((bank_id), ())
),

estimated as (
    select
        summed.*,
        (total / n)::double precision as value,
        -- Welch: variance of the mean; needs two answers at least.
        ((total_of_squares - total * total / n) / (nullif(n - 1, 0) * n))::double precision as variance,
        case when unit = 'percent' then {{ wilson_pct('total', 'n', '-') }} end as wilson_lower,
        case when unit = 'percent' then {{ wilson_pct('total', 'n', '+') }} end as wilson_upper
    from summed
),

bounded as (
    select
        estimated.*,
        case when unit = 'percent' then 100 * value else value end as shown,
        case
            when unit = 'percent' then wilson_lower
            else greatest(0, value - {{ z }} * sqrt(greatest(0, variance)))
        end as shown_lower,
        case when unit = 'percent' then wilson_upper else value + {{ z }} * sqrt(greatest(0, variance)) end as shown_upper
    from estimated
),

own as (
    select * from bounded where is_home and side <> 'all'
),

others as (
    select * from bounded where not is_home
),

-- Every other bank that has the metric, whether ours has it or not, and the reverse, so that no gap looks like a draw.
paired as (
    select
        coalesce(own.metric, others.metric) as metric,
        coalesce(own.unit, others.unit) as unit,
        coalesce(own.wanted, others.wanted) as wanted,
        coalesce(own.platform, others.platform) as platform,
        coalesce(own.period_type, others.period_type) as period_type,
        coalesce(own.period_start, others.period_start) as period_start,
        coalesce(others.side, 'all') as other_bank_id,
        coalesce(own.n, 0) as own_n,
        own.shown as own_value,
        own.shown_lower as own_lower,
        own.shown_upper as own_upper,
        own.variance as own_variance,
        coalesce(others.n, 0) as other_n,
        others.shown as other_value,
        others.shown_lower as other_lower,
        others.shown_upper as other_upper,
        others.variance as other_variance
    from own
    full join others using (metric, platform, period_type, period_start)
),

-- Newcombe 1998, method 10, for shares; Welch's standard error for means.
compared as (
    select
        paired.*,
        least(own_n, other_n) >= settings.min_n as is_shown,
        own_n >= settings.min_n as is_own_shown,
        other_n >= settings.min_n as is_other_shown,
        own_value - other_value as difference,
        case
            when unit = 'percent' then sqrt((own_value - own_lower) ^ 2 + (other_upper - other_value) ^ 2)
            else {{ z }} * sqrt(greatest(0, own_variance) + greatest(0, other_variance))
        end as below,
        case
            when unit = 'percent' then sqrt((own_upper - own_value) ^ 2 + (other_value - other_lower) ^ 2)
            else {{ z }} * sqrt(greatest(0, own_variance) + greatest(0, other_variance))
        end as above,
        settings.min_n
    from paired
    cross join settings
),

home as (
    select bank_id from banks where is_home
)

select
    md5(concat_ws('|', metric, other_bank_id, platform, period_type, period_start))::uuid as care_benchmark_id,
    home.bank_id,
    other_bank_id,
    metric,
    unit,
    wanted,
    platform,
    period_type,
    period_start,
    own_n::bigint as own_n,
    case when is_own_shown then own_value end as own_value,
    case when is_own_shown then own_lower end as own_value_lower,
    case when is_own_shown then own_upper end as own_value_upper,
    other_n::bigint as other_n,
    case when is_other_shown then other_value end as other_value,
    case when is_other_shown then other_lower end as other_value_lower,
    case when is_other_shown then other_upper end as other_value_upper,
    case when is_shown then difference end as difference,
    case when is_shown then difference - below end as difference_lower,
    case when is_shown then difference + above end as difference_upper,
    case
        when not is_shown or wanted = 'neither' then null
        when difference - below > 0 then case wanted when 'higher' then 'better' else 'worse' end
        when difference + above < 0 then case wanted when 'higher' then 'worse' else 'better' end
        when below is not null then 'not_told_apart'
    end as verdict,
    case when not is_shown then 'min_n' end as suppressed_reason
from compared
cross join home
