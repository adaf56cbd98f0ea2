-- Mentions that name a handle which is no bank's account and no look-alike, their author's own and that of the author whom they
-- answer apart: platforms put the latter there by themselves. Whose it is stays unsaid, since it may be a private person's.
with mentions as (
    select * from {{ ref('stg_mentions') }}
),

addressed as (
    select * from {{ ref('int_addressed_accounts') }}
),

known_authors as (
    select platform, site, author_id, lower(handle) as handle from {{ source('core', 'authors') }}
    union
    select platform, site, author_id, lower(author_handle) as handle from mentions where author_id is not null
)

select distinct mentions.mention_id
from mentions
cross join unnest(mentions.handles) as named (handle)
left join addressed on mentions.mention_id = addressed.mention_id and named.handle = addressed.account
left join known_authors
    on
        mentions.platform = known_authors.platform
        and mentions.site = known_authors.site
        and mentions.in_reply_to_author_id = known_authors.author_id
        and named.handle = known_authors.handle
where
    addressed.mention_id is null
    and known_authors.author_id is null
    and named.handle is distinct from lower(mentions.author_handle)
