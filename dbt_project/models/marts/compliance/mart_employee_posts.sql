with registered as (
    select
        platform,
        account,
        registered_on
    from {{ source('config', 'employee_accounts') }}
),

mentions as (
    select * from {{ ref('fct_mentions') }} where not is_official
),

main_topics as (
    select mention_id, topic_id, department_id from {{ ref('fct_mention_topics') }} where topic_rank = 1
),

brand_mentions as (
    select * from {{ ref('fct_brand_mentions') }}
)

select
    brand_mentions.brand_mention_id,
    brand_mentions.mention_id,
    brand_mentions.bank_id,
    brand_mentions.platform,
    brand_mentions.site,
    md5(mentions.platform || chr(31) || registered.account) as employee_account_key,
    brand_mentions.event_at,
    brand_mentions.event_day,
    brand_mentions.language,
    brand_mentions.sentiment,
    main_topics.topic_id as main_topic_id,
    main_topics.department_id,
    mentions.intents && array['promotion'] as is_promotion,
    brand_mentions.engagement,
    mentions.views
from brand_mentions
inner join mentions on brand_mentions.mention_id = mentions.mention_id
inner join registered
    on
        mentions.platform = registered.platform
        and lower(mentions.author_handle) = registered.account
        and mentions.event_day >= registered.registered_on
inner join main_topics on brand_mentions.mention_id = main_topics.mention_id
