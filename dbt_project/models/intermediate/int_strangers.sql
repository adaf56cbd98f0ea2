-- Mentions that name a handle which is no bank's account and no look-alike, their author's own and that of the author whom they
-- answer apart: platforms put the latter there by themselves, as they do with the original's author in a bare repost. Whose it is stays
-- unsaid, since it may be a private person's.
with mentions as (
    select *
    from (select * from {{ ref('stg_mentions') }} {{ within(scope_strangers()) }}) as known
    where cardinality(handles) > 0 and not is_bare_repost
),

addressed as (
    select * from {{ ref('int_addressed_accounts') }} {{ within(scope_strangers()) }}
),

named as (
    select
        mentions.mention_id,
        mentions.event_day,
        mentions.platform,
        mentions.site,
        mentions.in_reply_to_author_id,
        handles.handle
    from mentions
    cross join unnest(mentions.handles) as handles (handle)
    left join addressed on mentions.mention_id = addressed.mention_id and handles.handle = addressed.account
    where addressed.mention_id is null and handles.handle is distinct from lower(mentions.author_handle)
)

-- One who is answered goes by the handle that the account has or by one that its items bore: looked up with the handle, not gathered
-- from all that was ever said.
select distinct named.mention_id, named.event_day
from named
where
    not exists (
        select from {{ source('core', 'authors') }} as authors
        where
            named.platform = authors.platform
            and named.site = authors.site
            and named.in_reply_to_author_id = authors.author_id
            and named.handle = lower(authors.handle)
    )
    and not exists (
        select from {{ ref('stg_mentions') }} as said
        where
            named.platform = said.platform
            and named.handle = lower(said.author_handle)
            and named.site = said.site
            and named.in_reply_to_author_id = said.author_id
    )
