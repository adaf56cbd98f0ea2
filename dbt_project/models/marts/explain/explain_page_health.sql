{%- set page = ['bank_id', 'platform', 'page_id', 'period_type', 'period_start'] %}
with pages as (
    select bank_id, platform, account as page_id
    from {{ source('config', 'bank_accounts') }}
    where account_kind = 'page'
),

mentions as (
    select mention_id, is_official, bot_likely from {{ ref('fct_mentions') }}
),

posted as (
    select
        pages.bank_id,
        pages.platform,
        pages.page_id,
        listed.mention_id,
        listed.event_at,
        listed.event_day,
        listed.page_followers,
        mentions.bot_likely,
        mentions.is_official,
        case
            when not mentions.bot_likely and not mentions.is_official
                then md5(listed.platform || chr(31) || listed.site || chr(31) || listed.author_id)
        end as human_key
    from {{ ref('stg_mentions') }} as listed
    inner join pages on listed.platform = pages.platform and lower(listed.page_id) = pages.page_id
    inner join mentions on listed.mention_id = mentions.mention_id
),

{{ cells_of('mart_page_health') }}

-- A bank's pages, and all of them together.
items as (
    select
        posted.bank_id,
        place.platform,
        place.page_id,
        period.period_type,
        period.period_start,
        posted.mention_id,
        null::uuid as brand_mention_id,
        null::uuid as case_id,
        posted.bot_likely,
        posted.is_official
    from posted
    cross join lateral (values (posted.platform, posted.page_id), ('all', 'all')) as place (platform, page_id)
    cross join lateral {{ periods_of('posted.event_day') }} as period (period_type, period_start)
),

{{ beside('prior_items', 'mart_page_health', []) }}

-- Thirty days up to the period's last day, or today, of every page of the bank.
windows as (
    select
        cells.bank_id,
        cells.period_type,
        cells.period_start,
        least(
            (cells.period_start + {{ period_length('cells.period_type') }})::date - 1, (settings.as_of at time zone settings.timezone)::date
        ) as window_ends
    from cells
    cross join {{ ref('stg_settings') }} as settings
    where cells.page_id = 'all'
),

looked_at as (
    select
        posted.*,
        windows.period_type,
        windows.period_start
    from windows
    inner join posted
        on
            windows.bank_id = posted.bank_id
            and posted.event_day between windows.window_ends - 29 and windows.window_ends
),

ranked as (
    select
        looked_at.*,
        {{ first_of(page, 'human_key') }} as first_of_human,
        page_followers is not null and row_number() over (
            partition by {{ page | join(', ') }}, page_followers is null
            order by event_at desc, mention_id desc
        ) = 1 as is_newest_count
    from looked_at
),

-- Of more active people than followers only as many count as there are followers.
audience as (
    select
        ranked.*,
        max(page_followers) filter (where is_newest_count) over (partition by {{ page | join(', ') }}) as followers,
        sum(first_of_human) filter (where human_key is not null) over (
            partition by {{ page | join(', ') }}
            order by event_at, mention_id
        ) as human_rank
    from ranked
),

window_items as (
    select
        audience.bank_id,
        place.platform,
        place.page_id,
        audience.period_type,
        audience.period_start,
        audience.mention_id,
        null::uuid as brand_mention_id,
        null::uuid as case_id,
        audience.human_key,
        audience.first_of_human,
        audience.human_rank,
        audience.is_newest_count,
        audience.followers
    from audience
    cross join lateral (values (audience.platform, audience.page_id), ('all', 'all')) as place (platform, page_id)
    inner join cells
        on
            audience.bank_id = cells.bank_id
            and place.platform = cells.platform
            and place.page_id = cells.page_id
            and audience.period_type = cells.period_type
            and audience.period_start = cells.period_start
),

{{ explain_rows('mart_page_health') }}
