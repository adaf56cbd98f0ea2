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
        event_at,
        event_at as positive_at,
        null::timestamptz as answered_at
    from said
    where sentiment = 'positive'
    union all
    select
        bank_id,
        author_key,
        event_at,
        null as positive_at,
        event_at as answered_at
    from answers
),

-- The first positive word after each instant, and the first answer at or after it: the first answer leads to the earliest recovery.
answered as (
    select distinct
        bank_id,
        author_key,
        answered_at,
        first_positive_at
    from (
        select
            bank_id,
            author_key,
            answered_at,
            min(positive_at) over (
                partition by bank_id, author_key
                order by event_at
                range between interval '1 microsecond' following and unbounded following
            ) as first_positive_at
        from events
    ) as followed
    where answered_at is not null
),

negatives as (
    select
        bank_id,
        author_key,
        platform,
        event_at,
        event_day
    from said
    where sentiment = 'negative'
),

next_answers as (
    select
        bank_id,
        author_key,
        event_at,
        min(answered_at) over (
            partition by bank_id, author_key
            order by event_at
            range between current row and unbounded following
        ) as answered_at
    from (
        select
            bank_id,
            author_key,
            event_at,
            null::timestamptz as answered_at
        from negatives
        union all
        select
            bank_id,
            author_key,
            answered_at as event_at,
            answered_at
        from answered
    ) as mixed
),

outcomes as (
    select distinct
        negatives.bank_id,
        negatives.platform,
        negatives.author_key,
        negatives.event_at,
        negatives.event_day,
        next_answers.answered_at <= negatives.event_at + {{ within }} as is_answered,
        answered.first_positive_at <= negatives.event_at + {{ within }} as is_recovered,
        negatives.event_at + {{ within }} <= settings.as_of as is_ripe,
        extract(epoch from answered.first_positive_at - negatives.event_at) as recovery_seconds
    from negatives
    cross join settings
    inner join next_answers
        on
            negatives.bank_id = next_answers.bank_id
            and negatives.author_key = next_answers.author_key
            and negatives.event_at = next_answers.event_at
    left join answered
        on
            negatives.bank_id = answered.bank_id
            and negatives.author_key = answered.author_key
            and next_answers.answered_at = answered.answered_at
),
{%- endmacro %}
