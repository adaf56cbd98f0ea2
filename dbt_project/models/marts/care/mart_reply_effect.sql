{#- What may follow, over the cases followed: name → the flag that counts it. -#}
{%- set outcomes = ['spoke_again', 'later_negative', 'later_positive', 'thanked', 'still_angry', 'repeat_contact'] -%}
with settings as (
    select as_of, min_n, response_window from {{ ref('stg_settings') }}
),

{{ followed_cases(scoped=true) }}

cells as (
    select
        placed.bank_id,
        placed.reply_place as reply,
        coalesce(placed.platform, 'all') as platform,
        period.period_type,
        period.period_start,
        count(*) as case_count,
    {% for outcome in outcomes -%}
        count(*) filter (where placed.is_{{ outcome }}) as {{ outcome }}_count{{ ',' if not loop.last }}
    {% endfor %}
    from placed
    cross join lateral {{ periods_of('placed.opened_day') }} as period (period_type, period_start)
    group by
        placed.bank_id,
        placed.reply_place,
        period.period_type,
        period.period_start,
        grouping sets ((placed.platform), ())
),

rated as (
    select
        cells.*,
        coalesce(sum(cells.case_count) filter (where cells.reply = 'silence') over (
            partition by cells.bank_id, cells.platform, cells.period_type, cells.period_start
        ), 0)::bigint as silence_count,
        {% for outcome in outcomes -%}
            {{ share_rate(outcome, outcome ~ '_count', 'case_count') }},
        {% endfor -%}
        settings.min_n
    from cells
    cross join settings
),

silent as (
    select * from rated where reply = 'silence'
)

select
    md5(concat_ws('|', rated.bank_id, rated.reply, rated.platform, rated.period_type, rated.period_start))::uuid as reply_effect_id,
    rated.bank_id,
    rated.reply,
    rated.platform,
    rated.period_type,
    rated.period_start,
    rated.case_count as n,
    rated.silence_count as silence_n,
    {% for outcome in outcomes -%}
        rated.{{ outcome }}_count,
        rated.{{ outcome }}_pct,
        rated.{{ outcome }}_pct_lower,
        rated.{{ outcome }}_pct_upper,
        rated.{{ outcome }}_pct - silent.{{ outcome }}_pct as {{ outcome }}_difference_points,
        rated.{{ outcome }}_pct - silent.{{ outcome }}_pct - sqrt(
            (rated.{{ outcome }}_pct - rated.{{ outcome }}_pct_lower) ^ 2 + (silent.{{ outcome }}_pct_upper - silent.{{ outcome }}_pct) ^ 2
        ) as {{ outcome }}_difference_points_lower,
        rated.{{ outcome }}_pct - silent.{{ outcome }}_pct + sqrt(
            (rated.{{ outcome }}_pct_upper - rated.{{ outcome }}_pct) ^ 2 + (silent.{{ outcome }}_pct - silent.{{ outcome }}_pct_lower) ^ 2
        ) as {{ outcome }}_difference_points_upper,
    {% endfor -%}
    -- Nothing is held against silence in its own row and in that of all.
    case
        when rated.case_count < rated.min_n or (rated.silence_count < rated.min_n and rated.reply not in ('silence', 'all')) then 'min_n'
    end as suppressed_reason
from rated
left join silent
    on
        rated.bank_id = silent.bank_id
        and rated.platform = silent.platform
        and rated.period_type = silent.period_type
        and rated.period_start = silent.period_start
        and rated.reply not in ('silence', 'all')
