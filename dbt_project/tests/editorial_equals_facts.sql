-- mart_editorial: the roll-up counts every question and every article once in each period type, and no topic has more than it.
with mart as (
    select * from {{ ref('mart_editorial') }}
),

questions as (
    select
        bank_id,
        count(*) as question_count
    from {{ ref('int_customer_mentions') }}
    where intents && array['question'] and not is_bare_repost
    group by bank_id
),

posts as (
    select
        posts.bank_id,
        count(*) as own_article_count
    from {{ ref('fct_official_posts') }} as posts
    inner join {{ ref('fct_mentions') }} as mentions on posts.mention_id = mentions.mention_id
    where not posts.is_reply and not mentions.is_bare_repost
    group by posts.bank_id
),

sums as (
    select
        bank_id,
        period_type,
        sum(question_count) as question_count,
        sum(own_article_count) as own_article_count
    from mart
    where topic_id = 'all'
    group by bank_id, period_type
)

select bank_id
from sums
left join questions using (bank_id)
left join posts using (bank_id)
where
    sums.question_count <> coalesce(questions.question_count, 0)
    or sums.own_article_count <> coalesce(posts.own_article_count, 0)
union all
select parts.bank_id
from mart as parts
left join mart as wholes
    on
        parts.bank_id = wholes.bank_id
        and parts.period_type = wholes.period_type
        and parts.period_start = wholes.period_start
        and wholes.topic_id = 'all'
where
    wholes.editorial_id is null
    or parts.question_count > wholes.question_count
    or parts.article_count > wholes.article_count
    or parts.own_article_count + parts.media_article_count <> parts.article_count
