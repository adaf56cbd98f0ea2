with cases as (
    select * from {{ ref('fct_cases') }} where is_negative and is_older_than_window
),

-- A case of two topics counts in each, and once in all.
placed as (
    select
        cases.case_id,
        topics.topic_id,
        topics.department_id
    from cases
    cross join unnest(cases.topics) as named (topic_id)
    inner join {{ ref('dim_topic') }} as topics on named.topic_id = topics.topic_id
    union all
    select
        case_id,
        'all' as topic_id,
        'all' as department_id
    from cases
    union all
    select
        cases.case_id,
        'none' as topic_id,
        'none' as department_id
    from cases
    where not exists (select 1 from {{ ref('dim_topic') }} as topics where topics.topic_id = any(cases.topics))
),

items as (
    select
        cases.bank_id,
        shown.platform,
        placed.topic_id,
        placed.department_id,
        period.period_type,
        period.period_start,
        cases.opening_mention_id as mention_id,
        null::uuid as brand_mention_id,
        cases.case_id,
        cases.handled_level
    from cases
    inner join placed on cases.case_id = placed.case_id
    cross join lateral {{ with_rollup('cases.platform') }} as shown (platform)
    cross join lateral {{ periods_of('cases.opened_day') }} as period (period_type, period_start)
),

{{ explain_rows('mart_handled_negative') }}
