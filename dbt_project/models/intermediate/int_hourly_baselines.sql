-- What each hour of a series is held against: the same hour of the week (in UTC) and its two neighbours over the last 8 weeks,
-- without known incidents and without hours before the history began. Hours without mentions count as 0.
with series as not materialized (
    select * from {{ ref('int_hourly_series') }}
),

beginnings as (
    select * from {{ ref('int_series_begins') }}
),

incidents as (
    select * from {{ source('config', 'known_incidents') }}
),

offsets as (
    select make_interval(hours => week * 168 + neighbour) as distance
    from generate_series(1, 8) as week
    cross join generate_series(-1, 1) as neighbour
),

begun as (
    select
        series.bank_id,
        series.series_type,
        series.series_id,
        series.hour_at,
        greatest(bank_begins.first_hour, platform_begins.first_hour) as history_from
    from (select * from series {{ within(scope_baselines()) }}) as series
    inner join beginnings as bank_begins on series.bank_id = bank_begins.name and bank_begins.kind = 'bank'
    left join beginnings as platform_begins
        on series.series_type = platform_begins.kind and series.series_id = platform_begins.name and platform_begins.kind = 'platform'
),

points as (
    select
        begun.bank_id,
        begun.series_type,
        begun.series_id,
        begun.hour_at,
        begun.history_from,
        begun.hour_at - offsets.distance as point_at
    from begun
    inner join offsets on begun.history_from <= begun.hour_at - offsets.distance
    where not exists (
        select 1 from incidents
        where
            incidents.bank_id = begun.bank_id
            and begun.hour_at - offsets.distance < incidents.ends_at
            and begun.hour_at - offsets.distance + interval '1 hour' > incidents.starts_at
    )
),

summed as (
    select
        points.bank_id,
        points.series_type,
        points.series_id,
        points.hour_at,
        count(*) as baseline_points,
        coalesce(sum(past.mention_count), 0) as total,
        coalesce(sum(past.mention_count * past.mention_count), 0) as total_of_squares,
        coalesce(
            array_agg(past.mention_count order by past.mention_count) filter (where past.mention_count is not null), '{}'
        ) as nonzero
    from points
    left join series as past
        on
            points.bank_id = past.bank_id
            and points.series_type = past.series_type
            and points.series_id = past.series_id
            and points.point_at = past.hour_at
    group by points.bank_id, points.series_type, points.series_id, points.hour_at
),

medians as (
    select
        summed.*,
        marts.median_with_zeros(nonzero, baseline_points, 0) as median
    from summed
)

select
    begun.bank_id,
    begun.series_type,
    begun.series_id,
    begun.hour_at,
    begun.history_from,
    begun.hour_at - begun.history_from < interval '672 hours' as is_cold_start,
    coalesce(medians.baseline_points, 0) as baseline_points,
    medians.median,
    marts.median_with_zeros(medians.nonzero, medians.baseline_points, medians.median) as mad,
    (medians.total / medians.baseline_points)::double precision as mean,
    ((
        medians.baseline_points * medians.total_of_squares - medians.total * medians.total
    ) / (medians.baseline_points * nullif(medians.baseline_points - 1, 0)))::double precision as variance
from begun
left join medians using (bank_id, series_type, series_id, hour_at)
