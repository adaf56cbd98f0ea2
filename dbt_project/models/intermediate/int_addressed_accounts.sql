-- Mention × account that it addresses: a bank's (by handle, page or reply) or a look-alike's. bank_id is the one (looked like).
with mentions as (
    select * from {{ ref('stg_mentions') }} {{ within(scope_addressed_accounts()) }}
),

labels as (
    select * from {{ ref('stg_labels') }} {{ within(scope_addressed_accounts()) }}
),

accounts as (
    select bank_id, platform, account, account_kind from {{ source('config', 'bank_accounts') }}
),

official_authors as (
    select * from {{ ref('int_official_authors') }}
),

by_handle as (
    select
        mentions.mention_id,
        mentions.event_day,
        accounts.bank_id,
        accounts.account
    from mentions
    cross join unnest(mentions.handles) as named (handle)
    inner join accounts
        on
            mentions.platform = accounts.platform
            and accounts.account_kind = 'handle'
            and named.handle = accounts.account
),

by_page as (
    select
        mentions.mention_id,
        mentions.event_day,
        accounts.bank_id,
        accounts.account
    from mentions
    inner join accounts
        on
            mentions.platform = accounts.platform
            and accounts.account_kind = 'page'
            and lower(mentions.page_id) = accounts.account
),

by_reply as (
    select
        mentions.mention_id,
        mentions.event_day,
        official_authors.bank_id,
        official_authors.account
    from mentions
    inner join official_authors
        on
            mentions.platform = official_authors.platform
            and mentions.site = official_authors.site
            and mentions.in_reply_to_author_id = official_authors.author_id
),

look_alikes as (
    select
        mentions.mention_id,
        mentions.event_day,
        coalesce(named.value ->> 'looks_like', '') as bank_id,
        lower(named.value ->> 'handle') as account
    from labels
    inner join mentions on labels.mention_id = mentions.mention_id
    cross join lateral jsonb_array_elements({{ json_array("labels.labels -> 'handles'") }}) as named (value)
    where
        named.value ->> 'status' = 'look_alike'
        and lower(named.value ->> 'handle') is distinct from lower(mentions.author_handle)
)

select mention_id, event_day, bank_id, account, false as is_look_alike from by_handle
union
select mention_id, event_day, bank_id, account, false as is_look_alike from by_page
union
select mention_id, event_day, bank_id, account, false as is_look_alike from by_reply
union
select mention_id, event_day, bank_id, account, true as is_look_alike from look_alikes
