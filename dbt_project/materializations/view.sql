{#-
A view whose definition is what it was is left in place: making it anew would wait for every open reader, and take users' views along.
Another definition replaces it where the columns before stay; where one goes, users' views that read it stop the build by name, as
with tables, and views of ours are made anew behind it. A table of before gives way when the post-hooks have led its readers to the view.
-#}
{% materialization view, adapter='postgres' %}
    {%- set existing = load_cached_relation(this) -%}
    {%- set target = this.incorporate(type='view') -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {%- set was_table = existing is not none and not existing.is_view -%}
    {%- set backup = make_backup_relation(target, 'table') -%}
    {% if was_table %}{% do run_query('alter table ' ~ existing ~ ' rename to "' ~ backup.identifier ~ '"') %}{% endif %}
    {% if existing is not none and existing.is_view %}
        {% do replace_view(target, sql) %}
    {% else %}
        {% call statement('main') %}{{ get_create_view_as_sql(target, sql) }}{% endcall %}
    {% endif %}
    {% do apply_grants(target, config.get('grants'), should_revoke=should_revoke(existing, full_refresh_mode=False)) %}
    {% do persist_docs(target, model) %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {% if was_table %}{% do run_query('drop table ' ~ backup) %}{% endif %}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [target]}) }}
{% endmaterialization %}

{#- Bring a view to another definition, if it has another. -#}
{% macro replace_view(target, sql) %}
    {%- set name = ('candidate_' ~ target.identifier)[:63] -%}
    {% do run_query('create temporary view ' ~ name ~ ' as ' ~ sql) %}
    {%- set candidate = 'pg_temp.' ~ name -%}
    {%- set alike = run_query(
        "select pg_get_viewdef('" ~ candidate ~ "'::regclass) = pg_get_viewdef('" ~ target ~ "'::regclass)"
    ).columns[0].values()[0] -%}
    {%- set old = columns_of(target) -%}
    {%- set new = columns_of(candidate) -%}
    {% do run_query('drop view ' ~ candidate) %}
    {% if alike %}
        {% call statement('main') %}select 1 as unchanged{% endcall %}
    {% elif old == new[:old | length] %}
        {% if config.get('contract').enforced %}{% do get_assert_columns_equivalent(sql) %}{% endif %}
        {% call statement('main') %}create or replace view {{ target }} as {{ sql }}{% endcall %}
    {% else %}
        {% do stop_at_readers(target, old | reject('in', new) | map(attribute='name') | list or ['their order']) %}
        {% do run_query('drop view ' ~ target) %}
        {% call statement('main') %}{{ get_create_view_as_sql(target, sql) }}{% endcall %}
    {% endif %}
{% endmacro %}
