{#- Each step of a known customer from one stage of the journey to another at one bank: what mart_journey_paths and its bridge have in common. -#}
{% macro journey_moves() -%}
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
        customers.mention_id,
        customers.brand_mention_id,
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
{%- endmacro %}
