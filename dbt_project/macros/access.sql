{#- Who may read a mart, applied in the transaction that makes it (docs/access.md). `meta.access` of the model's .yml says its class:
    open: counts and configuration, for every department
    rows: single items; the table stands in marts_rows, and marts.<name> is a view of the rows of the reader's own departments,
          with what points at a person hidden. `rows_by` names the rule, `personal` the columns that only pii_reader sees,
          `personal_unless` {condition: columns} those that all may see where the condition holds (a bank's own account),
          `personal_metrics` the metrics of a bridge whose `value` is an author's own.
    A model without a class is closed. -#}
{% macro publish_access() -%}
    {%- set meta = model.config.meta -%}
    {%- if meta.get('access') == 'rows' -%}
        select ops.publish_rows('{{ model.name }}', {{ quoted(rows_view(meta)) }}, {{ quoted(tojson(view_comments())) }}::jsonb)
    {%- else -%}
        select ops.class_mart('{{ model.name }}', '{{ 'open' if meta.get('access') == 'open' else 'closed' }}')
    {%- endif -%}
{%- endmacro %}

{% macro rows_view(meta) -%}
    select {% for column in model.columns.values() -%}
        {{ masked(column.name, meta) }}{{ ', ' if not loop.last }}
    {%- endfor %} from {{ this }} as base where (select ops.sees_every_row()) or {{ row_rules()[meta.get('rows_by')] }}
    {%- if meta.get('rows_by') == 'author' %} or base.is_official or base.handle is not null{% endif %}
{%- endmacro %}

{% macro masked(column, meta) -%}
    {%- set unless = meta.get('personal_unless', {}) -%}
    {%- set named = unless | list | first -%}
    {%- if column in meta.get('personal', []) -%}
        case when (select ops.reads_personal()) then base.{{ column }} end as {{ column }}
    {%- elif column in unless.get(named, []) -%}
        case when (select ops.reads_personal()) or base.{{ named }} then base.{{ column }} end as {{ column }}
    {%- elif column == 'value' and meta.get('personal_metrics') -%}
        case
            when (select ops.reads_personal()) or base.metric not in ('{{ meta.get('personal_metrics') | join("', '") }}') then base.value
        end as value
    {%- else -%}
        base.{{ column }}
    {%- endif -%}
{%- endmacro %}

{% macro row_rules() -%}
    {%- set mine = '(select ops.my_departments())' -%}
    {{ return({
        'topics': 'base.topics && (select ops.topics_of(' ~ mine ~ '))',
        'department': 'base.department_id = any (' ~ mine ~ '::text [])',
        'mention': 'exists (select from marts_rows.fct_mention_topics as bridge where bridge.mention_id = base.mention_id and bridge.department_id = any ('
            ~ mine ~ '::text []))',
        'author': 'base.author_key in (select ops.authors_of((select ops.topics_of(' ~ mine ~ '))))',
    }) }}
{%- endmacro %}

{#- Comments of the view and its columns; '' is the view itself. -#}
{% macro view_comments() -%}
    {%- set found = {'': model.description} -%}
    {%- for column in model.columns.values() -%}{%- set _ = found.update({column.name: column.description}) -%}{%- endfor -%}
    {{ return(found) }}
{%- endmacro %}

{% macro quoted(text) -%}
    '{{ text | replace("'", "''") }}'
{%- endmacro %}

{#- Planner statistics of a table that this build made, or of whose rows it and what came since the last look changed one in fifty. A sample is 30,000
    pages of a long table: for a day among a thousand it costs more than the day. -#}
{% macro analyze_table() -%}
    {%- if execute and model.config.materialized != 'view' -%}
        {%- set found = run_query(
            "select reltuples < 0 or pg_stat_get_mod_since_analyze(oid) + pg_stat_get_xact_tuples_inserted(oid)"
            ~ " + pg_stat_get_xact_tuples_deleted(oid) >= reltuples / 50 or exists (select from pg_index as i where i.indrelid = pg_class.oid"
            ~ " and i.indexprs is not null and not exists (select from pg_statistic as s where s.starelid = i.indexrelid))"
            ~ " from pg_class where oid = '" ~ this ~ "'::regclass"
        ) -%}
        {%- if found.columns[0].values()[0] -%} analyze {{ this }} {%- endif -%}
    {%- endif -%}
{%- endmacro %}
