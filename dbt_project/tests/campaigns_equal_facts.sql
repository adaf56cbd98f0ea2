-- mart_campaigns: each phase's roll-up counts the bank's mentions of its days, and its platforms add up to it; no part exceeds its whole.
with mart as (
    select * from {{ ref('mart_campaigns') }}
),

facts as (
    select
        mart.campaigns_id,
        count(brand_mentions.mention_id) as mention_count
    from mart
    left join {{ ref('fct_brand_mentions') }} as brand_mentions
        on
            mart.bank_id = brand_mentions.bank_id
            and brand_mentions.event_day between mart.phase_starts and mart.phase_ends
            and not brand_mentions.is_official
    where mart.platform = 'all' and mart.topic_id = 'all'
    group by mart.campaigns_id
),

wholes as (
    select
        campaign_id,
        phase,
        max(mention_count) filter (where platform = 'all' and topic_id = 'all') as whole,
        sum(mention_count) filter (where platform <> 'all') as platforms,
        max(mention_count) filter (where topic_id <> 'all') as largest_topic
    from mart
    group by campaign_id, phase
)

select mart.campaign_id
from mart
inner join facts on mart.campaigns_id = facts.campaigns_id
where mart.mention_count <> facts.mention_count
union all
select campaign_id
from wholes
where whole is null or whole <> coalesce(platforms, 0) or largest_topic > whole
union all
select campaign_id
from mart
where
    positive_count + negative_count > sentiment_count
    or sentiment_count > mention_count
    or campaign_positive_count + campaign_negative_count > campaign_sentiment_count
    or lead_count > unique_authors
