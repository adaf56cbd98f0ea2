{%- set levels = ['silent', 'automatic', 'diverted', 'answered', 'confirmed'] -%}
with settings as (
    select min_n from {{ ref('stg_settings') }}
),

cases as (
    select * from (select * from {{ ref('fct_cases') }} {{ within(in_days_of(case_periods(), 'opened_day')) }}) as known
    where is_negative and is_older_than_window
),

topics as (
    select topic_id, department_id from {{ ref('dim_topic') }}
),

case_topics as (
    select
        cases.case_id,
        topics.topic_id,
        topics.department_id
    from cases
    cross join unnest(cases.topics) as named (topic_id)
    inner join topics on named.topic_id = topics.topic_id
),

-- A case of two topics counts in each, and once in all.
placed as (
    select
        cases.*,
        coalesce(case_topics.topic_id, 'none') as topic_id,
        coalesce(case_topics.department_id, 'none') as department_id
    from cases
    left join case_topics on cases.case_id = case_topics.case_id
    union all
    select
        cases.*,
        'all' as topic_id,
        'all' as department_id
    from cases
),

cells as (
    select
        placed.bank_id,
        coalesce(placed.platform, 'all') as platform,
        placed.topic_id,
        placed.department_id,
        period.period_type,
        period.period_start,
        count(*) as negative_case_count,
    {% for level in levels -%}
        count(*) filter (where placed.handled_level = '{{ level }}') as {{ level }}_count{{ ',' if not loop.last }}
    {% endfor %}
    from placed
    cross join lateral {{ periods_of('placed.opened_day') }} as period (period_type, period_start)
    group by
        placed.bank_id,
        placed.topic_id,
        placed.department_id,
        period.period_type,
        period.period_start,
        grouping sets ((placed.platform), ())
)

select
    md5(concat_ws('|', bank_id, platform, topic_id, period_type, period_start))::uuid as handled_negative_id,
    bank_id,
    platform,
    topic_id,
    department_id,
    period_type,
    period_start,
    negative_case_count as n,
    {% for level in levels -%}
        {{ level }}_count,
    {% endfor -%}
    {{ share_columns('handled_negative', '(answered_count + confirmed_count)', 'negative_case_count') }},
    {{ suppression_columns({'handled_negative': 'negative_case_count'}) }}
from cells
cross join settings
