-- What moved a published number, told as finely as the newer marts need: by country, campaign and story; by labels of places, personal data,
-- campaigns and journeys; and for the phases of campaigns and for wishes, which are published now, too.
alter table ops.published_mentions
    add column more_labels uuid, add column more_models uuid,
    add column countries text [], add column campaigns text [], add column stories text [];
comment on column ops.published_mentions.more_labels is 'Hash of the labels of places, personal data, campaigns and journey; null where it was published before these were looked at.';
comment on column ops.published_mentions.countries is 'Its country, or unknown; null where it was published before this was kept.';
comment on column ops.published_mentions.touched is 'platforms, languages, bank_ids, topic_ids, days, countries, campaigns, stories: before and after together.';

drop function ops.counted_mentions();
-- The items as the marts count them now.
create function ops.counted_mentions() returns table (
    mention_id uuid, platforms text [], languages text [], bank_ids text [], topic_ids text [], days date [],
    version integer, facts uuid, labels uuid, models uuid, human_tasks text [], counts uuid,
    more_labels uuid, more_models uuid, countries text [], campaigns text [], stories text []
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
        md5(row(m.likes, m.shares, m.comments, m.views, m.quotes, m.author_followers)::text)::uuid,
        md5(jsonb_build_array(l.labels -> 'places', l.labels -> 'pii', l.labels -> 'campaigns', l.labels -> 'journey')::text)::uuid,
        md5(jsonb_build_array(m.model_versions -> 'places', m.model_versions -> 'pii', m.model_versions -> 'campaigns', m.model_versions -> 'journey')::text)::uuid,
        array[coalesce(m.country, 'unknown')],
        (select coalesce(array_agg(distinct t.value ->> 'campaign_id'), '{}') from jsonb_array_elements(
            case when jsonb_typeof(l.labels -> 'campaigns') = 'array' then l.labels -> 'campaigns' else '[]' end) t where t.value ->> 'campaign_id' is not null),
        array[m.story_id]
    from marts_rows.fct_mentions m
    left join marts_staging.stg_labels l on l.mention_id = m.mention_id
    left join named n on n.mention_id = m.mention_id
    left join addressed a on a.mention_id = m.mention_id
    left join cases c on (c.platform, c.site, c.conversation_id) = (m.platform, m.site, m.conversation_id);
end $$;
comment on function ops.counted_mentions() is 'The items under the marts as they stand: where they count, and hashes of what they are.';

-- Marts that are published: open, a uuid first, and a day, a period, an hour, or a phase; wishes by their first day.
create or replace function ops.published_marts() returns table (mart text, id_column text, when_column text) language sql stable as $$
    select a.relation, k.attname::text, w.attname::text
    from ops.mart_access a
    join pg_catalog.pg_class c on c.oid = to_regclass(format('marts.%I', a.relation)) and c.relkind = 'r'
    join pg_catalog.pg_attribute k on k.attrelid = c.oid and k.attnum = 1 and k.atttypid = 'uuid'::regtype
    join pg_catalog.pg_attribute w on w.attrelid = c.oid and w.attname in ('event_day', 'period_start', 'hour_at', 'phase_starts') and not w.attisdropped
        or w.attrelid = c.oid and a.relation = 'mart_wishes' and w.attname = 'first_day'
    where a.access = 'open' and starts_with(a.relation, 'mart_')
        and not exists (select from pg_catalog.pg_attribute s where s.attrelid = c.oid and s.attname = 'source_id')
    order by a.relation
$$;

-- The keys of a mart's cell: some marts have more than all others have.
create function ops.cell_keys(mart text) returns text [] language sql immutable as $$
    select ops.cell_keys() || case mart
        when 'mart_campaigns' then array['campaign_id', 'phase', 'phase_starts', 'phase_ends']
        when 'mart_wishes' then array['story_id', 'first_day']
        else '{}'
    end
$$;
comment on function ops.cell_keys(text) is 'The columns that tell a cell of a mart, in the order of ops.cell_keys() and then its own.';

-- The event days on which a cell rests: many are held against the period before, an hour against eight weeks, an account against its last
-- 28 days, a page's audience is that of 30; what follows a reply or an article is watched for weeks; a step of a journey may begin, and a wish
-- be uttered, at any time.
create or replace function ops.cell_days(mart text, cell jsonb, out first_day date, out last_day date) language sql immutable as $$
    select
        case
            when mart in ('mart_wishes', 'mart_journey_paths') then date '0001-01-01'
            when mart = 'mart_campaigns' then p.phase_starts - p.phase_length * coalesce(array_position(array['during', 'after'], cell ->> 'phase'), 0)
            when mart = 'mart_impersonation' then (cell ->> 'event_day')::date - 29
            when cell ? 'event_day' then (cell ->> 'event_day')::date
            when cell ? 'hour_at' then left(cell ->> 'hour_at', 10)::date - 58
            when mart = 'mart_page_health' then p.starts - 31
            when mart in ('mart_topics_daily', 'mart_scorecard', 'mart_product_feedback', 'mart_places', 'mart_audience', 'mart_editorial',
                'mart_journey', 'mart_recovery') then (p.starts - p.length)::date
            else p.starts
        end,
        case
            when mart = 'mart_wishes' then date '9999-12-31'
            when mart = 'mart_campaigns' then (cell ->> 'phase_ends')::date
            when cell ? 'event_day' then (cell ->> 'event_day')::date
            when cell ? 'hour_at' then left(cell ->> 'hour_at', 10)::date + 1
            when mart in ('mart_recovery', 'mart_reply_effect', 'mart_editorial') then (p.starts + p.length)::date + 37
            else (p.starts + p.length)::date - 1
        end
    from (
        select (cell ->> 'period_start')::date as starts,
            case cell ->> 'period_type' when 'week' then interval '7 days' when 'month' then interval '1 month' else interval '1 day' end as length,
            (cell ->> 'phase_starts')::date as phase_starts,
            (cell ->> 'phase_ends')::date - (cell ->> 'phase_starts')::date + 1 as phase_length
    ) p
$$;

-- Whether an item at these places is part of a cell, or of what it is compared with. Shares and switching look at every bank; a topic's share and
-- a case's level at items of any topic; an article's answers may name no bank; a campaign's item may name but the campaign. The function of the
-- same name with fewer places serves views that were made before this migration.
create function ops.is_of_cell(
    mart text, cell jsonb, bank text, platform text, language text, topic text, country text, campaign text, story text
) returns boolean language sql immutable as $$
    select (mart in ('mart_share_of_voice', 'mart_switching', 'mart_care_benchmark', 'mart_competitor_gap', 'mart_scorecard')
            or coalesce(cell ->> 'bank_id', 'all') in ('all', coalesce(bank, 'none'))
            or mart = 'mart_editorial' and bank is null
            or coalesce(mart = 'mart_campaigns' and cell ->> 'campaign_id' = campaign, false))
        and coalesce(cell ->> 'platform', 'all') in ('all', platform)
        and coalesce(cell ->> 'language', 'all') in ('all', language)
        and (country is null or coalesce(cell ->> 'country', 'all') in ('all', country))
        and (mart in ('mart_topics_daily', 'mart_handled_negative', 'mart_editorial', 'mart_wishes')
            or coalesce(cell ->> 'topic_id', 'all') in ('all', 'none', topic))
        and (coalesce(cell ->> 'series_type', 'all') in ('all', 'hashtag') or cell ->> 'series_id' in (platform, topic))
        and coalesce(cell ->> 'story_id' = story, not cell ? 'story_id')
$$;
comment on function ops.is_of_cell(text, jsonb, text, text, text, text, text, text, text)
    is 'Whether an item of this bank, platform, language, topic, country, campaign and story is part of a cell.';

create or replace function ops.united(one jsonb, other jsonb) returns jsonb language sql immutable as $$
    select jsonb_object_agg(k, (select coalesce(jsonb_agg(distinct e), '[]') from jsonb_array_elements(
        coalesce(one -> k, '[]') || coalesce(other -> k, '[]')) e))
    from unnest(array['platforms', 'languages', 'bank_ids', 'topic_ids', 'days', 'countries', 'campaigns', 'stories']) k
$$;

-- Publishes the marts as they stand: what differs from the newest publication becomes one more. Null where nothing differs.
create or replace function ops.publish(now_as_of timestamptz, now_config text, now_definition text) returns bigint language plpgsql as $$
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
                    (select jsonb_object_agg(e.key, e.value) from jsonb_each(to_jsonb(t)) e where e.key = any (ops.cell_keys(%1$L))) as cell,
                    to_jsonb(t) - ops.cell_keys(%1$L) - %2$L as numbers
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
        coalesce(n.models, o.models) as models, coalesce(n.human_tasks, o.human_tasks) as human_tasks, coalesce(n.counts, o.counts) as counts,
        coalesce(n.more_labels, o.more_labels) as more_labels, coalesce(n.more_models, o.more_models) as more_models,
        coalesce(n.countries, o.countries) as countries, coalesce(n.campaigns, o.campaigns) as campaigns, coalesce(n.stories, o.stories) as stories
    from ops.counted_mentions() n
    full join (select * from ops.published_mentions p where p.superseded_by is null) o on o.mention_id = n.mention_id
    where (o.mention_id is null and n.mention_id is not null)
        or (n.mention_id is null and o.is_counted)
        or (n.mention_id is not null and (not o.is_counted or n.more_labels <> o.more_labels
            or (n.version, n.facts, n.labels, n.models, n.human_tasks, n.counts, n.days, n.bank_ids, n.topic_ids)
            is distinct from (o.version, o.facts, o.labels, o.models, o.human_tasks, o.counts, o.days, o.bank_ids, o.topic_ids)));
    if exists (select from ops.published_mentions p where p.superseded_by is null and p.is_counted and p.more_labels is null) then
        update ops.published_mentions p
        set more_labels = n.more_labels, more_models = n.more_models, countries = n.countries, campaigns = n.campaigns, stories = n.stories
        from ops.counted_mentions() n
        where n.mention_id = p.mention_id and p.superseded_by is null and p.more_labels is null;
    end if;
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

-- Two hashes as one; the first alone where the second was not kept.
create function ops.with_more(one text, more text) returns uuid language sql immutable as $$
    select case when more is null then one::uuid else md5(concat(one, more))::uuid end
$$;
comment on function ops.with_more(text, text) is 'Hash of the labels of an item, whichever were kept of it.';

create or replace function ops.publish_items(number bigint, before ops.publications, now_as_of timestamptz, now_config text) returns void
language plpgsql as $$
begin
    update ops.published_mentions p set superseded_by = number
    from items_moved i where i.mention_id = p.mention_id and p.superseded_by is null;
    insert into ops.published_mentions (mention_id, publication_id, is_counted, cause, platforms, languages, bank_ids, topic_ids, days, touched,
        version, facts, labels, models, human_tasks, counts,
        more_labels, more_models, countries, campaigns, stories)
    select i.mention_id, number, i.is_counted,
        ops.change_cause(before, now_as_of, now_config,
            jsonb_populate_record(null::ops.published_mentions, i.was || jsonb_build_object(
                'labels', ops.with_more(i.was ->> 'labels', i.was ->> 'more_labels'), 'models', ops.with_more(i.was ->> 'models', i.was ->> 'more_models'))),
            i.is_counted, i.version,
            case when i.was ->> 'more_labels' is null then i.labels else ops.with_more(i.labels::text, i.more_labels::text) end,
            case when i.was ->> 'more_labels' is null then i.models else ops.with_more(i.models::text, i.more_models::text) end,
            i.human_tasks, i.counts, i.mention_id),
        i.platforms, i.languages, i.bank_ids, i.topic_ids, i.days, ops.united(i.now, i.was),
        i.version, i.facts, i.labels, i.models, i.human_tasks, i.counts,
        i.more_labels, i.more_models, i.countries, i.campaigns, i.stories
    from items_moved i;
end $$;

create or replace function ops.publish_cells(number bigint, before ops.publications, general text []) returns void language plpgsql as $$
declare
    known text [] := array(select distinct p.mart from ops.published_cells p);
begin
    -- One line for each place and reason, however many items changed there.
    create temporary table touches on commit drop as
    select distinct p.cause, (d.value #>> '{}')::date as day, b.value #>> '{}' as bank_id, f.value #>> '{}' as platform,
        l.value #>> '{}' as language, t.value #>> '{}' as topic_id,
        u.value #>> '{}' as country, g.value #>> '{}' as campaign, s.value as story
    from ops.published_mentions p
    cross join jsonb_array_elements(p.touched -> 'days') d
    left join jsonb_array_elements(p.touched -> 'bank_ids') b on true
    cross join jsonb_array_elements(p.touched -> 'platforms') f
    cross join jsonb_array_elements(p.touched -> 'languages') l
    left join jsonb_array_elements(p.touched -> 'topic_ids') t on true
    left join jsonb_array_elements(p.touched -> 'countries') u on true
    left join jsonb_array_elements(p.touched -> 'campaigns') g on true
    left join lateral (
        select e.value from jsonb_array_elements_text(p.touched -> 'stories') e
        where exists (select from cells_moved c where c.mart = 'mart_wishes' and c.cell ->> 'story_id' = e.value)
    ) s on true
    where p.publication_id = number and p.cause is not null;
    analyze touches;
    create temporary table reasons on commit drop as
    select c.mart, c.cell_id, array_agg(distinct t.cause order by t.cause) as causes
    from cells_moved c
    join touches t on t.day between c.first_day and c.last_day and ops.is_of_cell(c.mart, c.cell, t.bank_id, t.platform, t.language, t.topic_id,
        t.country, t.campaign, t.story)
    group by c.mart, c.cell_id;
    update ops.published_cells p set superseded_by = number
    from cells_moved c where (c.mart, c.cell_id) = (p.mart, p.cell_id) and p.superseded_by is null;
    insert into ops.published_cells (mart, cell_id, publication_id, cell, first_day, last_day, numbers, causes)
    select c.mart, c.cell_id, number, c.cell, c.first_day, c.last_day, c.numbers,
        case
            when before.publication_id is null or c.mart <> all (known) then '{}' -- nobody has read it yet
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
