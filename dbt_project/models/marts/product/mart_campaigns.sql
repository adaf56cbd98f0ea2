{%- set rates = {
    'positive': 'sentiment_count',
    'negative': 'sentiment_count',
    'campaign_positive': 'campaign_sentiment_count',
    'campaign_negative': 'campaign_sentiment_count',
} %}
with settings as (
    select
        min_n,
        (as_of at time zone timezone)::date as today
    from {{ ref('stg_settings') }}
),

campaigns as (
    select * from {{ ref('dim_campaign') }}
),

known as (
    select min(event_day) as first_day from {{ ref('fct_mentions') }}
),

-- As long before and after as the campaign itself; days that are to come, or that nothing was collected on, do not count.
phases as (
    select
        campaigns.campaign_id,
        campaigns.bank_id,
        campaigns.department_id,
        span.phase,
        span.phase_starts,
        span.phase_ends,
        least(span.phase_ends, settings.today) - greatest(span.phase_starts, known.first_day) + 1 as day_count,
        span.phase_ends < settings.today as is_phase_over,
        span.phase_starts >= known.first_day as is_phase_covered,
        {{ holds_changed_day('span.phase_starts', 'span.phase_ends') }} as is_changed
    from campaigns
    cross join settings
    cross join known
    cross join
        lateral (
            values
            ('before', campaigns.starts - campaigns.length_days, campaigns.starts - 1),
            ('during', campaigns.starts, campaigns.ends),
            ('after', campaigns.ends + 1, campaigns.ends + campaigns.length_days)
        ) as span (phase, phase_starts, phase_ends)
    where settings.today >= span.phase_starts and least(span.phase_ends, settings.today) >= known.first_day
),

{{ campaign_items(true) }}

-- Each author once in each place: counting distinct ones over all items would sort every item three times.
authors as (
    select
        campaign_id,
        phase,
        rollup_platform as platform,
        topic_id,
        author_key,
        bool_or(is_about_bank) as has_bank,
        bool_or(is_about_bank and is_lead) as has_lead,
        bool_or(is_about_campaign) as has_campaign,
        count(*) filter (where is_about_bank) as mention_count,
        count(*) filter (where is_about_bank and not bot_likely) as mention_count_without_bots,
        count(sentiment) filter (where is_about_bank) as sentiment_count,
        count(*) filter (where is_about_bank and sentiment = 'positive') as positive_count,
        count(*) filter (where is_about_bank and sentiment = 'negative') as negative_count,
        count(*) filter (where is_about_campaign) as campaign_mention_count,
        sum(engagement) filter (where is_about_campaign) as campaign_engagement,
        count(engagement) filter (where is_about_campaign) as campaign_engagement_known_count,
        count(sentiment) filter (where is_about_campaign) as campaign_sentiment_count,
        count(*) filter (where is_about_campaign and sentiment = 'positive') as campaign_positive_count,
        count(*) filter (where is_about_campaign and sentiment = 'negative') as campaign_negative_count
    from placed
    group by campaign_id, phase, rollup_platform, topic_id, author_key
),

cells as (
    select
        campaign_id,
        phase,
        platform,
        topic_id,
        sum(mention_count)::bigint as mention_count,
        sum(mention_count_without_bots)::bigint as mention_count_without_bots,
        count(author_key) filter (where has_bank) as unique_authors,
        count(author_key) filter (where has_lead) as lead_count,
        sum(sentiment_count)::bigint as sentiment_count,
        sum(positive_count)::bigint as positive_count,
        sum(negative_count)::bigint as negative_count,
        sum(campaign_mention_count)::bigint as campaign_mention_count,
        count(author_key) filter (where has_campaign) as campaign_unique_authors,
        sum(campaign_engagement) as campaign_engagement,
        sum(campaign_engagement_known_count)::bigint as campaign_engagement_known_count,
        sum(campaign_sentiment_count)::bigint as campaign_sentiment_count,
        sum(campaign_positive_count)::bigint as campaign_positive_count,
        sum(campaign_negative_count)::bigint as campaign_negative_count
    from authors
    group by campaign_id, phase, platform, topic_id
    {%- if var('partial', false) %}
        union all
        -- Phases without a changed day, as they stand here.
        select
            kept.campaign_id,
            kept.phase,
            kept.platform,
            kept.topic_id,
            kept.mention_count,
            kept.mention_count_without_bots,
            kept.unique_authors,
            kept.lead_count,
            kept.sentiment_count,
            kept.positive_count,
            kept.negative_count,
            kept.campaign_mention_count,
            kept.campaign_unique_authors,
            kept.campaign_engagement,
            kept.campaign_engagement_known_count,
            kept.campaign_sentiment_count,
            kept.campaign_positive_count,
            kept.campaign_negative_count
        from {{ this }} as kept
        inner join phases on kept.campaign_id = phases.campaign_id and kept.phase = phases.phase and not phases.is_changed
        where kept.mention_count + kept.campaign_mention_count > 0
    {%- endif %}
),

-- A place that is silent in one phase has a row of zeros there, so that the comparison is seen.
places as (
    select campaign_id, platform, topic_id from cells
    union
    select
        campaign_id,
        'all' as platform,
        'all' as topic_id
    from phases
),

counted as (
    select
        phases.*,
        places.platform,
        places.topic_id,
        {% for count in [
            'mention_count', 'mention_count_without_bots', 'unique_authors', 'lead_count', 'sentiment_count', 'positive_count',
            'negative_count', 'campaign_mention_count', 'campaign_unique_authors', 'campaign_engagement_known_count',
            'campaign_sentiment_count', 'campaign_positive_count', 'campaign_negative_count',
        ] -%}
            coalesce(cells.{{ count }}, 0) as {{ count }},
        {% endfor -%}
        cells.campaign_engagement::bigint as campaign_engagement,
        case when phases.phase <> 'before' then coalesce(earlier.sentiment_count, 0) end as before_sentiment_count,
        coalesce(earlier.positive_count, 0) as before_positive_count,
        coalesce(earlier.negative_count, 0) as before_negative_count,
        case
            when phases.phase <> 'before'
                then coalesce(earlier.mention_count, 0)::double precision / before_phases.day_count
        end as before_mentions_per_day
    from phases
    inner join places on phases.campaign_id = places.campaign_id
    left join cells
        on
            phases.campaign_id = cells.campaign_id
            and phases.phase = cells.phase
            and places.platform = cells.platform
            and places.topic_id = cells.topic_id
    left join phases as before_phases
        on phases.campaign_id = before_phases.campaign_id and before_phases.phase = 'before'
    left join cells as earlier
        on
            phases.campaign_id = earlier.campaign_id
            and earlier.phase = 'before'
            and places.platform = earlier.platform
            and places.topic_id = earlier.topic_id
)

select
    md5(concat_ws('|', campaign_id, platform, topic_id, phase))::uuid as campaigns_id,
    campaign_id,
    bank_id,
    department_id,
    platform,
    topic_id,
    phase,
    phase_starts,
    phase_ends,
    day_count,
    is_phase_over,
    is_phase_covered,
    sentiment_count as n,
    mention_count,
    mention_count_without_bots,
    unique_authors,
    lead_count,
    mention_count::double precision / day_count as mentions_per_day,
    before_mentions_per_day,
    (mention_count::double precision / day_count) / nullif(before_mentions_per_day, 0) as mentions_per_day_ratio,
    sentiment_count,
    positive_count,
    negative_count,
    {{ share_rate('positive', 'positive_count', 'sentiment_count') }},
    {{ share_rate('negative', 'negative_count', 'sentiment_count') }},
    {{ difference_columns('positive', 'positive_count', 'sentiment_count', 'before_positive_count', 'before_sentiment_count') }},
    {{ difference_columns('negative', 'negative_count', 'sentiment_count', 'before_negative_count', 'before_sentiment_count') }},
    campaign_mention_count,
    campaign_unique_authors,
    campaign_engagement,
    campaign_engagement_known_count,
    campaign_sentiment_count,
    campaign_positive_count,
    campaign_negative_count,
    {{ share_rate('campaign_positive', 'campaign_positive_count', 'campaign_sentiment_count') }},
    {{ share_rate('campaign_negative', 'campaign_negative_count', 'campaign_sentiment_count') }},
    {{ suppression_columns(rates) }}
from counted
cross join settings
