{%- set rates = {'positive': 'sentiment_count', 'negative': 'sentiment_count', 'complaint': 'own_count'} %}
{%- set counts = [
    'mention_count', 'mention_count_without_bots', 'unique_authors', 'own_count', 'complaint_count', 'praise_count', 'wish_count', 'question_count',
    'sentiment_count', 'positive_count', 'negative_count', 'rating_count',
] %}
with settings as (
    select
        min_n,
        (as_of at time zone timezone)::date as today
    from {{ ref('stg_settings') }}
),

brand_mentions as (
    select * from (select * from {{ ref('fct_brand_mentions') }} {{ within(scope_days_of_periods()) }}) as known where not is_official
),

mentions as (
    select mention_id, intents, is_bare_repost from {{ ref('fct_mentions') }} {{ within(scope_days_of_periods()) }}
),

ratings as (
    select mention_id, rating
    from (select * from {{ ref('stg_mentions') }} {{ within(scope_days_of_periods()) }}) as known
    where rating is not null
),

mention_topics as (
    select mention_id, topic_id from {{ ref('fct_mention_topics') }} {{ within(scope_days_of_periods()) }}
),

topics as (
    select topic_id, department_id from {{ ref('dim_topic') }}
),

known as (
    select min(event_day) as first_day from {{ ref('fct_mentions') }}
),

campaigns as (
    select * from {{ ref('dim_campaign') }}
),

items as (
    select
        brand_mentions.mention_id,
        brand_mentions.bank_id,
        brand_mentions.event_day,
        brand_mentions.sentiment,
        brand_mentions.bot_likely,
        case when brand_mentions.author_id is not null then brand_mentions.author_key end as author_key,
        mentions.intents,
        mentions.is_bare_repost,
        ratings.rating
    from brand_mentions
    inner join mentions on brand_mentions.mention_id = mentions.mention_id
    left join ratings on brand_mentions.mention_id = ratings.mention_id
),

placed as (
    select
        items.*,
        mention_topics.topic_id
    from items
    inner join mention_topics on items.mention_id = mention_topics.mention_id
    union all
    select
        items.*,
        'all' as topic_id
    from items
),

-- What can be added up is counted by day; authors once a period. Ratings are summed exactly, in whatever order.
days as (
    select
        bank_id,
        topic_id,
        event_day,
        count(*) as mention_count,
        count(*) filter (where not bot_likely) as mention_count_without_bots,
        count(*) filter (where not is_bare_repost) as own_count,
        {% for intent in ['complaint', 'praise', 'wish', 'question'] -%}
            count(*) filter (where not is_bare_repost and intents && array['{{ intent }}']) as {{ intent }}_count,
        {% endfor -%}
        count(sentiment) as sentiment_count,
        count(*) filter (where sentiment = 'positive') as positive_count,
        count(*) filter (where sentiment = 'negative') as negative_count,
        count(rating) as rating_count,
        sum(rating::numeric) as rating_sum
    from placed
    group by bank_id, topic_id, event_day
),

authors as (
    select distinct
        placed.bank_id,
        placed.topic_id,
        period.period_type,
        period.period_start,
        placed.author_key
    from placed
    cross join lateral {{ periods_of('placed.event_day') }} as period (period_type, period_start)
    {{ within(scope_periods()) }}
),

heard as (
    select
        bank_id,
        topic_id,
        period_type,
        period_start,
        count(author_key) as unique_authors
    from authors
    group by bank_id, topic_id, period_type, period_start
),

summed as (
    select
        days.bank_id,
        days.topic_id,
        period.period_type,
        period.period_start,
        {% for count in counts if count != 'unique_authors' -%}
            sum(days.{{ count }})::bigint as {{ count }},
        {% endfor -%}
        (sum(days.rating_sum) / nullif(sum(days.rating_count), 0))::double precision as rating_average
    from days
    cross join lateral {{ periods_of('days.event_day') }} as period (period_type, period_start)
    {{ within(scope_periods()) }}
    group by days.bank_id, days.topic_id, period.period_type, period.period_start
),

cells as (
    select
        bank_id,
        topic_id,
        period_type,
        period_start,
        {{ counts | join(',\n        ') }},
        rating_average
    from summed
    inner join heard using (bank_id, topic_id, period_type, period_start)
    {{- kept_cells(
        ['bank_id', 'topic_id', 'period_type', 'period_start'] + counts + ['rating_average'], 'mention_count > 0', looked_at=moving_periods()
    ) }}
),

-- A product that fell silent has a row in the period after its last mention, so that the fall is seen.
keys as (
    select
        bank_id,
        topic_id,
        period_type,
        period_start
    from cells
    union
    select
        cells.bank_id,
        cells.topic_id,
        cells.period_type,
        (cells.period_start + {{ period_length('cells.period_type') }})::date as period_start
    from cells
    cross join settings
    where cells.period_start + {{ period_length('cells.period_type') }} <= settings.today
),

-- What the bank had going in the period on that topic; of several the one that began last.
running as (
    select distinct on (keys.bank_id, keys.topic_id, keys.period_type, keys.period_start)
        keys.bank_id,
        keys.topic_id,
        keys.period_type,
        keys.period_start,
        campaigns.campaign_id
    from keys
    inner join campaigns
        on
            keys.bank_id = campaigns.bank_id
            and keys.period_start <= campaigns.ends
            and keys.period_start + {{ period_length('keys.period_type') }} > campaigns.starts
            and (campaigns.topics = '{}' or keys.topic_id = 'all' or keys.topic_id = any(campaigns.topics))
    order by
        keys.bank_id, keys.topic_id, keys.period_type, keys.period_start,
        campaigns.starts desc, campaigns.campaign_id
),

counted as (
    select
        keys.bank_id,
        keys.topic_id,
        coalesce(topics.department_id, 'all') as department_id,
        keys.period_type,
        keys.period_start,
        keys.period_start + {{ period_length('keys.period_type') }} <= settings.today as is_period_over,
        running.campaign_id,
        {% for count in counts -%}
            coalesce(cells.{{ count }}, 0) as {{ count }},
        {% endfor -%}
        cells.rating_average,
        case when keys.period_start > known.first_day then coalesce(prior_cells.mention_count, 0) end as prior_mention_count,
        coalesce(prior_cells.sentiment_count, 0) as prior_sentiment_count,
        coalesce(prior_cells.positive_count, 0) as prior_positive_count,
        coalesce(prior_cells.negative_count, 0) as prior_negative_count,
        coalesce(prior_cells.own_count, 0) as prior_own_count,
        coalesce(prior_cells.complaint_count, 0) as prior_complaint_count,
        prior_cells.rating_average as prior_rating_average
    from keys
    cross join settings
    cross join known
    left join topics using (topic_id)
    left join cells using (bank_id, topic_id, period_type, period_start)
    left join running using (bank_id, topic_id, period_type, period_start)
    left join cells as prior_cells
        on
            keys.bank_id = prior_cells.bank_id
            and keys.topic_id = prior_cells.topic_id
            and keys.period_type = prior_cells.period_type
            and (keys.period_start - {{ period_length('keys.period_type') }})::date = prior_cells.period_start
)

select
    md5(concat_ws('|', bank_id, topic_id, period_type, period_start))::uuid as product_feedback_id,
    bank_id,
    topic_id,
    department_id,
    period_type,
    period_start,
    is_period_over,
    campaign_id,
    mention_count as n,
    {% for count in counts -%}
        {{ count }},
    {% endfor -%}
    rating_average,
    {{ share_rate('positive', 'positive_count', 'sentiment_count') }},
    {{ share_rate('negative', 'negative_count', 'sentiment_count') }},
    {{ share_rate('complaint', 'complaint_count', 'own_count') }},
    prior_mention_count,
    mention_count - prior_mention_count as mention_count_difference,
    rating_average - prior_rating_average as rating_average_difference,
    {{ difference_columns('positive', 'positive_count', 'sentiment_count', 'prior_positive_count', 'prior_sentiment_count') }},
    {{ difference_columns('negative', 'negative_count', 'sentiment_count', 'prior_negative_count', 'prior_sentiment_count') }},
    {{ difference_columns('complaint', 'complaint_count', 'own_count', 'prior_complaint_count', 'prior_own_count') }},
    {{ suppression_columns(rates) }}
from counted
cross join settings
