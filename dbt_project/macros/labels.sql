{#- The labels of nlp task `urgency`, most urgent first. -#}
{% macro urgency_labels() -%}
    {{ return(['fraud_in_progress', 'stranded_abroad', 'money_locked', 'card_swallowed']) }}
{%- endmacro %}

{#- A label's jsonb array, the empty one where the label is absent or not an array. -#}
{% macro json_array(label) -%}
    case when jsonb_typeof({{ label }}) = 'array' then {{ label }} else '[]'::jsonb end
{%- endmacro %}

{#- The distinct names in a label's array of {<field>, score}, best first, ties by name. -#}
{% macro json_names(label, field) -%}
    (
        select coalesce(array_agg(named.name order by named.score desc nulls last, named.name), '{}')
        from (
            select
                element.value ->> '{{ field }}' as name,
                max((element.value ->> 'score')::double precision) as score
            from jsonb_array_elements({{ json_array(label) }}) as element (value)
            where element.value ->> '{{ field }}' is not null
            group by 1
        ) as named
    )
{%- endmacro %}

{#- Unit tests cast their rows to the columns' types, and PostgreSQL's catalogue calls every array ARRAY: ours are of text. -#}
{% macro postgres__safe_cast(field, type) -%}
    cast({{ field }} as {{ 'text[]' if type == 'ARRAY' else type }})
{%- endmacro %}
