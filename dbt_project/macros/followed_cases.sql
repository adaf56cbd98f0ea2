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

-- What the author says of the bank after a case's landmark, the soonest of each kind: one pass over both in the order of time, since a join
-- would hold each case against all that its author ever said. What is said at the landmark itself is not after it.
timeline as (
    select
        followed.case_id,
        followed.author_key,
        followed.bank_id,
        followed.landmark_at as moment_at,
        true as is_landmark,
        null as sentiment
    from followed
    union all
    select
        null as case_id,
        brand_mentions.author_key,
        brand_mentions.bank_id,
        brand_mentions.event_at as moment_at,
        false as is_landmark,
        brand_mentions.sentiment
    from brand_mentions
    where brand_mentions.author_key in (select followed.author_key from followed)
),

looked_ahead as (
    select
        case_id,
        moment_at + interval '168 hours' as until_at,
        min(moment_at) filter (where not is_landmark) over ahead as spoke_at,
        min(moment_at) filter (where sentiment = 'negative') over ahead as negative_at,
        min(moment_at) filter (where sentiment = 'positive') over ahead as positive_at
    from timeline
    window ahead as (partition by author_key, bank_id order by moment_at desc, is_landmark desc rows unbounded preceding)
),

later as (
    select
        case_id,
        coalesce(negative_at <= until_at, false) as is_later_negative,
        coalesce(positive_at <= until_at, false) as is_later_positive
    from looked_ahead
    where case_id is not null and spoke_at <= until_at
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
