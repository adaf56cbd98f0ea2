{#- The rows behind the numbers of a mart: cell × metric × part × item, whose values sum to what is published (docs/explain.md). -#}

{#- Every metric of a mart as [metric, formula, {part: component}]. -#}
{% macro metric_parts(mart) -%}
    {%- set about = metrics_of(mart) -%}
    {%- set found = [] -%}
    {%- for name in about.sums -%}{%- set _ = found.append([name, 'sum', {'numerator': name}]) -%}{%- endfor -%}
    {%- for name, pair in about.shares.items() -%}
        {%- set _ = found.append([name ~ '_numerator', 'sum', {'numerator': pair[0]}]) -%}
        {%- set _ = found.append([name ~ '_denominator', 'sum', {'numerator': pair[1]}]) -%}
        {%- set _ = found.append([name ~ '_pct', 'pct', {'numerator': pair[0], 'denominator': pair[1]}]) -%}
    {%- endfor -%}
    {%- for name, pair in about.rates.items() -%}
        {%- set _ = found.append([name ~ '_pct', 'pct', {'numerator': pair[0], 'denominator': pair[1]}]) -%}
    {%- endfor -%}
    {%- for name, told in about.others.items() -%}{%- set _ = found.append([name, told[0], told[1]]) -%}{%- endfor -%}
    {{ return(found) }}
{%- endmacro %}

{#- {component: the condition on which an item counts, and its value where that is not 1}. -#}
{% macro component_rules(mart) -%}
    {%- set found = {} -%}
    {%- for listed in metrics_of(mart).components.values() -%}
        {%- for name, told in listed.items() -%}
            {%- set _ = found.update({name: told if told is string else told[0] ~ ': ' ~ told[1]}) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}

{#- The platforms under which an item is published: its own and the roll-up. -#}
{% macro with_rollup(column) -%}
    (values ({{ column }}), ('all'))
{%- endmacro %}

{#- 1 for the first item of a cell that has this key, 0 for the others: what is distinct is counted once, and every item is listed. -#}
{% macro first_of(cell, key, among='true') -%}
    case when row_number() over (
        partition by {{ cell | join(', ') }}, {{ key }}, {{ among }}
        order by event_at, mention_id
    ) = 1 then 1 else 0 end
{%- endmacro %}

{#- CTE cells: the cells of a mart by day, week and month, each with the first day of the period before. -#}
{% macro cells_of(mart) -%}
    cells as (
        select
            {% for key in metrics_of(mart)['keys'] %}{{ key }}, {% endfor %}
            (period_start - {{ period_length('period_type') }})::date as prior_start
        from {{ ref(mart) }}
    ),
{%- endmacro %}

{#- An item list beside a mart's cells (the CTE cells): the items of the same place in the period before, or what `alike` (keys), `start` and
    `only` (a condition) say instead. Reads the CTE `of`, which has the mart's keys; `columns`: what the list's components ask of its items. -#}
{% macro beside(name, mart, columns, of='items', start='prior_start', alike=none, only='') -%}
    {%- set keys = metrics_of(mart)['keys'] -%}
    {%- set places = keys | reject('in', ['period_type', 'period_start']) | list if alike is none else alike -%}
    {{ name }} as (
        select
            {% for key in keys %}cells.{{ key }}, {% endfor %}
            {% for column in ['mention_id', 'brand_mention_id', 'case_id'] + columns %}{{ of }}.{{ column }}{{ ', ' if not loop.last }}{% endfor %}
        from cells
        inner join {{ of }}
            on
                cells.period_type = {{ of }}.period_type
                and cells.{{ start }} = {{ of }}.period_start
                {% for key in places %}and cells.{{ key }} = {{ of }}.{{ key }} {% endfor %}
                {% if only %}and {{ of }}.{{ only }}{% endif %}
    ),
{%- endmacro %}

{#- The bridge itself. Each item list of metrics_of() is a CTE with the mart's keys, mention_id, brand_mention_id and case_id. -#}
{% macro explain_rows(mart) -%}
    {%- set about = metrics_of(mart) -%}
    {%- set rules = component_rules(mart) -%}
    parts as (
    {%- for list, components in about.components.items() %}
        select
            {% for key in about['keys'] %}{{ list }}.{{ key }}, {% endfor %}
            {{ list }}.mention_id,
            {{ list }}.brand_mention_id,
            {{ list }}.case_id,
            part.component,
            part.value
        from {{ list }}
        cross join lateral (
            values
            {% for name, told in components.items() -%}
                {%- set condition, value = (told, '1') if told is string else told -%}
                ('{{ name }}', case when {{ condition }} then cast({{ value }} as double precision) end){{ ',' if not loop.last }}
            {% endfor %}
        ) as part (component, value)
        where part.value is not null
        {{ 'union all' if not loop.last }}
    {%- endfor %}
    ),

    metrics (metric, part, component, rule) as (
        values
        {% for metric, formula, sides in metric_parts(mart) -%}
            {%- set outer = loop -%}
            {%- for part, component in sides.items() -%}
                ('{{ metric }}', '{{ part }}', '{{ component }}', '{{ rules[component] | replace("'", "''") }}')
                {{- ',' if not (outer.last and loop.last) }}
            {% endfor -%}
        {%- endfor %}
    )

    select
        {% for key in about['keys'] %}parts.{{ key }}, {% endfor %}
        metrics.metric,
        metrics.part,
        metrics.rule,
        parts.value,
        parts.mention_id,
        parts.brand_mention_id,
        parts.case_id,
        mentions.event_at,
        mentions.topics,
        mentions.version,
        mentions.source_id,
        mentions.payload_sha256,
        versions.batch_id,
        mentions.model_versions,
        settings.config_version
    from parts
    inner join metrics on parts.component = metrics.component
    inner join {{ ref('fct_mentions') }} as mentions on parts.mention_id = mentions.mention_id
    left join {{ source('core', 'mentions') }} as versions
        on mentions.mention_id = versions.mention_id and mentions.version = versions.version
    cross join {{ ref('stg_settings') }} as settings
{%- endmacro %}
