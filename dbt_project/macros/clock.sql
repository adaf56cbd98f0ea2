{#- The instant that "now" means in every definition: the session's renown.as_of, else the moment of the build. A setting of the session and no
    var, since another var makes dbt parse all files anew. -#}
{% macro as_of() -%}
    coalesce(cast(nullif(current_setting('renown.as_of', true), '') as timestamptz), now())
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

{#- A count of the period before, from the rows of the same cell: 0 where that period has none, NULL where nothing was collected before this
    period. `keys`: the cell's columns; needs period_type, period_start and first_day (the first day with any mention). -#}
{% macro prior_of(column, keys) -%}
    {%- set cell = 'over (partition by ' ~ keys ~ ', period_type order by period_start)' -%}
    case
        when period_start > first_day
            then
                case
                    when lag(period_start) {{ cell }} = period_start - {{ period_length('period_type') }}
                        then lag({{ column }}) {{ cell }}
                    else 0
                end
    end
{%- endmacro %}
