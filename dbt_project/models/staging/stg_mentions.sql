-- The mentions that count: newest version, not deleted, without unreleased quarantine, not after the clock.
with settings as (
    select as_of, timezone from {{ ref('stg_settings') }}
),

mentions as (
    select * from {{ of_changed_mentions(source('core', 'current_mentions')) }} as current_mentions
),

platforms as (
    select platform, reposts from {{ source('config', 'platforms') }}
),

quarantined as (
    select distinct mention_id
    from {{ source('quality', 'quarantine') }}
    where released_at is null
)

select
    mentions.mention_id,
    mentions.version,
    mentions.platform,
    mentions.site,
    mentions.kind,
    mentions.native_id,
    mentions.source_id,
    mentions.url,
    mentions.author_id,
    mentions.author_handle,
    mentions.author_followers,
    mentions.page_id,
    mentions.page_followers,
    mentions.country,
    coalesce(mentions.conversation_id, mentions.native_id) as conversation_id,
    mentions.in_reply_to_author_id,
    (
        select coalesce(array_agg(distinct lower(handle) order by lower(handle)), '{}')
        from unnest(mentions.mentions) as handle
    ) as handles,
    (
        select coalesce(array_agg(distinct lower(hashtag) order by lower(hashtag)), '{}')
        from unnest(mentions.hashtags) as hashtag
    ) as hashtags,
    cardinality(mentions.links) as link_count,
    mentions.event_at,
    mentions.event_at_basis,
    mentions.rating,
    mentions.latitude,
    mentions.longitude,
    (mentions.event_at at time zone settings.timezone)::date as event_day,
    encode(mentions.payload_sha256, 'hex') as payload_sha256,
    -- Told by the platform, not by the text: it does not wait for an original that may never come.
    mentions.repost_of_id is not null and coalesce(platforms.reposts in ('whole', 'whole_counted'), false) as is_bare_repost,
    mentions.repost_of_id is not null and coalesce(platforms.reposts = 'whole', false) as has_counts_of_original
from mentions
cross join settings
left join platforms on mentions.platform = platforms.platform
where
    mentions.event_at <= settings.as_of
    and not exists (select 1 from quarantined where quarantined.mention_id = mentions.mention_id)
