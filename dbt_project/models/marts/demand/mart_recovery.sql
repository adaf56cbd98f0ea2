{%- set cell = [
    'bank_id', 'platform', 'period_type', 'period_start', 'negative_author_count', 'answered_author_count', 'recovered_count',
    'recovery_numerator', 'recovery_denominator', 'recovery_seconds_median',
] %}
with settings as (
    select min_n, as_of from {{ ref('stg_settings') }}
),

known as (
    select min(event_day) as first_day from {{ ref('fct_mentions') }}
),

{{ recovery_outcomes(scoped=true) }}

authors as (
    select
        outcomes.bank_id,
        coalesce(outcomes.platform, 'all') as platform,
        period.period_type,
        period.period_start,
        outcomes.author_key,
        coalesce(bool_or(outcomes.is_answered), false) as is_answered,
        coalesce(bool_or(outcomes.is_recovered), false) as is_recovered,
        coalesce(bool_or(outcomes.is_answered and outcomes.is_ripe), false) as is_ripe_answered,
        coalesce(bool_or(outcomes.is_recovered and outcomes.is_ripe), false) as is_ripe_recovered,
        min(outcomes.recovery_seconds) filter (where outcomes.is_recovered) as recovery_seconds
    from outcomes
    cross join lateral {{ periods_of('outcomes.event_day') }} as period (period_type, period_start)
    {{ within(scope_recovery_periods()) }}
    group by
        outcomes.bank_id, period.period_type, period.period_start, outcomes.author_key, grouping sets ((outcomes.platform), ())
),

cells as (
    select
        bank_id,
        platform,
        period_type,
        period_start,
        count(*) as negative_author_count,
        count(*) filter (where is_answered) as answered_author_count,
        count(*) filter (where is_recovered) as recovered_count,
        count(*) filter (where is_ripe_recovered) as recovery_numerator,
        count(*) filter (where is_ripe_answered) as recovery_denominator,
        percentile_cont(0.5) within group (order by recovery_seconds::double precision) as recovery_seconds_median
    from authors
    group by bank_id, platform, period_type, period_start
    {{- kept_cells(cell, scope=scope_recovery_periods(), looked_at=moving_periods(recovery_periods())) }}
)

select
    md5(concat_ws('|', bank_id, platform, period_type, period_start))::uuid as recovery_id,
    bank_id,
    platform,
    period_type,
    period_start,
    recovery_denominator as n,
    negative_author_count,
    answered_author_count,
    recovered_count,
    {{ prior_of('recovered_count', 'bank_id, platform') }} as prior_recovered_count,
    recovery_seconds_median,
    {{ share_columns('recovery', 'recovery_numerator', 'recovery_denominator') }},
    {{ suppression_columns({'recovery': 'recovery_denominator'}) }}
from cells
cross join settings
cross join known
