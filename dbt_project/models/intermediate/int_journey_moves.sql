-- Each step of a known customer from one stage of the journey to another at one bank.
with steps as (
    select * from {{ ref('int_journey_steps') }}
),

{% if var('partial', false) -%}
-- The step before each, by index: whole journeys of a day's authors would be all that they ever said.
    followed as (
        select
            touched.*,
            earlier.stage as from_stage,
            earlier.event_at as from_at
        from (select * from steps {{ within(scope_journey_moves()) }}) as touched
        inner join
            lateral (
                select
                    said.stage,
                    said.event_at
                from {{ ref('int_journey_steps') }} as said
                where
                    said.bank_id = touched.bank_id
                    and said.author_key = touched.author_key
                    and (said.event_at, said.mention_id) < (touched.event_at, touched.mention_id)
                order by said.event_at desc, said.mention_id desc
                limit 1
            ) as earlier
            on true
    )
{%- else -%}
    followed as (
        select
            *,
            lag(stage) over author_at_bank as from_stage,
            lag(event_at) over author_at_bank as from_at
        from steps
        window author_at_bank as (
            partition by bank_id, author_key
            order by event_at, mention_id
        )
    )
{%- endif %}

select
    brand_mention_id,
    mention_id,
    bank_id,
    author_key,
    event_at,
    event_day,
    from_stage,
    stage as to_stage,
    extract(epoch from event_at - from_at)::double precision as step_seconds
from followed
where from_stage <> stage
