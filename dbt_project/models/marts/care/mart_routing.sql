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

helped as (
    select
        mentions.platform,
        items.bank_id,
        lower(mentions.author_handle) as handle,
        lower(mentions.author_id) as page,
        count(*) as help_count
    from {{ ref('int_official_items') }} as items
    inner join mentions on items.mention_id = mentions.mention_id
    where items.is_help
    group by mentions.platform, items.bank_id, lower(mentions.author_handle), lower(mentions.author_id)
),

accounts as (
    select
        accounts.bank_id,
        accounts.platform,
        accounts.account,
        accounts.account_kind,
        coalesce(sum(helped.help_count), 0) as help_count
    from {{ source('config', 'bank_accounts') }} as accounts
    left join helped
        on
            accounts.bank_id = helped.bank_id
            and accounts.platform = helped.platform
            and accounts.account = case accounts.account_kind when 'page' then helped.page else helped.handle end
    group by accounts.bank_id, accounts.platform, accounts.account, accounts.account_kind
),

-- The desk of a bank on a platform is the account that helps most there; a page before a handle where both help alike.
desks as (
    select distinct on (bank_id, platform) *
    from accounts
    order by bank_id, platform, help_count desc, account_kind desc, account
),

main_desks as (
    select distinct on (bank_id) *
    from accounts
    order by bank_id, help_count desc, account_kind desc, platform, account
),

astray as (
    select brand_mentions.*
    from {{ ref('fct_brand_mentions') }} as brand_mentions
    inner join mentions on brand_mentions.mention_id = mentions.mention_id
    where
        not brand_mentions.addresses_bank
        and not brand_mentions.is_official
        and not brand_mentions.is_press
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
    coalesce(desks.platform, main_desks.platform) as target_platform,
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
left join main_desks on astray.bank_id = main_desks.bank_id
