{#- What came of each negative word of a known customer within 30 days (hours, since a day is not 24 hours at a clock change): the first human
    answer, and the first positive word after it. Reads the CTE settings (as_of); mart_recovery counts its authors, the bridge lists its items.
    `scoped`: in a partial build only what the periods that it rebuilds rest on (a bridge is a view, and shows all). -#}
{% macro recovery_outcomes(scoped=false) -%}
{%- set of_periods = within(since_recovery_periods()) if scoped else '' -%}
{%- set within = "interval '720 hours'" -%}
said as (
    select
        bank_id,
        platform,
        known_author_key as author_key,
        event_at,
        event_day,
        sentiment
    from (select * from {{ ref('int_customer_mentions') }} {{ of_periods }}) as known
    where known_author_key is not null and sentiment in ('negative', 'positive') and not is_bare_repost
),

answers as (
    select
        cases.bank_id,
        md5(cases.platform || chr(31) || cases.site || chr(31) || cases.author_id) as author_key,
        official_items.event_at
    from {{ ref('int_cases') }} as cases
    inner join (select * from {{ ref('int_official_items') }} {{ of_periods }}) as official_items
        on
            cases.platform = official_items.platform
            and cases.site = official_items.site
            and cases.conversation_id = official_items.conversation_id
            and cases.bank_id = official_items.bank_id
            and cases.opened_at <= official_items.event_at
            and coalesce(official_items.in_reply_to_author_id, cases.author_id) = cases.author_id
    where official_items.is_human_answer
),

events as (
    select
        bank_id,
        author_key,
        platform,
        event_at,
        event_day,
        sentiment = 'negative' as is_negative,
        case when sentiment = 'positive' then event_at end as positive_at,
        null::timestamptz as answered_at
    from said
    union all
    select
        bank_id,
        author_key,
        null as platform,
        event_at,
        null as event_day,
        false as is_negative,
        null as positive_at,
        event_at as answered_at
    from answers
),

-- Backwards, so that a window only grows: each instant's first positive word after it, then the first answer at or after it and the earliest recovery that
-- any later answer led to, which is the first answer's.
followed as (
    select
        *,
        min(positive_at) over (
            partition by bank_id, author_key
            order by event_at desc
            range between unbounded preceding and interval '1 microsecond' preceding
        ) as first_positive_at
    from events
),

answered as (
    select
        *,
        min(answered_at) over later as first_answered_at,
        min(first_positive_at) filter (where answered_at is not null) over later as recovered_at
    from followed
    window later as (
        partition by bank_id, author_key
        order by event_at desc
        range between unbounded preceding and current row
    )
),

outcomes as (
    select distinct
        answered.bank_id,
        answered.platform,
        answered.author_key,
        answered.event_at,
        answered.event_day,
        answered.first_answered_at <= answered.event_at + {{ within }} as is_answered,
        answered.recovered_at <= answered.event_at + {{ within }} as is_recovered,
        answered.event_at + {{ within }} <= settings.as_of as is_ripe,
        extract(epoch from answered.recovered_at - answered.event_at) as recovery_seconds
    from answered
    cross join settings
    where answered.is_negative
),
{%- endmacro %}
