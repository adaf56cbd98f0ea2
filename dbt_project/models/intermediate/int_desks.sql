-- The desk of each bank on each platform, and of the bank at all: the account that helps customers most.
with helped as (
    select
        platform,
        bank_id,
        handle,
        page,
        sum(help_count) as help_count
    from {{ ref('int_help_days') }}
    group by platform, bank_id, handle, page
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
)

select
    bank_id,
    platform,
    platform as account_platform,
    account,
    account_kind
from desks
union all
select
    bank_id,
    'all' as platform,
    platform as account_platform,
    account,
    account_kind
from main_desks
