-- The ledger: one row a task run, with the UTC hour in which it began. Its clock is the warehouse's own, so as_of does not cut it.
with batches as (
    select * from {{ source('raw', 'batches') }}
)

select
    batch_id,
    source_id,
    platform,
    mode,
    status,
    mode in ('incremental', 'backfill', 'ingest') as is_reading,
    status in ('failed', 'stopped') as is_unfinished,
    started_at,
    date_trunc('hour', started_at, 'UTC') as hour_at,
    ended_at,
    interval_start,
    interval_end,
    requests,
    items_promised,
    items_returned,
    items_new,
    items_known,
    items_rejected,
    items_filtered,
    items_truncated,
    waited_seconds,
    gap as has_gap,
    case when gap then nullif(left(btrim(regexp_replace(gap_reason, '\s+', ' ', 'g')), 200), '') end as gap_reason
from batches
