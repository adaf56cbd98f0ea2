-- dim_author: every mention with an author counts for exactly one author, and nobody is named but a bank's account or press.
with mentions as (
    select
        platform,
        count(*) as mention_count
    from {{ ref('fct_mentions') }}
    where author_id is not null
    group by platform
),

authors as (
    select
        platform,
        sum(mention_count) as mention_count
    from {{ ref('dim_author') }}
    group by platform
),

brand_mentions as (
    select distinct author_key
    from {{ ref('fct_brand_mentions') }}
    where author_id is not null
)

select platform
from mentions
full join authors using (platform)
where mentions.mention_count is distinct from authors.mention_count
union all
select author_key as platform
from {{ ref('dim_author') }}
where
    (handle is not null and not (is_official or is_press))
    or is_official <> (official_bank_id is not null)
    or first_seen_at > last_seen_at
union all
select brand_mentions.author_key as platform
from brand_mentions
left join {{ ref('dim_author') }} as authors on brand_mentions.author_key = authors.author_key
where authors.author_key is null
