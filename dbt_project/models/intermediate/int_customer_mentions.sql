-- Customers' brand mentions: neither official nor press, and no intent news or promotion.
with mentions as (
    select
        mention_id,
        kind,
        conversation_id,
        topics,
        intents,
        is_bare_repost,
        journey_stage,
        journey_channel
    from (select * from {{ ref('fct_mentions') }} {{ within(scope_brand_mentions()) }}) as known
    where not is_official and not is_press and not intents && array['news', 'promotion']
),

brand_mentions as (
    select * from {{ ref('fct_brand_mentions') }} {{ within(scope_brand_mentions()) }}
)

select
    brand_mentions.brand_mention_id,
    brand_mentions.mention_id,
    brand_mentions.bank_id,
    brand_mentions.platform,
    brand_mentions.site,
    mentions.conversation_id,
    brand_mentions.author_id,
    brand_mentions.author_key,
    case when brand_mentions.author_id is not null then brand_mentions.author_key end as known_author_key,
    brand_mentions.event_at,
    brand_mentions.event_day,
    brand_mentions.sentiment,
    brand_mentions.bot_likely,
    brand_mentions.story_id,
    brand_mentions.engagement,
    mentions.intents,
    mentions.is_bare_repost,
    mentions.journey_stage,
    mentions.journey_channel
from brand_mentions
inner join mentions on brand_mentions.mention_id = mentions.mention_id
