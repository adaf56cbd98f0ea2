-- mart_product_feedback: each topic counts what mart_topics_daily counts, and the roll-up counts each brand mention once.
with topics as (
    select
        bank_id,
        topic_id,
        period_type,
        period_start,
        mention_count,
        negative_count,
        prior_mention_count
    from {{ ref('mart_topics_daily') }}
    where topic_id <> 'all' or department_id = 'all'
)

select
    bank_id,
    topic_id,
    period_type,
    period_start
from topics
full join {{ ref('mart_product_feedback') }} as mart using (bank_id, topic_id, period_type, period_start)
where
    (topics.mention_count, topics.negative_count, topics.prior_mention_count)
    is distinct from (mart.mention_count, mart.negative_count, mart.prior_mention_count)
    or greatest(mart.own_count, mart.unique_authors, mart.rating_count) > mart.mention_count
    or greatest(mart.complaint_count, mart.praise_count, mart.wish_count, mart.question_count) > mart.own_count
