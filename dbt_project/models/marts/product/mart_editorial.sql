{%- set counts = [
    'question_count', 'asker_count', 'article_count', 'own_article_count', 'media_article_count', 'article_engagement_known_count',
    'response_count', 'response_sentiment_count', 'response_positive_count', 'response_negative_count',
] %}
with settings as (
    select min_n from {{ ref('stg_settings') }}
),

known as (
    select min(event_day) as first_day from {{ ref('fct_mentions') }}
),

mentions as not materialized (
    select * from {{ ref('fct_mentions') }}
),

customers as (
    select * from {{ ref('int_customer_mentions') }} {{ within(in_days_of(editorial_periods())) }}
),

mention_topics as (
    select mention_id, topic_id from {{ ref('fct_mention_topics') }} {{ within(in_days_of(editorial_periods())) }}
    union all
    select mention_id, 'all' as topic_id from mentions {{ within(in_days_of(editorial_periods())) }}
),

topics as (
    select topic_id, department_id from {{ ref('dim_topic') }}
),

questions as (
    select
        customers.bank_id,
        mention_topics.topic_id,
        period.period_type,
        period.period_start,
        count(*) as question_count,
        count(distinct customers.known_author_key) as asker_count
    from customers
    inner join mention_topics on customers.mention_id = mention_topics.mention_id
    cross join lateral {{ periods_of('customers.event_day') }} as period (period_type, period_start)
    where customers.intents && array['question'] and not customers.is_bare_repost {{ and_within(in_periods(editorial_periods())) }}
    group by customers.bank_id, mention_topics.topic_id, period.period_type, period.period_start
),

-- The bank's own: what its official accounts post of themselves. Media: what the press writes about it. What is only reposted is
-- no article, and no response to one.
articles as (
    select
        bank_id,
        mention_id,
        true as is_own
    from {{ ref('fct_official_posts') }}
    where not is_reply {{ and_within(in_days_of(editorial_periods())) }}
    union all
    select
        brand_mentions.bank_id,
        brand_mentions.mention_id,
        false as is_own
    from (select * from {{ ref('fct_brand_mentions') }} {{ within(in_days_of(editorial_periods())) }}) as brand_mentions
    where not brand_mentions.is_official and (brand_mentions.is_press or brand_mentions.kind = 'article')
),

responses as (
    select
        articles.bank_id,
        articles.mention_id,
        count(*) as response_count,
        count(answers.sentiment) as response_sentiment_count,
        count(*) filter (where answers.sentiment = 'positive') as response_positive_count,
        count(*) filter (where answers.sentiment = 'negative') as response_negative_count
    from articles
    inner join mentions on articles.mention_id = mentions.mention_id
    inner join mentions as answers
        on
            mentions.platform = answers.platform
            and mentions.site = answers.site
            and mentions.conversation_id = answers.conversation_id
            and mentions.event_at <= answers.event_at
            and mentions.mention_id <> answers.mention_id
            and not answers.is_official
            and not answers.is_press
            and not answers.is_bare_repost
    group by articles.bank_id, articles.mention_id
),

published as (
    select
        articles.bank_id,
        mention_topics.topic_id,
        period.period_type,
        period.period_start,
        count(*) as article_count,
        count(*) filter (where articles.is_own) as own_article_count,
        count(*) filter (where not articles.is_own) as media_article_count,
        sum(mentions.engagement)::bigint as article_engagement,
        count(mentions.engagement) as article_engagement_known_count,
        coalesce(sum(responses.response_count), 0)::bigint as response_count,
        coalesce(sum(responses.response_sentiment_count), 0)::bigint as response_sentiment_count,
        coalesce(sum(responses.response_positive_count), 0)::bigint as response_positive_count,
        coalesce(sum(responses.response_negative_count), 0)::bigint as response_negative_count
    from articles
    inner join mentions on articles.mention_id = mentions.mention_id and not mentions.is_bare_repost
    inner join mention_topics on articles.mention_id = mention_topics.mention_id
    left join responses on articles.bank_id = responses.bank_id and articles.mention_id = responses.mention_id
    cross join lateral {{ periods_of('mentions.event_day') }} as period (period_type, period_start)
    {{ within(in_periods(editorial_periods())) }}
    group by articles.bank_id, mention_topics.topic_id, period.period_type, period.period_start
),

cells as (
    select
        bank_id,
        topic_id,
        coalesce(topics.department_id, 'all') as department_id,
        period_type,
        period_start,
        {% for count in counts -%}
            coalesce({{ count }}, 0) as {{ count }},
        {% endfor -%}
        published.article_engagement
    from questions
    full join published using (bank_id, topic_id, period_type, period_start)
    left join topics using (topic_id)
    {{- kept_cells(
        ['bank_id', 'topic_id', 'department_id', 'period_type', 'period_start'] + counts + ['article_engagement'],
        scope=in_periods(editorial_periods()), looked_at=moving_periods(editorial_periods())
    ) }}
)

select
    md5(concat_ws('|', bank_id, topic_id, period_type, period_start))::uuid as editorial_id,
    bank_id,
    topic_id,
    department_id,
    period_type,
    period_start,
    response_sentiment_count as n,
    question_count,
    {{ prior_of('question_count', 'bank_id, topic_id') }} as prior_question_count,
    asker_count,
    article_count,
    {{ prior_of('article_count', 'bank_id, topic_id') }} as prior_article_count,
    own_article_count,
    media_article_count,
    question_count > 0 and own_article_count = 0 as is_asked_and_unwritten,
    article_engagement,
    article_engagement_known_count,
    response_count,
    response_sentiment_count,
    response_positive_count,
    response_negative_count,
    {{ share_rate('response_positive', 'response_positive_count', 'response_sentiment_count') }},
    {{ share_rate('response_negative', 'response_negative_count', 'response_sentiment_count') }},
    {{ suppression_columns({'response_positive': 'response_sentiment_count', 'response_negative': 'response_sentiment_count'}) }}
from cells
cross join settings
cross join known
