{#- The instant that "now" means in every definition: var as_of, else the moment of the build. -#}
{% macro as_of() -%}
    {%- if var('as_of', none) -%} cast('{{ var("as_of") }}' as timestamptz) {%- else -%} now() {%- endif -%}
{%- endmacro %}

{#- The periods that an event day falls into: day, ISO week (its Monday), month (its first day). -#}
{% macro periods_of(day) -%}
    (
        values
        (cast('day' as text), {{ day }}),
        (cast('week' as text), cast(date_trunc('week', {{ day }}) as date)),
        (cast('month' as text), cast(date_trunc('month', {{ day }}) as date))
    )
{%- endmacro %}

{#- The length of a period of that type: its start plus this is the next one's. -#}
{% macro period_length(period_type) -%}
    case {{ period_type }} when 'day' then interval '1 day' when 'week' then interval '7 days' else interval '1 month' end
{%- endmacro %}
