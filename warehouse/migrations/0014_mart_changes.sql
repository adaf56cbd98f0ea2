-- Which mentions changed since the marts were built last. Triggers name them, so that no way of writing can forget it, and a row is
-- seen once its transaction is: marks by time would miss what commits late.
create table ops.mart_changes (mention_id uuid);
comment on table ops.mart_changes is 'Mentions that changed since the last build of the marts took its share; null: a table was emptied, all of them.';

create table ops.mart_waiting (mention_id uuid not null, due_at timestamptz not null, primary key (mention_id, due_at));
create index mart_waiting_due on ops.mart_waiting (due_at);
comment on table ops.mart_waiting is 'What lay after the clock of a build (an item, a count): its mention changes when the clock gets there.';

create table ops.mart_builds (
    is_last      boolean primary key default true check (is_last),
    inputs       text not null,
    relations    text not null,
    as_of        timestamptz not null,
    finished_at  timestamptz not null default clock_timestamp()
);
comment on table ops.mart_builds is 'The last build of the marts that came to its end. Without a row, or where what it says no longer holds, the next one is whole.';

create function ops.note_mart_changes() returns trigger language plpgsql as $$
begin
    if tg_op = 'TRUNCATE' then
        insert into ops.mart_changes values (null);
    else
        insert into ops.mart_changes select distinct mention_id from changed;
    end if;
    return null;
end $$;

do $$
declare
    source regclass;
begin
    foreach source in array array['core.mentions', 'core.engagement', 'core.deletions', 'nlp.annotations', 'quality.quarantine']::regclass[] loop
        execute format('create trigger marts_inserted after insert on %s referencing new table as changed'
                       ' for each statement execute function ops.note_mart_changes()', source);
        execute format('create trigger marts_updated after update on %s referencing new table as changed'
                       ' for each statement execute function ops.note_mart_changes()', source);
        execute format('create trigger marts_deleted after delete on %s referencing old table as changed'
                       ' for each statement execute function ops.note_mart_changes()', source);
        execute format('create trigger marts_truncated after truncate on %s'
                       ' for each statement execute function ops.note_mart_changes()', source);
    end loop;
end $$;
