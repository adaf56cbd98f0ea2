{%- set keys = ['bank_id', 'kind', 'platform', 'account', 'event_day'] %}
with cells as (
    select {{ keys | join(', ') }} from {{ ref('mart_impersonation') }}
),

said as (
    select
        answers.bank_id,
        'look_alike' as kind,
        answers.platform,
        answers.handle as account,
        answers.event_day,
        answers.mention_id,
        false as has_link
    from {{ ref('int_impostor_answers') }} as answers
    union all
    select
        mentions.official_bank_id as bank_id,
        'off_pattern' as kind,
        mentions.platform,
        coalesce(lower(mentions.author_handle), mentions.author_id) as account,
        mentions.event_day,
        mentions.mention_id,
        links.link_count > 0 as has_link
    from {{ ref('fct_mentions') }} as mentions
    inner join {{ ref('stg_mentions') }} as links on mentions.mention_id = links.mention_id
    where mentions.is_official
),

-- An account's pattern is that of its 28 days before; a look-alike has none.
{% for name, condition in [
    ('items', 'cells.event_day = said.event_day'),
    ('past_items', "cells.kind = 'off_pattern' and said.event_day between cells.event_day - 28 and cells.event_day - 1"),
] -%}
    {{ name }} as (
        select
            cells.*,
            said.mention_id,
            null::uuid as brand_mention_id,
            null::uuid as case_id,
            said.has_link
        from cells
        inner join said
            on
                cells.bank_id = said.bank_id
                and cells.kind = said.kind
                and cells.platform = said.platform
                and cells.account = said.account
                and {{ condition }}
    ),

{% endfor -%}

{{ explain_rows('mart_impersonation') }}
