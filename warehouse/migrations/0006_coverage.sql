-- Coverage: what came cut short, why an item is gone, and runs that look again instead of further.
alter table raw.batches add column items_truncated bigint not null default 0;
alter table raw.batches drop constraint batches_mode_check;
alter table raw.batches add constraint batches_mode_check
    check (mode in ('incremental', 'backfill', 'ingest', 'replay', 'revisit', 'compliance'));
comment on column raw.batches.items_truncated is 'Items whose text the platform cut ("…全文"): incomplete, not success.';

alter table core.deletions add column reason text;
comment on column core.deletions.reason is 'The platform''s own word for why: deactivated, suspended, protected, bounced; null where it tells none.';

-- What came and did not fulfil the source's query: kept as bytes, named here, taken up when its thread or a changed query wants it.
create table raw.filtered (
    mention_id      uuid not null,
    payload_sha256  bytea not null,
    source_id       text not null,
    platform        text not null,
    site            text not null default '',
    native_id       text not null,
    conversation_id text,
    parent_id       text,
    batch_id        uuid not null,
    filtered_at     timestamptz not null default clock_timestamp(),
    primary key (mention_id, payload_sha256)
);
create index filtered_source on raw.filtered (source_id);
comment on table raw.filtered is 'Items that a search brought and the query, applied exactly, does not want; none of them is in core.';
alter table raw.batches add column items_filtered bigint not null default 0;
comment on column raw.batches.items_filtered is 'Items that came but do not fulfil the query (raw.filtered); part of new and known.';

-- When an item was last asked for again: a look that finds the same counts leaves no snapshot.
create table raw.visits (
    mention_id  uuid primary key,
    visited_at  timestamptz not null
);
comment on table raw.visits is 'The last look at a mention by revisit, whatever it found.';
