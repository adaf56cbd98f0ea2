-- What each run still leaves open. Two things heal, each only by a later success without a gap of the same source and platform:
--   a run that failed or was stopped: by a run of its own mode up to its end, or by a backfill of its whole interval;
--   a gap that the platform made (a cap, a withheld page): only by such a backfill, since the cursor has passed it.
-- An incremental run goes on from the cursor, which a failed one leaves where it was; so its start matters only to runs before the
-- first success, which left the first cursor. A file (ingest) says no interval: nothing later can prove that it came whole. A backfill
-- asks for new items and never for old ones anew, so it heals no revisit and no look at deletions: only the next run of that mode does.
with batches as (
    select
        *,
        status = 'success' and not has_gap as is_sound
    from {{ ref('stg_batches') }}
),

first_successes as (
    select distinct on (source_id, platform, mode)
        source_id,
        platform,
        mode,
        started_at,
        interval_start
    from batches
    where status = 'success'
    order by source_id, platform, mode, started_at, interval_start
),

read_again as (
    select distinct batches.batch_id
    from batches
    inner join batches as backfills
        on
            batches.source_id = backfills.source_id
            and batches.platform = backfills.platform
            and batches.started_at < backfills.started_at
            and batches.interval_start >= backfills.interval_start
            and batches.interval_end <= backfills.interval_end
    where
        (batches.is_unfinished or batches.has_gap)
        and batches.mode in ('incremental', 'backfill')
        and backfills.mode = 'backfill'
        and backfills.is_sound
),

followed as (
    select
        batches.*,
        max(started_at) filter (where is_sound) over later as last_sound_at,
        max(interval_end) filter (where is_sound) over later as read_until
    from batches
    window later as (
        partition by source_id, platform, mode
        order by started_at desc
        groups between unbounded preceding and 1 preceding
    )
),

judged as (
    select
        followed.*,
        -- A stop names itself as the gap, unless a page had named one before.
        followed.status = 'stopped' and coalesce(starts_with(followed.gap_reason, 'stopped: '), false) as is_gap_the_stop,
        read_again.batch_id is not null as is_read_again,
        followed.mode not in ('backfill', 'ingest')
        and followed.last_sound_at is not null
        and (followed.interval_end is null or coalesce(followed.read_until >= followed.interval_end, false))
        and (
            followed.interval_start is null
            or first_successes.started_at < followed.started_at
            or coalesce(first_successes.interval_start <= followed.interval_start, false)
        ) as is_continued
    from followed
    left join read_again on followed.batch_id = read_again.batch_id
    left join first_successes
        on
            followed.source_id = first_successes.source_id
            and followed.platform = first_successes.platform
            and followed.mode = first_successes.mode
),

healed as (
    select
        judged.*,
        is_unfinished and (is_read_again or is_continued) as is_healed,
        has_gap and not (is_read_again or (is_continued and is_gap_the_stop)) as has_open_gap
    from judged
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
    interval_start,
    interval_end,
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
from healed
