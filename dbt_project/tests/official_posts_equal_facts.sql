-- Official posts: every official mention once, each post once in each period type and roll-up, and the help share is customer care's.
with facts as (
    select
        official_bank_id as bank_id,
        count(*) as post_count
    from {{ ref('fct_mentions') }}
    where is_official
    group by official_bank_id
),

posts as (
    select
        bank_id,
        count(*) as post_count
    from {{ ref('fct_official_posts') }}
    group by bank_id
),

cells as (
    select
        bank_id,
        period_type,
        platform = 'all' as is_roll_up,
        sum(official_post_count) as post_count,
        bool_or(help_count + pr_count <> official_post_count or canned_count > answer_count) as is_unbalanced
    from {{ ref('mart_official_posts') }}
    group by bank_id, period_type, is_roll_up
),

care as (
    select
        bank_id,
        platform,
        period_type,
        period_start,
        help_share_numerator as help_count,
        canned_answer_numerator as canned_count
    from {{ ref('mart_customer_care') }}
    where help_share_denominator > 0
)

select bank_id
from facts
full join posts using (bank_id)
full join cells using (bank_id)
where
    (facts.post_count, facts.post_count) is distinct from (posts.post_count, cells.post_count)
    or cells.is_unbalanced
union all
select bank_id
from {{ ref('mart_official_posts') }} as mart
full join care using (bank_id, platform, period_type, period_start)
where (mart.help_count, mart.canned_count) is distinct from (care.help_count, care.canned_count)
