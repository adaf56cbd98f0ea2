with mentions as (
    select * from {{ ref('fct_mentions') }} {{ within(scope_brand_mentions()) }}
),

labels as (
    select mention_id, labels from {{ ref('stg_labels') }} {{ within(scope_brand_mentions()) }}
),

addressed as (
    select * from {{ ref('int_addressed') }} {{ within(scope_brand_mentions()) }}
),

strangers as (
    select mention_id from {{ ref('int_strangers') }} {{ within(scope_brand_mentions()) }}
),

banks as (
    select bank_id from {{ ref('dim_bank') }}
),

named as (
    select distinct on (labels.mention_id, banks.bank_id)
        labels.mention_id,
        banks.bank_id,
        element.value -> 'sentiment' ->> 'label' as sentiment
    from labels
    cross join lateral jsonb_array_elements({{ json_array("labels.labels -> 'banks'") }}) as element (value)
    inner join banks on (element.value ->> 'bank_id') = banks.bank_id
    order by
        labels.mention_id, banks.bank_id, (element.value ->> 'start')::integer, element.value -> 'sentiment' ->> 'label'
),

addressing as (
    select
        named.mention_id,
        named.bank_id,
        count(addressed.bank_id) > 0 or count(strangers.mention_id) > 0 as addresses_any,
        coalesce(bool_or(addressed.bank_id = named.bank_id and not addressed.is_look_alike), false) as addresses_bank
    from named
    left join addressed on named.mention_id = addressed.mention_id
    left join strangers on named.mention_id = strangers.mention_id
    group by named.mention_id, named.bank_id
)

select
    md5(named.mention_id::text || chr(31) || named.bank_id)::uuid as brand_mention_id,
    named.mention_id,
    named.bank_id,
    mentions.platform,
    mentions.site,
    mentions.kind,
    mentions.language,
    mentions.event_at,
    mentions.event_day,
    named.sentiment,
    mentions.author_id,
    coalesce(
        md5(mentions.platform || chr(31) || mentions.site || chr(31) || mentions.author_id), mentions.mention_id::text
    ) as author_key,
    mentions.author_followers,
    mentions.is_official,
    mentions.official_bank_id,
    mentions.is_press,
    mentions.bot_likely,
    mentions.story_id,
    mentions.topics,
    mentions.engagement,
    -- Whom a bare repost names was called by its original.
    addressing.addresses_bank and not mentions.is_bare_repost as addresses_bank,
    addressing.addresses_any and not mentions.is_official and not mentions.is_bare_repost as is_addressing,
    addressing.addresses_any and not addressing.addresses_bank and not mentions.is_official and not mentions.is_bare_repost
        as is_misdirected,
    mentions.country
from named
inner join mentions on named.mention_id = mentions.mention_id
inner join addressing on named.mention_id = addressing.mention_id and named.bank_id = addressing.bank_id
