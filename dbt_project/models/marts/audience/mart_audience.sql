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

-- Items of a day that are alike in all of it are counted once, and once more for each topic; then the counts are placed.
alike as (
    select
        bank_id,
        event_day,
        platform,
        country,
        language,
        speaker,
        followers,
        count(*) as mention_count,
        count(sentiment) as sentiment_count,
        count(*) filter (where sentiment = 'negative') as negative_count
    from items
    group by bank_id, event_day, platform, country, language, speaker, followers
),

placed as (
    select
        alike.bank_id,
        alike.event_day,
        alike.mention_count,
        alike.sentiment_count,
        alike.negative_count,
        part.dimension,
        part.dimension_value
    from alike
    cross join
        lateral (
            values
            ('all', 'all'),
            ('platform', alike.platform),
            ('country', alike.country),
            ('language', alike.language),
            ('speaker', alike.speaker),
            ('followers', alike.followers)
        ) as part (dimension, dimension_value)
    union all
    select
        items.bank_id,
        items.event_day,
        count(*) as mention_count,
        count(items.sentiment) as sentiment_count,
        count(*) filter (where items.sentiment = 'negative') as negative_count,
        'topic' as dimension,
        mention_topics.topic_id as dimension_value
    from items
    inner join mention_topics on items.mention_id = mention_topics.mention_id
    group by items.bank_id, items.event_day, mention_topics.topic_id
),

counted as (
    select
        placed.bank_id,
        placed.dimension,
        placed.dimension_value,
        period.period_type,
        period.period_start,
        sum(placed.mention_count)::bigint as mention_count,
        sum(placed.sentiment_count)::bigint as sentiment_count,
        sum(placed.negative_count)::bigint as negative_count
    from placed
    cross join lateral {{ periods_of('placed.event_day') }} as period (period_type, period_start)
    {{ within(scope_periods()) }}
    group by placed.bank_id, placed.dimension, placed.dimension_value, period.period_type, period.period_start
),

-- An author is looked at once in each period, with all that he is in it: to count authors distinct in each cell is to sort all items by
-- author there.
authors as (
    select
        items.bank_id,
        items.author_key,
        period.period_type,
        period.period_start,
        array_agg(distinct items.platform) as platforms,
        array_agg(distinct items.country) as countries,
        array_agg(distinct items.language) as languages,
        array_agg(distinct items.speaker) as speakers,
        array_agg(distinct items.followers) as followers
    from items
    cross join lateral {{ periods_of('items.event_day') }} as period (period_type, period_start)
    {{ within(scope_periods()) }}
    group by items.bank_id, items.author_key, period.period_type, period.period_start
),

topics_of_authors as (
    select distinct
        items.bank_id,
        items.author_key,
        period.period_type,
        period.period_start,
        mention_topics.topic_id
    from items
    inner join mention_topics on items.mention_id = mention_topics.mention_id
    cross join lateral {{ periods_of('items.event_day') }} as period (period_type, period_start)
    {{ within(scope_periods()) }}
),

heard as (
    select
        authors.bank_id,
        part.dimension,
        named.dimension_value,
        authors.period_type,
        authors.period_start,
        count(*) as unique_authors
    from authors
    cross join
        lateral (
            values
            ('all', array['all']),
            ('platform', authors.platforms),
            ('country', authors.countries),
            ('language', authors.languages),
            ('speaker', authors.speakers),
            ('followers', authors.followers)
        ) as part (dimension, dimension_values)
    cross join unnest(part.dimension_values) as named (dimension_value)
    where authors.author_key is not null
    group by authors.bank_id, part.dimension, named.dimension_value, authors.period_type, authors.period_start
    union all
    select
        bank_id,
        'topic' as dimension,
        topic_id as dimension_value,
        period_type,
        period_start,
        count(author_key) as unique_authors
    from topics_of_authors
    group by bank_id, topic_id, period_type, period_start
),

cells as (
    select
        bank_id,
        dimension,
        dimension_value,
        period_type,
        period_start,
        counted.mention_count,
        coalesce(heard.unique_authors, 0) as unique_authors,
        counted.sentiment_count,
        counted.negative_count
    from counted
    left join heard using (bank_id, dimension, dimension_value, period_type, period_start)
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
