with
{% if var('partial', false) -%}
    grown as materialized {{ grown_authors() }},

{% endif -%}
mentions as (
    select * from {{ said_by_authors(ref('fct_mentions')) }} as known where author_id is not null
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
),

counted as (
    select
        md5(platform || chr(31) || site || chr(31) || author_id) as author_key,
        platform,
        site,
        bool_or(is_named) as is_named,
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
)

{% if var('partial', false) -%}
    select
        author_key,
        coalesce(counted.platform, grown.platform) as platform,
        coalesce(counted.site, grown.site) as site,
        case when counted.is_named then counted.handle else grown.handle end as handle,
        coalesce(counted.is_official, false) or coalesce(grown.is_official, false) as is_official,
        case when counted.is_official then counted.official_bank_id else grown.official_bank_id end as official_bank_id,
        coalesce(counted.is_press, false) or coalesce(grown.is_press, false) as is_press,
        coalesce(counted.is_employee_advocate, false) or coalesce(grown.is_employee_advocate, false) as is_employee_advocate,
        coalesce(counted.bot_likely, grown.bot_likely) as bot_likely,
        coalesce(counted.mention_count, 0) + coalesce(grown.mention_count, 0) as mention_count,
        coalesce(counted.followers, grown.followers) as followers,
        coalesce(grown.first_seen_at, counted.first_seen_at) as first_seen_at,
        coalesce(counted.last_seen_at, grown.last_seen_at) as last_seen_at
    from counted
    full join grown using (author_key) -- what an author said since may be gone again
{%- else -%}
    select
        author_key,
        platform,
        site,
        handle,
        is_official,
        official_bank_id,
        is_press,
        is_employee_advocate,
        bot_likely,
        mention_count,
        followers,
        first_seen_at,
        last_seen_at
    from counted
{%- endif %}
