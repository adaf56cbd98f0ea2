{#- Rogan and Gladen 1978: shares of what a classifier says, corrected by its measured sensitivity and specificity (docs/metrics.md). -#}

{#- Labels whose share is corrected, and how far (standard deviation) a bank's sensitivity and specificity lie from those of its language where
    nothing says how far: what three to eight sandbox worlds showed (benchmarks/coverage.py). -#}
{% macro corrected_labels() -%}
    {{ return({'negative': {'sensitivity': 0.08, 'specificity': 0.045}, 'positive': {'sensitivity': 0.05, 'specificity': 0.02}}) }}
{%- endmacro %}

{#- Rows (label, variance of sensitivity, of specificity) of those assumptions. -#}
{% macro assumed_spreads() -%}
    {%- for label, spread in corrected_labels().items() -%}
        ('{{ label }}', {{ spread.sensitivity }}::double precision ^ 2, {{ spread.specificity }}::double precision ^ 2){{ ', ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{#- The smallest number of texts of a kind on which a bank's own figure may rest; and of banks from which their spread is told. -#}
{% macro enough_texts() -%} 30 {%- endmacro %}
{% macro enough_banks() -%} 3 {%- endmacro %}

{#- The part of a cell's items whose languages have to be measured for the roll-up over languages. -#}
{% macro enough_measured() -%} 0.95::double precision {%- endmacro %}

{#- Key of a measurement in mart_nlp_quality; of a bank's only where it is a bank's, so that older ones keep theirs. -#}
{% macro nlp_quality_id(prefix='') -%}
    md5(concat_ws(
        '|', {{ prefix }}language, {{ prefix }}task, {{ prefix }}model_version, {{ prefix }}dataset, {{ prefix }}metric, nullif({{ prefix }}bank_id, '')
    ))::uuid
{%- endmacro %}

{#- DerSimonian and Laird 1986: the variance between banks of a share x of n texts a bank, beyond what its own n explains; 0 where it is less.
    With p the pooled share, tau^2 = (sum n (x - p)^2 - (k - 1) p (1 - p)) / (sum n - sum n^2 / sum n). An aggregate over k banks. -#}
{% macro between_variance(share, n) -%}
    greatest(0, (
        sum({{ n }} * {{ share }} * {{ share }} order by bank_id)
        - sum({{ n }} * {{ share }} order by bank_id) ^ 2 / sum({{ n }})
        - (count(*) - 1) * (sum({{ n }} * {{ share }} order by bank_id) / sum({{ n }})) * (1 - sum({{ n }} * {{ share }} order by bank_id) / sum({{ n }}))
    ) / nullif(sum({{ n }}) - sum({{ n }} * {{ n }})::double precision / sum({{ n }}), 0))
{%- endmacro %}

{#- A corrected share and its bounds, NULL below min_n and where too little is measured: items in unmeasured languages may be anything. Reads columns
    <label>_p, _standard_error (of the measured items), _measured_share and _is_measured. -#}
{% macro corrected_columns(label, n, min_n='min_n') -%}
    {%- set p = label ~ '_p' -%}
    {%- set known = label ~ '_measured_share' -%}
    {%- set margin = '1.959963984540054::double precision * ' ~ label ~ '_standard_error' -%}
    {%- set shown = n ~ ' >= ' ~ min_n ~ ' and ' ~ label ~ '_is_measured' -%}
    case when {{ shown }} then 100.0::double precision * {{ p }} end as {{ label }}_pct_corrected,
    case
        when {{ shown }} then 100.0::double precision * {{ known }} * greatest(0.0, {{ p }} - {{ margin }})
    end as {{ label }}_pct_corrected_lower,
    case
        when {{ shown }} then 100.0::double precision * (1 - {{ known }} * (1 - least(1.0, {{ p }} + {{ margin }})))
    end as {{ label }}_pct_corrected_upper
{%- endmacro %}
