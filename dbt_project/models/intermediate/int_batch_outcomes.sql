-- What each run still leaves open. Two things heal, each only by a later success without a gap of the same source and platform:
--   a run that failed or was stopped: by a run of its own mode up to its end (an incremental one goes on from the cursor, which a
--   failed run leaves where it was), or by a backfill of its whole interval;
--   a gap that the platform made (a cap, a withheld page): only by such a backfill, since the cursor has passed it.
-- A file (ingest) says no interval, so nothing later can prove that it came whole.
with batches as (
    select * from {{ ref('stg_batches') }}
),

successes as (
    select
        source_id,
        platform,
        mode,
        started_at,
        interval_start,
        interval_end
    from batches
    where status = 'success' and not has_gap
),

begun as (
    select
        source_id,
        platform,
        mode,
        min(started_at) as first_success_at
    from batches
    where status = 'success'
    group by source_id, platform, mode
),

followed as (
    select
        batches.*,
        -- A stop names itself as the gap, unless a page had named one before.
        batches.has_gap
        and not (batches.status = 'stopped' and coalesce(starts_with(batches.gap_reason, 'stopped: '), false)) as has_gap_in_pages,
        batches.mode in ('incremental', 'backfill') and exists (
            select 1 from successes
            where
                successes.source_id = batches.source_id
                and successes.platform = batches.platform
                and successes.mode = 'backfill'
                and successes.started_at > batches.started_at
                and successes.interval_start <= batches.interval_start
                and successes.interval_end >= batches.interval_end
        ) as is_read_again,
        batches.mode not in ('backfill', 'ingest') and exists (
            select 1 from successes
            where
                successes.source_id = batches.source_id
                and successes.platform = batches.platform
                and successes.mode = batches.mode
                and successes.started_at > batches.started_at
                and (batches.interval_end is null or successes.interval_end >= batches.interval_end)
                and (
                    batches.interval_start is null
                    or successes.interval_start <= batches.interval_start
                    or begun.first_success_at < batches.started_at
                )
        ) as is_continued
    from batches
    left join begun
        on
            batches.source_id = begun.source_id
            and batches.platform = begun.platform
            and batches.mode = begun.mode
),

judged as (
    select
        followed.*,
        is_unfinished and (is_read_again or is_continued) as is_healed,
        has_gap and not (is_read_again or (is_continued and not has_gap_in_pages)) as has_open_gap
    from followed
)

select
    batch_id,
    source_id,
    platform,
    mode,
    status,
    is_reading,
    is_unfinished,
    started_at,
    hour_at,
    ended_at,
    requests,
    items_promised,
    items_returned,
    items_new,
    items_known,
    items_rejected,
    items_filtered,
    items_truncated,
    waited_seconds,
    has_gap,
    gap_reason,
    is_healed,
    has_open_gap,
    (is_unfinished and not is_healed) or has_open_gap or items_truncated > 0 as is_incomplete
from judged
