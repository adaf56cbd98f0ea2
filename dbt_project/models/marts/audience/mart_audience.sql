with settings as (
    select min_n from {{ ref('stg_settings') }}
),

known as (
    select min(event_day) as first_day from {{ ref('fct_mentions') }}
),

brand_mentions as (
    select * from (select * from {{ ref('fct_brand_mentions') }} {{ within(scope_days_of_periods()) }}) as known where not is_official
),

countries as (
    select mention_id, upper(country) as country from {{ ref('stg_mentions') }} {{ within(scope_days_of_periods()) }}
),

mention_topics as (
    select mention_id, topic_id from {{ ref('fct_mention_topics') }} {{ within(scope_days_of_periods()) }}
),

items as (
    select
        brand_mentions.mention_id,
        brand_mentions.bank_id,
        brand_mentions.platform,
        brand_mentions.language,
        coalesce(countries.country, 'unknown') as country,
        brand_mentions.event_day,
        brand_mentions.sentiment,
        case when brand_mentions.author_id is not null then brand_mentions.author_key end as author_key,
        case
            when brand_mentions.bot_likely then 'likely_bot'
            when brand_mentions.is_press then 'press'
            when brand_mentions.author_id is null then 'unknown'
            else 'customer'
        end as speaker,
        case
            when brand_mentions.author_followers is null then 'unknown'
            when brand_mentions.author_followers < 1000 then 'under_1k'
            when brand_mentions.author_followers < 10000 then 'under_10k'
            when brand_mentions.author_followers < 100000 then 'under_100k'
            else 'from_100k'
        end as followers
    from brand_mentions
    left join countries on brand_mentions.mention_id = countries.mention_id
),

placed as (
    select
        items.bank_id,
        items.event_day,
        items.sentiment,
        items.author_key,
        part.dimension,
        part.dimension_value
    from items
    cross join
        lateral (
            values
            ('all', 'all'),
            ('platform', items.platform),
            ('country', items.country),
            ('language', items.language),
            ('speaker', items.speaker),
            ('followers', items.followers)
        ) as part (dimension, dimension_value)
    union all
    select
        items.bank_id,
        items.event_day,
        items.sentiment,
        items.author_key,
        'topic' as dimension,
        mention_topics.topic_id as dimension_value
    from items
    inner join mention_topics on items.mention_id = mention_topics.mention_id
),

-- By author first: to count them distinct is to sort all items by author in each cell.
authors as (
    select
        placed.bank_id,
        placed.dimension,
        placed.dimension_value,
        period.period_type,
        period.period_start,
        placed.author_key,
        count(*) as mention_count,
        count(placed.sentiment) as sentiment_count,
        count(*) filter (where placed.sentiment = 'negative') as negative_count
    from placed
    cross join lateral {{ periods_of('placed.event_day') }} as period (period_type, period_start)
    {{ within(scope_periods()) }}
    group by placed.bank_id, placed.dimension, placed.dimension_value, period.period_type, period.period_start, placed.author_key
),

cells as (
    select
        bank_id,
        dimension,
        dimension_value,
        period_type,
        period_start,
        sum(mention_count)::bigint as mention_count,
        count(author_key) as unique_authors,
        sum(sentiment_count)::bigint as sentiment_count,
        sum(negative_count)::bigint as negative_count
    from authors
    group by bank_id, dimension, dimension_value, period_type, period_start
    {{- kept_cells([
        'bank_id', 'dimension', 'dimension_value', 'period_type', 'period_start', 'mention_count', 'unique_authors', 'sentiment_count',
        'negative_count',
    ]) }}
),

wholes as (
    select
        cells.*,
        max(mention_count) filter (where dimension = 'all') over (partition by bank_id, period_type, period_start)
            as bank_mention_count
    from cells
)

select
    md5(concat_ws('|', bank_id, dimension, dimension_value, period_type, period_start))::uuid as audience_id,
    bank_id,
    dimension,
    dimension_value,
    period_type,
    period_start,
    mention_count as n,
    mention_count,
    {{ prior_of('mention_count', 'bank_id, dimension, dimension_value') }} as prior_mention_count,
    bank_mention_count,
    unique_authors,
    sentiment_count,
    negative_count,
    {{ share_rate('share_of_mentions', 'mention_count', 'bank_mention_count') }},
    {{ share_rate('negative', 'negative_count', 'sentiment_count') }},
    {{ suppression_columns({'share_of_mentions': 'bank_mention_count', 'negative': 'sentiment_count'}) }}
from wholes
cross join settings
cross join known
