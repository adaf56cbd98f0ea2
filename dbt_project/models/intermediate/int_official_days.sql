-- Each day of an official account that wrote, beside its 28 days before: how many items, how many of them with a link, and how
-- many at hours of the day (with their neighbours) at which it had not written in those 28 days. Days and hours in the home time zone.
with settings as (
    select timezone from {{ ref('stg_settings') }}
),

{%- set looked_at = within(since_official_days()) %}

links as (
    select mention_id, link_count from {{ ref('stg_mentions') }} {{ looked_at }}
),

mentions as (
    select * from (select * from {{ ref('fct_mentions') }} {{ looked_at }}) as known where is_official
),

items as (
    select
        mentions.mention_id,
        mentions.official_bank_id as bank_id,
        mentions.platform,
        coalesce(lower(mentions.author_handle), mentions.author_id) as account,
        mentions.event_at,
        mentions.event_day,
        extract(hour from mentions.event_at at time zone settings.timezone)::integer as local_hour,
        links.link_count > 0 as has_link
    from mentions
    inner join links on mentions.mention_id = links.mention_id
    cross join settings
),

days as (
    select
        bank_id,
        platform,
        account,
        event_day,
        count(*) as item_count,
        count(*) filter (where has_link) as link_item_count,
        min(event_at) as first_item_at
    from items
    group by bank_id, platform, account, event_day
),

-- Days before the first changed one stand here already.
first_days as (
    select
        bank_id,
        platform,
        account,
        min(event_day) as first_day
    from (
        select bank_id, platform, account, event_day from days
        {%- if var('partial', false) %}
            union all
            select bank_id, platform, account, event_day from {{ this }} where not {{ scope_official_days() }}
        {%- endif %}
    ) as known
    group by bank_id, platform, account
),

compared as (
    select
        days.*,
        coalesce(sum(item_count) over before, 0)::bigint as past_item_count,
        coalesce(sum(item_count * item_count) over before, 0)::bigint as past_sum_of_squares,
        coalesce(sum(link_item_count) over before, 0)::bigint as past_link_item_count
    from days
    window before as (
        partition by bank_id, platform, account
        order by event_day
        range between interval '28 days' preceding and interval '1 day' preceding
    )
),

-- An item stands in its own hour, and beside the hours before and after it, so that a desk that opens at nine is not unlike itself at ten.
spread as (
    select
        items.bank_id,
        items.platform,
        items.account,
        items.event_day,
        (items.local_hour + place.step + 24) % 24 as local_hour,
        count(*) filter (where place.step = 0) as own_count,
        count(*) as near_count
    from items
    cross join (values (-1), (0), (1)) as place (step)
    group by items.bank_id, items.platform, items.account, items.event_day, (items.local_hour + place.step + 24) % 24
),

hours as (
    select
        spread.*,
        coalesce(sum(near_count) over (
            partition by bank_id, platform, account, local_hour
            order by event_day
            range between interval '28 days' preceding and interval '1 day' preceding
        ), 0) as past_near_count
    from spread
),

unusual as (
    select
        bank_id,
        platform,
        account,
        event_day,
        coalesce(sum(own_count) filter (where past_near_count = 0), 0)::bigint as unusual_hour_count
    from hours
    group by bank_id, platform, account, event_day
)

select
    compared.bank_id,
    compared.platform,
    compared.account,
    compared.event_day,
    compared.item_count,
    compared.link_item_count,
    compared.first_item_at,
    compared.past_item_count,
    compared.past_link_item_count,
    compared.past_item_count / 28.0::double precision as past_mean,
    (
        28 * compared.past_sum_of_squares - compared.past_item_count * compared.past_item_count
    ) / (28 * 27.0::double precision) as past_variance,
    unusual.unusual_hour_count,
    compared.event_day - first_days.first_day >= 28 and compared.past_item_count >= 20 as is_judged
from compared
inner join first_days using (bank_id, platform, account)
inner join unusual using (bank_id, platform, account, event_day)
