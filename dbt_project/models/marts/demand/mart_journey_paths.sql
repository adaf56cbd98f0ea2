with settings as (
    select min_n from {{ ref('stg_settings') }}
),

known as (
    select min(event_day) as first_day from {{ ref('fct_mentions') }}
),

customers as (
    select * from {{ ref('int_customer_mentions') }} where known_author_key is not null and not bot_likely
),

stages as (
    select
        mention_id,
        labels -> 'journey' ->> 'stage' as stage
    from {{ ref('stg_labels') }}
    where labels ? 'journey' and jsonb_typeof(labels -> 'journey') = 'object' and labels -> 'journey' ->> 'stage' is not null
),

steps as (
    select
        customers.bank_id,
        customers.known_author_key as author_key,
        customers.event_at,
        customers.event_day,
        stages.stage as to_stage,
        lag(stages.stage) over author_at_bank as from_stage,
        lag(customers.event_at) over author_at_bank as from_at
    from customers
    inner join stages on customers.mention_id = stages.mention_id
    window author_at_bank as (
        partition by customers.bank_id, customers.known_author_key
        order by customers.event_at, customers.mention_id
    )
),

moves as (
    select
        *,
        extract(epoch from event_at - from_at)::double precision as step_seconds
    from steps
    where from_stage <> to_stage
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
    group by moves.bank_id, moves.from_stage, moves.to_stage, period.period_type, period.period_start
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
