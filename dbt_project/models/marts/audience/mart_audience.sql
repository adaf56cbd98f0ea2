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

{{ audience_items() }}

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

-- An author is looked at once in each period. Most have one part only (one platform, country, language …), which counts in each
-- dimension as it is; of others (part_count > 1) each value counts once.
author_parts as (
    select
        items.bank_id,
        period.period_type,
        period.period_start,
        items.author_key,
        items.platform,
        items.country,
        items.language,
        items.speaker,
        items.followers,
        count(*) over (partition by items.bank_id, period.period_type, period.period_start, items.author_key) as part_count
    from items
    cross join lateral {{ periods_of('items.event_day') }} as period (period_type, period_start)
    {{ within(scope_periods()) }}
    group by
        items.bank_id, period.period_type, period.period_start, items.author_key,
        items.platform, items.country, items.language, items.speaker, items.followers
),

author_groups as (
    select
        bank_id,
        period_type,
        period_start,
        platform,
        country,
        language,
        speaker,
        followers,
        case when part_count > 1 then author_key end as mixed_author_key,
        count(*) as author_count
    from author_parts
    where author_key is not null
    group by
        bank_id, period_type, period_start, platform, country, language, speaker, followers, case when part_count > 1 then author_key end
),

placed_authors as (
    select
        author_groups.bank_id,
        author_groups.period_type,
        author_groups.period_start,
        part.dimension,
        part.dimension_value,
        author_groups.mixed_author_key,
        sum(author_groups.author_count) as author_count
    from author_groups
    cross join
        lateral (
            values
            ('all', 'all'),
            ('platform', author_groups.platform),
            ('country', author_groups.country),
            ('language', author_groups.language),
            ('speaker', author_groups.speaker),
            ('followers', author_groups.followers)
        ) as part (dimension, dimension_value)
    group by
        author_groups.bank_id, author_groups.period_type, author_groups.period_start, part.dimension, part.dimension_value,
        author_groups.mixed_author_key
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
        bank_id,
        dimension,
        dimension_value,
        period_type,
        period_start,
        sum(case when mixed_author_key is null then author_count else 1 end)::bigint as unique_authors
    from placed_authors
    group by bank_id, dimension, dimension_value, period_type, period_start
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
    ], looked_at=moving_periods()) }}
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
