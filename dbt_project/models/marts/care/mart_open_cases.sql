-- What moves with every build (an age, a place in the queue) is worked out when somebody looks; the rows behind stay as they are.
with clock as (
    select as_of from {{ ref('int_triage_clock') }}
),

cases as (
    select * from {{ ref('int_triage') }}
),

plays as (
    select * from {{ ref('int_case_plays') }}
)

select
    cases.case_id,
    cases.bank_id,
    row_number() over (partition by cases.bank_id order by cases.triage_class, cases.opened_at, cases.case_id) as triage_rank,
    cases.triage_level,
    cases.triage_reason,
    cases.urgency,
    cases.has_fraud_report,
    cases.is_regulated,
    cases.is_negative,
    cases.has_wide_reach,
    cases.author_followers,
    cases.bot_likely,
    cases.main_topic_id,
    cases.department_id,
    cases.platform,
    cases.site,
    cases.conversation_id,
    cases.author_key,
    cases.opening_mention_id,
    cases.opening_url,
    cases.opened_at,
    cases.opened_day,
    cases.language,
    cases.inbound_count,
    cases.official_count,
    extract(epoch from clock.as_of - cases.opened_at)::numeric(20, 6) as age_seconds,
    cases.backlog_age,
    plays.play_id,
    plays.advice
from cases
cross join clock
left join plays
    on
        cases.main_topic_id = plays.case_topic_id
        and coalesce(cases.urgency, 'none') = plays.case_urgency
        and cases.triage_level = plays.case_triage_level
