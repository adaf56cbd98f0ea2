-- What was published, and when it moved: ids and numbers only, and only what changed. A publication is one transaction (warehouse/publish.py).
alter table ops.dispositions add column loaded_at timestamptz not null default clock_timestamp();

create table ops.publications (
    publication_id      bigint generated always as identity primary key,
    published_at        timestamptz not null default clock_timestamp(),
    as_of               timestamptz not null,
    config_version      text not null,
    definition_version  text not null,
    cells_changed       bigint not null default 0,
    mentions_changed    bigint not null default 0
);
comment on table ops.publications is 'One row each time that the marts passed their gate with other numbers, or over other items, than before.';
comment on column ops.publications.as_of is 'What "now" meant in these marts.';
comment on column ops.publications.definition_version is 'Hash of the dbt project that made them.';

create table ops.published_cells (
    mart            text not null,
    cell_id         uuid not null,
    publication_id  bigint not null references ops.publications,
    superseded_by   bigint references ops.publications,
    cell            jsonb not null,
    first_day       date not null,
    last_day        date not null,
    numbers         jsonb,
    causes          text [] not null default '{}',
    primary key (mart, cell_id, publication_id)
);
create unique index published_cells_newest on ops.published_cells (mart, cell_id) where superseded_by is null;
create index published_cells_publication on ops.published_cells (publication_id);
comment on table ops.published_cells is 'Each cell of a mart''s time series as it was published, a row each time that it changed.';
comment on column ops.published_cells.cell is 'The keys of the cell.';
comment on column ops.published_cells.first_day is 'First of the event days on which the cell rests, comparisons with earlier ones included.';
comment on column ops.published_cells.numbers is 'Its other columns; null: the cell is no more.';
comment on column ops.published_cells.causes is 'Why it moved; empty where it was published for the first time, within its period.';

create table ops.published_mentions (
    mention_id      uuid not null,
    publication_id  bigint not null references ops.publications,
    superseded_by   bigint references ops.publications,
    is_counted      boolean not null,
    cause           text,
    platforms       text [] not null,
    languages       text [] not null,
    bank_ids        text [] not null,
    topic_ids       text [] not null,
    days            date [] not null,
    touched         jsonb not null,
    version         integer not null,
    facts           uuid not null,
    labels          uuid,
    models          uuid not null,
    human_tasks     text [] not null,
    counts          uuid not null,
    primary key (mention_id, publication_id)
);
create unique index published_mentions_newest on ops.published_mentions (mention_id) where superseded_by is null;
create index published_mentions_publication on ops.published_mentions (publication_id);
comment on table ops.published_mentions is 'The items under the published numbers, a row each time that one came, changed or went: hashes that tell what changed, never words.';
comment on column ops.published_mentions.cause is 'late_data, edit, deletion, quarantine, relabel, model, snapshot, engagement, config, context or clock; null at the first publication.';
comment on column ops.published_mentions.bank_ids is 'Banks that it names, addresses or speaks for, and those of the cases of its conversation.';
comment on column ops.published_mentions.days is 'Its own event day, and those on which the cases of its conversation opened.';
comment on column ops.published_mentions.touched is 'platforms, languages, bank_ids, topic_ids, days: before and after together.';

-- The items as the marts count them now.
create function ops.counted_mentions() returns table (
    mention_id uuid, platforms text [], languages text [], bank_ids text [], topic_ids text [], days date [],
    version integer, facts uuid, labels uuid, models uuid, human_tasks text [], counts uuid
) language plpgsql stable as $$
begin
    return query
    with cases as (
        select c.platform, c.site, c.conversation_id, array_agg(distinct c.bank_id) as bank_ids, array_agg(distinct c.opened_day) as days
        from marts_rows.fct_cases c group by 1, 2, 3
    ),
    named as (
        select b.mention_id, array_agg(distinct b.bank_id) as bank_ids from marts_rows.fct_brand_mentions b group by 1
    ),
    addressed as (
        select a.mention_id, array_agg(distinct a.bank_id) as bank_ids from marts_intermediate.int_addressed a group by 1
    )
    select m.mention_id, array[m.platform], array[m.language],
        (select coalesce(array_agg(distinct b order by b), '{}')
            from unnest(n.bank_ids || a.bank_ids || c.bank_ids || m.official_bank_id) b where b is not null),
        m.topics,
        (select array_agg(distinct d order by d) from unnest(c.days || m.event_day) d),
        m.version,
        md5(row(m.event_at, m.event_day, m.is_official, m.official_bank_id, m.is_press, m.bank_count, m.author_id, m.conversation_id,
            n.bank_ids, a.bank_ids)::text)::uuid,
        md5((l.labels - '{entities,places,pii,moments,campaigns,journey,banking_intent}'::text [])::text)::uuid,
        md5((m.model_versions - '{entities,places,pii,moments,campaigns,journey,banking_intent}'::text [])::text)::uuid,
        (select coalesce(array_agg(t.key || ' ' || t.value order by t.key), '{}')
            from jsonb_each_text(m.model_versions) t where t.value like 'human:%'),
        md5(row(m.likes, m.shares, m.comments, m.views, m.quotes, m.author_followers)::text)::uuid
    from marts_rows.fct_mentions m
    left join marts_staging.stg_labels l on l.mention_id = m.mention_id
    left join named n on n.mention_id = m.mention_id
    left join addressed a on a.mention_id = m.mention_id
    left join cases c on (c.platform, c.site, c.conversation_id) = (m.platform, m.site, m.conversation_id);
end $$;
comment on function ops.counted_mentions() is 'The items under the marts as they stand: where they count, and hashes of what they are.';

-- Marts that are published: open, a uuid first, and a day, a period or an hour. Those of the ledger of runs tell of themselves.
create function ops.published_marts() returns table (mart text, id_column text, when_column text) language sql stable as $$
    select a.relation, k.attname::text, w.attname::text
    from ops.mart_access a
    join pg_catalog.pg_class c on c.oid = to_regclass(format('marts.%I', a.relation)) and c.relkind = 'r'
    join pg_catalog.pg_attribute k on k.attrelid = c.oid and k.attnum = 1 and k.atttypid = 'uuid'::regtype
    join pg_catalog.pg_attribute w on w.attrelid = c.oid and w.attname in ('event_day', 'period_start', 'hour_at') and not w.attisdropped
    where a.access = 'open' and starts_with(a.relation, 'mart_')
        and not exists (select from pg_catalog.pg_attribute s where s.attrelid = c.oid and s.attname = 'source_id')
    order by a.relation
$$;
comment on function ops.published_marts() is 'The marts whose numbers are kept: time series that are open to all.';

create function ops.cell_keys() returns text [] language sql immutable as $$
    select array['bank_id', 'platform', 'language', 'event_day', 'period_type', 'period_start', 'topic_id', 'department_id', 'account_kind',
        'account', 'account_bank_id', 'other_bank_id', 'series_type', 'series_id', 'hour_at', 'metric', 'kind', 'page_id', 'reply', 'stage', 'channel',
        'from_stage', 'to_stage', 'dimension', 'dimension_value', 'competitor_bank_id', 'city_id', 'place_id']
$$;

-- The event days on which a cell rests: some are held against the period before, an hour against eight weeks, an account against its last
-- 28 days, a page's audience is that of 30; what follows a reply is watched for weeks.
create function ops.cell_days(mart text, cell jsonb, out first_day date, out last_day date) language sql immutable as $$
    select
        case
            when mart = 'mart_impersonation' then (cell ->> 'event_day')::date - 29
            when cell ? 'event_day' then (cell ->> 'event_day')::date
            when cell ? 'hour_at' then left(cell ->> 'hour_at', 10)::date - 58
            when mart = 'mart_page_health' then p.starts - 30
            when mart in ('mart_topics_daily', 'mart_scorecard', 'mart_product_feedback', 'mart_places') then (p.starts - p.length)::date
            else p.starts
        end,
        case
            when cell ? 'event_day' then (cell ->> 'event_day')::date
            when cell ? 'hour_at' then left(cell ->> 'hour_at', 10)::date + 1
            when mart in ('mart_recovery', 'mart_reply_effect') then (p.starts + p.length)::date + 37
            else (p.starts + p.length)::date - 1
        end
    from (
        select (cell ->> 'period_start')::date as starts,
            case cell ->> 'period_type' when 'week' then interval '7 days' when 'month' then interval '1 month' else interval '1 day' end as length
    ) p
$$;
comment on function ops.cell_days(text, jsonb) is 'The event days on which a cell of a mart rests.';

-- Whether an item at these places is part of a cell, or of what it is compared with. Shares and switching look at every bank.
create function ops.is_of_cell(mart text, cell jsonb, bank text, platform text, language text, topic text) returns boolean
language sql immutable as $$
    select (mart in ('mart_share_of_voice', 'mart_switching', 'mart_care_benchmark', 'mart_competitor_gap', 'mart_scorecard')
            or coalesce(cell ->> 'bank_id', 'all') in ('all', bank))
        and coalesce(cell ->> 'platform', 'all') in ('all', platform)
        and coalesce(cell ->> 'language', 'all') in ('all', language)
        and coalesce(cell ->> 'topic_id', 'all') in ('all', 'none', topic)
        and (coalesce(cell ->> 'series_type', 'all') = 'all' or cell ->> 'series_id' in (platform, topic))
$$;
comment on function ops.is_of_cell(text, jsonb, text, text, text, text) is 'Whether an item of this bank, platform, language and topic is part of a cell.';

create function ops.united(one jsonb, other jsonb) returns jsonb language sql immutable as $$
    select jsonb_object_agg(k, (select coalesce(jsonb_agg(distinct e), '[]') from jsonb_array_elements(
        coalesce(one -> k, '[]') || coalesce(other -> k, '[]')) e))
    from unnest(array['platforms', 'languages', 'bank_ids', 'topic_ids', 'days']) k
$$;
comment on function ops.united(jsonb, jsonb) is 'Where an item was before and is now, together.';

-- Why an item's part in the numbers changed: the first that holds. `before` is the last publication.
create function ops.change_cause(
    before ops.publications, now_as_of timestamptz, now_config text, was ops.published_mentions, counts_now boolean, now_version integer,
    now_labels uuid, now_models uuid, now_human text [], now_counts uuid, of_mention uuid
) returns text language sql stable as $$
    select case
        when before.publication_id is null then null
        when not counts_now and exists (select from core.deletions d where d.mention_id = of_mention and d.undone_at is null) then 'deletion'
        when not counts_now and exists (
            select from quality.quarantine q where q.mention_id = of_mention and q.released_at is null) then 'quarantine'
        when not counts_now and exists (
            select from core.mentions m where m.mention_id = of_mention and m.event_at > now_as_of) then 'clock'
        when not counts_now then 'deletion' -- nothing is left of it: erased
        when (was.mention_id is null or not was.is_counted) and exists (
            select from core.deletions d where d.mention_id = of_mention and d.undone_at > before.published_at) then 'deletion'
        when (was.mention_id is null or not was.is_counted) and exists (
            select from quality.quarantine q where q.mention_id = of_mention and q.released_at > before.published_at) then 'quarantine'
        when (was.mention_id is null or not was.is_counted) and exists (
            select from core.mentions m where m.mention_id = of_mention and m.event_at > before.as_of and m.loaded_at <= before.published_at)
            then 'clock'
        when was.mention_id is null or not was.is_counted then 'late_data'
        when was.version <> now_version then 'edit'
        when was.labels is distinct from now_labels and was.human_tasks <> now_human then 'relabel'
        when was.labels is distinct from now_labels and was.models <> now_models then 'model'
        when was.labels is distinct from now_labels and cardinality(now_human) > 0 then 'relabel'
        when was.labels is distinct from now_labels then 'snapshot'
        when was.counts <> now_counts then 'engagement'
        when before.config_version <> now_config then 'config'
        else 'context'
    end
$$;
comment on function ops.change_cause(ops.publications, timestamptz, text, ops.published_mentions, boolean, integer, uuid, uuid, text [], uuid, uuid)
    is 'Why an item''s part in the numbers changed since the last publication.';

-- What may move numbers although no item under them changed.
create function ops.general_causes(before ops.publications, now_as_of timestamptz, now_config text, now_definition text) returns text []
language sql stable as $$
    select array_remove(array[
        case when before.definition_version <> now_definition then 'definition' end,
        case when before.config_version <> now_config then 'config' end,
        case when exists (select from nlp.evaluations e where e.measured_at > before.published_at) then 'quality' end,
        case when exists (select from ops.dispositions d where d.loaded_at > before.published_at) then 'disposition' end,
        case when before.as_of <> now_as_of then 'clock' end
    ], null)
$$;
comment on function ops.general_causes(ops.publications, timestamptz, text, text) is 'What moves numbers without an item: definitions, configuration, measured quality, dispositions, the clock.';

-- Publishes the marts as they stand: what differs from the newest publication becomes one more. Null where nothing differs.
create function ops.publish(now_as_of timestamptz, now_config text, now_definition text) returns bigint language plpgsql as $$
declare
    before ops.publications;
    number bigint;
    general text [];
    item record;
begin
    perform pg_advisory_xact_lock(hashtext('renown.publish'));
    select * into before from ops.publications p order by p.publication_id desc limit 1;
    create temporary table cells_moved (
        mart text, cell_id uuid, cell jsonb, numbers jsonb, first_day date, last_day date, is_known boolean
    ) on commit drop;
    for item in select * from ops.published_marts() loop
        execute format($collect$
            insert into cells_moved (mart, cell_id, cell, numbers, is_known)
            select %1$L, coalesce(n.cell_id, o.cell_id), coalesce(n.cell, o.cell), n.numbers, o.cell_id is not null
            from (
                select t.%2$I as cell_id,
                    (select jsonb_object_agg(e.key, e.value) from jsonb_each(to_jsonb(t)) e where e.key = any (ops.cell_keys())) as cell,
                    to_jsonb(t) - ops.cell_keys() - %2$L as numbers
                from marts.%1$I t
            ) n
            full join (select * from ops.published_cells p where p.mart = %1$L and p.superseded_by is null) o on o.cell_id = n.cell_id
            where n.numbers is distinct from o.numbers
        $collect$, item.mart, item.id_column);
    end loop;
    update cells_moved c set (first_day, last_day) = (select d.first_day, d.last_day from ops.cell_days(c.mart, c.cell) d);
    create temporary table items_moved on commit drop as
    select coalesce(n.mention_id, o.mention_id) as mention_id, n.mention_id is not null as is_counted, to_jsonb(n) as now, to_jsonb(o) as was,
        coalesce(n.platforms, o.platforms) as platforms, coalesce(n.languages, o.languages) as languages,
        coalesce(n.bank_ids, o.bank_ids) as bank_ids, coalesce(n.topic_ids, o.topic_ids) as topic_ids, coalesce(n.days, o.days) as days,
        coalesce(n.version, o.version) as version, coalesce(n.facts, o.facts) as facts,
        case when n.mention_id is null then o.labels else n.labels end as labels,
        coalesce(n.models, o.models) as models, coalesce(n.human_tasks, o.human_tasks) as human_tasks, coalesce(n.counts, o.counts) as counts
    from ops.counted_mentions() n
    full join (select * from ops.published_mentions p where p.superseded_by is null) o on o.mention_id = n.mention_id
    where (o.mention_id is null and n.mention_id is not null)
        or (n.mention_id is null and o.is_counted)
        or (n.mention_id is not null and (not o.is_counted
            or (n.version, n.facts, n.labels, n.models, n.human_tasks, n.counts, n.days, n.bank_ids, n.topic_ids)
            is distinct from (o.version, o.facts, o.labels, o.models, o.human_tasks, o.counts, o.days, o.bank_ids, o.topic_ids)));
    if not exists (select from cells_moved) and not exists (select from items_moved) then
        drop table cells_moved, items_moved;
        return null;
    end if;
    insert into ops.publications (as_of, config_version, definition_version, cells_changed, mentions_changed)
    values (now_as_of, now_config, now_definition, (select count(*) from cells_moved), (select count(*) from items_moved))
    returning publication_id into number;
    perform ops.publish_items(number, before, now_as_of, now_config);
    general := case when before.publication_id is not null
        then ops.general_causes(before, now_as_of, now_config, now_definition) end;
    perform ops.publish_cells(number, before, general);
    drop table cells_moved, items_moved;
    return number;
end $$;
comment on function ops.publish(timestamptz, text, text) is 'Keeps what the marts now say, where it differs; the number of the publication, null where nothing differs.';

create function ops.publish_items(number bigint, before ops.publications, now_as_of timestamptz, now_config text) returns void
language plpgsql as $$
begin
    update ops.published_mentions p set superseded_by = number
    from items_moved i where i.mention_id = p.mention_id and p.superseded_by is null;
    insert into ops.published_mentions (mention_id, publication_id, is_counted, cause, platforms, languages, bank_ids, topic_ids, days, touched,
        version, facts, labels, models, human_tasks, counts)
    select i.mention_id, number, i.is_counted,
        ops.change_cause(before, now_as_of, now_config, jsonb_populate_record(null::ops.published_mentions, i.was), i.is_counted, i.version, i.labels, i.models, i.human_tasks, i.counts, i.mention_id),
        i.platforms, i.languages, i.bank_ids, i.topic_ids, i.days, ops.united(i.now, i.was),
        i.version, i.facts, i.labels, i.models, i.human_tasks, i.counts
    from items_moved i;
end $$;
comment on function ops.publish_items(bigint, ops.publications, timestamptz, text) is 'The items that changed, and why.';

create function ops.publish_cells(number bigint, before ops.publications, general text []) returns void language plpgsql as $$
begin
    -- One line for each place and reason, however many items changed there.
    create temporary table touches on commit drop as
    select distinct p.cause, (d.value #>> '{}')::date as day, b.value #>> '{}' as bank_id, f.value #>> '{}' as platform,
        l.value #>> '{}' as language, t.value #>> '{}' as topic_id
    from ops.published_mentions p
    cross join jsonb_array_elements(p.touched -> 'days') d
    left join jsonb_array_elements(p.touched -> 'bank_ids') b on true
    cross join jsonb_array_elements(p.touched -> 'platforms') f
    cross join jsonb_array_elements(p.touched -> 'languages') l
    left join jsonb_array_elements(p.touched -> 'topic_ids') t on true
    where p.publication_id = number and p.cause is not null;
    analyze touches;
    create temporary table reasons on commit drop as
    select c.mart, c.cell_id, array_agg(distinct t.cause order by t.cause) as causes
    from cells_moved c
    join touches t on t.day between c.first_day and c.last_day and ops.is_of_cell(c.mart, c.cell, t.bank_id, t.platform, t.language, t.topic_id)
    group by c.mart, c.cell_id;
    update ops.published_cells p set superseded_by = number
    from cells_moved c where (c.mart, c.cell_id) = (p.mart, p.cell_id) and p.superseded_by is null;
    insert into ops.published_cells (mart, cell_id, publication_id, cell, first_day, last_day, numbers, causes)
    select c.mart, c.cell_id, number, c.cell, c.first_day, c.last_day, c.numbers,
        case
            when before.publication_id is null then '{}'
            when r.causes is not null and general && '{definition,config}' then r.causes || (
                select coalesce(array_agg(g order by g), '{}') from unnest(general) g where g in ('definition', 'config') and g <> all (r.causes))
            when r.causes is not null then r.causes
            when general <> '{}' then general
            else '{context}'
        end
    from cells_moved c
    left join reasons r on (r.mart, r.cell_id) = (c.mart, c.cell_id);
    drop table touches, reasons;
end $$;
comment on function ops.publish_cells(bigint, ops.publications, text []) is 'The cells that changed, each with the reasons of the items that changed in it, or else the general ones.';

-- A mart as it was published: select * from marts.published(null::marts.mart_reputation_daily, timestamptz '2026-03-20 09:00Z').
create function marts.published(kind anyelement, at timestamptz) returns setof anyelement language sql stable security definer
set search_path = pg_catalog, pg_temp as $$
    select jsonb_populate_record(
        kind, c.cell || c.numbers || jsonb_build_object((select m.id_column from ops.published_marts() m where m.mart = c.mart), c.cell_id))
    from ops.published_cells c
    join (select max(p.publication_id) as publication_id from ops.publications p where p.published_at <= at) newest
        on c.publication_id <= newest.publication_id
        and (c.superseded_by is null or c.superseded_by > newest.publication_id)
    where c.mart = (
            select k.relname from pg_catalog.pg_class k
            join ops.mart_access a on a.relation = k.relname and a.access = 'open'
            where k.reltype = pg_typeof(kind)::oid and k.relnamespace = 'marts'::regnamespace)
        and c.numbers is not null
$$;
comment on function marts.published(anyelement, timestamptz) is 'The rows of a mart as they were published last at or before an instant.';
