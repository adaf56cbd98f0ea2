-- mart_reputation_periods: what adds up is the sum of its days; what does not is no more than that sum, and no less than its largest day.
with days as (
    select
        daily.bank_id,
        daily.platform,
        daily.language,
        daily.country,
        period.period_type,
        period.period_start,
        sum(daily.mention_count) as mention_count,
        sum(daily.negative_count) as negative_count,
        sum(daily.positive_count_without_bots) as positive_count_without_bots,
        coalesce(sum(daily.engagement), 0) as engagement,
        sum(daily.unique_authors) as most_authors,
        max(daily.unique_authors) as least_authors,
        sum(daily.story_count) as most_stories,
        max(daily.story_count) as least_stories
    from {{ ref('mart_reputation_daily') }} as daily
    cross join lateral {{ periods_of('daily.event_day') }} as period (period_type, period_start)
    where period.period_type <> 'day'
    group by daily.bank_id, daily.platform, daily.language, daily.country, period.period_type, period.period_start
)

select
    bank_id,
    period_type,
    period_start
from days
full join {{ ref('mart_reputation_periods') }} as periods using (bank_id, platform, language, country, period_type, period_start)
where
    (days.mention_count, days.negative_count, days.positive_count_without_bots, days.engagement)
    is distinct from (periods.mention_count, periods.negative_count, periods.positive_count_without_bots, coalesce(periods.engagement, 0))
    or periods.unique_authors not between days.least_authors and days.most_authors
    or periods.story_count not between days.least_stories and days.most_stories
