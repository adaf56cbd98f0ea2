-- What each known customer said of a bank at a stage of the journey; likely bots travel nowhere.
with customers as (
    select * from (select * from {{ ref('int_customer_mentions') }} {{ within(scope_brand_mentions()) }}) as known
    where known_author_key is not null and not bot_likely and not is_bare_repost
),

stages as (
    select
        mention_id,
        labels -> 'journey' ->> 'stage' as stage
    from (select * from {{ ref('stg_labels') }} {{ within(scope_brand_mentions()) }}) as known
    where labels ? 'journey' and jsonb_typeof(labels -> 'journey') = 'object' and labels -> 'journey' ->> 'stage' is not null
)

select
    customers.brand_mention_id,
    customers.mention_id,
    customers.bank_id,
    customers.known_author_key as author_key,
    customers.event_at,
    customers.event_day,
    stages.stage
from customers
inner join stages on customers.mention_id = stages.mention_id
