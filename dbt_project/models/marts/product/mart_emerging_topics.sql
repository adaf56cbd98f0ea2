with settings as (
    select as_of, home_bank_id from {{ ref('stg_settings') }}
),

snapshots as (
    select emerging.*
    from {{ source('nlp', 'emerging_topics') }} as emerging
    cross join settings
    where emerging.as_of <= settings.as_of
),

mentions as (
    select mention_id from {{ ref('fct_mentions') }}
),

brand_mentions as (
    select
        brand_mentions.mention_id,
        brand_mentions.sentiment
    from {{ ref('fct_brand_mentions') }} as brand_mentions
    inner join settings on brand_mentions.bank_id = settings.home_bank_id
),

topics as (
    select topic_id, department_id from {{ ref('dim_topic') }}
),

lives as (
    select
        language,
        theme_id,
        min(as_of) as first_seen_at,
        max(as_of) as last_seen_at,
        count(*) as snapshot_count,
        max(max(as_of)) over () as newest_snapshot_at
    from snapshots
    group by language, theme_id
),

newest as (
    select
        snapshots.*,
        lives.first_seen_at,
        lives.snapshot_count,
        snapshots.as_of = lives.newest_snapshot_at as is_current
    from snapshots
    inner join lives
        on
            snapshots.language = lives.language
            and snapshots.theme_id = lives.theme_id
            and snapshots.as_of = lives.last_seen_at
),

samples as (
    select
        newest.language,
        newest.theme_id,
        count(*) as listed_count,
        count(mentions.mention_id) as sample_count,
        count(brand_mentions.mention_id) as sample_home_bank_count,
        count(*) filter (where brand_mentions.sentiment = 'negative') as sample_negative_count
    from newest
    cross join unnest(newest.mention_ids::uuid[]) as listed (mention_id)
    left join mentions on listed.mention_id = mentions.mention_id
    left join brand_mentions on listed.mention_id = brand_mentions.mention_id
    group by newest.language, newest.theme_id
)

select
    md5(concat_ws('|', newest.language, newest.theme_id))::uuid as emerging_topics_id,
    newest.language,
    newest.theme_id,
    newest.as_of as snapshot_at,
    newest.first_seen_at,
    newest.snapshot_count,
    newest.is_current,
    coalesce(topics.topic_id, 'none') as topic_id,
    coalesce(topics.department_id, 'none') as department_id,
    100.0::double precision * newest.known_topic_share as known_topic_pct,
    -- Words of a post that is gone must not live on here.
    case when coalesce(samples.listed_count = samples.sample_count, false) then newest.phrases end as phrases,
    newest.mention_count::bigint as mention_count,
    newest.author_count::bigint as unique_authors,
    newest.baseline_count::bigint as baseline_count,
    newest.expected_count,
    newest.mention_count / nullif(newest.expected_count, 0) as growth_ratio,
    newest.q_value,
    newest.window_days,
    newest.baseline_days,
    coalesce(samples.sample_count, 0) as sample_count,
    coalesce(samples.sample_home_bank_count, 0) as sample_home_bank_count,
    coalesce(samples.sample_negative_count, 0) as sample_negative_count
from newest
left join topics on newest.known_topic_id = topics.topic_id
left join samples on newest.language = samples.language and newest.theme_id = samples.theme_id
