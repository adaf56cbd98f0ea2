{#- Each case, what it had got by its landmark, and what came in the week after that, under its reply and under all: what mart_reply_effect and
    its bridge have in common. Reads the CTE settings (as_of, response_window). `scoped`: in a partial build only those whose
    periods it rebuilds (a bridge is a view, and shows all). -#}
{% macro followed_cases(scoped=false) -%}
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
    where
        author_id is not null
        and {{ said_in_followed_periods() if scoped else 'true' }}
),

-- A landmark: every case is judged by what it had got W after its opening, and followed for the week after that, so that
-- no reply has had more time than silence. Cases younger than that are left out.
followed as (
    select
        cases.case_id,
        cases.opening_mention_id,
        cases.bank_id,
        cases.platform,
        cases.opened_day,
        md5(cases.platform || chr(31) || cases.site || chr(31) || cases.author_id) as author_key,
        cases.opened_at + settings.response_window as landmark_at,
        case
            when not cases.is_answered_in_window
                then
                    case
                        when cases.closed_at <= cases.opened_at + settings.response_window then 'desk'
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
    from (select * from {{ ref('fct_cases') }} {{ within(in_days_of(followed_periods(), 'opened_day')) if scoped }}) as cases
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
{%- endmacro %}
