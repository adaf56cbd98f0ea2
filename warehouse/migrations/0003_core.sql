-- core: one shape for every platform. Key = (platform, site, kind, native_id); an edit makes a new version.
create function core.mention_id(platform text, site text, kind text, native_id text) returns uuid
language sql immutable parallel safe as $$
    select md5(platform || chr(31) || site || chr(31) || kind || chr(31) || native_id)::uuid
$$;

create table core.mentions (
    mention_id            uuid not null,
    version               integer not null,
    platform              text not null,
    site                  text not null default '',
    kind                  text not null check (kind in ('post', 'comment', 'reply', 'review', 'article', 'message')),
    native_id             text not null,
    source_id             text not null,
    url                   text,
    title                 text,
    text                  text not null,
    author_id             text,
    author_handle         text,
    author_name           text,
    author_followers      bigint,
    author_following      bigint,
    author_posts          bigint,
    author_created_at     timestamptz,
    author_verified       boolean,
    author_location       text,
    page_id               text,
    page_name             text,
    page_followers        bigint,
    created_at            timestamptz,
    created_at_raw        text,
    edited_at             timestamptz,
    parent_id             text,
    conversation_id       text,
    in_reply_to_author_id text,
    repost_of_id          text,
    quote_of_id           text,
    language_hint         text,
    country               text,
    place_name            text,
    latitude              double precision,
    longitude             double precision,
    rating                double precision,
    mentions              text[] not null default '{}',
    hashtags              text[] not null default '{}',
    links                 text[] not null default '{}',
    media_count           integer not null default 0,
    truncated             boolean not null default false,
    event_at              timestamptz not null,
    event_at_basis        text not null check (event_at_basis in ('created_at', 'first_seen')),
    content_sha256        bytea not null,
    payload_sha256        bytea not null,
    batch_id              uuid not null,
    first_seen_at         timestamptz not null,
    loaded_at             timestamptz not null default clock_timestamp(),
    primary key (mention_id, version),
    unique (mention_id, content_sha256)
);
create index mentions_event on core.mentions (event_at);
create index mentions_conversation on core.mentions (platform, site, conversation_id);
create index mentions_native on core.mentions (platform, site, native_id);
create index mentions_loaded on core.mentions (loaded_at);

create table core.authors (
    platform        text not null,
    site            text not null default '',
    author_id       text not null,
    handle          text,
    name            text,
    followers       bigint,
    following       bigint,
    posts           bigint,
    created_at      timestamptz,
    verified        boolean,
    location        text,
    first_seen_at   timestamptz not null,
    last_seen_at    timestamptz not null,
    primary key (platform, site, author_id)
);

create table core.engagement (
    mention_id   uuid not null,
    observed_at  timestamptz not null,
    likes        bigint,
    shares       bigint,
    comments     bigint,
    views        bigint,
    quotes       bigint,
    loaded_at    timestamptz not null default clock_timestamp(),
    primary key (mention_id, observed_at)
);

create table core.deletions (
    mention_id   uuid not null,
    observed_at  timestamptz not null,
    deleted_at   timestamptz,
    basis        text not null check (basis in ('platform', 'author', 'page', 'compliance', 'superseded', 'erasure')),
    undone_at    timestamptz,
    loaded_at    timestamptz not null default clock_timestamp(),
    primary key (mention_id, basis)
);

-- The newest version of every mention that no tombstone hides.
create view core.current_mentions as
select distinct on (m.mention_id) m.*
from core.mentions m
where not exists (
    select 1 from core.deletions d where d.mention_id = m.mention_id and d.undone_at is null
)
order by m.mention_id, m.version desc;
comment on view core.current_mentions is 'Newest version of each mention that is not deleted.';
