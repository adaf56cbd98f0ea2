{#- Parts of the numbers that tell of customers: campaigns, wishes, themes, journeys, recoveries, the audience (see metrics_of). -#}

{#- {'positive_count': …, 'negative_count': …} and the like among items with `also`. -#}
{% macro sentiment_counts(prefix='', also='') -%}
    {%- set found = {prefix ~ 'sentiment_count': also ~ 'sentiment is not null'} -%}
    {%- for label in ['positive', 'negative'] -%}
        {%- set _ = found.update({prefix ~ label ~ '_count': also ~ "sentiment = '" ~ label ~ "'"}) -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}

{% macro sentiment_rates(prefix='') -%}
    {{ return({
        prefix ~ 'positive': [prefix ~ 'positive_count', prefix ~ 'sentiment_count'],
        prefix ~ 'negative': [prefix ~ 'negative_count', prefix ~ 'sentiment_count'],
    }) }}
{%- endmacro %}

{% macro campaign_metrics() -%}
    {%- set bank, campaign = 'is_about_bank', 'is_about_campaign' -%}
    {%- set per_day = [bank, '1.0 / day_count'] -%}
    {%- set items = {
        'mention_count': bank,
        'mention_count_without_bots': bank ~ ' and not bot_likely',
        'unique_authors': [bank ~ ' and author_id is not null', 'first_of_author'],
        'lead_count': [bank ~ ' and is_lead and author_id is not null', 'first_of_lead'],
        'mentions_per_day': per_day,
        'campaign_mention_count': campaign,
        'campaign_unique_authors': [campaign ~ ' and author_id is not null', 'first_of_campaign_author'],
        'campaign_engagement': [campaign ~ ' and engagement is not null', 'engagement'],
        'campaign_engagement_known_count': campaign ~ ' and engagement is not null',
    } -%}
    {%- set _ = items.update(sentiment_counts('', bank ~ ' and ')) -%}
    {%- set _ = items.update(sentiment_counts('campaign_', campaign ~ ' and ')) -%}
    {%- set before = sentiment_counts('before_', bank ~ ' and ') -%}
    {%- set _ = before.update({'before_mentions_per_day': per_day}) -%}
    {%- set rates, others = sentiment_rates(), {
        'n': ['sum', {'numerator': 'sentiment_count'}],
        'before_mentions_per_day': ['sum', {'numerator': 'before_mentions_per_day'}],
        'mentions_per_day_ratio': ['ratio', {'numerator': 'mentions_per_day', 'denominator': 'before_mentions_per_day'}],
    } -%}
    {%- for name in ['positive', 'negative'] -%}
        {%- set _ = others.update({name ~ '_difference_points': ['points', {
            'numerator': name ~ '_count', 'denominator': 'sentiment_count',
            'prior_numerator': 'before_' ~ name ~ '_count', 'prior_denominator': 'before_sentiment_count',
        }]}) -%}
    {%- endfor -%}
    {%- set _ = rates.update(sentiment_rates('campaign_')) -%}
    {{ return({
        'keys': ['campaign_id', 'bank_id', 'platform', 'topic_id', 'phase', 'phase_starts'],
        'components': {'items': items, 'before_items': before},
        'sums': items | list, 'shares': {}, 'rates': rates, 'others': others,
    }) }}
{%- endmacro %}

{% macro wish_metrics() -%}
    {%- set items = {
        'mention_count': 'true',
        'mention_count_without_bots': 'not bot_likely',
        'unique_authors': ['known_author_key is not null', 'first_of_author'],
        'negative_count': "sentiment = 'negative'",
        'vote_count': ['engagement is not null', 'engagement'],
        'engagement_known_count': 'engagement is not null',
    } -%}
    {{ return({
        'keys': ['bank_id', 'story_key', 'first_day'],
        'components': {'items': items},
        'sums': items | list, 'shares': {}, 'rates': {},
        'others': {'vote_rank': ['judged', {'numerator': 'vote_count'}]},
    }) }}
{%- endmacro %}

{% macro editorial_metrics() -%}
    {%- set components = {
        'questions': {'question_count': 'true', 'asker_count': ['known_author_key is not null', 'first_of_author']},
        'prior_questions': {'prior_question_count': 'true'},
        'articles': {
            'article_count': 'true',
            'own_article_count': 'is_own',
            'media_article_count': 'not is_own',
            'article_engagement': ['engagement is not null', 'engagement'],
            'article_engagement_known_count': 'engagement is not null',
        },
        'prior_articles': {'prior_article_count': 'true'},
        'responses': {
            'response_count': 'true',
            'response_sentiment_count': 'sentiment is not null',
            'response_positive_count': "sentiment = 'positive'",
            'response_negative_count': "sentiment = 'negative'",
        },
    } -%}
    {{ return({
        'keys': ['bank_id', 'topic_id', 'department_id', 'period_type', 'period_start'],
        'components': components,
        'sums': components.values() | map('list') | sum(start=[]),
        'shares': {}, 'rates': sentiment_rates('response_'),
        'others': {'n': ['sum', {'numerator': 'response_sentiment_count'}]},
    }) }}
{%- endmacro %}

{% macro journey_metrics() -%}
    {%- set items = {
        'mention_count': 'true',
        'mention_count_without_bots': 'not bot_likely',
        'unique_authors': ['known_author_key is not null', 'first_of_author'],
    } -%}
    {%- set _ = items.update(sentiment_counts()) -%}
    {{ return({
        'keys': ['bank_id', 'stage', 'channel', 'period_type', 'period_start'],
        'components': {'items': items, 'prior_items': {'prior_mention_count': 'true'}},
        'sums': items | list + ['prior_mention_count'], 'shares': {}, 'rates': sentiment_rates(),
        'others': {'n': ['sum', {'numerator': 'mention_count'}]},
    }) }}
{%- endmacro %}

{% macro path_metrics() -%}
    {{ return({
        'keys': ['bank_id', 'from_stage', 'to_stage', 'period_type', 'period_start'],
        'components': {
            'items': {'step_count': 'true', 'unique_authors': ['true', 'first_of_author'], 'step_seconds': ['true', 'step_seconds']},
            'from_items': {'from_step_count': 'true'},
            'prior_items': {'prior_step_count': 'true'},
        },
        'sums': ['step_count', 'unique_authors', 'from_step_count', 'prior_step_count'],
        'shares': {}, 'rates': {'share_of_steps': ['step_count', 'from_step_count']},
        'others': {
            'n': ['sum', {'numerator': 'from_step_count'}],
            'step_seconds_median': ['median', {'sample': 'step_seconds'}],
        },
    }) }}
{%- endmacro %}

{% macro recovery_metrics() -%}
    {{ return({
        'keys': ['bank_id', 'platform', 'period_type', 'period_start'],
        'components': {
            'items': {
                'negative_author_count': ['true', 'first_of_author'],
                'answered_author_count': ['is_answered', 'first_of_answered'],
                'recovered_count': ['is_recovered', 'first_of_recovered'],
                'ripe_answered': ['is_answered and is_ripe', 'first_of_ripe_answered'],
                'ripe_recovered': ['is_recovered and is_ripe', 'first_of_ripe_recovered'],
                'recovery_seconds': ['is_recovered and is_quickest', 'recovery_seconds'],
            },
            'prior_items': {'prior_recovered_count': ['is_recovered', 'first_of_recovered']},
        },
        'sums': ['negative_author_count', 'answered_author_count', 'recovered_count', 'prior_recovered_count'],
        'shares': {'recovery': ['ripe_recovered', 'ripe_answered']}, 'rates': {},
        'others': {
            'n': ['sum', {'numerator': 'ripe_answered'}],
            'recovery_seconds_median': ['median', {'sample': 'recovery_seconds'}],
        },
    }) }}
{%- endmacro %}

{% macro audience_metrics() -%}
    {%- set items = {
        'mention_count': 'true',
        'unique_authors': ['author_key is not null', 'first_of_author'],
        'sentiment_count': 'sentiment is not null',
        'negative_count': "sentiment = 'negative'",
    } -%}
    {{ return({
        'keys': ['bank_id', 'dimension', 'dimension_value', 'period_type', 'period_start'],
        'components': {
            'items': items,
            'bank_items': {'bank_mention_count': 'true'},
            'prior_items': {'prior_mention_count': 'true'},
        },
        'sums': items | list + ['bank_mention_count', 'prior_mention_count'],
        'shares': {},
        'rates': {'share_of_mentions': ['mention_count', 'bank_mention_count'], 'negative': ['negative_count', 'sentiment_count']},
        'others': {'n': ['sum', {'numerator': 'mention_count'}]},
    }) }}
{%- endmacro %}
