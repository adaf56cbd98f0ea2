-- What changes a case without a mention: its desk's outcome, and the clock since the last build that came to its end.

create table ops.mart_conversations (platform text not null, site text not null, conversation_id text not null);
comment on table ops.mart_conversations is 'Conversations whose outcomes came, went or were changed since the last build of the marts took its share.';

create function ops.note_mart_conversations() returns trigger language plpgsql as $$
begin
    insert into ops.mart_conversations select distinct platform, site, conversation_id from changed;
    return null;
end
$$;

create trigger marts_added after insert on ops.dispositions referencing new table as changed
for each statement execute function ops.note_mart_conversations();
create trigger marts_changed_from after update on ops.dispositions referencing old table as changed
for each statement execute function ops.note_mart_conversations();
create trigger marts_changed_to after update on ops.dispositions referencing new table as changed
for each statement execute function ops.note_mart_conversations();
create trigger marts_removed after delete on ops.dispositions referencing old table as changed
for each statement execute function ops.note_mart_conversations();
create trigger marts_truncated after truncate on ops.dispositions for each statement execute function ops.note_mart_changes();

-- A build moves as_of when it begins, finished_as_of when it ends: what crossed a limit in between has not been looked at.
delete from ops.mart_builds;
alter table ops.mart_builds add column finished_as_of timestamptz not null;
