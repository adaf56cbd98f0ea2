-- What names nobody where all may read, and restatements that say of what build they are and why.

-- No publication meanwhile, and none of marts that code of before has built: their cells have other keys. The next build is whole.
select pg_advisory_xact_lock(hashtext('renown.publish'));
delete from ops.mart_builds;

-- A story of one item had that item's id, which whoever knows a platform's ids can compute: open marts tell stories by a salted key.
create table ops.story_salt (is_only boolean primary key default true check (is_only), salt uuid not null default gen_random_uuid());
insert into ops.story_salt default values;
comment on table ops.story_salt is 'Goes into the keys of stories in open marts, so that no reader can tell of which item they are. It stays as it is: what was published has keys of it. Another one makes the next build whole.';

create function ops.story_key(story text) returns text language sql stable as $$
    select md5(concat_ws('|', s.salt, story)) from ops.story_salt s
$$;
comment on function ops.story_key(text) is 'What tells a story in an open mart; as macro story_key of the dbt project.';

alter table ops.publications add column begun_at timestamptz, add column without_queries text, add column register_version text;
comment on column ops.publications.published_at is 'When readers of what was published could see it: the last that is written.';
comment on column ops.publications.begun_at is 'When the build of these marts began: what came later may not be in them. Null where it was published before this was kept.';
comment on column ops.publications.without_queries is 'Hash of the configuration but for config/queries.yml.';
comment on column ops.publications.register_version is 'Hash of the register of branches and ATMs.';
alter table ops.mart_builds
    add column begun_at timestamptz, add column definition_version text, add column without_queries text, add column register_version text;
comment on column ops.mart_builds.begun_at is 'When it took its share of the changes; it read later, but may have missed what came in between.';
comment on column ops.mart_builds.definition_version is 'Hash of the dbt project and the warehouse''s migrations with which it was made.';

-- What was published of wishes, look-alikes and reach is kept as it would be published now.
update ops.published_cells p set
    cell_id = md5(concat_ws('|', p.cell ->> 'bank_id', ops.story_key(p.cell ->> 'story_id')))::uuid,
    cell = p.cell - 'story_id' || jsonb_build_object('story_key', ops.story_key(p.cell ->> 'story_id')),
    numbers = p.numbers - '{first_mention_id,first_at,last_at}'::text [] || jsonb_build_object('last_day',
        ((p.numbers ->> 'last_at')::timestamptz at time zone coalesce((select s.value #>> '{}' from config.settings s where s.key = 'timezone'), 'UTC'))::date)
where p.mart = 'mart_wishes' and p.cell ? 'story_id';
update ops.published_cells set numbers = numbers - 'first_mention_id' where mart = 'mart_impersonation' and numbers ? 'first_mention_id';
update ops.published_cells set numbers = jsonb_set(numbers, '{reach_upper}', 'null')
where mart in ('mart_reputation_daily', 'mart_reputation_periods') and jsonb_typeof(numbers -> 'reach_upper') = 'number'
    and (numbers ->> 'reach_known_count')::bigint < coalesce((select (s.value #>> '{}')::bigint from config.settings s where s.key = 'min_n'), 30);
update ops.published_mentions p set
    stories = (select array_agg(ops.story_key(s)) from unnest(p.stories) s),
    touched = case when p.touched ? 'stories' then jsonb_set(p.touched, '{stories}',
        (select coalesce(jsonb_agg(ops.story_key(s)), '[]') from jsonb_array_elements_text(p.touched -> 'stories') s)) else p.touched end
where p.stories is not null;

create or replace function ops.counted_mentions() returns table (
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
        array[md5(concat_ws('|', salts.salt, m.story_id))]
    from marts_rows.fct_mentions m
    cross join ops.story_salt salts
    left join marts_staging.stg_labels l on l.mention_id = m.mention_id
    left join named n on n.mention_id = m.mention_id
    left join addressed a on a.mention_id = m.mention_id
    left join cases c on (c.platform, c.site, c.conversation_id) = (m.platform, m.site, m.conversation_id);
end $$;

create or replace function ops.cell_keys(mart text) returns text [] language sql immutable as $$
    select ops.cell_keys() || case mart
        when 'mart_campaigns' then array['campaign_id', 'phase', 'phase_starts', 'phase_ends']
        when 'mart_wishes' then array['story_key', 'first_day']
        else '{}'
    end
$$;

-- The event days on which a cell rests. Of a case the answers of 30 days before matter (720 hours: canned ones).
create or replace function ops.cell_days(mart text, cell jsonb, out first_day date, out last_day date) language sql immutable as $$
    select
        case
            when mart in ('mart_wishes', 'mart_journey_paths') then date '0001-01-01'
            when mart = 'mart_campaigns' then p.phase_starts - p.phase_length * coalesce(array_position(array['during', 'after'], cell ->> 'phase'), 0)
            when mart = 'mart_impersonation' then (cell ->> 'event_day')::date - 29
            when cell ? 'event_day' then (cell ->> 'event_day')::date
            when cell ? 'hour_at' then left(cell ->> 'hour_at', 10)::date - 58
            when mart = 'mart_page_health' then p.starts - 31
            when mart in ('mart_customer_care', 'mart_care_benchmark') then p.starts - 30
            when mart = 'mart_scorecard' then (p.starts - p.length)::date - 30
            when mart in ('mart_topics_daily', 'mart_product_feedback', 'mart_places', 'mart_audience', 'mart_editorial',
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

-- The first day on which a cell's numbers move no more by themselves: a case is watched for a week (168 hours) after it was opened.
create function ops.settles_on(mart text, last_day date) returns date language sql immutable as $$
    select last_day + case when mart in ('mart_customer_care', 'mart_care_benchmark', 'mart_handled_negative', 'mart_scorecard') then 7 else 0 end
$$;
comment on function ops.settles_on(text, date) is 'Until the end of this day a cell was bound to move.';

create or replace function ops.is_of_cell(
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
        and coalesce(cell ->> 'story_key' = story, not cell ? 'story_key')
$$;

create or replace function ops.change_cause(
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
            select from core.deletions d where d.mention_id = of_mention and d.undone_at > coalesce(before.begun_at, before.published_at)) then 'deletion'
        when (was.mention_id is null or not was.is_counted) and exists (
            select from quality.quarantine q where q.mention_id = of_mention and q.released_at > coalesce(before.begun_at, before.published_at)) then 'quarantine'
        when (was.mention_id is null or not was.is_counted) and exists (
            select from core.mentions m where m.mention_id = of_mention and m.event_at > before.as_of and m.loaded_at <= coalesce(before.begun_at, before.published_at))
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

create function ops.is_query_alone(before ops.publications, after ops.publications) returns boolean language sql immutable as $$
    select coalesce(before.config_version <> after.config_version and before.without_queries = after.without_queries, false)
$$;
comment on function ops.is_query_alone(ops.publications, ops.publications) is 'Whether only config/queries.yml is another: which posts are asked for.';

drop function ops.general_causes(ops.publications, timestamptz, text, text);
-- What may move numbers although no item under them changed. What came after a build began is the next one's.
create function ops.general_causes(before ops.publications, after ops.publications) returns text [] language sql stable as $$
    select array_remove(array[
        case when before.definition_version <> after.definition_version then 'definition' end,
        case when before.config_version <> after.config_version then case when ops.is_query_alone(before, after) then 'query' else 'config' end end,
        case when before.register_version <> after.register_version then 'register' end,
        case when exists (select from nlp.evaluations e where e.measured_at > coalesce(before.begun_at, before.published_at)) then 'quality' end,
        case when exists (select from ops.dispositions d where d.loaded_at > coalesce(before.begun_at, before.published_at)) then 'disposition' end,
        case when before.as_of <> after.as_of then 'clock' end
    ], null)
$$;
comment on function ops.general_causes(ops.publications, ops.publications)
    is 'What moves numbers without an item: definitions, configuration, queries, registers, measured quality, dispositions, the clock.';

-- The reasons of the items that changed in a cell, and beside them the general ones that can do something there; the clock and the context only
-- where nothing else is known.
create function ops.causes_of_cell(mart text, was jsonb, numbers jsonb, of_items text [], general text []) returns text [] language sql stable as $$
    with fitting as (
        select g.cause from unnest(general) with ordinality as g (cause, place)
        where case g.cause
            when 'register' then mart = 'mart_places'
            when 'disposition' then mart in ('mart_customer_care', 'mart_care_benchmark', 'mart_handled_negative', 'mart_scorecard', 'mart_wishes')
            when 'quality' then exists (
                select from jsonb_object_keys(coalesce(numbers, was)) k
                where k ~ '_(corrected(_lower|_upper)?|measured_count|sensitivity|specificity|basis|evaluation_id)$'
                    and numbers -> k is distinct from was -> k)
            else true
        end
        order by g.place
    )
    select case
        when of_items is not null then of_items || (select coalesce(array_agg(f.cause), '{}') from fitting f where f.cause <> all (of_items || 'clock'::text))
        else coalesce((select array_agg(f.cause) from fitting f), '{context}')
    end
$$;
comment on function ops.causes_of_cell(text, jsonb, jsonb, text [], text []) is 'Why a cell moved: its items'' reasons, and the general ones that fit it.';

drop function ops.publish(timestamptz, text, text);
-- Publishes the marts as they stand: what differs from the newest publication becomes one more. Null where nothing differs. `now_build`: of
-- ops.mart_builds what tells of the build.
create function ops.publish(now_as_of timestamptz, now_config text, now_definition text, now_build jsonb) returns bigint language plpgsql as $$
declare
    before ops.publications;
    after ops.publications;
    item record;
begin
    perform pg_advisory_xact_lock(hashtext('renown.publish'));
    select * into before from ops.publications p order by p.publication_id desc limit 1;
    create temporary table cells_moved (
        mart text, cell_id uuid, cell jsonb, numbers jsonb, was jsonb, first_day date, last_day date, is_known boolean
    ) on commit drop;
    for item in select * from ops.published_marts() loop
        execute format($collect$
            insert into cells_moved (mart, cell_id, cell, numbers, was, is_known)
            select %1$L, coalesce(n.cell_id, o.cell_id), coalesce(n.cell, o.cell), n.numbers, o.numbers, o.cell_id is not null
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
    analyze cells_moved, items_moved;
    if not exists (select from cells_moved) and not exists (select from items_moved) then
        drop table cells_moved, items_moved;
        return null;
    end if;
    insert into ops.publications (as_of, config_version, definition_version, cells_changed, mentions_changed,
        begun_at, without_queries, register_version)
    values (now_as_of, now_config, now_definition, (select count(*) from cells_moved), (select count(*) from items_moved),
        (now_build ->> 'begun_at')::timestamptz, now_build ->> 'without_queries', now_build ->> 'register_version')
    returning * into after;
    -- Which posts are asked for changes nothing of an item that is there.
    perform ops.publish_items(after.publication_id, before, now_as_of, case when ops.is_query_alone(before, after) then before.config_version else now_config end);
    perform ops.publish_cells(after.publication_id, before, ops.general_causes(before, after));
    update ops.publications p set published_at = clock_timestamp() where p.publication_id = after.publication_id; -- nobody has read it before
    drop table cells_moved, items_moved;
    return after.publication_id;
end $$;
comment on function ops.publish(timestamptz, text, text, jsonb) is 'Keeps what the marts now say, where it differs; the number of the publication, null where nothing differs.';

-- Which items changed in which cells. Places (of items, of cells) are far fewer than items and cells, so only they are held against one another,
-- and only where bank and platform can be equal; days are looked at last.
create function ops.find_reasons(number bigint) returns void language plpgsql as $$
begin
    create temporary table touches on commit drop as
    select distinct p.cause, (d.value #>> '{}')::date as day, dense_rank() over (order by b.value, f.value, l.value, t.value, u.value, g.value, s.value) as place,
        b.value #>> '{}' as bank_id, f.value #>> '{}' as platform, l.value #>> '{}' as language, t.value #>> '{}' as topic_id,
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
        where exists (select from cells_moved c where c.mart = 'mart_wishes' and c.cell ->> 'story_key' = e.value)
    ) s on true
    where p.publication_id = number and p.cause is not null;
    create temporary table cell_places on commit drop as
    select c.mart, c.cell_id, c.first_day, c.last_day, k.place, dense_rank() over (order by c.mart, k.place) as place_number
    from cells_moved c
    cross join lateral (
        select coalesce(jsonb_object_agg(e.key, e.value), '{}') as place from jsonb_each(c.cell) e
        where e.key = any ('{bank_id,platform,language,country,topic_id,campaign_id,series_type,series_id,story_key}')
    ) k;
    analyze touches, cell_places;
    create temporary table met on commit drop as
    with of_cells as (
        select distinct c.place_number, c.mart, c.place, coalesce(c.place ->> 'platform', 'all') as platform_key,
            case when c.mart in ('mart_share_of_voice', 'mart_switching', 'mart_care_benchmark', 'mart_competitor_gap', 'mart_scorecard',
                'mart_editorial', 'mart_campaigns') then 'all' else coalesce(c.place ->> 'bank_id', 'all') end as bank_key
        from cell_places c
    ),
    of_items as (
        select distinct t.place, t.bank_id, t.platform, t.language, t.topic_id, t.country, t.campaign, t.story, bank.bank_key, platform.platform_key
        from touches t
        cross join lateral (values (coalesce(t.bank_id, 'none')), ('all')) bank (bank_key)
        cross join lateral (values (t.platform), ('all')) platform (platform_key)
    )
    select c.place_number, i.place
    from of_cells c
    join of_items i on i.bank_key = c.bank_key and i.platform_key = c.platform_key
        and ops.is_of_cell(c.mart, c.place, i.bank_id, i.platform, i.language, i.topic_id, i.country, i.campaign, i.story);
    analyze met;
    create temporary table reasons on commit drop as
    select c.mart, c.cell_id, array_agg(distinct t.cause order by t.cause) as causes
    from cell_places c
    join met m on m.place_number = c.place_number
    join (select distinct place, day, cause from touches) t on t.place = m.place and t.day between c.first_day and c.last_day
    group by c.mart, c.cell_id;
    analyze reasons;
    drop table touches, cell_places, met;
end $$;
create or replace function ops.publish_cells(number bigint, before ops.publications, general text []) returns void language plpgsql as $$
declare
    known text [] := array(select distinct p.mart from ops.published_cells p);
begin
    perform ops.find_reasons(number);
    update ops.published_cells p set superseded_by = number
    from cells_moved c where (c.mart, c.cell_id) = (p.mart, p.cell_id) and p.superseded_by is null;
    insert into ops.published_cells (mart, cell_id, publication_id, cell, first_day, last_day, numbers, causes)
    select c.mart, c.cell_id, number, c.cell, c.first_day, c.last_day, c.numbers,
        case
            when before.publication_id is null or c.mart <> all (known) then '{}' -- nobody has read it yet
            else ops.causes_of_cell(c.mart, c.was, c.numbers, r.causes, general)
        end
    from cells_moved c
    left join reasons r on (r.mart, r.cell_id) = (c.mart, c.cell_id);
    drop table reasons;
end $$;

-- A mart as it was published: select * from marts.published(null::marts.mart_reputation_daily, timestamptz '2026-03-20 09:00Z').
create or replace function marts.published(kind anyelement, at timestamptz) returns setof anyelement language plpgsql stable security definer
set search_path = pg_catalog, pg_temp as $$
declare
    asked text := (select k.relname from pg_catalog.pg_class k where k.reltype = pg_typeof(kind)::oid and k.relnamespace = 'marts'::regnamespace);
    id text := (select m.id_column from ops.published_marts() m where m.mart = asked);
    newest bigint := (select max(p.publication_id) from ops.publications p where p.published_at <= at);
begin
    if id is null then
        raise exception '% is not kept: it is no open series of numbers (docs/restatements.md)', coalesce(asked, pg_typeof(kind)::text)
            using errcode = 'invalid_parameter_value';
    elsif newest is null then
        raise exception 'nothing was published by %: the first publication is of %', at,
            coalesce((select min(p.published_at)::text from ops.publications p), 'a time to come')
            using errcode = 'invalid_parameter_value';
    end if;
    return query
    select row.*
    from ops.published_cells c
    cross join lateral jsonb_populate_record(kind, c.cell || c.numbers || jsonb_build_object(id, c.cell_id)) row
    where c.mart = asked and c.publication_id <= newest and (c.superseded_by is null or c.superseded_by > newest) and c.numbers is not null;
end $$;

-- The public view over a table of marts_rows. It is replaced, never dropped, while its columns stay, in whatever order the model now tells them:
-- new ones come last. Where one goes or changes its type and users' views read the view, it stops and names them. An equal one over the same table
-- is not touched, since replacing waits for every open reader.
create or replace function ops.publish_rows(name text, body text, comments jsonb) returns void language plpgsql as $$
declare
    place text := format('marts.%I', name);
    made text := format('create or replace view %s with (security_barrier = true) as ', place);
    mark text := md5(made || body || comments::text || to_regclass(format('marts_rows.%I', name))::oid::text);
    entry record;
begin
    if exists (select 1 from pg_catalog.pg_class c where c.oid = to_regclass(place) and c.relkind = 'v')
        and exists (select 1 from ops.mart_access a where a.relation = name and a.access = 'rows' and a.stamp = mark) then
        perform ops.grant_mart(name);
        return;
    end if;
    if exists (select 1 from pg_catalog.pg_class c where c.oid = to_regclass(place) and c.relkind = 'r') then
        perform ops.no_readers(place, 'becomes a view');
        execute format('drop table %s cascade', place); -- as it was before rows were set apart
    end if;
    execute made || ops.in_kept_order(place, body);
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

-- The query of a view, its columns in the order that the view already has, new ones last. Drops the view where that cannot be.
create function ops.in_kept_order(place text, body text) returns text language plpgsql as $$
declare
    gone text;
    listed text;
    told text;
begin
    execute 'create temporary view publish_rows_next as ' || body;
    select string_agg(quote_ident(o.attname), ', ' order by o.attnum) into gone
    from pg_catalog.pg_attribute o
    where o.attrelid = to_regclass(place) and o.attnum > 0 and not exists (
        select from pg_catalog.pg_attribute n where n.attrelid = 'pg_temp.publish_rows_next'::regclass
            and (n.attname, n.atttypid, n.atttypmod) = (o.attname, o.atttypid, o.atttypmod));
    select string_agg(quote_ident(n.attname), ', ' order by o.attnum nulls last, n.attnum), string_agg(quote_ident(n.attname), ', ' order by n.attnum)
    into listed, told
    from pg_catalog.pg_attribute n
    left join pg_catalog.pg_attribute o on o.attrelid = to_regclass(place) and o.attnum > 0 and o.attname = n.attname
    where n.attrelid = 'pg_temp.publish_rows_next'::regclass and n.attnum > 0;
    drop view pg_temp.publish_rows_next;
    if gone is not null then
        perform ops.no_readers(place, format('changes columns (%s)', gone));
        execute format('drop view %s cascade', place); -- views of ours alone
        return body;
    end if;
    return case when listed = told then body else format('select %s from (%s) as told', listed, body) end;
end $$;
comment on function ops.in_kept_order(text, text) is 'For ops.publish_rows: the query with the columns of the view first, as they stand there.';

create function ops.no_readers(place text, does text) returns void language plpgsql as $$
declare
    readers text;
begin
    with recursive reading as (
        select to_regclass(place)::oid as read_oid
        union
        select r.ev_class from reading
        join pg_catalog.pg_depend d on d.classid = 'pg_rewrite'::regclass and d.refobjid = reading.read_oid
        join pg_catalog.pg_rewrite r on r.oid = d.objid
    )
    select string_agg(c.oid::regclass::text, ', ' order by c.oid::regclass::text) into readers
    from reading join pg_catalog.pg_class c on c.oid = reading.read_oid
    where c.relkind in ('v', 'm') and c.relnamespace::regnamespace::text not in ('marts', 'marts_rows', 'marts_intermediate', 'marts_staging');
    if readers is not null then
        raise exception '% % that views may read: %. Keep their definitions, drop them, build, and make them again', place, does, readers
            using errcode = 'dependent_objects_still_exist';
    end if;
end $$;
comment on function ops.no_readers(text, text) is 'Stops where views of users read a relation, and names them.';
