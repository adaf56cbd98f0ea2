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

{#- A cell has the parts of its sort: a share numerator and denominator, a count `whole`, the median waiting times answered and censored. -#}
{% macro scorecard_metrics() -%}
    {%- set parts = {'numerator': 'numerator', 'denominator': 'n', 'whole': 'whole', 'answered': 'answered', 'censored': 'censored'} -%}
    {%- set now, before, both = {}, {}, {} -%}
    {%- for part, name in parts.items() -%}
        {%- set rule = ["part = '" ~ part ~ "'", 'value'] -%}
        {%- set _ = [now.update({name: rule}), before.update({'prior_' ~ name: rule})] -%}
        {%- set _ = both.update({part: name, 'prior_' ~ part: 'prior_' ~ name}) -%}
    {%- endfor -%}
    {{ return({
        'keys': ['bank_id', 'measure', 'platform', 'period_type', 'period_start'],
        'components': {'now_items': now, 'prior_items': before},
        'sums': ['numerator', 'n', 'prior_n'], 'shares': {}, 'rates': {},
        'others': {
            'value': ['score', parts],
            'prior_value': ['score', {
                'numerator': 'prior_numerator', 'denominator': 'prior_n', 'whole': 'prior_whole',
                'answered': 'prior_answered', 'censored': 'prior_censored',
            }],
            'difference': ['score_difference', both],
        },
    }) }}
{%- endmacro %}
