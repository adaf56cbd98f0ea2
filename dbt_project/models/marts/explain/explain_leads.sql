{%- set cell = ['bank_id', 'shown.platform', 'period.period_type', 'period.period_start'] %}
with mentions as (
    select mention_id
    from {{ ref('fct_mentions') }}
    where
        intents && array['consider']
        and not intents && array['news', 'promotion']
        and not is_official
        and not is_press
        and not is_bare_repost
),

items as (
    select
        leads.bank_id,
        shown.platform,
        period.period_type,
        period.period_start,
        leads.mention_id,
        leads.brand_mention_id,
        null::uuid as case_id,
        leads.author_id,
        leads.bot_likely,
        {{ first_of(cell, 'author_key') }} as first_of_author,
        {{ first_of(cell, 'author_key', 'bot_likely') }} as first_of_author_without_bots
    from {{ ref('fct_brand_mentions') }} as leads
    cross join lateral {{ with_rollup('leads.platform') }} as shown (platform)
    cross join lateral {{ periods_of('leads.event_day') }} as period (period_type, period_start)
    where leads.mention_id in (select mentions.mention_id from mentions)
),

{{ explain_rows('mart_leads') }}
