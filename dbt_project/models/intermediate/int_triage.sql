{%- set urgencies = urgency_labels() -%}
{%- set wide_reach = 10000 -%}
with cases as (
    select * from {{ ref('fct_cases') }}
    where is_open {{ and_within(scope_triage()) }}
),

inbound as (
    select * from {{ ref('int_inbound') }}
),

topics as (
    select * from {{ ref('dim_topic') }}
),

-- One pass over what each case's customer said, with the case's own columns beside it: sums of their own, joined with the cases again, were
-- planned as one row, and each case was held against all. The look into the few topics is one for each case for the same reason.
items as (
    select distinct on (cases.case_id)
        cases.case_id,
        cases.bank_id,
        cases.main_topic_id,
        cases.is_negative,
        cases.bot_likely,
        cases.platform,
        cases.site,
        cases.conversation_id,
        cases.author_id,
        cases.opening_mention_id,
        cases.opened_at,
        cases.opened_day,
        cases.language,
        cases.inbound_count,
        cases.official_count,
        cases.backlog_age,
        min(array_position(array{{ urgencies }}, inbound.urgency)) over said as urgency_rank,
        bool_or(inbound.intents && array['fraud_report']) over said as has_fraud_report,
        max(inbound.author_followers) over said as author_followers,
        max(inbound.url) filter (where inbound.mention_id = cases.opening_mention_id) over said as opening_url,
        (
            select string_agg(topics.topic_id, ' ' order by topics.topic_id)
            from topics
            where topics.is_regulated and topics.topic_id = any(cases.topics)
        ) as regulated_topics
    from cases
    inner join inbound
        on
            cases.platform = inbound.platform
            and cases.site = inbound.site
            and cases.conversation_id = inbound.conversation_id
            and cases.author_id = inbound.author_id
            and cases.bank_id = inbound.bank_id
    window said as (partition by cases.case_id)
    order by cases.case_id
),

judged as (
    select
        items.*,
        coalesce(topics.topic_id, 'none') as known_topic_id,
        coalesce(topics.department_id, 'none') as department_id,
        (array{{ urgencies }})[items.urgency_rank] as urgency,
        coalesce(items.author_followers >= {{ wide_reach }}, false) as has_wide_reach,
        case
            when items.urgency_rank <= 2 then 1
            when items.has_fraud_report or items.urgency_rank is not null then 2
            when items.regulated_topics is not null then 3
            when items.is_negative then 4
            else 5
        end as triage_level
    from items
    left join topics on items.main_topic_id = topics.topic_id
)

select
    case_id,
    bank_id,
    triage_level,
    -- Smaller is sooner: the level, then the urgency, then each of four reasons. Within a class the oldest is first.
    triage_level * 128
    + coalesce(urgency_rank, {{ urgencies | length + 1 }}) * 16
    + case when has_fraud_report then 0 else 8 end
    + case when regulated_topics is not null then 0 else 4 end
    + case when is_negative then 0 else 2 end
    + case when has_wide_reach then 0 else 1 end as triage_class,
    concat_ws(
        ', ',
        replace(urgency, '_', ' '),
        case when has_fraud_report then 'fraud report' end,
        'regulated topic: ' || regulated_topics,
        case when is_negative then 'negative' end,
        case when has_wide_reach then 'wide reach' end,
        'open ' || replace(replace(backlog_age, '_', ' '), 'older', 'over 72h')
    ) as triage_reason,
    urgency,
    has_fraud_report,
    regulated_topics is not null as is_regulated,
    is_negative,
    has_wide_reach,
    author_followers,
    bot_likely,
    known_topic_id as main_topic_id,
    department_id,
    platform,
    site,
    conversation_id,
    md5(platform || chr(31) || site || chr(31) || author_id) as author_key,
    opening_mention_id,
    opening_url,
    opened_at,
    opened_day,
    language,
    inbound_count,
    official_count,
    backlog_age
from judged
