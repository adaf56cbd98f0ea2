with settings as (
    select as_of, min_n from {{ ref('stg_settings') }}
),

outcomes as (
    select * from {{ ref('int_batch_outcomes') }}
),

counts as (
    select
        source_id,
        max(newest_item_at) as newest_item_at,
        sum(mention_count)::bigint as mention_count,
        sum(truncated_count)::bigint as truncated_count
    from {{ ref('int_source_counts') }}
    group by source_id
),

rejects as (
    select
        source_id,
        count(*) as open_reject_count
    from {{ source('raw', 'rejects') }}
    where resolved_at is null
    group by source_id
),

successes as (
    select
        source_id,
        max(started_at) as started_at,
        max(ended_at) as ended_at
    from outcomes
    where is_reading and status = 'success'
    group by source_id
),

configured as (
    select
        source_id,
        platform
    from {{ source('config', 'sources') }}
    where is_read
),

runs as (
    select
        outcomes.source_id,
        (array_agg(outcomes.platform order by outcomes.started_at desc, outcomes.batch_id))[1] as platform,
        max(successes.ended_at) as last_success_at,
        count(*) filter (where outcomes.has_open_gap) as open_gap_count,
        count(*) filter (
            where
            outcomes.is_reading
            and outcomes.is_unfinished
            and outcomes.started_at > coalesce(successes.started_at, '-infinity')
        ) as consecutive_failure_count
    from outcomes
    left join successes on outcomes.source_id = successes.source_id
    group by outcomes.source_id
),

sources as (
    select
        runs.last_success_at,
        coalesce(runs.source_id, configured.source_id) as source_id,
        coalesce(runs.platform, configured.platform) as platform,
        coalesce(runs.open_gap_count, 0) as open_gap_count,
        coalesce(runs.consecutive_failure_count, 0) as consecutive_failure_count
    from runs
    full outer join configured on runs.source_id = configured.source_id
),

counted as (
    select
        sources.*,
        counts.newest_item_at,
        coalesce(rejects.open_reject_count, 0) as open_reject_count,
        coalesce(counts.mention_count, 0) as mention_count,
        coalesce(counts.truncated_count, 0) as truncated_count
    from sources
    left join counts on sources.source_id = counts.source_id
    left join rejects on sources.source_id = rejects.source_id
)

select
    source_id,
    platform,
    last_success_at,
    case
        when last_success_at is not null then greatest(0.0, extract(epoch from settings.as_of - last_success_at)::double precision)
    end as last_success_lag_seconds,
    newest_item_at,
    extract(epoch from settings.as_of - newest_item_at)::double precision as freshness_seconds,
    consecutive_failure_count,
    open_gap_count,
    open_reject_count,
    {{ share_columns('truncated', 'truncated_count', 'mention_count') }},
    {{ suppression_columns({'truncated': 'mention_count'}) }}
from counted
cross join settings
