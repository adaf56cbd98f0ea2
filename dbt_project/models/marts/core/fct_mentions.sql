with settings as (
    select as_of from {{ ref('stg_settings') }}
),

mentions as (
    select * from {{ ref('stg_mentions') }} {{ within(scope_dated_mentions()) }}
),

labels as (
    select * from {{ ref('stg_labels') }} {{ within(scope_dated_mentions()) }}
),

accounts as (
    select bank_id, platform, account, account_kind from {{ source('config', 'bank_accounts') }}
),

banks as (
    select bank_id from {{ ref('dim_bank') }}
),

press as (
    select distinct platform, lower(account) as account from {{ source('config', 'press_accounts') }}
),

news_platforms as (
    select platform from {{ ref('dim_platform') }} where family = 'news'
),

engagement as (
    select distinct on (snapshots.mention_id)
        snapshots.mention_id,
        snapshots.likes,
        snapshots.shares,
        snapshots.comments,
        snapshots.views,
        snapshots.quotes
    from (select * from {{ source('core', 'engagement') }} {{ within(scope_mentions()) }}) as snapshots
    cross join settings
    where snapshots.observed_at <= settings.as_of
    order by snapshots.mention_id, snapshots.observed_at desc
),

official as (
    select
        mentions.mention_id,
        min(accounts.bank_id) as bank_id
    from mentions
    inner join accounts
        on
            mentions.platform = accounts.platform
            and (
                (accounts.account_kind = 'handle' and lower(mentions.author_handle) = accounts.account)
                or (accounts.account_kind = 'page' and lower(mentions.author_id) = accounts.account)
            )
    group by mentions.mention_id
),

unpacked as (
    select
        labels.mention_id,
        labels.labels -> 'language' ->> 'language' as language,
        labels.labels -> 'sentiment' ->> 'label' as sentiment,
        labels.labels -> 'reply' ->> 'role' as reply_role,
        labels.labels -> 'reply' ->> 'closing' as reply_closing,
        labels.labels -> 'official_kind' ->> 'kind' as official_kind,
        (labels.labels -> 'bot' ->> 'likely')::boolean as bot_likely,
        (labels.labels -> 'bot' ->> 'score')::double precision as bot_score,
        labels.labels -> 'story' ->> 'story_id' as story_id,
        labels.labels ->> 'urgency' as urgency,
        labels.labels -> 'journey' ->> 'stage' as journey_stage,
        labels.labels -> 'journey' ->> 'channel' as journey_channel,
        {{ json_names("labels.labels -> 'topics'", 'topic_id') }} as topics,
        {{ json_names("labels.labels -> 'intents'", 'intent') }} as intents,
        (
            select count(distinct named.value ->> 'bank_id')
            from jsonb_array_elements({{ json_array("labels.labels -> 'banks'") }}) as named (value)
            inner join banks on (named.value ->> 'bank_id') = banks.bank_id
        ) as bank_count,
        labels.model_versions
    from labels
)

select
    mentions.mention_id,
    mentions.version,
    mentions.platform,
    mentions.site,
    mentions.kind,
    mentions.native_id,
    mentions.source_id,
    mentions.url,
    mentions.author_id,
    mentions.author_handle,
    mentions.author_followers,
    mentions.page_id,
    mentions.conversation_id,
    mentions.in_reply_to_author_id,
    mentions.event_at,
    mentions.event_at_basis,
    mentions.event_day,
    coalesce(unpacked.language, 'und') as language,
    unpacked.sentiment,
    coalesce(unpacked.topics, '{}') as topics,
    coalesce(unpacked.intents, '{}') as intents,
    unpacked.reply_role,
    unpacked.reply_closing,
    unpacked.official_kind,
    official.bank_id is not null as is_official,
    official.bank_id as official_bank_id,
    press.account is not null or news_platforms.platform is not null as is_press,
    coalesce(unpacked.bot_likely, false) as bot_likely,
    unpacked.bot_score,
    coalesce(unpacked.story_id, mentions.mention_id::text) as story_id,
    engagement.likes,
    engagement.shares,
    engagement.comments,
    engagement.views,
    engagement.quotes,
    case
        when num_nonnulls(engagement.likes, engagement.shares, engagement.comments, engagement.quotes) > 0
            then
                coalesce(engagement.likes, 0) + coalesce(engagement.shares, 0)
                + coalesce(engagement.comments, 0) + coalesce(engagement.quotes, 0)
    end as engagement,
    coalesce(unpacked.bank_count, 0) as bank_count,
    mentions.payload_sha256,
    coalesce(unpacked.model_versions, '{}') as model_versions,
    upper(mentions.country) as country,
    mentions.is_bare_repost,
    unpacked.urgency,
    unpacked.journey_stage,
    unpacked.journey_channel
from mentions
left join unpacked on mentions.mention_id = unpacked.mention_id
left join official on mentions.mention_id = official.mention_id
left join engagement on mentions.mention_id = engagement.mention_id and not mentions.has_counts_of_original
left join press
    on mentions.platform = press.platform and lower(mentions.author_handle) = press.account
left join news_platforms on mentions.platform = news_platforms.platform
