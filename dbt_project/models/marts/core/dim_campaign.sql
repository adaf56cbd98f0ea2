with campaigns as (
    select * from {{ source('config', 'campaigns') }}
),

topics as (
    select
        campaign_id,
        array_agg(topic_id order by topic_id) as topics
    from {{ source('config', 'campaign_topics') }}
    group by campaign_id
),

departments as (
    select department_id from {{ source('config', 'departments') }}
)

select
    campaigns.campaign_id,
    campaigns.name,
    campaigns.kind,
    campaigns.bank_id,
    coalesce(departments.department_id, 'none') as department_id,
    campaigns.audience,
    coalesce(topics.topics, '{}') as topics,
    campaigns.starts,
    campaigns.ends,
    campaigns.ends - campaigns.starts + 1 as length_days
from campaigns
left join topics on campaigns.campaign_id = topics.campaign_id
left join departments on campaigns.department_id = departments.department_id
