-- mart_coverage: every run of the ledger counts in exactly one cell, cells add up, and a cell's parts fit each other.
with batches as (
    select
        source_id,
        count(*) as batch_count,
        sum(items_returned) as items_returned,
        sum(items_promised) as items_promised,
        count(*) filter (where has_gap) as gap_count
    from {{ ref('stg_batches') }}
    group by source_id
),

mart as (
    select
        source_id,
        sum(batch_count) as batch_count,
        sum(items_returned) as items_returned,
        sum(items_promised) as items_promised,
        sum(gap_count) as gap_count
    from {{ ref('mart_coverage') }}
    group by source_id
),

lost as (
    select source_id
    from batches
    full join mart using (source_id)
    where
        (batches.batch_count, batches.items_returned, batches.items_promised, batches.gap_count)
        is distinct from (mart.batch_count, mart.items_returned, mart.items_promised, mart.gap_count)
),

unbalanced as (
    select source_id
    from {{ ref('mart_coverage') }}
    where
        items_returned <> items_new + items_known + items_rejected
        or items_filtered + items_truncated > items_returned
        or failed_count + stopped_count > batch_count
        or open_gap_count > gap_count
        or items_of_promised > items_promised
        or (coverage_pct is null) <> (coverage_basis is null)
        or (open_gap_count > 0 and not is_incomplete)
        or (items_truncated > 0 and not is_incomplete)
)

select source_id from lost
union all
select source_id from unbalanced
