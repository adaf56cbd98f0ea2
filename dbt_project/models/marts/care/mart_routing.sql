-- Read as the table that it is: kept aside, all of its columns would be written down first.
with mentions as not materialized (
    select * from {{ ref('fct_mentions') }}
),

main_topics as (
    select mention_id, topic_id, department_id from {{ ref('fct_mention_topics') }} where topic_rank = 1
),

cases as (
    select * from {{ ref('fct_cases') }}
),

desks as (
    select * from {{ ref('int_desks') }}
),

astray as (
    select brand_mentions.*
    from (select * from {{ ref('fct_brand_mentions') }} {{ within(scope_routing()) }}) as brand_mentions
    inner join mentions on brand_mentions.mention_id = mentions.mention_id
    where
        not brand_mentions.addresses_bank
        and not brand_mentions.is_official
        and not brand_mentions.is_press
        and not mentions.is_bare_repost
        and mentions.intents && array['complaint', 'question', 'request', 'fraud_report']
        and not mentions.intents && array['news', 'promotion']
)

select
    astray.brand_mention_id,
    astray.mention_id,
    astray.bank_id,
    astray.platform,
    astray.site,
    mentions.conversation_id,
    mentions.url,
    astray.event_at,
    astray.event_day,
    astray.language,
    case when astray.author_id is not null then astray.author_key end as known_author_key,
    astray.bot_likely,
    case when astray.is_misdirected then 'misdirected' else 'unaddressed' end as found_as,
    coalesce(astray.sentiment = 'negative', false) as is_negative,
    mentions.intents && array['fraud_report'] as has_fraud_report,
    main_topics.topic_id as main_topic_id,
    main_topics.department_id,
    cases.case_id,
    cases.is_open,
    coalesce(desks.account_platform, main_desks.account_platform) as target_platform,
    coalesce(desks.account, main_desks.account) as target_account,
    coalesce(desks.account_kind, main_desks.account_kind) as target_account_kind,
    case
        when desks.account is not null then 'same_platform'
        when main_desks.account is not null then 'other_platform'
        else 'none'
    end as target_basis
from astray
inner join mentions on astray.mention_id = mentions.mention_id
inner join main_topics on astray.mention_id = main_topics.mention_id
left join cases
    on
        mentions.platform = cases.platform
        and mentions.site = cases.site
        and mentions.conversation_id = cases.conversation_id
        and mentions.author_id = cases.author_id
        and astray.bank_id = cases.bank_id
left join desks on astray.bank_id = desks.bank_id and astray.platform = desks.platform
left join desks as main_desks on astray.bank_id = main_desks.bank_id and main_desks.platform = 'all'
