{#- Items of each campaign's phases: on the bank and on the campaign, by platform or topic with their roll-ups. What mart_campaigns and its bridge
    have in common. Reads the CTEs campaigns (dim_campaign) and phases (campaign_id, bank_id, phase, phase_starts, phase_ends); `narrowed`:
    only phases with a changed day (is_changed) in a partial build. -#}
{% macro campaign_items(narrowed) -%}
{%- set changed_phases = within('phases.is_changed') if narrowed else '' -%}
{#- Only the columns that are used: whole rows, written down, were half of the time. -#}
{%- set in_changed_phases -%}
    event_day between (select min(phases.phase_starts) from phases where phases.is_changed)
    and (select max(phases.phase_ends) from phases where phases.is_changed)
{%- endset -%}
{%- set changed_days = within(in_changed_phases) if narrowed else '' -%}
mentions as (
    select
        mention_id,
        event_at,
        event_day,
        platform,
        site,
        author_id,
        bot_likely,
        engagement,
        sentiment,
        intents && array['consider'] and not intents && array['news', 'promotion'] and not is_press and not is_bare_repost as is_lead
    from (select * from {{ ref('fct_mentions') }} {{ changed_days }}) as known
    where not is_official
),

brand_mentions as (
    select
        brand_mention_id,
        mention_id,
        bank_id,
        event_day,
        sentiment
    from (select * from {{ ref('fct_brand_mentions') }} {{ changed_days }}) as known
    where not is_official
),

mention_topics as {{ once_if_partial() if narrowed else 'not materialized' }} (
    select mention_id, topic_id from {{ ref('fct_mention_topics') }} {{ changed_days }}
),

labelled as (
    select distinct
        labels.mention_id,
        named.value ->> 'campaign_id' as campaign_id
    from {{ ref('stg_labels') }} as labels
    cross join lateral jsonb_array_elements({{ json_array("labels.labels -> 'campaigns'") }}) as named (value)
    where labels.labels ? 'campaigns'
),

candidates as (
    select
        phases.campaign_id,
        phases.phase,
        brand_mentions.mention_id
    from phases
    inner join brand_mentions
        on
            phases.bank_id = brand_mentions.bank_id
            and brand_mentions.event_day between phases.phase_starts and phases.phase_ends
    {{ changed_phases }}
    union
    select
        phases.campaign_id,
        phases.phase,
        labelled.mention_id
    from phases
    inner join labelled on phases.campaign_id = labelled.campaign_id
    inner join mentions
        on
            labelled.mention_id = mentions.mention_id
            and mentions.event_day between phases.phase_starts and phases.phase_ends
    {{ changed_phases }}
),

-- What a post feels towards the bank, or in itself where it speaks of the campaign and names no bank.
phase_items as (
    select
        candidates.campaign_id,
        candidates.phase,
        candidates.mention_id,
        brand_mentions.brand_mention_id,
        mentions.event_at,
        mentions.platform,
        mentions.author_id,
        md5(mentions.platform || chr(31) || mentions.site || chr(31) || mentions.author_id) as author_key,
        mentions.bot_likely,
        mentions.is_lead,
        mentions.engagement,
        brand_mentions.mention_id is not null as is_about_bank,
        labelled.mention_id is not null as is_about_campaign,
        case when brand_mentions.mention_id is not null then brand_mentions.sentiment else mentions.sentiment end as sentiment
    from candidates
    inner join campaigns on candidates.campaign_id = campaigns.campaign_id
    inner join mentions on candidates.mention_id = mentions.mention_id
    left join brand_mentions
        on candidates.mention_id = brand_mentions.mention_id and campaigns.bank_id = brand_mentions.bank_id
    left join labelled on candidates.mention_id = labelled.mention_id and candidates.campaign_id = labelled.campaign_id
),

placed as (
    select
        phase_items.*,
        place.platform as rollup_platform,
        'all' as topic_id
    from phase_items
    cross join lateral (values (phase_items.platform), ('all')) as place (platform)
    union all
    select
        phase_items.*,
        'all' as rollup_platform,
        mention_topics.topic_id
    from phase_items
    inner join mention_topics on phase_items.mention_id = mention_topics.mention_id
),
{%- endmacro %}
