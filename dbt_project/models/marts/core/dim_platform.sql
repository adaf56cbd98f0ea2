with platforms as (
    select * from {{ source('config', 'platforms') }}
)

select
    platform,
    name,
    family
from platforms
