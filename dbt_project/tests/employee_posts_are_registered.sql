-- mart_employee_posts: every brand mention by a registered account since its registration once, and not one by anybody else.
with expected as (
    select
        brand_mentions.brand_mention_id,
        accounts.account
    from {{ ref('fct_brand_mentions') }} as brand_mentions
    inner join {{ ref('fct_mentions') }} as mentions on brand_mentions.mention_id = mentions.mention_id
    inner join {{ source('config', 'employee_accounts') }} as accounts
        on
            mentions.platform = accounts.platform
            and lower(mentions.author_handle) = accounts.account
            and mentions.event_day >= accounts.registered_on
    where not mentions.is_official
)

select brand_mention_id
from expected
full join {{ ref('mart_employee_posts') }} as posts using (brand_mention_id)
where expected.account is null or posts.mention_id is null
