-- Authors who are official accounts, by handle or by page, under the names that they have or had. Whole in each build: few rows, by index.
with accounts as (
    select bank_id, platform, account, account_kind from {{ source('config', 'bank_accounts') }}
),

authors as (
    select platform, site, author_id, handle from {{ source('core', 'authors') }}
),

mentions as (
    select platform, site, author_id, author_handle from {{ ref('stg_mentions') }} where author_id is not null
),

known as (
    select authors.platform, authors.site, authors.author_id, accounts.bank_id, accounts.account, accounts.account_kind
    from accounts
    inner join authors on accounts.platform = authors.platform and accounts.account = lower(authors.handle)
    where accounts.account_kind = 'handle'
    union
    select authors.platform, authors.site, authors.author_id, accounts.bank_id, accounts.account, accounts.account_kind
    from accounts
    inner join authors on accounts.platform = authors.platform and accounts.account = lower(authors.author_id)
    where accounts.account_kind = 'page'
    union
    select mentions.platform, mentions.site, mentions.author_id, accounts.bank_id, accounts.account, accounts.account_kind
    from accounts
    inner join mentions on accounts.platform = mentions.platform and accounts.account = lower(mentions.author_handle)
    where accounts.account_kind = 'handle'
    union
    select mentions.platform, mentions.site, mentions.author_id, accounts.bank_id, accounts.account, accounts.account_kind
    from accounts
    inner join mentions on accounts.platform = mentions.platform and accounts.account = lower(mentions.author_id)
    where accounts.account_kind = 'page'
)

-- Where an author is known by handle and by page, the handle names the account.
select distinct on (platform, site, author_id, bank_id)
    platform,
    site,
    author_id,
    bank_id,
    account
from known
order by platform, site, author_id, bank_id, account_kind, account
