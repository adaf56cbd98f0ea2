{%- set cell = [
    'bank_id', 'platform', 'page_id', 'period_type', 'period_start', 'item_count', 'official_count', 'bot_count', 'active_author_count',
    'followers', 'active_audience_numerator', 'active_audience_denominator',
] %}
with settings as (
    select
        min_n,
        (as_of at time zone timezone)::date as today
    from {{ ref('stg_settings') }}
),

known as (
    select min(event_day) as first_day from {{ ref('fct_mentions') }}
),

pages as (
    select bank_id, platform, account as page_id
    from {{ source('config', 'bank_accounts') }}
    where account_kind = 'page'
),

mentions as (
    select mention_id, is_official, bot_likely from {{ ref('fct_mentions') }} {{ within(since_page_periods()) }}
),

items as (
    select
        pages.bank_id,
        pages.platform,
        pages.page_id,
        posted.mention_id,
        posted.event_at,
        posted.event_day,
        posted.page_followers,
        mentions.bot_likely,
        mentions.is_official,
        case
            when not mentions.bot_likely and not mentions.is_official
                then md5(posted.platform || chr(31) || posted.site || chr(31) || posted.author_id)
        end as human_key
    from (select * from {{ ref('stg_mentions') }} {{ within(since_page_periods()) }}) as posted
    inner join pages on posted.platform = pages.platform and lower(posted.page_id) = pages.page_id
    inner join mentions on posted.mention_id = mentions.mention_id
),

counted as (
    select
        items.bank_id,
        items.platform,
        items.page_id,
        period.period_type,
        period.period_start,
        count(*) as item_count,
        count(*) filter (where items.is_official) as official_count,
        count(*) filter (where items.bot_likely) as bot_count
    from items
    cross join lateral {{ periods_of('items.event_day') }} as period (period_type, period_start)
    {{ within(scope_page_periods()) }}
    group by items.bank_id, items.platform, items.page_id, period.period_type, period.period_start
),

windows as (
    select
        counted.*,
        least((counted.period_start + {{ period_length('counted.period_type') }})::date - 1, settings.today) as window_ends
    from counted
    cross join settings
),

-- Thirty days up to the period's last day, whatever the period's length: of every page of the bank, with an item in the period or not.
active as (
    select
        periods.bank_id,
        items.platform,
        items.page_id,
        periods.period_type,
        periods.period_start,
        count(distinct items.human_key) as active_author_count,
        (
            array_agg(items.page_followers order by items.event_at desc, items.mention_id desc)
            filter (where items.page_followers is not null)
        )[1] as followers
    from (select distinct bank_id, period_type, period_start, window_ends from windows) as periods
    inner join items
        on
            periods.bank_id = items.bank_id
            and items.event_day between periods.window_ends - 29 and periods.window_ends
    group by periods.bank_id, items.platform, items.page_id, periods.period_type, periods.period_start
),

-- A roll-up's audience is that of the pages whose followers are known, also of those on which nobody spoke in the period itself.
cells as (
    select
        active.bank_id,
        coalesce(active.platform, 'all') as platform,
        coalesce(active.page_id, 'all') as page_id,
        active.period_type,
        active.period_start,
        sum(windows.item_count)::bigint as item_count,
        sum(windows.official_count)::bigint as official_count,
        sum(windows.bot_count)::bigint as bot_count,
        sum(active.active_author_count)::bigint as active_author_count,
        sum(active.followers)::bigint as followers,
        coalesce(
            sum(least(active.active_author_count, active.followers)) filter (where active.followers is not null), 0
        )::bigint as active_audience_numerator,
        coalesce(sum(active.followers), 0)::bigint as active_audience_denominator
    from active
    left join windows using (bank_id, platform, page_id, period_type, period_start)
    group by
        active.bank_id, active.period_type, active.period_start, grouping sets ((active.platform, active.page_id), ())
    having count(windows.item_count) > 0
    {{- kept_cells(cell, scope=scope_page_periods(), looked_at=moving_periods(page_periods())) }}
)

select
    md5(concat_ws('|', bank_id, platform, page_id, period_type, period_start))::uuid as page_health_id,
    bank_id,
    platform,
    page_id,
    period_type,
    period_start,
    item_count as n,
    item_count,
    {{ prior_of('item_count', 'bank_id, platform, page_id') }} as prior_item_count,
    official_count,
    bot_count,
    {{ share_rate('bot_share', 'bot_count', 'item_count') }},
    active_author_count,
    followers,
    {{ share_columns('active_audience', 'active_audience_numerator', 'active_audience_denominator') }},
    {{ suppression_columns({'bot_share': 'item_count', 'active_audience': 'active_audience_denominator'}) }}
from cells
cross join settings
cross join known
