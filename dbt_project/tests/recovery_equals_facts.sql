-- mart_recovery: each period's negative authors are the facts', nobody recovers unanswered, and ripe ones are among all.
with facts as (
    select
        bank_id,
        event_day as period_start,
        count(distinct known_author_key) as negative_author_count
    from {{ ref('int_customer_mentions') }}
    where sentiment = 'negative' and known_author_key is not null and not is_bare_repost
    group by bank_id, event_day
),

mart as (
    select * from {{ ref('mart_recovery') }} where platform = 'all' and period_type = 'day'
)

select bank_id
from facts
full join mart using (bank_id, period_start)
where facts.negative_author_count is distinct from mart.negative_author_count
union all
select bank_id
from {{ ref('mart_recovery') }}
where
    recovered_count > answered_author_count
    or answered_author_count > negative_author_count
    or recovery_numerator > recovered_count
    or recovery_denominator > answered_author_count
