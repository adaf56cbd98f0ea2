{#- What each published number is made of: the one list from which dim_metric and the explain_* bridges follow. What it means is defined in
    models/metrics and in the marts' config.meta.metrics (docs/metrics.md); tests/marts/test_metrics.py holds both to the same formulas.
    keys        the cell of the mart; `measure` stands for its column metric, since a bridge has one of its own
    components  {item list of the bridge: {component: condition, or [condition, value]}}; a component is the sum of its values in a cell
    sums        components published under their own names
    shares      {name: [numerator, denominator]} published as <name>_numerator, <name>_denominator and <name>_pct
    rates       {name: [numerator, denominator]} published as <name>_pct alone
    others      {metric: [formula, {part: component}]}; formulas as in warehouse/explain.py
    Intervals (<name>_lower, <name>_upper) rest on the rows of their point. -#}
{% macro metrics_of(mart) -%}
    {{ return({
        'mart_reputation_daily': reputation_metrics(['event_day']),
        'mart_share_of_voice': voice_metrics(),
        'mart_customer_care': care_metrics(),
        'mart_handled_negative': handled_metrics(),
        'mart_misdirected': misdirected_metrics(),
        'mart_topics_daily': topic_metrics(),
        'mart_switching': switching_metrics(),
        'mart_leads': lead_metrics(),
        'mart_backlog': backlog_metrics(),
        'mart_crisis_signals': crisis_metrics(),
        'mart_official_posts': official_metrics(),
        'mart_competitor_gap': gap_metrics(),
        'mart_product_feedback': feedback_metrics(),
        'mart_places': place_metrics(),
        'mart_reputation_periods': reputation_metrics(['period_type', 'period_start']),
        'mart_campaigns': campaign_metrics(),
        'mart_wishes': wish_metrics(),
        'mart_editorial': editorial_metrics(),
        'mart_journey': journey_metrics(),
        'mart_journey_paths': path_metrics(),
        'mart_recovery': recovery_metrics(),
        'mart_audience': audience_metrics(),
        'mart_page_health': page_metrics(),
        'mart_impersonation': impersonation_metrics(),
        'mart_pii_exposures': exposure_metrics(),
        'mart_reply_effect': effect_metrics(),
        'mart_care_benchmark': benchmark_metrics(),
        'mart_scorecard': scorecard_metrics(),
    }[mart]) }}
{%- endmacro %}

{% macro explained_marts() -%}
    {{ return(['mart_reputation_daily', 'mart_share_of_voice', 'mart_customer_care', 'mart_handled_negative', 'mart_misdirected',
               'mart_topics_daily', 'mart_switching', 'mart_leads', 'mart_backlog', 'mart_crisis_signals', 'mart_official_posts', 'mart_competitor_gap', 'mart_product_feedback',
               'mart_places', 'mart_reputation_periods', 'mart_campaigns', 'mart_wishes', 'mart_editorial', 'mart_journey', 'mart_journey_paths',
               'mart_recovery', 'mart_audience', 'mart_page_health', 'mart_impersonation', 'mart_pii_exposures', 'mart_reply_effect',
               'mart_care_benchmark', 'mart_scorecard']) }}
{%- endmacro %}

{% macro reputation_metrics(when) -%}
    {%- set components = {
        'mention_count': 'true',
        'mention_count_without_bots': 'not bot_likely',
        'story_count': ['true', 'first_of_story'],
        'story_count_without_bots': ['not bot_likely', 'first_of_story_without_bots'],
        'unique_authors': ['author_id is not null', 'first_of_author'],
        'unique_authors_without_bots': ['author_id is not null and not bot_likely', 'first_of_author_without_bots'],
        'mentions_without_author': 'author_id is null',
        'mentions_with_author': 'author_id is not null',
        'engagement': ['engagement is not null', 'engagement'],
        'engagement_known_count': 'engagement is not null',
        'reach_upper': ['author_id is not null and author_followers is not null', 'author_followers * widest_of_author'],
        'reach_known_count': ['author_id is not null and author_followers is not null', 'widest_of_author'],
        'sentiment_count': 'sentiment is not null',
        'sentiment_author_count': ['sentiment is not null', 'first_of_author_with_sentiment'],
        'polar_count': "sentiment in ('positive', 'negative')",
        'net_count': ['sentiment is not null', "case sentiment when 'positive' then 1 when 'negative' then -1 else 0 end"],
        'sentiment_count_without_bots': 'sentiment is not null and not bot_likely',
        'net_count_without_bots': [
            'sentiment is not null and not bot_likely', "case sentiment when 'positive' then 1 when 'negative' then -1 else 0 end"
        ],
    } -%}
    {%- for label in ['positive', 'neutral', 'negative'] -%}
        {%- set _ = components.update({
            label ~ '_count': "sentiment = '" ~ label ~ "'",
            label ~ '_count_without_bots': "sentiment = '" ~ label ~ "' and not bot_likely",
        }) -%}
    {%- endfor -%}
    {{ return({
        'keys': ['bank_id', 'platform', 'language', 'country'] + when,
        'components': {'items': components},
        'sums': components | reject('in', ['mentions_with_author', 'net_count', 'net_count_without_bots']) | list,
        'shares': {},
        'rates': {
            'engagement_known': ['engagement_known_count', 'mention_count'],
            'reach_known': ['reach_known_count', 'unique_authors'],
            'positive': ['positive_count', 'sentiment_count'],
            'neutral': ['neutral_count', 'sentiment_count'],
            'negative': ['negative_count', 'sentiment_count'],
        },
        'others': {
            'n': ['sum', {'numerator': 'sentiment_count'}],
            'passion': ['ratio', {'numerator': 'mentions_with_author', 'denominator': 'unique_authors'}],
            'net_sentiment': ['pct', {'numerator': 'net_count', 'denominator': 'sentiment_count'}],
            'net_sentiment_without_bots': ['pct', {'numerator': 'net_count_without_bots', 'denominator': 'sentiment_count_without_bots'}],
            'polarity_balance': ['pct', {'numerator': 'net_count', 'denominator': 'polar_count'}],
            'negative_pct_corrected': ['rogan_gladen', {'numerator': 'negative_count', 'denominator': 'sentiment_count'}],
            'positive_pct_corrected': ['rogan_gladen', {'numerator': 'positive_count', 'denominator': 'sentiment_count'}],
        },
    }) }}
{%- endmacro %}

{% macro voice_metrics() -%}
    {{ return({
        'keys': ['bank_id', 'platform', 'period_type', 'period_start'],
        'components': {'items': {
            'mention_count': 'is_own',
            'total': 'true',
            'mention_count_without_bots': 'is_own and not bot_likely',
            'total_without_bots': 'not bot_likely',
        }},
        'sums': [],
        'shares': {
            'share_of_voice': ['mention_count', 'total'],
            'share_of_voice_without_bots': ['mention_count_without_bots', 'total_without_bots'],
        },
        'rates': {},
        'others': {'n': ['sum', {'numerator': 'total'}]},
    }) }}
{%- endmacro %}

{% macro care_metrics() -%}
    {%- set aged = 'is_negative and is_older_than_window' -%}
    {%- set followed = 'first_response_at is not null and is_older_than_week' -%}
    {%- set cases = {
        'case_count': 'true',
        'inbound_count': ['true', 'inbound_count'],
        'bot_likely_case_count': 'bot_likely',
        'censored_count': 'not is_older_than_window',
        'answered_count': 'first_response_at is not null',
        'first_response_seconds': ['first_response_at is not null', 'first_response_seconds'],
        'first_response_business_seconds': ['first_response_business_seconds is not null', 'first_response_business_seconds'],
        'unanswered_seconds': ['first_response_at is null', 'waited_seconds'],
        'response_rate_numerator': 'is_answered_in_window',
        'response_rate_denominator': 'is_older_than_window',
        'with_official_count': 'official_count > 0',
        'in_channel_resolution_numerator': "final_official_role = 'answer'",
        'confirmed_resolution_numerator': 'official_count > 0 and is_confirmed',
        'repeat_contact_numerator': followed ~ ' and is_repeated',
        'repeat_contact_denominator': followed,
        'peer_answer_numerator': 'is_peer_answered',
        'unanswered_backlog_count': 'is_open',
        'unanswered_backlog_high_priority_count': "is_open and priority = 'high'",
        'handled_negative_numerator': aged ~ " and handled_level in ('answered', 'confirmed')",
        'handled_negative_denominator': aged,
    } -%}
    {%- set sums = ['case_count', 'inbound_count', 'bot_likely_case_count', 'censored_count', 'answered_count',
                    'unanswered_backlog_count', 'unanswered_backlog_high_priority_count'] -%}
    {%- for age in ['under_1h', 'under_4h', 'under_24h', 'under_72h', 'older'] -%}
        {%- set name = 'unanswered_backlog_' ~ age ~ '_count' -%}
        {%- set _ = [cases.update({name: "backlog_age = '" ~ age ~ "'"}), sums.append(name)] -%}
    {%- endfor -%}
    {%- for level in ['silent', 'automatic', 'diverted', 'answered', 'confirmed'] -%}
        {%- set name = 'negative_handled_' ~ level ~ '_count' -%}
        {%- set _ = [cases.update({name: aged ~ " and handled_level = '" ~ level ~ "'"}), sums.append(name)] -%}
    {%- endfor -%}
    {%- set others = {
        'n': ['sum', {'numerator': 'case_count'}],
        'impostor_count': ['sum', {'numerator': 'impostors'}],
        'km_median_response_seconds': ['km_median', {'answered': 'first_response_seconds', 'censored': 'unanswered_seconds'}],
    } -%}
    {%- for seconds in ['first_response_seconds', 'first_response_business_seconds'] -%}
        {%- set _ = others.update({
            seconds ~ '_average': ['mean', {'sample': seconds}],
            seconds ~ '_median': ['median', {'sample': seconds}],
            seconds ~ '_p90': ['p90', {'sample': seconds}],
        }) -%}
    {%- endfor -%}
    {{ return({
        'keys': ['bank_id', 'platform', 'period_type', 'period_start'],
        'components': {
            'cases': cases,
            'official_items': {
                'canned_answer_numerator': 'is_canned',
                'canned_answer_denominator': 'is_human_answer',
                'help_share_numerator': 'is_help',
                'help_share_denominator': 'true',
            },
            'addressing': {'misdirected_numerator': 'is_misdirected', 'misdirected_denominator': 'true'},
            'impostor_answers': {'impostors': ['true', 'first_of_impostor']},
        },
        'sums': sums,
        'shares': {
            'response_rate': ['response_rate_numerator', 'response_rate_denominator'],
            'in_channel_resolution': ['in_channel_resolution_numerator', 'with_official_count'],
            'confirmed_resolution': ['confirmed_resolution_numerator', 'with_official_count'],
            'canned_answer': ['canned_answer_numerator', 'canned_answer_denominator'],
            'repeat_contact': ['repeat_contact_numerator', 'repeat_contact_denominator'],
            'peer_answer': ['peer_answer_numerator', 'case_count'],
            'handled_negative': ['handled_negative_numerator', 'handled_negative_denominator'],
            'misdirected': ['misdirected_numerator', 'misdirected_denominator'],
            'help_share': ['help_share_numerator', 'help_share_denominator'],
        },
        'rates': {},
        'others': others,
    }) }}
{%- endmacro %}

{% macro backlog_metrics() -%}
    {%- set components = {
        'backlog_at_start_count': 'not is_opened',
        'opened_count': 'is_opened',
        'ended_count': 'is_ended',
        'backlog_at_end_count': 'not is_ended',
    } -%}
    {{ return({
        'keys': ['bank_id', 'platform', 'period_type', 'period_start'],
        'components': {'items': components}, 'sums': components | list, 'shares': {}, 'rates': {},
        'others': {'n': ['sum', {'numerator': 'backlog_at_end_count'}]},
    }) }}
{%- endmacro %}

{% macro handled_metrics() -%}
    {%- set components = {'negative_case_count': 'true', 'handled': "handled_level in ('answered', 'confirmed')"} -%}
    {%- set levels = ['silent', 'automatic', 'diverted', 'answered', 'confirmed'] -%}
    {%- for level in levels -%}
        {%- set _ = components.update({level ~ '_count': "handled_level = '" ~ level ~ "'"}) -%}
    {%- endfor -%}
    {{ return({
        'keys': ['bank_id', 'platform', 'topic_id', 'department_id', 'period_type', 'period_start'],
        'components': {'items': components},
        'sums': ['silent_count', 'automatic_count', 'diverted_count', 'answered_count', 'confirmed_count'],
        'shares': {'handled_negative': ['handled', 'negative_case_count']},
        'rates': {},
        'others': {'n': ['sum', {'numerator': 'negative_case_count'}]},
    }) }}
{%- endmacro %}

{% macro misdirected_metrics() -%}
    {{ return({
        'keys': ['bank_id', 'account_kind', 'account', 'account_bank_id', 'platform', 'period_type', 'period_start'],
        'components': {
            'astray_items': {
                'item_count': 'true',
                'negative_count': "sentiment = 'negative'",
                'unique_authors': ['author_id is not null', 'first_of_author'],
            },
            'addressing_items': {'addressing_count': 'true'},
        },
        'sums': ['negative_count', 'unique_authors'],
        'shares': {'share_of_addressing': ['item_count', 'addressing_count']},
        'rates': {},
        'others': {'n': ['sum', {'numerator': 'addressing_count'}]},
    }) }}
{%- endmacro %}

{% macro topic_metrics() -%}
    {{ return({
        'keys': ['bank_id', 'topic_id', 'department_id', 'period_type', 'period_start'],
        'components': {
            'items': {
                'mention_count': 'true',
                'mention_count_without_bots': 'not bot_likely',
                'sentiment_count': 'sentiment is not null',
                'negative_count': "sentiment = 'negative'",
            },
            'bank_items': {'bank_mention_count': 'true'},
            'prior_items': {
                'prior_mention_count': 'true',
                'prior_sentiment_count': 'sentiment is not null',
                'prior_negative_count': "sentiment = 'negative'",
            },
            'prior_bank_items': {'prior_bank_mention_count': 'true'},
        },
        'sums': ['mention_count', 'mention_count_without_bots', 'sentiment_count', 'negative_count', 'bank_mention_count', 'prior_mention_count'],
        'shares': {},
        'rates': {'negative': ['negative_count', 'sentiment_count'], 'share_of_mentions': ['mention_count', 'bank_mention_count']},
        'others': {
            'n': ['sum', {'numerator': 'mention_count'}],
            'mention_count_difference': ['difference', {'numerator': 'mention_count', 'prior_numerator': 'prior_mention_count'}],
            'share_of_mentions_difference_points': ['points', {
                'numerator': 'mention_count', 'denominator': 'bank_mention_count',
                'prior_numerator': 'prior_mention_count', 'prior_denominator': 'prior_bank_mention_count',
            }],
            'negative_difference_points': ['points', {
                'numerator': 'negative_count', 'denominator': 'sentiment_count',
                'prior_numerator': 'prior_negative_count', 'prior_denominator': 'prior_sentiment_count',
            }],
        },
    }) }}
{%- endmacro %}

{% macro switching_metrics() -%}
    {%- set components = {} -%}
    {%- for side, condition in [('out', 'is_out'), ('in', 'not is_out')] -%}
        {%- set _ = components.update({
            'switch_' ~ side ~ '_count': [condition, 'first_of_mention'],
            'switch_' ~ side ~ '_count_without_bots': [condition ~ ' and not bot_likely', 'first_of_mention'],
            'switch_' ~ side ~ '_authors': [condition ~ ' and author_id is not null', 'first_of_author'],
        }) -%}
    {%- endfor -%}
    {{ return({
        'keys': ['bank_id', 'other_bank_id', 'period_type', 'period_start'],
        'components': {'items': components}, 'sums': components | list, 'shares': {}, 'rates': {}, 'others': {},
    }) }}
{%- endmacro %}

{% macro lead_metrics() -%}
    {%- set components = {
        'lead_count': ['author_id is not null', 'first_of_author'],
        'lead_count_without_bots': ['author_id is not null and not bot_likely', 'first_of_author_without_bots'],
        'lead_mention_count': 'true',
        'mentions_without_author': 'author_id is null',
    } -%}
    {{ return({
        'keys': ['bank_id', 'platform', 'period_type', 'period_start'],
        'components': {'items': components}, 'sums': components | list, 'shares': {}, 'rates': {}, 'others': {},
    }) }}
{%- endmacro %}

{% macro crisis_metrics() -%}
    {%- set others = {
        'negative_share': ['ratio', {'numerator': 'negative_count', 'denominator': 'sentiment_count'}],
        'ratio_to_24h_mean': ['ratio_to_mean', {'numerator': 'mention_count', 'denominator': 'mean_24h'}],
    } -%}
    {%- for metric in ['baseline_median', 'baseline_mad', 'baseline_variance', 'robust_z', 'tail_probability', 'q_value', 'volume_score', 'severity'] -%}
        {%- set _ = others.update({metric: ['judged', {'numerator': 'mention_count', 'baseline': 'baseline_mean'}]}) -%}
    {%- endfor -%}
    {{ return({
        'keys': ['bank_id', 'series_type', 'series_id', 'hour_at'],
        'components': {
            'items': {
                'mention_count': 'true',
                'sentiment_count': 'sentiment is not null',
                'negative_count': "sentiment = 'negative'",
                'distinct_authors': ['true', 'first_of_author'],
                'platform_count': ['true', 'first_of_platform'],
                'story_count': ['true', 'first_of_story'],
                'bot_likely_count': 'bot_likely',
                'reach_upper': ['author_id is not null and author_followers is not null', 'author_followers * widest_of_author'],
                'reach_known_count': ['author_id is not null and author_followers is not null', 'widest_of_author'],
                'press_author_count': ['is_press', 'first_of_press_author'],
            },
            'six_hours': {'six_hour_count': 'true'},
            'day_before': {'mean_24h': ['true', '1 / 24.0']},
            'baseline_hours': {'baseline_mean': ['true', '1.0 / nullif(baseline_points, 0)']},
        },
        'sums': ['mention_count', 'sentiment_count', 'negative_count', 'distinct_authors', 'platform_count', 'story_count', 'bot_likely_count',
                 'six_hour_count', 'baseline_mean', 'reach_upper', 'reach_known_count', 'press_author_count'],
        'shares': {}, 'rates': {}, 'others': others,
    }) }}
{%- endmacro %}

{% macro official_metrics() -%}
    {%- set components = {
        'official_post_count': 'true',
        'help_count': 'is_help',
        'pr_count': 'not is_help',
        'reply_count': 'is_reply',
        'answer_count': 'is_human_answer',
        'canned_count': 'is_canned',
        'automatic_count': "role = 'automatic'",
        'engagement': ['engagement is not null', 'engagement'],
        'engagement_known_count': 'engagement is not null',
        'help_engagement_known_count': 'is_help and engagement is not null',
        'help_engagement': ['is_help and engagement is not null', 'engagement'],
        'pr_engagement_known_count': 'not is_help and engagement is not null',
        'pr_engagement': ['not is_help and engagement is not null', 'engagement'],
    } -%}
    {{ return({
        'keys': ['bank_id', 'platform', 'period_type', 'period_start'],
        'components': {'items': components},
        'sums': components | reject('in', ['help_engagement', 'pr_engagement']) | list,
        'shares': {},
        'rates': {
            'help_share': ['help_count', 'official_post_count'],
            'canned_answer': ['canned_count', 'answer_count'],
            'engagement_known': ['engagement_known_count', 'official_post_count'],
        },
        'others': {
            'n': ['sum', {'numerator': 'official_post_count'}],
            'help_engagement_median': ['median', {'sample': 'help_engagement'}],
            'pr_engagement_median': ['median', {'sample': 'pr_engagement'}],
        },
    }) }}
{%- endmacro %}

{% macro gap_metrics() -%}
    {%- set sides, rates = {}, {} -%}
    {%- for side in ['home', 'competitor'] -%}
        {%- set _ = sides.update({side ~ '_items': {
            side ~ '_sentiment_count': 'true',
            side ~ '_negative_count': "sentiment = 'negative'",
            side ~ '_positive_count': "sentiment = 'positive'",
        }}) -%}
        {%- for label in ['negative', 'positive'] -%}
            {%- set name = side ~ '_' ~ label -%}
            {%- set _ = rates.update({name: [name ~ '_count', side ~ '_sentiment_count']}) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- set both = {'numerator': 'competitor_sentiment_count', 'baseline': 'home_sentiment_count'} -%}
    {%- set others = {'n': ['judged', both], 'competitor_customers': ['judged', both]} -%}
    {%- for label in ['negative', 'positive'] -%}
        {%- set _ = others.update({label ~ '_difference_points': ['points', {
            'numerator': 'competitor_' ~ label ~ '_count', 'denominator': 'competitor_sentiment_count',
            'prior_numerator': 'home_' ~ label ~ '_count', 'prior_denominator': 'home_sentiment_count',
        }]}) -%}
    {%- endfor -%}
    {{ return({
        'keys': ['bank_id', 'competitor_bank_id', 'topic_id', 'department_id', 'period_type', 'period_start'],
        'components': sides,
        'sums': sides['home_items'] | list + sides['competitor_items'] | list,
        'shares': {}, 'rates': rates, 'others': others,
    }) }}
{%- endmacro %}

{% macro feedback_metrics() -%}
    {%- set counts = {
        'mention_count': 'true',
        'sentiment_count': 'sentiment is not null',
        'positive_count': "sentiment = 'positive'",
        'negative_count': "sentiment = 'negative'",
        'own_count': 'not is_bare_repost',
        'complaint_count': "not is_bare_repost and intents && array['complaint']",
    } -%}
    {%- set items, prior_items = dict(counts), {'prior_rating': ['rating is not null', 'rating']} -%}
    {%- set _ = items.update({
        'mention_count_without_bots': 'not bot_likely',
        'unique_authors': ['author_id is not null', 'first_of_author'],
        'rating_count': 'rating is not null',
        'rating': ['rating is not null', 'rating'],
    }) -%}
    {%- for intent in ['praise', 'wish', 'question'] -%}
        {%- set _ = items.update({intent ~ '_count': "not is_bare_repost and intents && array['" ~ intent ~ "']"}) -%}
    {%- endfor -%}
    {%- for name, condition in counts.items() -%}{%- set _ = prior_items.update({'prior_' ~ name: condition}) -%}{%- endfor -%}
    {%- set rates = {
        'positive': ['positive_count', 'sentiment_count'], 'negative': ['negative_count', 'sentiment_count'],
        'complaint': ['complaint_count', 'own_count'],
    } -%}
    {%- set others = {
        'n': ['sum', {'numerator': 'mention_count'}],
        'mention_count_difference': ['difference', {'numerator': 'mention_count', 'prior_numerator': 'prior_mention_count'}],
        'rating_average': ['mean', {'sample': 'rating'}],
        'rating_average_difference': ['mean_difference', {'sample': 'rating', 'prior_sample': 'prior_rating'}],
    } -%}
    {%- for name, pair in rates.items() -%}
        {%- set _ = others.update({name ~ '_difference_points': ['points', {
            'numerator': pair[0], 'denominator': pair[1], 'prior_numerator': 'prior_' ~ pair[0], 'prior_denominator': 'prior_' ~ pair[1],
        }]}) -%}
    {%- endfor -%}
    {{ return({
        'keys': ['bank_id', 'topic_id', 'department_id', 'period_type', 'period_start'],
        'components': {'items': items, 'prior_items': prior_items},
        'sums': items | reject('in', ['rating']) | list + ['prior_mention_count'],
        'shares': {}, 'rates': rates, 'others': others,
    }) }}
{%- endmacro %}

{% macro place_metrics() -%}
    {%- set counts = {'mention_count': 'true', 'trouble_count': 'is_trouble'} -%}
    {%- set items = dict(counts) -%}
    {%- set _ = items.update({'mention_count_without_bots': 'not bot_likely', 'unique_authors': ['author_id is not null', 'first_of_author']}) -%}
    {{ return({
        'keys': ['bank_id', 'kind', 'city_id', 'place_id', 'period_type', 'period_start'],
        'components': {'items': items, 'prior_items': {'prior_mention_count': 'true', 'prior_trouble_count': 'is_trouble'}},
        'sums': items | list + ['prior_mention_count', 'prior_trouble_count'],
        'shares': {},
        'rates': {'trouble': ['trouble_count', 'mention_count']},
        'others': {
            'n': ['sum', {'numerator': 'mention_count'}],
            'trouble_count_difference': ['difference', {'numerator': 'trouble_count', 'prior_numerator': 'prior_trouble_count'}],
            'trouble_difference_points': ['points', {
                'numerator': 'trouble_count', 'denominator': 'mention_count',
                'prior_numerator': 'prior_trouble_count', 'prior_denominator': 'prior_mention_count',
            }],
        },
    }) }}
{%- endmacro %}
