{%- set rates = {
    'response_rate': 'response_rate_denominator',
    'in_channel_resolution': 'in_channel_resolution_denominator',
    'confirmed_resolution': 'confirmed_resolution_denominator',
    'canned_answer': 'canned_answer_denominator',
    'repeat_contact': 'repeat_contact_denominator',
    'peer_answer': 'peer_answer_denominator',
    'handled_negative': 'handled_negative_denominator',
    'misdirected': 'misdirected_denominator',
    'help_share': 'help_share_denominator',
} %}
with settings as (
    select min_n from {{ ref('stg_settings') }}
),

cases as (
    select * from {{ ref('fct_cases') }} {{ within(in_days_of(care_periods(), 'opened_day')) }}
),

official_items as (
    select * from {{ ref('int_official_items') }} {{ within(in_days_of(care_periods())) }}
),

brand_mentions as (
    select * from (select * from {{ ref('fct_brand_mentions') }} {{ within(in_days_of(care_periods())) }}) as known
    where is_addressing
),

impostor_answers as (
    select * from {{ ref('int_impostor_answers') }}
),

removed as (
    select * from {{ ref('int_removed_negatives') }}
),

telling as (
    select platform from {{ ref('int_removal_platforms') }}
    union all
    select 'all' as platform
    where exists (select 1 from {{ ref('int_removal_platforms') }})
),

survival as (
    select * from {{ ref('int_care_survival') }}
),

case_cells as (
    select
        cases.bank_id,
        coalesce(cases.platform, 'all') as platform,
        period.period_type,
        period.period_start,
        count(*) as case_count,
        sum(cases.inbound_count) as inbound_count,
        count(*) filter (where cases.bot_likely) as bot_likely_case_count,
        count(*) filter (where cases.is_answered_in_window) as response_rate_numerator,
        count(*) filter (where cases.is_older_than_window) as response_rate_denominator,
        count(*) filter (where not cases.is_older_than_window) as censored_count,
        count(cases.first_response_at) as answered_count,
        avg(cases.first_response_seconds) as first_response_seconds_average,
        percentile_cont(0.5) within group (order by cases.first_response_seconds::double precision)
            as first_response_seconds_median,
        percentile_cont(0.9) within group (order by cases.first_response_seconds::double precision)
            as first_response_seconds_p90,
        avg(cases.first_response_business_seconds) as first_response_business_seconds_average,
        percentile_cont(0.5) within group (order by cases.first_response_business_seconds::double precision)
            as first_response_business_seconds_median,
        percentile_cont(0.9) within group (order by cases.first_response_business_seconds::double precision)
            as first_response_business_seconds_p90,
        count(*) filter (where cases.official_count > 0) as with_official_count,
        count(*) filter (where cases.final_official_role = 'answer') as in_channel_resolution_numerator,
        count(*) filter (where cases.official_count > 0 and cases.is_confirmed) as confirmed_resolution_numerator,
        count(*) filter (
            where cases.first_response_at is not null and cases.is_older_than_week and cases.is_repeated
        ) as repeat_contact_numerator,
        count(*) filter (where cases.first_response_at is not null and cases.is_older_than_week)
            as repeat_contact_denominator,
        count(*) filter (where cases.is_peer_answered) as peer_answer_numerator,
        count(*) filter (where cases.is_open) as unanswered_backlog_count,
        count(*) filter (where cases.backlog_age = 'under_1h') as unanswered_backlog_under_1h_count,
        count(*) filter (where cases.backlog_age = 'under_4h') as unanswered_backlog_under_4h_count,
        count(*) filter (where cases.backlog_age = 'under_24h') as unanswered_backlog_under_24h_count,
        count(*) filter (where cases.backlog_age = 'under_72h') as unanswered_backlog_under_72h_count,
        count(*) filter (where cases.backlog_age = 'older') as unanswered_backlog_older_count,
        count(*) filter (where cases.is_open and cases.priority = 'high') as unanswered_backlog_high_priority_count,
    {% for level in ['silent', 'automatic', 'diverted', 'answered', 'confirmed'] -%}
        count(*) filter (
            where cases.is_negative and cases.is_older_than_window and cases.handled_level = '{{ level }}'
        ) as negative_handled_{{ level }}_count{{ ',' if not loop.last }}
    {% endfor %}
    from cases
    cross join lateral {{ periods_of('cases.opened_day') }} as period (period_type, period_start)
    group by cases.bank_id, period.period_type, period.period_start, grouping sets ((cases.platform), ())
),

official_cells as (
    select
        official_items.bank_id,
        coalesce(official_items.platform, 'all') as platform,
        period.period_type,
        period.period_start,
        count(*) as official_item_count,
        count(*) filter (where official_items.is_help) as help_count,
        count(*) filter (where official_items.is_human_answer) as official_answer_count,
        count(*) filter (where official_items.is_canned) as canned_count
    from official_items
    cross join lateral {{ periods_of('official_items.event_day') }} as period (period_type, period_start)
    group by official_items.bank_id, period.period_type, period.period_start, grouping sets ((official_items.platform), ())
),

addressing_cells as (
    select
        brand_mentions.bank_id,
        coalesce(brand_mentions.platform, 'all') as platform,
        period.period_type,
        period.period_start,
        count(*) as addressing_count,
        count(*) filter (where brand_mentions.is_misdirected) as misdirected_count
    from brand_mentions
    cross join lateral {{ periods_of('brand_mentions.event_day') }} as period (period_type, period_start)
    group by brand_mentions.bank_id, period.period_type, period.period_start, grouping sets ((brand_mentions.platform), ())
),

impostor_cells as (
    select
        impostor_answers.bank_id,
        coalesce(impostor_answers.platform, 'all') as platform,
        period.period_type,
        period.period_start,
        count(distinct impostor_answers.platform || chr(31) || impostor_answers.handle) as impostor_count
    from impostor_answers
    cross join lateral {{ periods_of('impostor_answers.event_day') }} as period (period_type, period_start)
    group by
        impostor_answers.bank_id, period.period_type, period.period_start, grouping sets ((impostor_answers.platform), ())
),

removed_cells as (
    select
        removed.bank_id,
        coalesce(removed.platform, 'all') as platform,
        period.period_type,
        period.period_start,
        count(*) as removed_negative_count
    from removed
    cross join lateral {{ periods_of('removed.event_day') }} as period (period_type, period_start)
    group by removed.bank_id, period.period_type, period.period_start, grouping sets ((removed.platform), ())
),

cells as (
    select bank_id, platform, period_type, period_start from case_cells
    union
    select bank_id, platform, period_type, period_start from removed_cells
    union
    select bank_id, platform, period_type, period_start from official_cells
    union
    select bank_id, platform, period_type, period_start from addressing_cells
    union
    select bank_id, platform, period_type, period_start from impostor_cells
),

counted as (
    select
        bank_id,
        platform,
        period_type,
        period_start,
        coalesce(case_cells.case_count, 0) as case_count,
        coalesce(case_cells.inbound_count, 0) as inbound_count,
        coalesce(case_cells.bot_likely_case_count, 0) as bot_likely_case_count,
        coalesce(case_cells.response_rate_numerator, 0) as response_rate_numerator,
        coalesce(case_cells.response_rate_denominator, 0) as response_rate_denominator,
        coalesce(case_cells.censored_count, 0) as censored_count,
        coalesce(case_cells.answered_count, 0) as answered_count,
        case_cells.first_response_seconds_average,
        case_cells.first_response_seconds_median,
        case_cells.first_response_seconds_p90,
        case_cells.first_response_business_seconds_average,
        case_cells.first_response_business_seconds_median,
        case_cells.first_response_business_seconds_p90,
        survival.km_median_response_seconds,
        coalesce(case_cells.in_channel_resolution_numerator, 0) as in_channel_resolution_numerator,
        coalesce(case_cells.with_official_count, 0) as in_channel_resolution_denominator,
        coalesce(case_cells.confirmed_resolution_numerator, 0) as confirmed_resolution_numerator,
        coalesce(case_cells.with_official_count, 0) as confirmed_resolution_denominator,
        coalesce(official_cells.canned_count, 0) as canned_answer_numerator,
        coalesce(official_cells.official_answer_count, 0) as canned_answer_denominator,
        coalesce(case_cells.repeat_contact_numerator, 0) as repeat_contact_numerator,
        coalesce(case_cells.repeat_contact_denominator, 0) as repeat_contact_denominator,
        coalesce(case_cells.peer_answer_numerator, 0) as peer_answer_numerator,
        coalesce(case_cells.case_count, 0) as peer_answer_denominator,
        coalesce(case_cells.unanswered_backlog_count, 0) as unanswered_backlog_count,
        {% for age in ['under_1h', 'under_4h', 'under_24h', 'under_72h', 'older', 'high_priority'] -%}
            coalesce(case_cells.unanswered_backlog_{{ age }}_count, 0) as unanswered_backlog_{{ age }}_count,
        {% endfor -%}
        {% for level in ['silent', 'automatic', 'diverted', 'answered', 'confirmed'] -%}
            coalesce(case_cells.negative_handled_{{ level }}_count, 0) as negative_handled_{{ level }}_count,
        {% endfor -%}
        coalesce(case_cells.negative_handled_answered_count + case_cells.negative_handled_confirmed_count, 0)
            as handled_negative_numerator,
        coalesce(
            case_cells.negative_handled_silent_count + case_cells.negative_handled_automatic_count
            + case_cells.negative_handled_diverted_count + case_cells.negative_handled_answered_count
            + case_cells.negative_handled_confirmed_count, 0
        ) as handled_negative_denominator,
        coalesce(addressing_cells.misdirected_count, 0) as misdirected_numerator,
        coalesce(addressing_cells.addressing_count, 0) as misdirected_denominator,
        coalesce(impostor_cells.impostor_count, 0) as impostor_count,
        case when telling.platform is not null then coalesce(removed_cells.removed_negative_count, 0) end as removed_negative_count,
        coalesce(official_cells.help_count, 0) as help_share_numerator,
        coalesce(official_cells.official_item_count, 0) as help_share_denominator
    from cells
    left join case_cells using (bank_id, platform, period_type, period_start)
    left join official_cells using (bank_id, platform, period_type, period_start)
    left join addressing_cells using (bank_id, platform, period_type, period_start)
    left join impostor_cells using (bank_id, platform, period_type, period_start)
    left join removed_cells using (bank_id, platform, period_type, period_start)
    left join survival using (bank_id, platform, period_type, period_start)
    left join telling using (platform)
)

select
    md5(concat_ws('|', bank_id, platform, period_type, period_start))::uuid as customer_care_id,
    bank_id,
    platform,
    period_type,
    period_start,
    case_count as n,
    case_count,
    inbound_count::bigint as inbound_count,
    bot_likely_case_count,
    censored_count,
    answered_count,
    first_response_seconds_average::double precision as first_response_seconds_average,
    first_response_seconds_median,
    first_response_seconds_p90,
    first_response_business_seconds_average::double precision as first_response_business_seconds_average,
    first_response_business_seconds_median,
    first_response_business_seconds_p90,
    km_median_response_seconds,
    {% for rate, n in rates.items() -%}
        {{ share_columns(rate, rate ~ '_numerator', n) }},
    {% endfor -%}
    unanswered_backlog_count,
    {% for age in ['under_1h', 'under_4h', 'under_24h', 'under_72h', 'older', 'high_priority'] -%}
        unanswered_backlog_{{ age }}_count,
    {% endfor -%}
    {% for level in ['silent', 'automatic', 'diverted', 'answered', 'confirmed'] -%}
        negative_handled_{{ level }}_count,
    {% endfor -%}
    impostor_count,
    removed_negative_count,
    {{ suppression_columns(rates) }}
from counted
cross join settings
