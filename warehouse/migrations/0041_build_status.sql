-- Whether a build of the marts is under way or was cut off, for readers who must not look into schema marts_changes (whole builds drop it). A row is
-- inserted when a build begins and deleted when it comes to its end, never truncated: an open reader holds no build up, and sees one moment.
create table ops.build_under_way (begun_at timestamptz not null default clock_timestamp());
comment on table ops.build_under_way is 'One row while a build of the marts is under way, or after one was cut off (warehouse/mart_changes.py).';
do $$ begin
    if to_regclass('marts_changes.clock') is not null then
        execute 'insert into ops.build_under_way select clock_timestamp() from marts_changes.clock';
    end if;
end $$;

create view ops.mart_building as select exists (select from ops.build_under_way) as is_unfinished;
comment on view ops.mart_building is 'One row: whether a build of the marts is under way or was cut off: some tables may hold its numbers.';
