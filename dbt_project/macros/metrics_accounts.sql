{#- Parts of the numbers that tell of pages, accounts and personal data (see metrics_of). -#}

{% macro page_metrics() -%}
    {%- set known = 'human_key is not null' -%}
    {{ return({
        'keys': ['bank_id', 'platform', 'page_id', 'period_type', 'period_start'],
        'components': {
            'items': {'item_count': 'true', 'official_count': 'is_official', 'bot_count': 'bot_likely'},
            'prior_items': {'prior_item_count': 'true'},
            'window_items': {
                'active_author_count': [known, 'first_of_human'],
                'followers': ['is_newest_count', 'followers'],
                'active_audience': [known ~ ' and followers is not null', 'case when human_rank <= followers then first_of_human else 0 end'],
            },
        },
        'sums': ['item_count', 'official_count', 'bot_count', 'prior_item_count', 'active_author_count', 'followers'],
        'shares': {'active_audience': ['active_audience', 'followers']},
        'rates': {'bot_share': ['bot_count', 'item_count']},
        'others': {'n': ['sum', {'numerator': 'item_count'}]},
    }) }}
{%- endmacro %}

{% macro impersonation_metrics() -%}
    {%- set judged = {'numerator': 'item_count', 'baseline': 'past_item_count'} -%}
    {{ return({
        'keys': ['bank_id', 'kind', 'platform', 'account', 'event_day'],
        'components': {
            'items': {'item_count': 'true', 'link_item_count': "kind = 'off_pattern' and has_link"},
            'past_items': {'past_item_count': 'true', 'past_link_item_count': 'has_link'},
        },
        'sums': ['item_count', 'link_item_count', 'past_item_count', 'past_link_item_count'],
        'shares': {}, 'rates': {},
        'others': {'tail_probability': ['judged', judged], 'unusual_hour_count': ['judged', judged]},
    }) }}
{%- endmacro %}

{% macro exposure_metrics() -%}
    {%- set items = {
        'exposure_count': ['true', 'exposure_count'],
        'mention_count': ['true', 'first_of_mention'],
        'official_mention_count': ['is_official', 'first_of_mention'],
    } -%}
    {{ return({
        'keys': ['bank_id', 'platform', 'kind', 'period_type', 'period_start'],
        'components': {'items': items},
        'sums': items | list, 'shares': {}, 'rates': {}, 'others': {},
    }) }}
{%- endmacro %}
