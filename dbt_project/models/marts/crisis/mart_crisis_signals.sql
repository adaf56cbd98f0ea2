with settings as (
    select min_n from {{ ref('stg_settings') }}
),

rules as (
    select
        severity,
        rule_id,
        (rule ->> 'max_q_value')::double precision as max_q_value,
        (rule ->> 'min_mentions')::bigint as min_mentions,
        (rule ->> 'min_ratio')::double precision as min_ratio,
        (rule ->> 'min_negative_share')::double precision as min_negative_share,
        (rule ->> 'min_distinct_authors')::bigint as min_distinct_authors,
        (rule ->> 'min_platforms')::bigint as min_platforms,
        (rule ->> 'min_stories')::bigint as min_stories,
        (rule ->> 'min_reach')::bigint as min_reach,
        (rule ->> 'min_press_authors')::bigint as min_press_authors,
        (rule ->> 'min_volume_score')::double precision as min_volume_score,
        (rule ->> 'rising')::boolean as rising,
        (rule ->> 'regulated_topic')::boolean as regulated_topic
    from {{ source('config', 'severity_rules') }}
),

topics as (
    select topic_id, is_regulated from {{ source('config', 'topics') }}
),

hashtags as (
    select * from {{ ref('int_watched_hashtags') }}
),

-- Series that are watched in every hour, and the hours from which one hashtag more is: a later one changes nothing of an hour before it.
watched as (
    select
        (select count(*) from {{ ref('dim_bank') }}) * (
            1 + (select count(*) from topics) + (select count(*) from {{ ref('int_series_begins') }} where kind = 'platform')
        ) as lasting_count,
        (select array_agg(watched_since order by watched_since) from hashtags) as begins
),

series as (
    select
        *,
        coalesce(sum(mention_count) over (
            partition by bank_id, series_type, series_id
            order by hour_at
            range between interval '24 hours' preceding and interval '1 hour' preceding
        ), 0) / 24.0 as mean_24h
    from {{ ref('int_hourly_series') }}
    {% if var('partial', false) -%}
        where hour_at >= (select min(hour_at) - interval '24 hours' from {{ ref('int_hourly_series') }} where {{ scope_signals() }})
    {%- endif %}
),

baselines as (
    select * from {{ ref('int_hourly_baselines') }} {{ within(scope_signals()) }}
),

volumes as (
    select * from {{ ref('int_hourly_volume') }} {{ within(scope_signals()) }}
),

measured as (
    select
        series.bank_id,
        series.series_type,
        series.series_id,
        series.hour_at,
        series.mention_count,
        series.negative_count,
        series.sentiment_count,
        series.distinct_authors,
        series.platform_count,
        series.story_count,
        series.bot_likely_count,
        series.reach_upper,
        series.reach_known_count,
        series.press_author_count,
        baselines.baseline_points,
        baselines.is_cold_start,
        baselines.median as baseline_median,
        baselines.mad as baseline_mad,
        baselines.mean as baseline_mean,
        baselines.variance as baseline_variance,
        0.6745::double precision * (series.mention_count - baselines.median) / greatest(baselines.mad, 1) as robust_z,
        marts.tail_probability(
            series.mention_count,
            greatest(baselines.mean, 0.5),
            coalesce(baselines.variance, 0) * (1 + 1.0::double precision / nullif(baselines.baseline_points, 0))
        ) as tail_probability,
        series.negative_count::double precision / nullif(series.sentiment_count, 0) as negative_share,
        (series.mention_count / greatest(series.mean_24h, 1 / 24.0))::double precision as ratio_to_24h_mean,
        volumes.six_hour_count,
        volumes.is_rising,
        volumes.volume_score,
        series.series_type <> 'hashtag' or coalesce(hashtags.watched_since <= series.hour_at, false) as is_watched
    from series
    inner join baselines using (bank_id, series_type, series_id, hour_at)
    inner join volumes using (bank_id, series_type, series_id, hour_at)
    left join hashtags
        on series.series_type = 'hashtag' and series.bank_id = hashtags.bank_id and series.series_id = hashtags.hashtag
),

ranked as (
    select
        measured.*,
        watched.lasting_count + coalesce(width_bucket(measured.hour_at, watched.begins), 0) as series_count,
        row_number() over (
            partition by measured.hour_at, measured.is_watched
            order by measured.tail_probability, measured.bank_id, measured.series_type, measured.series_id
        ) as rank
    from measured
    cross join watched
),

-- Benjamini-Hochberg 1995: q_(i) = min over j >= i of m p_(j) / j. Series without mentions have p = 1: they count in m.
adjusted as (
    select
        ranked.*,
        case when is_watched and tail_probability is not null then least(1.0, min(series_count * tail_probability / rank) over (
            partition by hour_at, is_watched
            order by rank desc
        )) end as q_value
    from ranked
),

judged as (
    select
        adjusted.*,
        coalesce(topics.is_regulated, false) as is_regulated_topic,
        case when adjusted.is_cold_start then 1 else coalesce((
            select max(rules.severity) from rules
            where
                coalesce(adjusted.q_value <= rules.max_q_value, rules.max_q_value is null)
                and adjusted.mention_count >= coalesce(rules.min_mentions, 0)
                and adjusted.ratio_to_24h_mean >= coalesce(rules.min_ratio, 0)
                and coalesce(adjusted.negative_share, 0) >= coalesce(rules.min_negative_share, 0)
                and adjusted.distinct_authors >= coalesce(rules.min_distinct_authors, 0)
                and adjusted.platform_count >= coalesce(rules.min_platforms, 0)
                and adjusted.story_count >= coalesce(rules.min_stories, 0)
                and coalesce(adjusted.reach_upper, 0) >= coalesce(rules.min_reach, 0)
                and coalesce(adjusted.press_author_count, 0) >= coalesce(rules.min_press_authors, 0)
                and coalesce(adjusted.volume_score >= rules.min_volume_score, rules.min_volume_score is null)
                and adjusted.is_rising = coalesce(rules.rising, adjusted.is_rising)
                and coalesce(topics.is_regulated, false) = coalesce(
                    rules.regulated_topic, topics.is_regulated, false
                )
        ), 1) end as severity
    from adjusted
    left join topics on adjusted.series_type = 'topic' and adjusted.series_id = topics.topic_id
)

select
    md5(concat_ws(
        '|', bank_id, series_type, series_id, to_char(hour_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24')
    ))::uuid as signal_id,
    bank_id,
    series_type,
    series_id,
    hour_at,
    mention_count,
    baseline_points,
    baseline_median,
    baseline_mad,
    baseline_mean,
    baseline_variance,
    robust_z,
    tail_probability,
    series_count,
    q_value,
    sentiment_count,
    negative_count,
    case when sentiment_count >= settings.min_n then negative_share end as negative_share,
    distinct_authors,
    platform_count,
    story_count,
    bot_likely_count,
    ratio_to_24h_mean,
    six_hour_count,
    is_rising,
    volume_score,
    is_regulated_topic,
    is_cold_start as cold_start,
    severity,
    severity >= 2 as is_alarm,
    case
        when sentiment_count >= settings.min_n then {{ wilson_pct('negative_count', 'sentiment_count', '-') }} / 100
    end as negative_share_lower,
    case
        when sentiment_count >= settings.min_n then {{ wilson_pct('negative_count', 'sentiment_count', '+') }} / 100
    end as negative_share_upper,
    -- Of few authors it would tell one of them: not published, as in the marts of reputation.
    case when reach_known_count >= settings.min_n then reach_upper end as reach_upper,
    reach_known_count,
    press_author_count,
    {{ suppression_columns({'negative_share': 'sentiment_count'}) }}
from judged
cross join settings
