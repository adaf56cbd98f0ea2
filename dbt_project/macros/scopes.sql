{#-
What a partial build rebuilds. A partial build (var partial, set by warehouse/dbt.py) looks only at what changed since the last one:
marts_changes.mentions holds the mentions that the warehouse's triggers named, marts_changes.<model> the keys (meta.changes) of the
rows that a model removed or added since. Each scope below is the condition on a model's own rows; its inputs are narrowed alike.
-#}

{#- `where <scope>` in a partial build, nothing in a whole one. -#}
{% macro within(scope) -%}
    {%- if var('partial', false) -%} where {{ scope }} {%- endif -%}
{%- endmacro %}

{#- `and <scope>` behind a model's own condition. -#}
{% macro and_within(scope) -%}
    {%- if var('partial', false) -%} and {{ scope }} {%- endif -%}
{%- endmacro %}

{#- A view's rows of some mentions (a relation with mention_id), looked up one by one: a condition on a set does not get below a view's
    `distinct on`. -#}
{% macro looked_up(view, touched) -%}
    (
        select narrowed.*
        from {{ touched }} as touched
        cross join lateral (select * from {{ view }} as viewed where viewed.mention_id = touched.mention_id offset 0) as narrowed
    )
{%- endmacro %}

{#- A view's rows of the changed mentions in a partial build. -#}
{% macro of_changed_mentions(view) -%}
    {{ looked_up(view, 'marts_changes.mentions') if var('partial', false) else view }}
{%- endmacro %}

{#- Rows whose key a build has written down before it makes the model (macro touched_<scope>, materializations/table.sql): three statements ask for them,
    and of a table that was counted the planner knows whether to look them up one by one or to read all. -#}
{% macro in_touched(key) -%}
    {{ key }} in (select touched.{{ key }} from pg_temp.touched as touched)
{%- endmacro %}

{#- A CTE that others read several times: in a partial build it is worked out once, in a whole one the planner sees the table behind it. -#}
{% macro once_if_partial() -%}
    {{ 'materialized' if var('partial', false) else 'not materialized' }}
{%- endmacro %}

{#- A mention on its event day, as one value: the expression of an index in which a day's rows stand beside each other, on few pages whatever the
    history; by id alone, which is a hash, they stand on as many pages as there are rows. One value, not two columns: of two the planner takes the share
    of the day's rows times that of the id's, counts on next to none, and holds each against all. -#}
{% macro day_key(rows='') -%}
    {%- set of = rows ~ '.' if rows else '' -%}
    (int4send({{ of }}event_day - date '2000-01-01') || uuid_send({{ of }}mention_id))
{%- endmacro %}

{#- Rows of mentions that a build has written down with their event days. -#}
{% macro in_touched_mentions() -%}
    {{ day_key() }} in (select touched.day_key from pg_temp.touched as touched)
{%- endmacro %}

{#- Changed mentions, of tables that do not know the day. -#}
{% macro scope_mentions() -%}
    mention_id in (select mention_id from marts_changes.mentions)
{%- endmacro %}

{#- Changed mentions on the event days on which they stand or, in some table, may still stand. -#}
{% macro scope_dated_mentions() -%}
    {{ day_key() }} in (select told.day_key from marts_changes.mention_days as told)
{%- endmacro %}

{#- After stg_mentions: where its changed rows stand now, and where those stood that it has removed since a build last came to its end; a build that was
    cut off may have left them there in the tables behind it. -#}
{% macro note_mention_days() -%}
    {%- if var('partial', false) -%}
        truncate marts_changes.mention_days;
        insert into marts_changes.mention_days
        select told.mention_id, told.event_day, {{ day_key('told') }}
        from (
            select known.mention_id, known.event_day
            from {{ this }} as known
            inner join marts_changes.mentions as changed on known.mention_id = changed.mention_id
            union
            select left_behind.mention_id, left_behind.event_day from marts_changes.stg_mentions as left_behind
        ) as told;
        analyze marts_changes.mention_days
    {%- endif -%}
{%- endmacro %}

{#- Whom an item answers, as a pseudonym: the expression of stg_mentions' index. -#}
{% macro answered_author(mentions) -%}
    md5({{ mentions }}.platform || chr(31) || {{ mentions }}.site || chr(31) || {{ mentions }}.in_reply_to_author_id)
{%- endmacro %}

{#- Changed mentions, those whose addressees changed, and those that answer an author whose names may be others than before. -#}
{% macro touched_strangers() -%}
    (
        select distinct {{ day_key('touched') }} as day_key
        from (
            select mention_id, event_day from marts_changes.mention_days
            union
            select mention_id, event_day from marts_changes.int_addressed_accounts
            union
            select answering.mention_id, answering.event_day
            from marts_staging.stg_mentions as answering
            inner join (
                select author_key from marts_changes.authors
                union
                select md5(said.platform || chr(31) || said.site || chr(31) || said.author_id) from marts_changes.stg_mentions as said
                where said.author_id is not null
            ) as changed on {{ answered_author('answering') }} = changed.author_key
            where cardinality(answering.handles) > 0
        ) as touched
    )
{%- endmacro %}

{% macro scope_strangers() -%}
    {{ in_touched_mentions() }}
{%- endmacro %}

{#- Hours in which something of core.mentions happens now, or did before it was changed or erased (warehouse/mart_changes.py). -#}
{% macro changed_source_hours() -%}
    array(select changed.hour_at from marts_changes.source_hours as changed)
{%- endmacro %}

{#- Rows of such an hour. -#}
{% macro scope_source_hours() -%}
    hour_at = any({{ changed_source_hours() }})
{%- endmacro %}

{#- Rows of core.mentions of such an hour, by its index on event_at. -#}
{% macro of_source_hours(mentions) -%}
    {%- if var('partial', false) -%}
        (
            select inside.*
            from unnest({{ changed_source_hours() }}) as changed (hour_at)
            inner join {{ mentions }} as inside
                on changed.hour_at <= inside.event_at and changed.hour_at + interval '1 hour' > inside.event_at
        )
    {%- else -%}
        {{ mentions }}
    {%- endif -%}
{%- endmacro %}

{#- Changed mentions, and those that answer an author who has become an official one, or is it no more. -#}
{% macro touched_addressed_accounts() -%}
    (
        select distinct {{ day_key('touched') }} as day_key
        from (
            select mention_id, event_day from marts_changes.mention_days
            union
            select answering.mention_id, answering.event_day
            from marts_staging.stg_mentions as answering
            inner join marts_changes.int_official_authors as official
                on {{ answered_author('answering') }} = md5(official.platform || chr(31) || official.site || chr(31) || official.author_id)
        ) as touched
    )
{%- endmacro %}

{% macro scope_addressed_accounts() -%}
    {{ in_touched_mentions() }}
{%- endmacro %}

{#- Changed mentions, and those whose addressees changed. -#}
{% macro touched_addressing() -%}
    (
        select distinct {{ day_key('touched') }} as day_key
        from (
            select mention_id, event_day from marts_changes.mention_days
            union
            select mention_id, event_day from marts_changes.int_addressed_accounts
        ) as touched
    )
{%- endmacro %}

{% macro scope_addressing() -%}
    {{ in_touched_mentions() }}
{%- endmacro %}

{#- The same, and those that name a stranger's handle now, or do so no more. -#}
{% macro touched_brand_mentions() -%}
    (
        select distinct {{ day_key('touched') }} as day_key
        from (
            select mention_id, event_day from marts_changes.mention_days
            union
            select mention_id, event_day from marts_changes.int_addressed_accounts
            union
            select mention_id, event_day from marts_changes.int_strangers
        ) as touched
    )
{%- endmacro %}

{% macro scope_brand_mentions() -%}
    {{ in_touched_mentions() }}
{%- endmacro %}

{#- Event days on which a mention, its labels, its addressees or its counts changed: those that it left and those that it came to. Each distinct for
    itself, so that the planner counts on few days and not on as many as mentions. -#}
{% macro changed_days() -%}
    (
        select distinct event_day from marts_changes.stg_mentions
        union
        select distinct event_day from marts_changes.fct_mentions
        union
        select distinct event_day from marts_changes.fct_brand_mentions
        union
        select distinct event_day from marts_changes.stg_labels
        union
        select distinct event_day from marts_changes.int_addressed_accounts
        union
        select distinct event_day from marts_changes.int_strangers
    )
{%- endmacro %}

{#- Whether a span of days, both included, holds a changed one; in a whole build all do. The days as an array: as a set they were looked for anew for
    each span, among all mentions of it. -#}
{% macro holds_changed_day(starts, ends) -%}
    {%- if var('partial', false) -%}
        exists (
            select from unnest(array(select told.event_day from {{ changed_days() }} as told)) as changed (event_day)
            where changed.event_day between {{ starts }} and {{ ends }}
        )
    {%- else -%}
        true
    {%- endif -%}
{%- endmacro %}

{#- Rows of a changed event day. Days are given as an array: as a set they are planned as a join that reads all of history. -#}
{% macro scope_days() -%}
    event_day = any(array(select changed.event_day from {{ changed_days() }} as changed))
{%- endmacro %}

{#- The days, weeks and months that hold a changed event day. -#}
{% macro changed_periods() -%}
    (
        select distinct
            period.period_type,
            period.period_start
        from {{ changed_days() }} as changed
        cross join lateral {{ periods_of('changed.event_day') }} as period (period_type, period_start)
    )
{%- endmacro %}

{#- Rows of a changed day, week or month. -#}
{% macro scope_periods() -%}
    (period_type, period_start) in (select changed.period_type, changed.period_start from {{ changed_periods() }} as changed)
{%- endmacro %}

{#- A moment of each day that was not over at the last build, up to today in any time zone. -#}
{% macro moments_since_last_build() -%}
    generate_series({{ since() }} - interval '2 days', {{ as_of() }} + interval '2 days', interval '1 day')
{%- endmacro %}

{#- Periods whose rows may differ where each is held against the one before it: `changed` ones (those of changed days, where not given) and the
    next of each; those that were not over at the last build; and those of the first day with anything, now and before, since a count has
    nothing before it there. -#}
{% macro moving_periods(changed=none) -%}
    (
        select
            changed.period_type,
            (changed.period_start + step.ahead * {{ period_length('changed.period_type') }})::date as period_start
        from {{ changed or changed_periods() }} as changed
        cross join (values (0), (1)) as step (ahead)
        union
        select period.period_type, period.period_start
        from (
            select moment::date as event_day from {{ moments_since_last_build() }} as moment
            union
            select min(event_day) as event_day from marts_rows.fct_mentions
            union
            select changed.event_day from marts_changes.fct_mentions as changed
            union
            (
                select kept.event_day
                from marts_rows.fct_mentions as kept
                where not exists (select from marts_changes.fct_mentions as changed where kept.mention_id = changed.mention_id)
                order by kept.event_day
                limit 1
            )
        ) as moving
        cross join lateral {{ periods_of('moving.event_day') }} as period (period_type, period_start)
    )
{%- endmacro %}

{#- Periods of what the editorial office reads: those of changed days, and those of articles in whose conversations something changed. -#}
{% macro editorial_periods() -%}
    {{ periods_of_days('(
        select event_day from ' ~ changed_days() ~ ' as changed
        union
        select articles.event_day
        from (select distinct platform, site, conversation_id from marts_changes.fct_mentions) as changed
        inner join marts_rows.fct_mentions as articles using (platform, site, conversation_id)
        where articles.is_official or articles.is_press or articles.kind = \'article\'
    )') }}
{%- endmacro %}

{% macro scope_moving_editorial_periods() -%}
    {{ in_periods(moving_periods(editorial_periods())) }}
{%- endmacro %}

{#- Periods of the scorecard: those with a changed day, and those whose care cells or backlogs changed. -#}
{% macro scored_periods() -%}
    (
        select changed.period_type, changed.period_start from {{ changed_periods() }} as changed
        union
        select changed.period_type, changed.period_start from marts_changes.mart_customer_care as changed
        union
        select changed.period_type, changed.period_start from marts_changes.mart_backlog as changed
    )
{%- endmacro %}

{% macro scope_scored_periods() -%}
    {{ in_periods(moving_periods(scored_periods())) }}
{%- endmacro %}

{% macro scope_moving_periods() -%}
    {{ in_periods(moving_periods()) }}
{%- endmacro %}

{#- Those periods and the one before each: what a model has to look at. -#}
{% macro with_prior(periods) -%}
    (
        select distinct
            chosen.period_type,
            (chosen.period_start - step.back * {{ period_length('chosen.period_type') }})::date as period_start
        from {{ periods }} as chosen
        cross join (values (0), (1)) as step (back)
    )
{%- endmacro %}

{#- Input rows of all the days of those periods: a week needs its days of the month before, too. -#}
{% macro scope_days_of_periods() -%}
    event_day = any(array(
        select distinct moment::date
        from {{ changed_periods() }} as changed
        cross join generate_series(
            changed.period_start::timestamp,
            changed.period_start + {{ period_length('changed.period_type') }} - interval '1 day',
            interval '1 day'
        ) as moment
    ))
{%- endmacro %}

{#- Cells of the periods that hold no changed day, as the mart has them: its own table is the memory, so that a model looks at all periods
    (the one before, what fell silent) and counts but the changed ones, `within(scope_periods())`. `columns`: those of the cells, in
    their order; `cells`: which rows are cells, where a mart has rows of silence, too; `scope`: other periods than the changed ones; `looked_at`:
    only cells of these periods, where the model replaces no others. -#}
{% macro kept_cells(columns, cells='true', scope=none, looked_at=none) -%}
    {%- if var('partial', false) %}
    union all
    select {{ columns | join(', ') }}
    from {{ this }}
    where {{ cells }} and not ({{ scope or scope_periods() }})
        {%- if looked_at %} and {{ in_periods(with_prior(looked_at)) }}{% endif %}
    {%- endif %}
{%- endmacro %}

{#- Hours (UTC) in which a brand mention, or the topics of a mention, changed. -#}
{% macro changed_hours() -%}
    (
        select date_trunc('hour', event_at, 'UTC') as hour_at from marts_changes.fct_brand_mentions
        union
        select date_trunc('hour', event_at, 'UTC') as hour_at from marts_changes.fct_mentions
    )
{%- endmacro %}

{#- Rows of such an hour. -#}
{% macro scope_hours() -%}
    hour_at in (select changed.hour_at from {{ changed_hours() }} as changed)
{%- endmacro %}

{#- The same, and all hours of a hashtag that has come to be watched, or is it no more. -#}
{% macro scope_series() -%}
    (
        {{ scope_hours() }}
        or series_type = 'hashtag' and (bank_id, series_id) in (
            select
                changed.bank_id,
                changed.hashtag
            from marts_changes.int_watched_hashtags as changed
        )
    )
{%- endmacro %}

{#- A fact's rows of such an hour, by its index on event_at. The hours as an array and one by one: as a set they were planned as thousands, the rows as
    a hundred times the fact, and what these are joined with was read whole. -#}
{% macro of_changed_hours(fact) -%}
    {%- if var('partial', false) -%}
        (
            select inside.*
            from unnest(array(select touched.hour_at from {{ changed_hours() }} as touched)) as changed (hour_at)
            cross join
                lateral (
                    select * from {{ fact }} as said
                    where said.event_at >= changed.hour_at and said.event_at < changed.hour_at + interval '1 hour'
                    offset 0
                ) as inside
        )
    {%- else -%}
        {{ fact }}
    {%- endif -%}
{%- endmacro %}

{#- Rows of series whose history begins at another hour than before: with its bank, or with its platform. -#}
{% macro has_other_beginning() -%}
    (
        bank_id in (select begun.name from marts_changes.int_series_begins as begun where begun.kind = 'bank')
        or (
            series_type = 'platform'
            and series_id in (select begun.name from marts_changes.int_series_begins as begun where begun.kind = 'platform')
        )
    )
{%- endmacro %}

{#- Rows from the first hour on that can be touched, by the index: of conditions that are held together by `or` the planner uses none. `first`: of
    the changed rows of int_hourly_series; all where a beginning moved. -#}
{% macro from_hour(first) -%}
    hour_at >= (
        select case when exists (select from marts_changes.int_series_begins) then '-infinity' else min({{ first }}) end
        from marts_changes.int_hourly_series as changed
    )
{%- endmacro %}

{#- Hours that a changed hour is a baseline of: itself, and the same hour of the week and its neighbours over the next 8 weeks. -#}
{% macro scope_baselines() -%}
    {{ from_hour('changed.hour_at') }} and (
        hour_at in (
            select changed.hour_at from marts_changes.int_hourly_series as changed
            union
            select changed.hour_at + make_interval(hours => week * 168 + neighbour)
            from (select distinct hour_at from marts_changes.int_hourly_series) as changed
            cross join generate_series(1, 8) as week
            cross join generate_series(-1, 1) as neighbour
        )
        or {{ has_other_beginning() }}
    )
{%- endmacro %}

{#- Hours of a series from its first changed one on, with so many before them as its windows look back. -#}
{% macro scope_volumes(lookback='0 days') -%}
    {{ from_hour("changed.hour_at - interval '" ~ lookback ~ "'") }} and (
        (bank_id, series_type, series_id) in (
            select
                changed.bank_id,
                changed.series_type,
                changed.series_id
            from marts_changes.int_hourly_series as changed
        )
        and hour_at >= (select min(changed.hour_at) from marts_changes.int_hourly_series as changed) - interval '{{ lookback }}'
        or {{ has_other_beginning() }}
    )
{%- endmacro %}

{#- Whole hours, since q values rank all series of one: those that changed, the 24 after them, those from which on other hashtags are watched, and
    all if a platform came or went. -#}
{% macro scope_signals() -%}
    hour_at >= (
        select
            case
                when not exists (select from marts_changes.int_series_begins as begun where begun.kind = 'platform')
                    then least(
                        (select min(changed.hour_at) from marts_changes.int_hourly_series as changed),
                        (select min(changed.hour_at) from marts_changes.int_hourly_baselines as changed),
                        (select min(changed.hour_at) from marts_changes.int_hourly_volume as changed),
                        (select min(changed.watched_since) from marts_changes.int_watched_hashtags as changed)
                    )
                else '-infinity'
            end
    ) and (
        hour_at in (
            select changed.hour_at + make_interval(hours => later)
            from (select distinct hour_at from marts_changes.int_hourly_series) as changed
            cross join generate_series(0, 24) as later
            union
            select changed.hour_at from marts_changes.int_hourly_baselines as changed
            union
            select changed.hour_at from marts_changes.int_hourly_volume as changed
        )
        or hour_at >= (select min(changed.watched_since) from marts_changes.int_watched_hashtags as changed)
        or exists (select from marts_changes.int_series_begins as begun where begun.kind = 'platform')
    )
{%- endmacro %}

{#- Conversations in which an inbound item came, went or changed. -#}
{% macro scope_conversations() -%}
    (platform, site, conversation_id) in (
        select
            changed.platform,
            changed.site,
            changed.conversation_id
        from marts_changes.int_inbound as changed
    )
{%- endmacro %}

{#- Cases that changed themselves, and all cases of conversations in which anything was said, unsaid or judged anew. -#}
{% macro touched_replies() -%}
    (
        select changed.case_id from marts_changes.int_cases as changed
        union
        select cases.case_id
        from marts_intermediate.int_cases as cases
        inner join (
            select changed.platform, changed.site, changed.conversation_id from marts_changes.fct_mentions as changed
            union
            select changed.platform, changed.site, changed.conversation_id from marts_changes.int_cases as changed
            union
            select said.platform, said.site, said.conversation_id
            from marts_rows.fct_mentions as said
            inner join marts_changes.int_impostor_answers as changed on said.mention_id = changed.mention_id
        ) as conversations
            on
                cases.platform = conversations.platform
                and cases.site = conversations.site
                and cases.conversation_id = conversations.conversation_id
    )
{%- endmacro %}

{% macro scope_replies() -%}
    {{ in_touched('case_id') }}
{%- endmacro %}

{#- What was said in the conversations of those cases. -#}
{% macro scope_said_in_replies() -%}
    (platform, site, conversation_id) in (
        select
            cases.platform,
            cases.site,
            cases.conversation_id
        from marts_intermediate.int_cases as cases
        where cases.{{ scope_replies() }}
    )
{%- endmacro %}

{#- Authors of changed mentions, each with the moment of the first change. -#}
{% macro touched_authors() -%}
    (
        select
            md5(changed.platform || chr(31) || changed.site || chr(31) || changed.author_id) as author_key,
            changed.platform,
            changed.site,
            changed.author_id,
            min(changed.event_at) as since
        from marts_changes.fct_mentions as changed
        where changed.author_id is not null
        group by changed.platform, changed.site, changed.author_id
    )
{%- endmacro %}

{% macro scope_authors() -%}
    {{ in_touched('author_key') }}
{%- endmacro %}

{#- Those of whom nothing changed that their row here counts, since all changes are later than all of it: what they said since is added to it.
    A mention that came, went or moved says both of its moments (meta.changes of fct_mentions). -#}
{% macro grown_authors() -%}
    (
        select
            grown.*,
            touched.author_id
        from pg_temp.touched as touched
        inner join {{ this }} as grown on touched.author_key = grown.author_key and touched.since > grown.last_seen_at
    )
{%- endmacro %}

{#- What is to be counted: of an author who only said more, the changed mentions, if they are that author's still (a build that was cut off leaves the
    keys of what it saw), looked up by itself: by author, all that a busy one ever said would be read for each; of any other all. Reads the CTE grown. -#}
{% macro said_by_authors(mentions) -%}
    {%- if var('partial', false) -%}
        (
            select said.*
            from (
                select distinct changed.mention_id, changed.event_day, changed.platform, changed.site, changed.author_id
                from marts_changes.fct_mentions as changed
                inner join grown
                    on changed.platform = grown.platform and changed.site = grown.site and changed.author_id = grown.author_id
            ) as later
            cross join lateral (select * from {{ mentions }} as known where {{ day_key('known') }} = {{ day_key('later') }} offset 0) as said
            where later.platform = said.platform and later.site = said.site and later.author_id = said.author_id
            union all
            select said.*
            from pg_temp.touched as touched
            inner join {{ mentions }} as said
                on touched.platform = said.platform and touched.site = said.site and touched.author_id = said.author_id
            where not exists (select from grown where grown.author_key = touched.author_key)
        )
    {%- else -%}
        {{ mentions }}
    {%- endif -%}
{%- endmacro %}
