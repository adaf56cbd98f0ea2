-- Mentions that name a handle which is no bank's account and no look-alike, their author's own and that of the author whom they
-- answer apart: platforms put the latter there by themselves, as they do with the original's author in a bare repost. Whose it is stays
-- unsaid, since it may be a private person's.
with mentions as (
    select *
    from (select * from {{ ref('stg_mentions') }} {{ within(scope_strangers()) }}) as known
    where cardinality(handles) > 0 and not is_bare_repost
),

addressed as (
    select * from {{ ref('int_addressed_accounts') }}
),

named as (
    select
        mentions.mention_id,
        mentions.platform,
        mentions.site,
        mentions.in_reply_to_author_id,
        handles.handle
    from mentions
    cross join unnest(mentions.handles) as handles (handle)
    left join addressed on mentions.mention_id = addressed.mention_id and handles.handle = addressed.account
    where addressed.mention_id is null and handles.handle is distinct from lower(mentions.author_handle)
),

answered as (
    select distinct
        platform,
        site,
        in_reply_to_author_id as author_id
    from named
    where in_reply_to_author_id is not null
),

-- Only the names of those who are answered: looked up by index, not gathered from all that was ever said.
known_authors as (
    select answered.platform, answered.site, answered.author_id, lower(authors.handle) as handle
    from answered
    inner join {{ source('core', 'authors') }} as authors using (platform, site, author_id)
    union
    select answered.platform, answered.site, answered.author_id, lower(said.author_handle) as handle
    from answered
    inner join {{ ref('stg_mentions') }} as said using (platform, site, author_id)
)

select distinct named.mention_id
from named
left join known_authors
    on
        named.platform = known_authors.platform
        and named.site = known_authors.site
        and named.in_reply_to_author_id = known_authors.author_id
        and named.handle = known_authors.handle
where known_authors.author_id is null
