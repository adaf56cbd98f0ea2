with settings as (
    select min_n from {{ ref('stg_settings') }}
),

known as (
    select min(event_day) as first_day from {{ ref('fct_mentions') }}
),

moves as (
    select * from {{ ref('int_journey_moves') }} {{ within(in_days_of(path_periods())) }}
),

cells as (
    select
        moves.bank_id,
        moves.from_stage,
        moves.to_stage,
        period.period_type,
        period.period_start,
        count(*) as step_count,
        count(distinct moves.author_key) as unique_authors,
        percentile_cont(0.5) within group (order by moves.step_seconds) as step_seconds_median
    from moves
    cross join lateral {{ periods_of('moves.event_day') }} as period (period_type, period_start)
    {{ within(scope_path_periods()) }}
    group by moves.bank_id, moves.from_stage, moves.to_stage, period.period_type, period.period_start
    {{- kept_cells([
        'bank_id', 'from_stage', 'to_stage', 'period_type', 'period_start', 'step_count', 'unique_authors', 'step_seconds_median',
    ], scope=scope_path_periods(), looked_at=moving_periods(path_periods())) }}
),

leaving as (
    select
        *,
        sum(step_count) over (partition by bank_id, from_stage, period_type, period_start)::bigint as from_step_count
    from cells
)

select
    md5(concat_ws('|', bank_id, from_stage, to_stage, period_type, period_start))::uuid as journey_paths_id,
    bank_id,
    from_stage,
    to_stage,
    period_type,
    period_start,
    from_step_count as n,
    step_count,
    {{ prior_of('step_count', 'bank_id, from_stage, to_stage') }} as prior_step_count,
    unique_authors,
    step_seconds_median,
    from_step_count,
    {{ share_rate('share_of_steps', 'step_count', 'from_step_count') }},
    {{ suppression_columns({'share_of_steps': 'from_step_count'}) }}
from leaving
cross join settings
cross join known
