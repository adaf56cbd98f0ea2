-- What a change of a mention does not say by itself: the hour that it left (an erased one says it no more), and that an author goes by another name.
create table ops.mart_hours (hour_at timestamptz not null);
comment on table ops.mart_hours is 'Hours (UTC) of events that an item left or was changed in since the last build of the marts took its share.';

create table ops.mart_authors (author_key text not null);
comment on table ops.mart_authors is 'Pseudonyms of authors who came, went or go by another handle since the last build of the marts took its share.';

create function ops.note_mart_hours() returns trigger language plpgsql as $$
begin
    insert into ops.mart_hours select distinct date_trunc('hour', event_at, 'UTC') from changed where event_at is not null;
    return null;
end $$;
create trigger marts_hours_updated after update on core.mentions referencing old table as changed
for each statement execute function ops.note_mart_hours();
create trigger marts_hours_deleted after delete on core.mentions referencing old table as changed
for each statement execute function ops.note_mart_hours();

create function ops.note_mart_authors() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' then
        insert into ops.mart_authors
        select md5(platform || chr(31) || site || chr(31) || author_id)
        from (
            select platform, site, author_id, lower(handle) from changed except select platform, site, author_id, lower(handle) from was
        ) as renamed;
    else
        insert into ops.mart_authors select md5(platform || chr(31) || site || chr(31) || author_id) from changed where handle is not null;
    end if;
    return null;
end $$;
create trigger marts_authors_inserted after insert on core.authors referencing new table as changed
for each statement execute function ops.note_mart_authors();
create trigger marts_authors_updated after update on core.authors referencing old table as was new table as changed
for each statement execute function ops.note_mart_authors();
create trigger marts_authors_deleted after delete on core.authors referencing old table as changed
for each statement execute function ops.note_mart_authors();
-- Emptied tables name no rows: the next build is whole.
create trigger marts_truncated after truncate on core.authors for each statement execute function ops.note_mart_changes();
