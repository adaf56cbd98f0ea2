{%- set urgencies = urgency_labels() -%}
{%- set wide_reach = 10000 -%}
with settings as (
    select as_of from {{ ref('stg_settings') }}
),

cases as (
    select * from {{ ref('fct_cases') }} where is_open
),

inbound as (
    select * from {{ ref('int_inbound') }}
),

-- Looked up by index, twice; in a partial build of few cases only: its rank and ages are over all open cases, what their items say is not.
mentions as not materialized (
    select mention_id, author_followers, url from {{ ref('fct_mentions') }}
),

labelled as (
    select
        mention_id,
        labels ->> 'urgency' as urgency
    from {{ ref('stg_labels') }}
),

topics as (
    select * from {{ ref('dim_topic') }}
),

plays as (
    select * from {{ ref('int_case_plays') }}
),

{% if var('partial', false) -%}
-- Cases of conversations in which nothing changed: what their items say stands here already.
    known as (
        select
            case_id,
            array_position(array{{ urgencies }}, urgency) as urgency_rank,
            has_fraud_report,
            author_followers,
            opening_url
        from {{ this }}
        where not {{ in_changed_conversations() }}
    ),

{% endif -%}
judging as (
    select * from cases
    {% if var('partial', false) -%}
        where not exists (select from known where known.case_id = cases.case_id)
    {%- endif %}
),

judging_items as (
    select
        judging.case_id,
        min(array_position(array{{ urgencies }}, labelled.urgency)) as urgency_rank,
        bool_or(inbound.intents && array['fraud_report']) as has_fraud_report,
        max(mentions.author_followers) as author_followers
    from judging
    inner join inbound
        on
            judging.platform = inbound.platform
            and judging.site = inbound.site
            and judging.conversation_id = inbound.conversation_id
            and judging.author_id = inbound.author_id
            and judging.bank_id = inbound.bank_id
    inner join mentions on inbound.mention_id = mentions.mention_id
    left join labelled on inbound.mention_id = labelled.mention_id
    group by judging.case_id
),

signals as (
    select
        judging_items.case_id,
        judging_items.urgency_rank,
        judging_items.has_fraud_report,
        judging_items.author_followers,
        openings.url as opening_url
    from judging_items
    inner join judging on judging_items.case_id = judging.case_id
    inner join mentions as openings on judging.opening_mention_id = openings.mention_id
    {% if var('partial', false) -%}
        union all
        select
            case_id,
            urgency_rank,
            has_fraud_report,
            author_followers,
            opening_url
        from known
    {%- endif %}
),

-- A look into the few topics for each case: joined as a set of its own it was planned as all cases times all cases.
regulated as materialized (
    select
        cases.case_id,
        (
            select string_agg(topics.topic_id, ' ' order by topics.topic_id)
            from topics
            where topics.is_regulated and topics.topic_id = any(cases.topics)
        ) as regulated_topics
    from cases
),

judged as (
    select
        cases.*,
        signals.opening_url,
        coalesce(topics.topic_id, 'none') as known_topic_id,
        coalesce(topics.department_id, 'none') as department_id,
        (array{{ urgencies }})[signals.urgency_rank] as urgency,
        signals.urgency_rank,
        signals.has_fraud_report,
        regulated.regulated_topics,
        signals.author_followers,
        coalesce(signals.author_followers >= {{ wide_reach }}, false) as has_wide_reach,
        case
            when signals.urgency_rank <= 2 then 1
            when signals.has_fraud_report or signals.urgency_rank is not null then 2
            when regulated.regulated_topics is not null then 3
            when cases.is_negative then 4
            else 5
        end as triage_level
    from cases
    inner join signals on cases.case_id = signals.case_id
    inner join regulated on cases.case_id = regulated.case_id
    left join topics on cases.main_topic_id = topics.topic_id
)

select
    case_id,
    bank_id,
    row_number() over (
        partition by bank_id
        order by
            triage_level,
            urgency_rank nulls last,
            has_fraud_report desc,
            regulated_topics is null,
            is_negative desc,
            has_wide_reach desc,
            opened_at,
            case_id
    ) as triage_rank,
    triage_level,
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
    extract(epoch from settings.as_of - opened_at) as age_seconds,
    backlog_age,
    plays.play_id,
    plays.advice
from judged
cross join settings
left join plays
    on
        judged.known_topic_id = plays.case_topic_id
        and coalesce(judged.urgency, 'none') = plays.case_urgency
        and judged.triage_level = plays.case_triage_level
