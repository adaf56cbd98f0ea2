with mentions as (
    select * from {{ ref('fct_mentions') }}
),

-- An item of several topics counts in each, and once in all.
mention_topics as (
    select
        bridge.mention_id,
        bridge.topic_id,
        topics.department_id
    from {{ ref('fct_mention_topics') }} as bridge
    inner join {{ ref('dim_topic') }} as topics on bridge.topic_id = topics.topic_id
    union all
    select
        mention_id,
        'all' as topic_id,
        'all' as department_id
    from mentions
),

asked as (
    select
        customers.bank_id,
        mention_topics.topic_id,
        mention_topics.department_id,
        period.period_type,
        period.period_start,
        customers.mention_id,
        customers.brand_mention_id,
        null::uuid as case_id,
        customers.known_author_key,
        customers.event_at
    from {{ ref('int_customer_mentions') }} as customers
    inner join mention_topics on customers.mention_id = mention_topics.mention_id
    cross join lateral {{ periods_of('customers.event_day') }} as period (period_type, period_start)
    where customers.intents && array['question'] and not customers.is_bare_repost
),

questions as (
    select
        asked.*,
        {{ first_of(['bank_id', 'topic_id', 'period_type', 'period_start'], 'known_author_key') }} as first_of_author
    from asked
),

published as (
    select
        bank_id,
        mention_id,
        null::uuid as brand_mention_id,
        true as is_own
    from {{ ref('fct_official_posts') }}
    where not is_reply
    union all
    select
        bank_id,
        mention_id,
        brand_mention_id,
        false as is_own
    from {{ ref('fct_brand_mentions') }}
    where not is_official and (is_press or kind = 'article')
),

articles as (
    select
        published.bank_id,
        mention_topics.topic_id,
        mention_topics.department_id,
        period.period_type,
        period.period_start,
        published.mention_id,
        published.brand_mention_id,
        null::uuid as case_id,
        published.is_own,
        mentions.engagement
    from published
    inner join mentions on published.mention_id = mentions.mention_id and not mentions.is_bare_repost
    inner join mention_topics on published.mention_id = mention_topics.mention_id
    cross join lateral {{ periods_of('mentions.event_day') }} as period (period_type, period_start)
),

-- An answer counts for each article of its conversation.
responses as (
    select
        articles.bank_id,
        articles.topic_id,
        articles.department_id,
        articles.period_type,
        articles.period_start,
        answers.mention_id,
        null::uuid as brand_mention_id,
        null::uuid as case_id,
        answers.sentiment
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
),

{{ cells_of('mart_editorial') }}

{{ beside('prior_questions', 'mart_editorial', [], of='questions') }}

{{ beside('prior_articles', 'mart_editorial', [], of='articles') }}

{{ explain_rows('mart_editorial') }}
