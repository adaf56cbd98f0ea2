-- What an hour of a source is held against where the platform promises nothing: the median of the same hour of the week (in UTC) over
-- the last 8 weeks, hours before the source's first item left out, hours without items counting as 0.
with settings as (
    select as_of from {{ ref('stg_settings') }}
),

items as (
    select * from {{ ref('int_source_hours') }}
),

hours as (
    select
        source_id,
        platform,
        hour_at
    from {{ ref('stg_batches') }}
    group by source_id, platform, hour_at
),

runs as (
    select
        source_id,
        platform,
        max(started_at) as last_run_at
    from {{ ref('stg_batches') }}
    where is_reading and status <> 'running'
    group by source_id, platform
),

histories as (
    select
        source_id,
        platform,
        min(hour_at) as first_hour
    from items
    group by source_id, platform
),

weeks as (
    select make_interval(hours => number_of_weeks * 168) as distance
    from generate_series(1, 8) as number_of_weeks
),

points as (
    select
        hours.source_id,
        hours.platform,
        hours.hour_at,
        hours.hour_at - weeks.distance as point_at
    from hours
    inner join histories on hours.source_id = histories.source_id and hours.platform = histories.platform
    inner join weeks on histories.first_hour <= hours.hour_at - weeks.distance
),

medians as (
    select
        points.source_id,
        points.platform,
        points.hour_at,
        count(*) as observation_count,
        percentile_cont(0.5) within group (order by coalesce(items.item_count, 0)) as median
    from points
    left join items
        on
            points.source_id = items.source_id
            and points.platform = items.platform
            and points.point_at = items.hour_at
    group by points.source_id, points.platform, points.hour_at
)

select
    hours.source_id,
    hours.platform,
    hours.hour_at,
    coalesce(items.item_count, 0) as item_count,
    coalesce(medians.observation_count, 0) as observation_count,
    case when medians.observation_count >= 4 then medians.median end as expected_count,
    -- An hour that is not over, or that no later run has looked back on, is not yet to be judged.
    coalesce(
        hours.hour_at + interval '1 hour' <= settings.as_of and hours.hour_at + interval '1 hour' <= runs.last_run_at, false
    ) as is_over
from hours
cross join settings
left join items using (source_id, platform, hour_at)
left join medians using (source_id, platform, hour_at)
left join runs on hours.source_id = runs.source_id and hours.platform = runs.platform
