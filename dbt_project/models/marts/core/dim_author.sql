with mentions as (
    select * from (select * from {{ ref('fct_mentions') }} {{ within(scope_of_authors()) }}) as known where author_id is not null
),

press as (
    select distinct platform, lower(account) as account from {{ source('config', 'press_accounts') }}
),

employees as (
    select * from {{ source('config', 'employee_accounts') }}
),

-- A news platform's items are press as a whole; only accounts that the bank registered may be named.
items as (
    select
        mentions.*,
        mentions.is_official or press.account is not null as is_named,
        employees.account is not null and not mentions.is_official as is_employee_advocate
    from mentions
    left join employees
        on
            mentions.platform = employees.platform
            and lower(mentions.author_handle) = employees.account
            and mentions.event_day >= employees.registered_on
    left join press on mentions.platform = press.platform and lower(mentions.author_handle) = press.account
)

select
    md5(platform || chr(31) || site || chr(31) || author_id) as author_key,
    platform,
    site,
    (array_agg(author_handle order by event_at desc, mention_id desc) filter (where is_named))[1] as handle,
    bool_or(is_official) as is_official,
    (array_agg(official_bank_id order by event_at desc, mention_id desc) filter (where is_official))[1] as official_bank_id,
    bool_or(is_press) as is_press,
    bool_or(is_employee_advocate) as is_employee_advocate,
    (array_agg(bot_likely order by event_at desc, mention_id desc))[1] as bot_likely,
    count(*) as mention_count,
    (
        array_agg(author_followers order by event_at desc, mention_id desc)
        filter (where author_followers is not null)
    )[1] as followers,
    min(event_at) as first_seen_at,
    max(event_at) as last_seen_at
from items
group by platform, site, author_id
