-- How many items each source brought, by the hour in which they happened; each counts once, with the source that brought it first.
with settings as (
    select as_of from {{ ref('stg_settings') }}
),

mentions as (
    select
        source_id,
        platform,
        event_at
    from {{ of_source_hours(source('core', 'mentions')) }} as known
    where version = 1
)

select
    mentions.source_id,
    mentions.platform,
    date_trunc('hour', mentions.event_at, 'UTC') as hour_at,
    count(*) as item_count
from mentions
cross join settings
where mentions.event_at <= settings.as_of
group by mentions.source_id, mentions.platform, date_trunc('hour', mentions.event_at, 'UTC')
