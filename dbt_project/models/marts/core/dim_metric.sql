select
    told.mart,
    told.metric,
    told.formula,
    told.part,
    told.rule
from (
    values
    {% for mart in explained_marts() -%}
        {%- set last_mart = loop.last -%}
        {%- set rules = component_rules(mart) -%}
        {%- for metric, formula, parts in metric_parts(mart) -%}
            {%- set last_metric = loop.last -%}
            {%- for part, component in parts.items() -%}
                ('{{ mart }}', '{{ metric }}', '{{ formula }}', '{{ part }}', '{{ rules[component] | replace("'", "''") }}')
                {{- ',' if not (last_mart and last_metric and loop.last) }}
            {% endfor -%}
        {%- endfor -%}
    {%- endfor %}
) as told (mart, metric, formula, part, rule)
