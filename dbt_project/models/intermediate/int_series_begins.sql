-- The first hour of each bank's series and of each platform's: before it, no hour is held against anything.
with series as (
    select * from {{ ref('int_hourly_series') }}
)

select
    'bank' as kind,
    bank_id as name,
    min(hour_at) as first_hour
from series
group by bank_id
union all
select
    'platform' as kind,
    series_id as name,
    min(hour_at) as first_hour
from series
where series_type = 'platform'
group by series_id
