-- The six hours of every signal are the sum of its series' own hours, and who rises exceeds what stood before.
with signals as (
    select * from {{ ref('mart_crisis_signals') }}
),

summed as (
    select
        signals.*,
        sum(mention_count) over (
            partition by bank_id, series_type, series_id
            order by hour_at
            range between interval '5 hours' preceding and current row
        ) as counted,
        max(six_hour_count) over (
            partition by bank_id, series_type, series_id
            order by hour_at
            range between interval '48 hours' preceding and interval '1 hour' preceding
        ) as stood_before
    from signals
)

select signal_id
from summed
where
    six_hour_count <> counted
    or (is_rising and six_hour_count <= stood_before)
