{%- set stored = source('core', 'current_mentions') %}
-- Of each source by the hour in which things happened: its newest item up to the clock, how many items stand in core now, how many of them
-- are cut. Versions count where they happened: an edit may move an item to another hour.
with settings as (
    select as_of from {{ ref('stg_settings') }}
),

mentions as (
    select
        mention_id,
        source_id,
        event_at,
        date_trunc('hour', event_at, 'UTC') as hour_at
    from {{ of_source_hours(source('core', 'mentions')) }} as known
),

current_mentions as (
    select
        source_id,
        truncated,
        date_trunc('hour', event_at, 'UTC') as hour_at
    from {{ looked_up(stored, '(select distinct mention_id from mentions)') if var('partial', false) else stored }} as current_mentions
),

newest as (
    select
        mentions.source_id,
        mentions.hour_at,
        max(mentions.event_at) as newest_item_at
    from mentions
    cross join settings
    where mentions.event_at <= settings.as_of
    group by mentions.source_id, mentions.hour_at
),

counted as (
    select
        source_id,
        hour_at,
        count(*) as mention_count,
        count(*) filter (where truncated) as truncated_count
    from current_mentions
    group by source_id, hour_at
)

select
    source_id,
    hour_at,
    newest.newest_item_at,
    coalesce(counted.mention_count, 0) as mention_count,
    coalesce(counted.truncated_count, 0) as truncated_count
from newest
full join counted using (source_id, hour_at)
