{#- Parts of the numbers that compare: what follows a reply, our care beside others', the scorecard (see metrics_of). -#}

{% macro effect_metrics() -%}
    {%- set flags = {
        'spoke_again': 'is_spoke_again', 'later_negative': 'is_later_negative', 'later_positive': 'is_later_positive',
        'thanked': 'is_thanked', 'still_angry': 'is_still_angry', 'repeat_contact': 'is_repeat_contact',
    } -%}
    {%- set items, silent, rates = {'case_count': 'true'}, {'silence_n': 'true'}, {} -%}
    {%- set others = {'n': ['sum', {'numerator': 'case_count'}]} -%}
    {%- for name, flag in flags.items() -%}
        {%- set _ = items.update({name ~ '_count': flag}) -%}
        {%- set _ = silent.update({'silent_' ~ name: flag}) -%}
        {%- set _ = rates.update({name: [name ~ '_count', 'case_count']}) -%}
        {%- set _ = others.update({name ~ '_difference_points': ['points', {
            'numerator': name ~ '_count', 'denominator': 'case_count', 'prior_numerator': 'silent_' ~ name, 'prior_denominator': 'silence_n',
        }]}) -%}
    {%- endfor -%}
    {{ return({
        'keys': ['bank_id', 'reply', 'platform', 'period_type', 'period_start'],
        'components': {'items': items, 'silent_items': silent},
        'sums': items | reject('in', ['case_count']) | list + ['silence_n'],
        'shares': {}, 'rates': rates, 'others': others,
    }) }}
{%- endmacro %}

{% macro benchmark_metrics() -%}
    {%- set components, others = {}, {'difference': ['ratio_difference', {
        'numerator': 'own_total', 'denominator': 'own_n', 'prior_numerator': 'other_total', 'prior_denominator': 'other_n',
    }]} -%}
    {%- for side in ['own', 'other'] -%}
        {%- set _ = components.update({side ~ '_items': {
            side ~ '_n': ['counted is not null', 'counted'], side ~ '_total': ['total is not null', 'total'],
        }}) -%}
        {%- set _ = others.update({side ~ '_value': ['ratio', {'numerator': side ~ '_total', 'denominator': side ~ '_n'}]}) -%}
    {%- endfor -%}
    {{ return({
        'keys': ['bank_id', 'other_bank_id', 'measure', 'platform', 'period_type', 'period_start'],
        'components': components,
        'sums': ['own_n', 'other_n'], 'shares': {}, 'rates': {}, 'others': others,
    }) }}
{%- endmacro %}

{% macro scorecard_metrics() -%}
    {{ return({
        'keys': ['bank_id', 'measure', 'platform', 'period_type', 'period_start'],
        'components': {
            'now_items': {'numerator': ["part = 'numerator'", 'value'], 'n': ["part = 'denominator'", 'value']},
            'prior_items': {'prior_numerator': ["part = 'numerator'", 'value'], 'prior_n': ["part = 'denominator'", 'value']},
        },
        'sums': ['numerator', 'n', 'prior_n'], 'shares': {}, 'rates': {},
        'others': {
            'value': ['pct', {'numerator': 'numerator', 'denominator': 'n'}],
            'prior_value': ['pct', {'numerator': 'prior_numerator', 'denominator': 'prior_n'}],
            'difference': ['points', {
                'numerator': 'numerator', 'denominator': 'n', 'prior_numerator': 'prior_numerator', 'prior_denominator': 'prior_n',
            }],
        },
    }) }}
{%- endmacro %}
