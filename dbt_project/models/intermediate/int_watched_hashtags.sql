-- Hashtags that are watched, all their hours with them, and the hour since which they are.
select
    bank_id,
    hashtag,
    min(hour_at) as watched_since
from {{ ref('int_busy_hashtags') }}
group by bank_id, hashtag
