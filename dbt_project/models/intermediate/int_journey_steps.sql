-- What each known customer said of a bank at a stage of the journey; likely bots travel nowhere.
select
    brand_mention_id,
    mention_id,
    bank_id,
    known_author_key as author_key,
    event_at,
    event_day,
    journey_stage as stage
from (select * from {{ ref('int_customer_mentions') }} {{ within(scope_brand_mentions()) }}) as customers
where known_author_key is not null and not bot_likely and not is_bare_repost and journey_stage is not null
