with items as (
    select
        posts.bank_id,
        shown.platform,
        period.period_type,
        period.period_start,
        posts.mention_id,
        null::uuid as brand_mention_id,
        null::uuid as case_id,
        posts.role,
        posts.is_help,
        posts.is_reply,
        posts.is_human_answer,
        posts.is_canned,
        posts.engagement
    from {{ ref('fct_official_posts') }} as posts
    cross join lateral {{ with_rollup('posts.platform') }} as shown (platform)
    cross join lateral {{ periods_of('posts.event_day') }} as period (period_type, period_start)
),

{{ explain_rows('mart_official_posts') }}
