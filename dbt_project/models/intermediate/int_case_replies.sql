-- What followed each case in its conversation: the bank's messages, another customer's answer, the customer's last word.
-- One row a case. The big CTEs are not materialized, so that the planner sees the tables behind them.
with cases as {{ once_if_partial() }} (
    select * from {{ ref('int_cases') }} {{ within(scope_replies()) }}
),

mentions as not materialized (
    select * from {{ ref('fct_mentions') }} {{ within(scope_said_in_replies()) }}
),

official_items as not materialized (
    select * from (select * from {{ ref('int_official_items') }} {{ within(scope_said_in_replies()) }}) as known
    where role in ('answer', 'ask', 'divert', 'automatic')
),

impostors as (
    select distinct mention_id from {{ ref('int_impostor_answers') }}
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

openers as (
    select distinct on (platform, site, conversation_id)
        platform,
        site,
        conversation_id,
        author_id
    from mentions
    order by platform, site, conversation_id, event_at, mention_id
),

-- Another customer who replies to the case's author (named, or unnamed where that author opened the conversation), with an
-- answer or at least without a wish of one's own. Where nobody names whom an item answers, this is the best that is known.
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
    inner join openers
        on
            cases.platform = openers.platform
            and cases.site = openers.site
            and cases.conversation_id = openers.conversation_id
            and coalesce(mentions.in_reply_to_author_id, openers.author_id) = cases.author_id
    left join impostors on mentions.mention_id = impostors.mention_id
    where
        (mentions.reply_role = 'answer' or mentions.intents = '{}')
        and not mentions.is_official
        and not mentions.is_press
        and not mentions.is_bare_repost
        and not mentions.bot_likely
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
            and not mentions.is_bare_repost
    order by cases.case_id, mentions.event_at desc, mentions.mention_id desc
)

select
    cases.case_id,
    coalesce(official_messages.official_count, 0) as official_count,
    official_messages.first_official_at,
    official_messages.first_response_at,
    official_messages.first_response_mention_id,
    official_messages.final_role,
    coalesce(official_messages.has_answer, false) as has_answer,
    coalesce(official_messages.has_diversion, false) as has_diversion,
    peer_answers.first_peer_answer_at,
    last_words.last_customer_at,
    last_words.last_closing
from cases
left join official_messages on cases.case_id = official_messages.case_id
left join peer_answers on cases.case_id = peer_answers.case_id
left join last_words on cases.case_id = last_words.case_id
