-- Cases as their customers opened them: (platform, site, conversation, author, bank), before anything that followed.
with inbound as (
    select * from {{ ref('int_inbound') }} {{ within(scope_conversations()) }}
),

topic_names as (
    select
        inbound.platform,
        inbound.site,
        inbound.conversation_id,
        inbound.author_id,
        inbound.bank_id,
        array_agg(distinct named.topic_id order by named.topic_id) as topics
    from inbound
    cross join unnest(inbound.topics) as named (topic_id)
    group by inbound.platform, inbound.site, inbound.conversation_id, inbound.author_id, inbound.bank_id
),

-- The best topic of the item that opened the case, of those that are configured still: as the item itself is counted.
main_topics as (
    select mention_id, nullif(topic_id, 'none') as main_topic_id
    from {{ ref('fct_mention_topics') }}
    where topic_rank = 1
),

cases as (
    select
        platform,
        site,
        conversation_id,
        author_id,
        bank_id,
        min(event_at) as opened_at,
        min(event_day) as opened_day,
        count(*) as inbound_count,
        (array_agg(mention_id order by event_at, mention_id))[1] as opening_mention_id,
        (array_agg(language order by event_at, mention_id))[1] as language,
        coalesce(bool_or(sentiment = 'negative'), false) as is_negative,
        bool_or(intents && array['fraud_report']) as has_fraud_report,
        bool_or(bot_likely) as bot_likely
    from inbound
    group by platform, site, conversation_id, author_id, bank_id
)

select
    md5(concat_ws(
        chr(31), cases.platform, cases.site, cases.conversation_id, cases.author_id, cases.bank_id
    ))::uuid as case_id,
    cases.*,
    main_topics.main_topic_id,
    coalesce(topic_names.topics, '{}') as topics
from cases
left join main_topics on cases.opening_mention_id = main_topics.mention_id
left join topic_names using (platform, site, conversation_id, author_id, bank_id)
