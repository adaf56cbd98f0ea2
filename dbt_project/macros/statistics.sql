{#- Wilson 1927: the 95 % interval of a share k/n, n > 0, as a percentage. z = 1.959963984540054. Sign is '-' or '+'.
    Only the upper end needs a bound: where k = n it may round to a hair over 100, while k = 0 gives 0 exactly. -#}
{% macro wilson_pct(k, n, sign) -%}
    {%- set z = '1.959963984540054::double precision' -%}
    {{ 'least(' if sign == '+' }}100.0 * (
        {{ k }} + {{ z }} * {{ z }} / 2.0 {{ sign }} {{ z }} * sqrt(
            {{ k }}::double precision * ({{ n }} - {{ k }}) / {{ n }} + {{ z }} * {{ z }} / 4.0
        )
    ) / ({{ n }} + {{ z }} * {{ z }}){{ ', 100.0)' if sign == '+' }}
{%- endmacro %}

{#- A published share: <name>_numerator, <name>_denominator, <name>_pct and its interval, NULL where the denominator is below min_n. -#}
{% macro share_columns(name, k, n, min_n='settings.min_n') -%}
    {{ k }}::bigint as {{ name }}_numerator,
    {{ n }}::bigint as {{ name }}_denominator,
    {{ share_rate(name, k, n, min_n) }}
{%- endmacro %}

{#- Only the rate and its interval, where numerator and denominator already stand beside it under names of their own. -#}
{% macro share_rate(name, k, n, min_n='settings.min_n') -%}
    case when {{ n }} >= {{ min_n }} then 100.0::double precision * {{ k }} / {{ n }} end as {{ name }}_pct,
    case when {{ n }} >= {{ min_n }} then {{ wilson_pct(k, n, '-') }} end as {{ name }}_pct_lower,
    case when {{ n }} >= {{ min_n }} then {{ wilson_pct(k, n, '+') }} end as {{ name }}_pct_upper
{%- endmacro %}

{#- suppressed_reason, and the comma-separated names of the rates that it hides. `rates`: {name: its n}. -#}
{% macro suppression_columns(rates, min_n='settings.min_n') -%}
    case
        when least({{ rates.values() | join(', ') }}) < {{ min_n }} then 'min_n'
    end as suppressed_reason,
    nullif(concat_ws(
        ', '
        {%- for name, n in rates.items() %},
        case when {{ n }} < {{ min_n }} then '{{ name }}' end
        {%- endfor %}
    ), '') as suppressed_metrics
{%- endmacro %}
