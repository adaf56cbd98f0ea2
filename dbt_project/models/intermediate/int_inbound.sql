-- Inbound items: customers' items that a bank should answer, one row an item and bank.
with mentions as (
    select * from {{ ref('fct_mentions') }} {{ within(scope_brand_mentions()) }}
),

addressed as (
    select distinct mention_id, bank_id
    from (select * from {{ ref('int_addressed') }} {{ within(scope_brand_mentions()) }}) as known
    where not is_look_alike
),

brand_mentions as (
    select * from {{ ref('fct_brand_mentions') }} {{ within(scope_brand_mentions()) }}
),

candidates as (
    select mention_id, bank_id from addressed
    union
    select brand_mentions.mention_id, brand_mentions.bank_id
    from brand_mentions
    inner join mentions on brand_mentions.mention_id = mentions.mention_id
    where mentions.intents && array['complaint', 'question', 'request', 'fraud_report']
)

select
    candidates.mention_id,
    candidates.bank_id,
    mentions.platform,
    mentions.site,
    mentions.conversation_id,
    mentions.author_id,
    mentions.event_at,
    mentions.event_day,
    mentions.language,
    mentions.topics,
    mentions.intents,
    mentions.bot_likely,
    mentions.urgency,
    mentions.author_followers,
    mentions.url,
    coalesce(brand_mentions.sentiment, mentions.sentiment) as sentiment
from candidates
inner join mentions on candidates.mention_id = mentions.mention_id
left join brand_mentions
    on candidates.mention_id = brand_mentions.mention_id and candidates.bank_id = brand_mentions.bank_id
where
    mentions.author_id is not null
    and not mentions.is_official
    and not mentions.is_press
    and not mentions.is_bare_repost
    and not mentions.intents && array['news', 'promotion']
    and not coalesce(brand_mentions.is_misdirected, false)
