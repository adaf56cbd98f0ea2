with settings as (
    select as_of, timezone from {{ ref('stg_settings') }}
),

mentions as (
    select min(event_day) as first_day from {{ ref('stg_mentions') }}
),

hours as (
    select iso_weekday from {{ source('config', 'business_hours') }}
),

holidays as (
    select day from {{ source('config', 'holidays') }}
),

clock as (
    select (as_of at time zone timezone)::date as today
    from settings
),

days as (
    select moment::date as date_day
    from clock
    cross join mentions
    cross join generate_series(
        date_trunc('week', date_trunc('year', coalesce(mentions.first_day, clock.today)::timestamp)),
        date_trunc('year', clock.today::timestamp) + interval '1 year' - interval '1 day',
        interval '1 day'
    ) as moment
)

select
    days.date_day,
    extract(isoyear from days.date_day)::integer as iso_year,
    extract(week from days.date_day)::integer as iso_week,
    extract(isodow from days.date_day)::integer as iso_weekday,
    extract(year from days.date_day)::integer as calendar_year,
    extract(month from days.date_day)::integer as month_of_year,
    date_trunc('week', days.date_day)::date as week_start,
    date_trunc('month', days.date_day)::date as month_start,
    holidays.day is not null as is_holiday,
    hours.iso_weekday is not null and holidays.day is null as is_business_day
from days
left join hours on extract(isodow from days.date_day) = hours.iso_weekday
left join holidays on days.date_day = holidays.day
