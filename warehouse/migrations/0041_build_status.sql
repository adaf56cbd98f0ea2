-- Whether a build of the marts is under way or was cut off, for readers who must not look into schema marts_changes. That schema is dropped
-- and made anew by whole builds (warehouse/mart_changes.py), so nothing may depend on its tables: the function looks when it is asked.
create function ops.build_is_unfinished() returns boolean language plpgsql stable security definer
set search_path = pg_catalog, pg_temp as $$
declare
    unfinished boolean;
begin
    if pg_catalog.to_regclass('marts_changes.clock') is null then
        return false;
    end if;
    -- Filled when a build begins, emptied when it comes to its end.
    execute 'select exists (select from marts_changes.clock)' into unfinished;
    return unfinished;
end $$;
comment on function ops.build_is_unfinished() is 'A build of the marts is under way or was cut off: some tables may hold its numbers.';

create view ops.mart_building as select ops.build_is_unfinished() as is_unfinished;
comment on view ops.mart_building is 'One row: whether a build of the marts is under way or was cut off.';
