-- Kaplan-Meier 1958 over the cases of each care cell: time to the first human answer, open cases censored at the clock,
-- those that the desk closed without a public answer at their closing.
-- S(t) = product over t_i <= t of (1 - d_i / n_i); at ties answers come before censorings. Products in numeric.
-- depends_on: {{ ref('int_case_days') }}
with settings as (
    select as_of from {{ ref('stg_settings') }}
),

cases as (
    select * from {{ ref('fct_cases') }} {{ within(in_days_of(survival_periods(), 'opened_day')) }}
),

durations as (
    select
        cases.bank_id,
        rollup_platform.platform,
        period.period_type,
        period.period_start,
        coalesce(cases.first_response_seconds, extract(epoch from coalesce(cases.closed_at, settings.as_of) - cases.opened_at)) as seconds,
        cases.first_response_at is not null as is_answered
    from cases
    cross join settings
    cross join lateral {{ periods_of('cases.opened_day') }} as period (period_type, period_start)
    cross join lateral (values (cases.platform), ('all')) as rollup_platform (platform)
),

at_each_time as (
    select
        bank_id,
        platform,
        period_type,
        period_start,
        seconds,
        count(*) filter (where is_answered) as answered,
        sum(count(*)) over (
            partition by bank_id, platform, period_type, period_start
            order by seconds desc
        ) as at_risk
    from durations
    group by bank_id, platform, period_type, period_start, seconds
),

survival as (
    select
        bank_id,
        platform,
        period_type,
        period_start,
        seconds,
        marts.product(1 - answered / at_risk) over (
            partition by bank_id, platform, period_type, period_start
            order by seconds
        ) as surviving
    from at_each_time
    where answered > 0
)

select
    bank_id,
    platform,
    period_type,
    period_start,
    min(seconds)::double precision as km_median_response_seconds
from survival
where surviving <= 0.5 + 1e-12
group by bank_id, platform, period_type, period_start
