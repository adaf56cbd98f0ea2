-- mart_audience: each dimension but the topics parts all of a bank's mentions, which are those of mart_topics_daily.
with sums as (
    select
        bank_id,
        period_type,
        period_start,
        dimension,
        sum(mention_count) as mention_count,
        sum(negative_count) as negative_count
    from {{ ref('mart_audience') }}
    where dimension <> 'topic'
    group by bank_id, period_type, period_start, dimension
),

expected as (
    select
        topics.bank_id,
        topics.period_type,
        topics.period_start,
        dimensions.dimension,
        topics.mention_count,
        topics.negative_count
    from {{ ref('mart_topics_daily') }} as topics
    cross join
        (values ('all'), ('platform'), ('country'), ('language'), ('speaker'), ('followers')) as dimensions (dimension)
    where topics.department_id = 'all' and topics.mention_count > 0
)

select bank_id
from expected
full join sums using (bank_id, period_type, period_start, dimension)
where
    (expected.mention_count, expected.negative_count) is distinct from (sums.mention_count, sums.negative_count)
