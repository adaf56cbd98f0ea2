{#- One bound (sign '-' or '+') of the 95 % interval of k1/n1 - k0/n0, both n > 0, in percentage points: Newcombe 1998, method 10
    (hybrid score), from the Wilson bounds of both shares; each end could only round to a hair beyond its own side's 100. -#}
{% macro newcombe_points(k1, n1, k0, n0, sign) -%}
    {%- set other = '+' if sign == '-' else '-' -%}
    {{ 'greatest(-100.0, ' if sign == '-' else 'least(100.0, ' }}
    100.0::double precision * {{ k1 }} / {{ n1 }} - 100.0::double precision * {{ k0 }} / {{ n0 }}
    {{ sign }} sqrt(
        power(100.0::double precision * {{ k1 }} / {{ n1 }} - {{ wilson_pct(k1, n1, sign) }}, 2)
        + power(100.0::double precision * {{ k0 }} / {{ n0 }} - {{ wilson_pct(k0, n0, other) }}, 2)
    ))
{%- endmacro %}

{#- <name>_difference_points and its interval: k1/n1 less k0/n0, NULL where either n is below min_n (or absent). -#}
{% macro difference_columns(name, k1, n1, k0, n0, min_n='settings.min_n') -%}
    {%- set shown = n1 ~ ' >= ' ~ min_n ~ ' and ' ~ n0 ~ ' >= ' ~ min_n -%}
    case
        when {{ shown }}
            then 100.0::double precision * {{ k1 }} / {{ n1 }} - 100.0::double precision * {{ k0 }} / {{ n0 }}
    end as {{ name }}_difference_points,
    case
        when {{ shown }} then {{ newcombe_points(k1, n1, k0, n0, '-') }}
    end as {{ name }}_difference_points_lower,
    case
        when {{ shown }} then {{ newcombe_points(k1, n1, k0, n0, '+') }}
    end as {{ name }}_difference_points_upper
{%- endmacro %}
