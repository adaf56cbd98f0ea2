{%- set rates = {
    'help_share': 'official_post_count',
    'canned_answer': 'answer_count',
    'engagement_known': 'official_post_count',
} %}
with settings as (
    select min_n from {{ ref('stg_settings') }}
),

posts as (
    select * from {{ ref('fct_official_posts') }} {{ within(in_days_of(official_periods())) }}
),

cells as (
    select
        posts.bank_id,
        coalesce(posts.platform, 'all') as platform,
        period.period_type,
        period.period_start,
        count(*) as official_post_count,
        count(*) filter (where posts.is_help) as help_count,
        count(*) filter (where not posts.is_help) as pr_count,
        count(*) filter (where posts.is_reply) as reply_count,
        count(*) filter (where posts.is_human_answer) as answer_count,
        count(*) filter (where posts.is_canned) as canned_count,
        count(*) filter (where posts.role = 'automatic') as automatic_count,
        count(posts.engagement) as engagement_known_count,
        sum(posts.engagement)::bigint as engagement,
        count(posts.engagement) filter (where posts.is_help) as help_engagement_known_count,
        percentile_cont(0.5) within group (order by posts.engagement::double precision) filter (where posts.is_help)
            as help_engagement_median,
        count(posts.engagement) filter (where not posts.is_help) as pr_engagement_known_count,
        percentile_cont(0.5) within group (order by posts.engagement::double precision) filter (where not posts.is_help)
            as pr_engagement_median
    from posts
    cross join lateral {{ periods_of('posts.event_day') }} as period (period_type, period_start)
    {{ within(scope_official_periods()) }}
    group by posts.bank_id, period.period_type, period.period_start, grouping sets ((posts.platform), ())
)

select
    md5(concat_ws('|', bank_id, platform, period_type, period_start))::uuid as official_posts_id,
    bank_id,
    platform,
    period_type,
    period_start,
    official_post_count as n,
    official_post_count,
    help_count,
    pr_count,
    reply_count,
    answer_count,
    canned_count,
    automatic_count,
    {{ share_rate('help_share', 'help_count', 'official_post_count') }},
    {{ share_rate('canned_answer', 'canned_count', 'answer_count') }},
    engagement,
    engagement_known_count,
    {{ share_rate('engagement_known', 'engagement_known_count', 'official_post_count') }},
    {% for purpose in ['help', 'pr'] -%}
        {{ purpose }}_engagement_known_count,
        {{ purpose }}_engagement_median,
    {% endfor -%}
    {{ suppression_columns(rates) }}
from cells
cross join settings
