-- Access to the marts: what class each relation is of, who may read it, and which of its rows (docs/access.md).
create schema if not exists marts_rows;
comment on schema marts_rows is 'Tables of single people''s items behind the views of schema marts: for the warehouse''s own login only.';

create table ops.mart_access (
    relation  text primary key,
    access    text not null check (access in ('open', 'rows', 'closed')),
    stamp     text,
    named_at  timestamptz not null default clock_timestamp()
);
comment on table ops.mart_access is 'Each relation of schema marts: open (numbers: every department), rows (single items: by topic and department), closed.';
comment on column ops.mart_access.stamp is 'Of the view over marts_rows as it was made last: an equal one is left in place, with those who are reading it.';

-- The functions below are bound or schema-qualified throughout: a reader's search_path or temporary tables must not stand in for a catalogue.
-- They run as whoever asks, so current_user is the reader, also inside a view and after SET ROLE.
create function ops.sees_every_row() returns boolean language sql stable parallel safe
set search_path = pg_catalog, pg_temp as $$
    select coalesce(pg_catalog.bool_or(pg_catalog.pg_has_role(current_user, r.oid, 'usage')), false)
    from pg_catalog.pg_roles r
    where r.rolname = 'engineer'
        or r.oid = (select n.nspowner from pg_catalog.pg_namespace n where n.nspname = 'marts_rows')
$$;
comment on function ops.sees_every_row() is 'Whether the reader is the warehouse''s own login or an engineer.';

create function ops.reads_personal() returns boolean language sql stable parallel safe
set search_path = pg_catalog, pg_temp as $$
    select coalesce(pg_catalog.bool_or(pg_catalog.pg_has_role(current_user, r.oid, 'usage')), false)
    from pg_catalog.pg_roles r
    where r.rolname = 'pii_reader'
        or r.oid = (select n.nspowner from pg_catalog.pg_namespace n where n.nspname = 'marts_rows')
$$;
comment on function ops.reads_personal() is 'Whether the reader sees who wrote what: pii_reader, or the warehouse''s own login.';

create function ops.my_departments() returns text [] language sql stable parallel safe
set search_path = pg_catalog, pg_temp as $$
    select coalesce(pg_catalog.array_agg(pg_catalog.substr(r.rolname, 12)), '{}')
    from pg_catalog.pg_roles r
    where pg_catalog.starts_with(r.rolname, 'department_')
        and r.rolname <> 'department_none'
        and pg_catalog.pg_has_role(current_user, r.oid, 'usage')
$$;
comment on function ops.my_departments() is 'The departments of which the reader is a member, by roles department_<id>; none of them owns what has no topic.';

-- Readers have no right on schema ops, so they reach these two only through the views, which ask for the reader's own departments.
create function ops.topics_of(departments text []) returns text [] language sql stable parallel safe security definer
set search_path = pg_catalog, pg_temp as $$
    select coalesce(pg_catalog.array_agg(t.topic_id), '{}') from config.topics t where t.department_id = any (departments)
$$;
comment on function ops.topics_of(text []) is 'The topics that departments own, as configured.';

create function ops.authors_of(topics text []) returns setof text language plpgsql stable parallel safe security definer
set search_path = pg_catalog, pg_temp as $$
begin
    return query
    select distinct pg_catalog.md5(m.platform || pg_catalog.chr(31) || m.site || pg_catalog.chr(31) || m.author_id)
    from marts_rows.fct_mentions m where m.topics && authors_of.topics and m.author_id is not null;
end $$;
comment on function ops.authors_of(text []) is 'Keys of the authors who wrote about these topics.';

-- Grants of one relation by its class; whatever else our roles held on it is taken back.
create function ops.grant_mart(name text) returns void language plpgsql as $$
declare
    class text := (select a.access from ops.mart_access a where a.relation = name);
    reader record;
begin
    if to_regclass(format('marts.%I', name)) is null then return; end if;
    for reader in
        select r.rolname, r.rolname = 'bi_reader' as is_open_only
        from pg_catalog.pg_roles r
        where r.rolname in ('bi_reader', 'engineer', 'pii_reader') or starts_with(r.rolname, 'department_')
    loop
        if reader.rolname <> 'pii_reader' and (class = 'open' or (class = 'rows' and not reader.is_open_only)) then
            execute format('grant select on marts.%I to %I', name, reader.rolname);
        else
            execute format('revoke all on marts.%I from %I', name, reader.rolname);
        end if;
    end loop;
end $$;
comment on function ops.grant_mart(text) is 'Gives our roles exactly the rights on a relation of schema marts that its class names.';

-- A relation's class, told by the build in the transaction that makes the relation.
create function ops.class_mart(name text, class text) returns void language plpgsql as $$
begin
    insert into ops.mart_access as known (relation, access) values (name, class)
    on conflict (relation) do update set access = excluded.access, named_at = clock_timestamp()
    where known.access is distinct from excluded.access;
    perform ops.grant_mart(name);
end $$;
comment on function ops.class_mart(text, text) is 'Notes the class of a relation of schema marts and grants accordingly.';

-- The public view over a table of marts_rows. It is replaced, never dropped, unless its columns changed their order or types:
-- what users built on it stays. An equal one over the same table is not touched, since replacing waits for every open reader.
create function ops.publish_rows(name text, body text, comments jsonb) returns void language plpgsql as $$
declare
    place text := format('marts.%I', name);
    made text := format('create or replace view %s with (security_barrier = true) as %s', place, body);
    mark text := md5(made || comments::text || to_regclass(format('marts_rows.%I', name))::oid::text);
    entry record;
begin
    if exists (select 1 from pg_catalog.pg_class c where c.oid = to_regclass(place) and c.relkind = 'v')
        and exists (select 1 from ops.mart_access a where a.relation = name and a.access = 'rows' and a.stamp = mark) then
        perform ops.grant_mart(name);
        return;
    end if;
    if exists (select 1 from pg_catalog.pg_class c where c.oid = to_regclass(place) and c.relkind = 'r') then
        execute format('drop table %s cascade', place); -- as it was before rows were set apart
    end if;
    begin
        execute made;
    exception when invalid_table_definition then
        execute format('drop view %s cascade', place);
        execute made;
    end;
    for entry in select key, value from jsonb_each_text(comments) loop
        if entry.key = '' then
            execute format('comment on view %s is %L', place, entry.value);
        else
            execute format('comment on column %s.%I is %L', place, entry.key, entry.value);
        end if;
    end loop;
    insert into ops.mart_access as known (relation, access, stamp) values (name, 'rows', mark)
    on conflict (relation) do update set access = 'rows', stamp = mark, named_at = clock_timestamp();
    perform ops.grant_mart(name);
end $$;
comment on function ops.publish_rows(text, text, jsonb) is 'Makes or replaces the view of schema marts over a table of marts_rows, with comments and grants.';
