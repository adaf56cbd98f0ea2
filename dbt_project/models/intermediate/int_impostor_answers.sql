-- Items by which a look-alike account answered a customer of the bank that it looks like.
with mentions as (
    select * from {{ ref('fct_mentions') }} where not is_official and not is_bare_repost
),

cases as (
    select * from {{ ref('int_cases') }}
),

look_alikes as (
    select distinct
        platform,
        handle,
        bank_id
    from {{ ref('int_look_alikes') }}
)

select distinct
    mentions.mention_id,
    mentions.platform,
    mentions.event_day,
    look_alikes.bank_id,
    look_alikes.handle
from mentions
inner join look_alikes
    on mentions.platform = look_alikes.platform and lower(mentions.author_handle) = look_alikes.handle
inner join cases
    on
        mentions.platform = cases.platform
        and mentions.site = cases.site
        and mentions.conversation_id = cases.conversation_id
        and look_alikes.bank_id = cases.bank_id
        and mentions.author_id is distinct from cases.author_id
        and mentions.event_at >= cases.opened_at
        and coalesce(mentions.in_reply_to_author_id, cases.author_id) = cases.author_id
