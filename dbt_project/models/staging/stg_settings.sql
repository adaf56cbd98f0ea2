-- One row: the clock of this build and the configured numbers that definitions need.
with general as (
    select
        key,
        value #>> '{}' as value
    from {{ source('config', 'settings') }}
),

home as (
    select min(bank_id) as bank_id
    from {{ source('config', 'banks') }}
    where is_home
)

select
    {{ as_of() }} as as_of,
    coalesce(max(general.value) filter (where general.key = 'timezone'), 'UTC') as timezone,
    coalesce(max(general.value) filter (where general.key = 'min_n'), '30')::bigint as min_n,
    make_interval(
        hours => coalesce(max(general.value) filter (where general.key = 'response_window_hours'), '24')::integer
    ) as response_window,
    max(general.value) filter (where general.key = 'config_version') as config_version,
    max(home.bank_id) as home_bank_id
from home
left join general on true
