-- Hashtags that are watched, all their hours with them.
select distinct
    bank_id,
    hashtag
from {{ ref('int_busy_hashtags') }}
