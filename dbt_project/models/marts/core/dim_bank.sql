with banks as (
    select * from {{ source('config', 'banks') }}
)

select
    bank_id,
    name,
    country,
    is_home,
    is_competitor,
    is_home or is_competitor as is_in_share_of_voice
from banks
