{%- set rates = {'negative': 'sentiment_count', 'share_of_mentions': 'bank_mention_count'} %}
with settings as (
    select
        min_n,
        (as_of at time zone timezone)::date as today
    from {{ ref('stg_settings') }}
),

days as (
    select * from {{ ref('int_topic_days') }} {{ within(in_days_of(with_prior(moving_periods()))) }}
),

known as (
    select min(event_day) as first_day from {{ ref('fct_mentions') }}
),

cells as (
    select
        days.bank_id,
        days.topic_id,
        days.department_id,
        period.period_type,
        period.period_start,
        sum(days.mention_count)::bigint as mention_count,
        sum(days.mention_count_without_bots)::bigint as mention_count_without_bots,
        sum(days.sentiment_count)::bigint as sentiment_count,
        sum(days.negative_count)::bigint as negative_count
    from days
    cross join lateral {{ periods_of('days.event_day') }} as period (period_type, period_start)
    {{ within(in_periods(with_prior(moving_periods()))) }}
    group by days.bank_id, days.topic_id, days.department_id, period.period_type, period.period_start
),

-- A topic that fell silent has a row in the period after its last mention, so that the fall is seen.
keys as (
    select
        bank_id,
        topic_id,
        department_id,
        period_type,
        period_start
    from cells
    union
    select
        cells.bank_id,
        cells.topic_id,
        cells.department_id,
        cells.period_type,
        (cells.period_start + {{ period_length('cells.period_type') }})::date as period_start
    from cells
    cross join settings
    where cells.period_start + {{ period_length('cells.period_type') }} <= settings.today
),

counted as (
    select
        keys.bank_id,
        keys.topic_id,
        keys.department_id,
        keys.period_type,
        keys.period_start,
        keys.period_start + {{ period_length('keys.period_type') }} <= settings.today as is_period_over,
        coalesce(cells.mention_count, 0) as mention_count,
        coalesce(cells.mention_count_without_bots, 0) as mention_count_without_bots,
        coalesce(cells.sentiment_count, 0) as sentiment_count,
        coalesce(cells.negative_count, 0) as negative_count,
        coalesce(totals.mention_count, 0) as bank_mention_count,
        case when keys.period_start > known.first_day then coalesce(prior_cells.mention_count, 0) end as prior_mention_count,
        prior_cells.sentiment_count as prior_sentiment_count,
        prior_cells.negative_count as prior_negative_count,
        prior_totals.mention_count as prior_bank_mention_count
    from keys
    cross join settings
    cross join known
    left join cells using (bank_id, topic_id, department_id, period_type, period_start)
    left join cells as totals
        on
            keys.bank_id = totals.bank_id
            and totals.department_id = 'all'
            and keys.period_type = totals.period_type
            and keys.period_start = totals.period_start
    left join cells as prior_cells
        on
            keys.bank_id = prior_cells.bank_id
            and keys.topic_id = prior_cells.topic_id
            and keys.department_id = prior_cells.department_id
            and keys.period_type = prior_cells.period_type
            and (keys.period_start - {{ period_length('keys.period_type') }})::date = prior_cells.period_start
    left join cells as prior_totals
        on
            keys.bank_id = prior_totals.bank_id
            and prior_totals.department_id = 'all'
            and keys.period_type = prior_totals.period_type
            and (keys.period_start - {{ period_length('keys.period_type') }})::date = prior_totals.period_start
)

select
    md5(concat_ws('|', bank_id, topic_id, department_id, period_type, period_start))::uuid as topics_daily_id,
    bank_id,
    topic_id,
    department_id,
    period_type,
    period_start,
    is_period_over,
    mention_count as n,
    mention_count,
    mention_count_without_bots,
    sentiment_count,
    negative_count,
    {{ share_rate('negative', 'negative_count', 'sentiment_count') }},
    bank_mention_count,
    {{ share_rate('share_of_mentions', 'mention_count', 'bank_mention_count') }},
    prior_mention_count,
    mention_count - prior_mention_count as mention_count_difference,
    case
        when bank_mention_count >= min_n and prior_bank_mention_count >= min_n
            then
                100.0::double precision * mention_count / bank_mention_count
                - 100.0::double precision * prior_mention_count / prior_bank_mention_count
    end as share_of_mentions_difference_points,
    case
        when sentiment_count >= min_n and prior_sentiment_count >= min_n
            then
                100.0::double precision * negative_count / sentiment_count
                - 100.0::double precision * prior_negative_count / prior_sentiment_count
    end as negative_difference_points,
    {{ suppression_columns(rates) }}
from counted
cross join settings
