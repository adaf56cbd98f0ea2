-- What was deleted loses its words after a grace (warehouse/purge.py). A tombstone bears its item's key, by which stored bytes are found also where
-- core never held the item, and says when the words went.
alter table core.deletions
    add column platform text, add column site text, add column kind text, add column native_id text, add column purged_at timestamptz;
comment on column core.deletions.native_id is 'With platform, site and kind the item''s key; null where it was laid before keys were kept and nothing of the item was stored.';
comment on column core.deletions.purged_at is 'When the item''s words were taken out of every table; null again where it is deleted once more after it came back.';
create index deletions_due on core.deletions (observed_at) where undone_at is null and purged_at is null;

-- From core by key first; all hashes are read only where something is left then.
update core.deletions as d set platform = m.platform, site = m.site, kind = m.kind, native_id = m.native_id
from core.mentions as m where m.mention_id = d.mention_id and m.version = 1 and d.basis <> 'erasure';

update core.deletions as d set platform = h.platform, site = h.site, kind = h.kind, native_id = h.native_id
from (select distinct platform, site, kind, native_id from raw.payload_hashes) as h
where d.mention_id = core.mention_id(h.platform, h.site, h.kind, h.native_id) and d.native_id is null and d.basis <> 'erasure';

-- Items whose stored bytes may hold another's words are found by what they repeat or quote.
create index mentions_repost_of on core.mentions (platform, site, repost_of_id) where repost_of_id is not null;
create index mentions_quote_of on core.mentions (platform, site, quote_of_id) where quote_of_id is not null;
alter table raw.filtered add column repeats_id text;
comment on column raw.filtered.repeats_id is 'Native id of the item that it reposts, else quotes: its bytes may hold that one''s words.';
create index filtered_item on raw.filtered (platform, site, repeats_id) where repeats_id is not null;
create index filtered_conversation on raw.filtered (platform, site, conversation_id) where conversation_id is not null;

-- An unread item's reject is one of this very item, and not of whatever bears the same number; null where it came before keys were kept.
alter table raw.rejects add column site text, add column kind text;
create index rejects_unread on raw.rejects (platform, md5(native_id)) where body <> '';  -- an unread id may be longer than an index takes

create table ops.purges (
    purge_id    bigint generated always as identity primary key,
    started_at  timestamptz not null default clock_timestamp(),
    ended_at    timestamptz,
    until       timestamptz not null,
    items       bigint not null default 0,
    removed     jsonb not null default '{}'
);
comment on table ops.purges is 'One row each run of a purge that found something: how much went, of which kind. Nothing in it names an item.';
comment on column ops.purges.until is 'Tombstones laid until then were due: the clock less the grace (config/renown.yml, deletion_grace_days).';
comment on column ops.purges.ended_at is 'Null while it runs, and for good where it was killed or a platform failed: the next run does the rest.';

-- A purge changes no number of a mart: its items are hidden there, and what is read of hidden ones (labels, pages, hours) stays. So it leads no
-- build anywhere; whatever else writes is noted as ever.
create or replace function ops.note_mart_changes() returns trigger language plpgsql as $$
begin
    if current_setting('renown.purging', true) = 'on' then return null; end if;
    if tg_op = 'TRUNCATE' then
        insert into ops.mart_changes values (null);
    else
        insert into ops.mart_changes select distinct mention_id from changed;
    end if;
    return null;
end $$;

create or replace function ops.note_mart_hours() returns trigger language plpgsql as $$
begin
    if current_setting('renown.purging', true) = 'on' then return null; end if;
    insert into ops.mart_hours select distinct date_trunc('hour', event_at, 'UTC') from changed where event_at is not null;
    return null;
end $$;
