with register as (
    select * from {{ source('core', 'places') }}
),

names as (
    select * from {{ source('nlp', 'place_names') }}
),

banks as (
    select bank_id from {{ ref('dim_bank') }}
),

named_cities as (
    select distinct city_id
    from {{ ref('int_mention_places') }}
    where city_id <> 'none'
    union
    select distinct city_id
    from register
    where city_id is not null
)

select
    register.place_id,
    register.kind,
    register.name,
    coalesce(banks.bank_id, 'none') as bank_id,
    register.partner_of,
    register.operators,
    register.is_fee_free,
    coalesce(register.city_id, 'none') as city_id,
    coalesce(names.name, register.city) as city,
    coalesce(register.country, names.country) as country,
    register.postcode,
    register.latitude,
    register.longitude,
    register.source
from register
left join banks on register.bank_id = banks.bank_id
left join names on register.city_id = names.place_id
union all
select
    named_cities.city_id as place_id,
    'city' as kind,
    names.name,
    'none' as bank_id,
    '{}' as partner_of,
    '{}' as operators,
    null as is_fee_free,
    named_cities.city_id,
    names.name as city,
    names.country,
    null as postcode,
    avg(register.latitude) as latitude,
    avg(register.longitude) as longitude,
    'gazetteer' as source
from named_cities
left join names on named_cities.city_id = names.place_id
left join register on named_cities.city_id = register.city_id
group by named_cities.city_id, names.name, names.country
union all
select
    'none' as place_id,
    'none' as kind,
    'No known place' as name,
    'none' as bank_id,
    '{}' as partner_of,
    '{}' as operators,
    null as is_fee_free,
    'none' as city_id,
    null as city,
    null as country,
    null as postcode,
    null as latitude,
    null as longitude,
    'gazetteer' as source
