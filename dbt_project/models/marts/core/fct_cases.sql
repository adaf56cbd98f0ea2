with settings as (
    select as_of, timezone, response_window from {{ ref('stg_settings') }}
),

cases as (
    select * from {{ ref('int_cases') }}
),

mentions as (
    select * from {{ ref('fct_mentions') }}
),

official_items as (
    select * from {{ ref('int_official_items') }}
    where role in ('answer', 'ask', 'divert', 'automatic')
),

impostors as (
    select distinct mention_id from {{ ref('int_impostor_answers') }}
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

official_messages as (
    select
        cases.case_id,
        count(*) as official_count,
        min(official_items.event_at) as first_official_at,
        min(official_items.event_at) filter (where official_items.is_human_answer) as first_response_at,
        (
            array_agg(official_items.mention_id order by official_items.event_at, official_items.mention_id)
            filter (where official_items.is_human_answer)
        )[1] as first_response_mention_id,
        (array_agg(official_items.role order by official_items.event_at desc, official_items.mention_id desc))[1]
            as final_role,
        bool_or(official_items.role in ('answer', 'ask')) as has_answer,
        bool_or(official_items.role = 'divert') as has_diversion
    from cases
    inner join official_items
        on
            cases.platform = official_items.platform
            and cases.site = official_items.site
            and cases.conversation_id = official_items.conversation_id
            and cases.bank_id = official_items.bank_id
            and cases.opened_at <= official_items.event_at
            and coalesce(official_items.in_reply_to_author_id, cases.author_id) = cases.author_id
    group by cases.case_id
),

peer_answers as (
    select
        cases.case_id,
        min(mentions.event_at) as first_peer_answer_at
    from cases
    inner join mentions
        on
            cases.platform = mentions.platform
            and cases.site = mentions.site
            and cases.conversation_id = mentions.conversation_id
            and cases.author_id <> mentions.author_id
            and cases.opened_at <= mentions.event_at
            and coalesce(mentions.in_reply_to_author_id, cases.author_id) = cases.author_id
    left join impostors on mentions.mention_id = impostors.mention_id
    where
        mentions.reply_role = 'answer'
        and not mentions.is_official
        and not mentions.is_press
        and impostors.mention_id is null
    group by cases.case_id
),

last_words as (
    select distinct on (cases.case_id)
        cases.case_id,
        mentions.event_at as last_customer_at,
        mentions.reply_closing as last_closing
    from cases
    inner join mentions
        on
            cases.platform = mentions.platform
            and cases.site = mentions.site
            and cases.conversation_id = mentions.conversation_id
            and cases.author_id = mentions.author_id
            and cases.opened_at <= mentions.event_at
    order by cases.case_id, mentions.event_at desc, mentions.mention_id desc
),

dispositions as (
    select
        cases.case_id,
        bool_or(outcomes.outcome = 'solved') as is_solved,
        bool_or(outcomes.outcome in ('answered', 'solved')) as is_answered
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
    inner join cases as later
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
            least(official_messages.first_response_at, (days.day + opening_hours.closes) at time zone settings.timezone)
            - greatest(cases.opened_at, (days.day + opening_hours.opens) at time zone settings.timezone)
        ))) as business_seconds
    from cases
    inner join official_messages on cases.case_id = official_messages.case_id
    cross join settings
    cross join
        lateral (
            select moment::date as day
            from generate_series(
                (cases.opened_at at time zone settings.timezone)::date::timestamp,
                (official_messages.first_response_at at time zone settings.timezone)::date::timestamp,
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
        official_messages.first_response_at,
        official_messages.first_response_mention_id,
        official_messages.first_official_at,
        official_messages.final_role,
        peer_answers.first_peer_answer_at,
        last_words.last_customer_at,
        last_words.last_closing,
        staffed.business_seconds,
        coalesce(official_messages.official_count, 0) as official_count,
        coalesce(official_messages.has_answer, false) as has_answer,
        coalesce(official_messages.has_diversion, false) as has_diversion,
        coalesce(dispositions.is_solved, false) as is_solved,
        coalesce(dispositions.is_answered, false) as is_answered_by_desk,
        dispositions.case_id is not null as has_disposition,
        repeats.case_id is not null as is_repeated,
        regulated.case_id is not null as is_regulated,
        extract(epoch from settings.as_of - cases.opened_at) as age_seconds,
        extract(epoch from settings.response_window) as window_seconds,
        exists(select 1 from opening_hours) as has_opening_hours
    from cases
    cross join settings
    left join official_messages on cases.case_id = official_messages.case_id
    left join peer_answers on cases.case_id = peer_answers.case_id
    left join last_words on cases.case_id = last_words.case_id
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
        when is_confirmed and (official_count > 0 or is_solved) then 'confirmed'
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
    age_seconds,
    case
        when not is_open then null
        when age_seconds < 3600 then 'under_1h'
        when age_seconds < 14400 then 'under_4h'
        when age_seconds < 86400 then 'under_24h'
        when age_seconds < 259200 then 'under_72h'
        else 'older'
    end as backlog_age
from judged
