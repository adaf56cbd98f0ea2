{#-
A table is never dropped and made anew while its columns stay: its content is brought to the new one, in one transaction.

    model ──► temporary table ──► rows that are gone: delete · rows that are new: insert ──► the same table

Readers with an open transaction go on reading what they began with (TRUNCATE would show them nothing, a rename would end at a
lock); views of users, grants, comments, policies and indexes stay, since it stays the same relation. Equal rows are not touched.
A model with meta.scope replaces only the rows of that scope (macros/scopes.sql) where the build is a partial one.
-#}
{% materialization table, adapter='postgres' %}
    {%- set existing = load_cached_relation(this) -%}
    {%- set target = this.incorporate(type='table') -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {% if existing is not none and existing.is_table %}
        {% do swap_in_place(target, sql) %}
    {% else %}
        {% if var('partial', false) and model.config.meta.get('scope') %}
            {% do exceptions.raise_compiler_error(target ~ ' is not there, so it cannot be rebuilt in part: build without var partial') %}
        {% endif %}
        {% if existing is not none %}{% do run_query('drop view ' ~ existing) %}{% endif %}
        {% call statement('main') %}{{ get_create_table_as_sql(False, target, in_stored_order(sql)) }}{% endcall %}
    {% endif %}
    {% do ensure_indexes(target) %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {% do apply_grants(target, config.get('grants'), should_revoke=should_revoke(existing, full_refresh_mode=False)) %}
    {% do persist_docs(target, model) %}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [target]}) }}
{% endmaterialization %}

{#- A table that is read by days (meta.stored_by) is written in their order: as a join leaves the rows, those of a month lie on as many pages as there
    are rows. Later builds add a day's rows one behind the other by themselves. -#}
{% macro in_stored_order(sql) -%}
    {{ sql }}
    {%- if model.config.meta.get('stored_by') %}
order by {{ model.config.meta.stored_by }}
    {%- endif %}
{%- endmacro %}

{#- Build the model into a temporary table and make the target equal to it. -#}
{% macro swap_in_place(target, sql) %}
    {%- set shadow = 'pg_temp.shadow_' ~ target.identifier -%}
    {% do keep_touched() %}
    {% call statement('main') %}
        drop table if exists {{ shadow }};
        {{ create_shadow(shadow, sql) }};
        analyze {{ shadow }}
    {% endcall %}
    {% do loosen_columns(target, shadow) %}
    {%- set old = columns_of(target) -%}
    {%- set new = columns_of(shadow) -%}
    {% if old | sort(attribute='name') | list != new | sort(attribute='name') | list %}
        {% do change_columns(target, shadow, old, new) %}
    {% endif %}
    {% if columns_of(target) != new %}
        {% do in_order_of(target, shadow, new) %}
    {% endif %}
    {% do apply_differences(target, shadow, new | map(attribute='name') | list) %}
    {% do run_query('drop table ' ~ shadow ~ '; drop table if exists pg_temp.touched') %}
{% endmacro %}

{#- A model under contract casts to the contract's types, as its first build did. -#}
{% macro create_shadow(shadow, sql) %}
    {%- if config.get('contract').enforced -%}
        create temporary table {{ shadow }}
        {{ get_assert_columns_equivalent(sql) }}
        {{ get_table_columns_and_constraints() }};
        insert into {{ shadow }} ({{ adapter.dispatch('get_column_names', 'dbt')() }})
        {{ get_select_subquery(sql) }}
    {%- else -%}
        create temporary table {{ shadow }} as
        {{ sql }}
    {%- endif -%}
{% endmacro %}

{#- A contract that lets a column be NULL has to reach the table that stays. -#}
{% macro loosen_columns(target, shadow) %}
    {%- set loosened = run_query(
        "select kept.attname from pg_attribute as kept join pg_attribute as made on kept.attname = made.attname where kept.attrelid = '" ~ target
        ~ "'::regclass and made.attrelid = '" ~ shadow ~ "'::regclass and kept.attnum > 0 and kept.attnotnull and not made.attnotnull"
    ) -%}
    {%- for row in loosened.rows %}{% do run_query('alter table ' ~ target ~ ' alter column "' ~ row[0] ~ '" drop not null') %}{% endfor -%}
{% endmacro %}

{#- [{name, type}] of a relation, in its order. -#}
{% macro columns_of(relation) %}
    {%- set found = run_query(
        "select attname, format_type(atttypid, atttypmod) from pg_attribute where attrelid = '" ~ relation ~ "'::regclass"
        ~ " and attnum > 0 and not attisdropped order by attnum"
    ) -%}
    {%- set columns = [] -%}
    {%- for row in found.rows %}{% do columns.append({'name': row[0], 'type': row[1]}) %}{% endfor -%}
    {{ return(columns) }}
{% endmacro %}

{#-
New columns are added in place, at the end. Where a column goes or changes its type, the table is replaced; users' views that read
it, directly or by a view of ours, stop the build by name, before anything is dropped. Views of ours are made anew behind it.
-#}
{% macro change_columns(target, shadow, old, new) %}
    {%- set added = new | reject('in', old) | list -%}
    {%- set gone = old | reject('in', new) | list -%}
    {% if not gone %}
        {% for column in added %}
            {% do run_query('alter table ' ~ target ~ ' add column "' ~ column.name ~ '" ' ~ column.type) %}
        {% endfor %}
    {% else %}
        {% do stop_at_readers(target, gone | map(attribute='name') | list) %}
        {% do run_query('drop table ' ~ target) %}
        {% call statement('replaced') %}{{ get_create_table_as_sql(False, target, 'select * from ' ~ shadow) }}{% endcall %}
    {% endif %}
{% endmacro %}

{#- Stop by name where users' views read a relation that is to go; where only views of ours do, drop these: their models make them anew. -#}
{% macro stop_at_readers(target, gone) %}
    {% do run_query(
        "select ops.no_readers('" ~ target.schema ~ '.' ~ target.identifier ~ "', 'changes columns (" ~ gone | join(', ') ~ ")')"
    ) %}
    {% for view in our_views_on(target) %}{% do drop_view_of_ours(target.database, view) %}{% endfor %}
{% endmacro %}

{#- Names of the marts' views that read a relation, directly or by another view. -#}
{% macro our_views_on(target) %}
    {%- set found = run_query(
        "with recursive readers as ("
        ~ " select '" ~ target ~ "'::regclass::oid as read_oid"
        ~ " union select r.ev_class from readers join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.refobjid = readers.read_oid"
        ~ " join pg_rewrite r on r.oid = d.objid"
        ~ ") select read_oid::regclass::text from readers join pg_class c on c.oid = read_oid"
        ~ " where c.relkind in ('v', 'm') and c.oid <> '" ~ target ~ "'::regclass"
        ~ " and c.relnamespace::regnamespace::text in ('marts', 'marts_rows', 'marts_intermediate', 'marts_staging') order by 1"
    ) -%}
    {{ return(found.columns[0].values() | list) }}
{% endmacro %}

{#- Drop it where dbt knows of it, so that its own model, which comes later, does not look for what is gone. -#}
{% macro drop_view_of_ours(database, name) %}
    {%- set parts = name.split('.') -%}
    {%- set known = load_cached_relation(api.Relation.create(database=database, schema=parts[0], identifier=parts[1])) -%}
    {% if known is not none %}
        {% do adapter.drop_relation(known) %}
    {% else %}
        {% do run_query('drop view if exists ' ~ name ~ ' cascade') %}
    {% endif %}
{% endmacro %}

{#- Rows are compared whole, which needs one order of columns: the target's. -#}
{% macro in_order_of(target, shadow, new) %}
    {%- set names = '"' ~ new | map(attribute='name') | join('", "') ~ '"' -%}
    {% do run_query(
        'alter table ' ~ shadow ~ ' rename to shadow_unordered; create temporary table ' ~ shadow ~ ' (like ' ~ target ~ ');'
        ~ ' insert into ' ~ shadow ~ ' (' ~ names ~ ') select ' ~ names ~ ' from pg_temp.shadow_unordered;'
        ~ ' drop table pg_temp.shadow_unordered; analyze ' ~ shadow
    ) %}
{% endmacro %}

{#- What a scope with a macro touched_<scope> looks up, written down once for the model's query, its delete and its insert (macros/scopes.sql). -#}
{% macro keep_touched() %}
    {%- set touched = context.get('touched_' ~ model.config.meta.get('scope', '')) -%}
    {% if touched and var('partial', false) %}
        {% do run_query(
            'drop table if exists pg_temp.touched; create temporary table touched as select distinct kept.* from ' ~ touched() ~ ' as kept;'
            ~ ' analyze pg_temp.touched'
        ) %}
    {% endif %}
{% endmacro %}

{#- The condition on the stored rows that this build replaces: all, or those of the model's scope. -#}
{% macro scope_of_target() %}
    {%- set scope = model.config.meta.get('scope') -%}
    {{ return(context['scope_' ~ scope]() if scope and var('partial', false) else 'true') }}
{% endmacro %}

{#- Whole rows are compared by record equality, which takes two nulls for equal and can be hashed. The shadow may hold more than what is to be
    replaced (a week needs days of a month that is not): what lies beyond the scope is left out here, where the shadow's size is known, and not in
    the model's query, whose planner would guess one row and hold each against all. -#}
{% macro apply_differences(target, shadow, names) %}
    {%- set columns = '"' ~ names | join('", "') ~ '"' -%}
    {%- set within = scope_of_target() -%}
    {%- set keys = model.config.meta.get('changes', []) -%}
    {% if keys %}
        {% do run_query(
            'create table if not exists marts_changes.' ~ target.identifier ~ ' as select ' ~ keys | join(', ') ~ ' from ' ~ target ~ ' limit 0;'
            ~ ' create index if not exists ' ~ (target.identifier ~ '_' ~ keys[0])[:63] ~ ' on marts_changes.' ~ target.identifier ~ ' (' ~ keys[0] ~ ')'
        ) %}
    {% endif %}
    {% if model.config.meta.get('scope') and var('partial', false) %}
        {{ replace_scope(target, shadow, columns, within, keys) }}
    {% else %}
        {{ replace_all(target, shadow, columns, keys) }}
    {% endif %}
    {% if keys %}{% do run_query('analyze marts_changes.' ~ target.identifier) %}{% endif %}
{% endmacro %}

{#- A scope's stored rows are few of a long table, and looked up by index: once, for what goes and for what comes. -#}
{% macro replace_scope(target, shadow, columns, within, keys) %}
    {% call statement('changed') %}
        with kept as materialized (
            select stored.ctid as place, stored as content from {{ target }} as stored where {{ within }}
        ),
        gone as (
            select place from kept where not exists (select from {{ shadow }} as rebuilt where rebuilt = kept.content)
        ),
        removed as (
            delete from {{ target }} as stored using gone where stored.ctid = gone.place
            returning {{ returned(keys) }}
        ),
        added as (
            insert into {{ target }} ({{ columns }})
            select {{ columns }} from {{ shadow }} as rebuilt
            where {{ within }} and not exists (select from kept where kept.content = rebuilt)
            returning {{ returned(keys) }}
        )
        {{ keep_changes(target, keys, '(select * from removed union all select * from added)') }}
    {% endcall %}
{% endmacro %}

{#- Two statements that each hold one table against the other, whatever their size. -#}
{% macro replace_all(target, shadow, columns, keys) %}
    {% call statement('removed') %}
        with removed as (
            delete from {{ target }} as stored
            where not exists (select from {{ shadow }} as rebuilt where rebuilt = stored)
            returning {{ returned(keys) }}
        )
        {{ keep_changes(target, keys, 'removed') }}
    {% endcall %}
    {% call statement('added') %}
        with added as (
            insert into {{ target }} ({{ columns }})
            select {{ columns }} from {{ shadow }} as rebuilt
            where not exists (select from {{ target }} as stored where stored = rebuilt)
            {{ 'order by ' ~ model.config.meta.stored_by if model.config.meta.get('stored_by') }}
            returning {{ returned(keys) }}
        )
        {{ keep_changes(target, keys, 'added') }}
    {% endcall %}
{% endmacro %}

{#- The keys of a row that goes or comes; a number where nobody asks for them. -#}
{% macro returned(keys) -%}
    {{ keys | join(', ') or '1 as one' }}
{%- endmacro %}

{#- The keys of what changed are left for the models behind, in the same transaction as the change itself. -#}
{% macro keep_changes(target, keys, changed) %}
    {%- if keys -%}
        insert into marts_changes.{{ target.identifier }} ({{ keys | join(', ') }})
        select distinct {{ keys | join(', ') }} from {{ changed }} as changed
    {%- else -%}
        select count(*) from {{ changed }} as changed
    {%- endif -%}
{% endmacro %}

{#- Indexes of config `indexes` by a name that stays, so that a table that stays gets them once. Columns may be expressions, and day_key is
    the macro of that name; `where` makes a partial one, which needs a `name`. -#}
{% macro ensure_indexes(target) %}
    {% for index in config.get('indexes', default=[]) %}
        {%- set name = (target.identifier ~ '_' ~ index.get('name', index.columns | join('_')))
            | replace('(', '_') | replace(')', '') | replace(' ', '') -%}
        {% do run_query(
            'create index if not exists "' ~ name[:63] ~ '" on ' ~ target ~ ' (' ~ index.columns | join(', ') | replace('day_key', day_key()) ~ ')'
            ~ (' where ' ~ index.where if index.where else '')
        ) %}
    {% endfor %}
{% endmacro %}
