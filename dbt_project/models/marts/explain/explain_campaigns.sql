{%- set cell = ['campaign_id', 'phase', 'rollup_platform', 'topic_id'] %}
with campaigns as (
    select * from {{ ref('dim_campaign') }}
),

published as (
    select
        campaign_id,
        bank_id,
        platform,
        topic_id,
        phase,
        phase_starts,
        phase_ends,
        day_count
    from {{ ref('mart_campaigns') }}
),

phases as (
    select distinct
        campaign_id,
        bank_id,
        phase,
        phase_starts,
        phase_ends
    from published
),

{{ campaign_items(false) }}

listed as (
    select
        placed.*,
        {{ first_of(cell, 'author_key', 'is_about_bank') }} as first_of_author,
        {{ first_of(cell, 'author_key', 'is_about_bank and is_lead') }} as first_of_lead,
        {{ first_of(cell, 'author_key', 'is_about_campaign') }} as first_of_campaign_author
    from placed
),

-- A phase is held against the one before the campaign.
{% for name, phase in [('items', 'published.phase'), ('before_items', "'before'")] -%}
    {{ name }} as (
        select
            published.campaign_id,
            published.bank_id,
            published.platform,
            published.topic_id,
            published.phase,
            published.phase_starts,
            spans.day_count,
            listed.mention_id,
            listed.brand_mention_id,
            null::uuid as case_id,
            listed.author_id,
            listed.bot_likely,
            listed.is_lead,
            listed.is_about_bank,
            listed.is_about_campaign,
            listed.engagement,
            listed.sentiment,
            listed.first_of_author,
            listed.first_of_lead,
            listed.first_of_campaign_author
        from published
        inner join listed
            on
                published.campaign_id = listed.campaign_id
                and {{ phase }} = listed.phase
                and published.platform = listed.rollup_platform
                and published.topic_id = listed.topic_id
        inner join published as spans
            on
                listed.campaign_id = spans.campaign_id
                and listed.phase = spans.phase
                and spans.platform = 'all'
                and spans.topic_id = 'all'
        {% if name == 'before_items' %}where published.phase <> 'before'{% endif %}
    ),

{% endfor -%}

{{ explain_rows('mart_campaigns') }}
