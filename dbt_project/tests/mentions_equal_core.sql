-- fct_mentions = core minus deleted minus quarantined minus what happens after the clock, platform by platform.
with settings as (
    select as_of from {{ ref('stg_settings') }}
),

newest as (
    select
        mention_id,
        platform,
        (array_agg(event_at order by version desc))[1] as event_at
    from {{ source('core', 'mentions') }}
    group by mention_id, platform
),

expected as (
    select
        newest.platform,
        count(*) as mention_count
    from newest
    cross join settings
    where
        newest.event_at <= settings.as_of
        and newest.mention_id not in (select mention_id from {{ source('core', 'deletions') }} where undone_at is null)
        and newest.mention_id not in (select mention_id from {{ source('quality', 'quarantine') }} where released_at is null)
    group by newest.platform
),

actual as (
    select
        platform,
        count(*) as mention_count
    from {{ ref('fct_mentions') }}
    group by platform
)

select
    platform,
    expected.mention_count as expected_count,
    actual.mention_count as actual_count
from expected
full join actual using (platform)
where expected.mention_count is distinct from actual.mention_count
