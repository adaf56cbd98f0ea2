with items as (
    select * from {{ ref('int_official_items') }} {{ within(scope_official_posts()) }}
),

mentions as (
    select * from {{ ref('fct_mentions') }} {{ within(scope_official_posts()) }}
)

select
    items.mention_id,
    items.bank_id,
    items.platform,
    items.site,
    mentions.kind,
    mentions.language,
    mentions.url,
    mentions.page_id,
    items.conversation_id,
    md5(items.platform || chr(31) || items.site || chr(31) || mentions.author_id) as author_key,
    mentions.author_handle,
    items.event_at,
    items.event_day,
    items.role,
    mentions.official_kind,
    case when items.is_help then 'help' else 'pr' end as purpose,
    items.is_help,
    items.is_human_answer,
    items.is_canned,
    mentions.topics,
    mentions.kind in ('comment', 'reply') or mentions.in_reply_to_author_id is not null as is_reply,
    mentions.likes,
    mentions.shares,
    mentions.comments,
    mentions.quotes,
    mentions.views,
    mentions.engagement
from items
inner join mentions on items.mention_id = mentions.mention_id
