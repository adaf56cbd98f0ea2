-- mart_freshness: every source of the ledger once, with its open gaps as the coverage mart counts them; one that never ran has none.
with coverage as (
    select
        source_id,
        sum(open_gap_count) as open_gap_count
    from {{ ref('mart_coverage') }}
    group by source_id
),

freshness as (
    select
        source_id,
        open_gap_count,
        (newest_item_at is null) <> (freshness_seconds is null) as is_contradictory,
        freshness_seconds < 0 or last_success_lag_seconds < 0 as is_negative
    from {{ ref('mart_freshness') }}
)

select source_id
from coverage
full join freshness using (source_id)
where
    coalesce(coverage.open_gap_count, 0) is distinct from freshness.open_gap_count
    or freshness.is_contradictory
    or freshness.is_negative
