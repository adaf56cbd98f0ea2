-- Customers' negative items on a bank's official page that the page took away (not their author, as far as the platform tells),
-- one row an item. Platforms that never told who deletes are no part of it: int_removal_platforms.
with settings as (
    select as_of, timezone from {{ ref('stg_settings') }}
),

accounts as (
    select * from {{ source('config', 'bank_accounts') }}
),

press as (
    select distinct
        platform,
        lower(account) as account
    from {{ source('config', 'press_accounts') }}
),

-- An item that is gone is no longer looked at by the gate, which then holds it no more: that has not healed it.
quarantined as (
    select distinct held.mention_id
    from {{ source('quality', 'quarantine') }} as held
    left join {{ source('core', 'deletions') }} as gone
        on held.mention_id = gone.mention_id and gone.undone_at is null and held.released_at >= gone.loaded_at
    where held.released_at is null or gone.mention_id is not null
),

removed as (
    select deletions.mention_id
    from {{ source('core', 'deletions') }} as deletions
    cross join settings
    where deletions.basis = 'page' and deletions.undone_at is null and deletions.observed_at <= settings.as_of
),

mentions as (
    select distinct on (mentions.mention_id) mentions.*
    from {{ source('core', 'mentions') }} as mentions
    inner join removed on mentions.mention_id = removed.mention_id
    left join quarantined on mentions.mention_id = quarantined.mention_id
    where quarantined.mention_id is null
    order by mentions.mention_id, mentions.version desc
),

on_page as (
    select
        mentions.mention_id,
        mentions.version,
        mentions.platform,
        (mentions.event_at at time zone settings.timezone)::date as event_day,
        pages.bank_id
    from mentions
    cross join settings
    inner join accounts as pages
        on
            mentions.platform = pages.platform
            and pages.account_kind = 'page'
            and lower(mentions.page_id) = pages.account
    left join accounts as authors
        on
            mentions.platform = authors.platform
            and authors.account = lower(case authors.account_kind when 'page' then mentions.author_id else mentions.author_handle end)
    left join press on mentions.platform = press.platform and lower(mentions.author_handle) = press.account
    where authors.account is null and press.account is null and mentions.event_at <= settings.as_of
),

labels as (
    select
        annotations.mention_id,
        annotations.mention_version,
        annotations.task,
        annotations.label
    from {{ source('nlp', 'current_annotations') }} as annotations
    inner join on_page on annotations.mention_id = on_page.mention_id and annotations.mention_version = on_page.version
),

judged as (
    select
        on_page.*,
        texts.label ->> 'label' as text_sentiment,
        (
            select named.value -> 'sentiment' ->> 'label'
            from jsonb_array_elements({{ json_array('named_banks.label') }}) as named (value)
            where named.value ->> 'bank_id' = on_page.bank_id
            order by (named.value ->> 'start')::integer
            limit 1
        ) as bank_sentiment,
        exists(
            select 1
            from jsonb_array_elements({{ json_array('calls.label') }}) as intent (value)
            where intent.value ->> 'intent' in ('news', 'promotion')
        ) as is_no_customers
    from on_page
    left join labels as texts on on_page.mention_id = texts.mention_id and texts.task = 'sentiment'
    left join labels as named_banks on on_page.mention_id = named_banks.mention_id and named_banks.task = 'banks'
    left join labels as calls on on_page.mention_id = calls.mention_id and calls.task = 'intents'
)

select
    mention_id,
    bank_id,
    platform,
    event_day
from judged
where coalesce(bank_sentiment, text_sentiment) = 'negative' and not is_no_customers
