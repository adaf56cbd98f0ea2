{#- What may follow, over the cases followed: name → the flag that counts it. -#}
{%- set outcomes = ['spoke_again', 'later_negative', 'later_positive', 'thanked', 'still_angry', 'repeat_contact'] -%}
with settings as (
    select as_of, min_n, response_window from {{ ref('stg_settings') }}
),

official_items as (
    select mention_id, role, is_canned from {{ ref('int_official_items') }}
),

brand_mentions as (
    select
        bank_id,
        author_key,
        event_at,
        sentiment
    from {{ ref('fct_brand_mentions') }}
    where author_id is not null
),

-- A landmark: every case is judged by what it had got W after its opening, and followed for the week after that, so that
-- no reply has had more time than silence. Cases younger than that are left out.
followed as (
    select
        cases.case_id,
        cases.bank_id,
        cases.platform,
        cases.opened_day,
        md5(cases.platform || chr(31) || cases.site || chr(31) || cases.author_id) as author_key,
        cases.opened_at + settings.response_window as landmark_at,
        case
            when not cases.is_answered_in_window
                then
                    case
                        when cases.first_official_at <= cases.opened_at + settings.response_window then 'automatic'
                        else 'silence'
                    end
            when official_items.is_canned then 'canned'
            when official_items.role = 'divert' then 'diversion'
            else 'answer'
        end as reply,
        coalesce(cases.last_closing in ('thanks', 'confirms'), false) as is_thanked,
        coalesce(cases.last_closing = 'still_angry', false) as is_still_angry,
        cases.is_repeated as is_repeat_contact
    from {{ ref('fct_cases') }} as cases
    cross join settings
    left join official_items on cases.first_response_mention_id = official_items.mention_id
    where cases.opened_at + settings.response_window + interval '168 hours' <= settings.as_of
),

later as (
    select
        followed.case_id,
        coalesce(bool_or(brand_mentions.sentiment = 'negative'), false) as is_later_negative,
        coalesce(bool_or(brand_mentions.sentiment = 'positive'), false) as is_later_positive
    from followed
    inner join brand_mentions
        on
            followed.author_key = brand_mentions.author_key
            and followed.bank_id = brand_mentions.bank_id
            and followed.landmark_at < brand_mentions.event_at
            and followed.landmark_at + interval '168 hours' >= brand_mentions.event_at
    group by followed.case_id
),

placed as (
    select
        followed.*,
        place.reply as reply_place,
        later.case_id is not null as is_spoke_again,
        coalesce(later.is_later_negative, false) as is_later_negative,
        coalesce(later.is_later_positive, false) as is_later_positive
    from followed
    left join later on followed.case_id = later.case_id
    cross join lateral (values (followed.reply), ('all')) as place (reply)
),

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
    case when least(rated.case_count, rated.silence_count) < rated.min_n then 'min_n' end as suppressed_reason
from rated
left join silent
    on
        rated.bank_id = silent.bank_id
        and rated.platform = silent.platform
        and rated.period_type = silent.period_type
        and rated.period_start = silent.period_start
        and rated.reply not in ('silence', 'all')
