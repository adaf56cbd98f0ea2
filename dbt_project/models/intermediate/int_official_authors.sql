-- Authors who are official accounts, by handle or by page, under the names that they have or had. Whole in each build, and short:
-- of an account's items the index tells one author after the other, however much each has said.
with recursive accounts as (
    select bank_id, platform, account, account_kind from {{ source('config', 'bank_accounts') }}
),

authors as (
    select platform, site, author_id, handle from {{ source('core', 'authors') }}
),

mentions as not materialized (
    select platform, site, author_id, author_handle from {{ ref('stg_mentions') }}
),

handles as (
    select accounts.platform, accounts.bank_id, accounts.account, speaker.site, speaker.author_id
    from accounts
    cross join lateral ({{ next_author('author_handle', 'accounts') }}) as speaker
    where accounts.account_kind = 'handle'
    union all
    select handles.platform, handles.bank_id, handles.account, speaker.site, speaker.author_id
    from handles
    cross join lateral ({{ next_author('author_handle', 'handles', behind=true) }}) as speaker
),

pages as (
    select accounts.platform, accounts.bank_id, accounts.account, speaker.site, speaker.author_id
    from accounts
    cross join lateral ({{ next_author('author_id', 'accounts') }}) as speaker
    where accounts.account_kind = 'page'
    union all
    select pages.platform, pages.bank_id, pages.account, speaker.site, speaker.author_id
    from pages
    cross join lateral ({{ next_author('author_id', 'pages', behind=true) }}) as speaker
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
    select platform, site, author_id, bank_id, account, 'handle' as account_kind from handles
    union
    select platform, site, author_id, bank_id, account, 'page' as account_kind from pages
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
