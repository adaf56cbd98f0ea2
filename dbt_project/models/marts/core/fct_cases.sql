with settings as (
    select as_of, timezone, response_window from {{ ref('stg_settings') }}
),

cases as {{ once_if_partial() }} (
    select * from {{ ref('int_cases') }} {{ within(scope_cases()) }}
),

known_cases as not materialized (
    select * from {{ ref('int_cases') }}
),

replies as {{ once_if_partial() }} (
    select * from {{ ref('int_case_replies') }} {{ within(scope_cases()) }}
),

topics as (
    select topic_id, is_regulated from {{ source('config', 'topics') }}
),

opening_hours as (
    select iso_weekday, opens, closes from {{ source('config', 'business_hours') }}
),

holidays as (
    select day from {{ source('config', 'holidays') }}
),

dispositions as (
    select
        cases.case_id,
        bool_or(outcomes.outcome = 'solved') as is_solved,
        bool_or(outcomes.outcome in ('answered', 'solved')) as is_answered,
        min(outcomes.decided_at) as first_decided_at
    from cases
    cross join settings
    inner join {{ source('ops', 'dispositions') }} as outcomes
        on
            cases.platform = outcomes.platform
            and cases.site = outcomes.site
            and cases.conversation_id = outcomes.conversation_id
            and cases.author_id = outcomes.author_id
            and cases.bank_id = outcomes.bank_id
            and settings.as_of >= outcomes.decided_at
    group by cases.case_id
),

repeats as (
    select distinct earlier.case_id
    from cases as earlier
    inner join known_cases as later
        on
            earlier.platform = later.platform
            and earlier.site = later.site
            and earlier.author_id = later.author_id
            and earlier.bank_id = later.bank_id
            and earlier.opened_at < later.opened_at
            and earlier.opened_at + interval '168 hours' >= later.opened_at
            and earlier.topics && later.topics
),

regulated as (
    select distinct cases.case_id
    from cases
    cross join unnest(cases.topics) as named (topic_id)
    inner join topics on named.topic_id = topics.topic_id
    where topics.is_regulated
),

staffed as (
    select
        cases.case_id,
        sum(greatest(0, extract(
            epoch from
            least(replies.first_response_at, (days.day + opening_hours.closes) at time zone settings.timezone)
            - greatest(cases.opened_at, (days.day + opening_hours.opens) at time zone settings.timezone)
        ))) as business_seconds
    from cases
    inner join replies on cases.case_id = replies.case_id
    cross join settings
    cross join
        lateral (
            select moment::date as day
            from generate_series(
                (cases.opened_at at time zone settings.timezone)::date::timestamp,
                (replies.first_response_at at time zone settings.timezone)::date::timestamp,
                interval '1 day'
            ) as moment
        ) as days
    inner join opening_hours on extract(isodow from days.day) = opening_hours.iso_weekday
    left join holidays on days.day = holidays.day
    where holidays.day is null
    group by cases.case_id
),

followed as (
    select
        cases.*,
        replies.first_response_at,
        replies.first_response_mention_id,
        replies.first_official_at,
        replies.final_role,
        replies.first_peer_answer_at,
        replies.last_customer_at,
        replies.last_closing,
        replies.official_count,
        replies.has_answer,
        replies.has_diversion,
        staffed.business_seconds,
        coalesce(dispositions.is_solved, false) as is_solved,
        coalesce(dispositions.is_answered, false) as is_answered_by_desk,
        dispositions.case_id is not null as has_disposition,
        greatest(dispositions.first_decided_at, cases.opened_at) as later_decided_at,
        repeats.case_id is not null as is_repeated,
        regulated.case_id is not null as is_regulated,
        extract(epoch from settings.as_of - cases.opened_at) as age_seconds,
        extract(epoch from settings.response_window) as window_seconds,
        exists(select 1 from opening_hours) as has_opening_hours
    from cases
    cross join settings
    inner join replies on cases.case_id = replies.case_id
    left join dispositions on cases.case_id = dispositions.case_id
    left join repeats on cases.case_id = repeats.case_id
    left join regulated on cases.case_id = regulated.case_id
    left join staffed on cases.case_id = staffed.case_id
),

judged as (
    select
        followed.*,
        extract(epoch from followed.first_response_at - followed.opened_at) as first_response_seconds,
        followed.age_seconds >= followed.window_seconds as is_older_than_window,
        followed.is_solved or coalesce(
            followed.last_closing in ('thanks', 'confirms') and followed.last_customer_at >= followed.first_official_at,
            false
        ) as is_confirmed,
        followed.first_response_at is null and not followed.has_disposition as is_open
    from followed
)

select
    case_id,
    platform,
    site,
    conversation_id,
    author_id,
    bank_id,
    opening_mention_id,
    opened_at,
    opened_day,
    language,
    main_topic_id,
    topics,
    inbound_count,
    is_negative,
    bot_likely,
    case when has_fraud_report or is_regulated then 'high' else 'normal' end as priority,
    official_count,
    first_official_at,
    first_response_at,
    first_response_mention_id,
    first_response_seconds,
    case
        when first_response_at is not null and has_opening_hours then coalesce(business_seconds, 0)
    end as first_response_business_seconds,
    is_older_than_window,
    is_older_than_window and coalesce(first_response_seconds <= window_seconds, false) as is_answered_in_window,
    case when official_count > 0 then final_role end as final_official_role,
    case
        when is_confirmed then 'confirmed'
        when has_answer or is_answered_by_desk then 'answered'
        when has_diversion then 'diverted'
        when official_count > 0 then 'automatic'
        else 'silent'
    end as handled_level,
    last_closing,
    is_confirmed,
    coalesce(
        first_peer_answer_at is not null
        and (first_response_at is null or first_peer_answer_at < first_response_at),
        false
    ) as is_peer_answered,
    age_seconds >= 604800 as is_older_than_week,
    is_repeated,
    is_open,
    case
        when not is_open then null
        when age_seconds < 3600 then 'under_1h'
        when age_seconds < 14400 then 'under_4h'
        when age_seconds < 86400 then 'under_24h'
        when age_seconds < 259200 then 'under_72h'
        else 'older'
    end as backlog_age,
    case when has_disposition then later_decided_at end as closed_at
from judged
