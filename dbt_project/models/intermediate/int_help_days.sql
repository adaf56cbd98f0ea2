-- Items by which an official account helped a customer, by day: the desk of a bank is the account that did so most.
with items as (
    select mention_id from {{ ref('int_official_items') }} where is_help {{ and_within(scope_help_days()) }}
),

mentions as (
    select * from {{ ref('fct_mentions') }} {{ within(scope_help_days()) }}
)

select
    mentions.platform,
    mentions.official_bank_id as bank_id,
    lower(mentions.author_handle) as handle,
    lower(mentions.author_id) as page,
    mentions.event_day,
    count(*) as help_count
from items
inner join mentions on items.mention_id = mentions.mention_id
group by
    mentions.platform, mentions.official_bank_id, lower(mentions.author_handle), lower(mentions.author_id), mentions.event_day
