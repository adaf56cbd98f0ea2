-- Mention × place as its label says: a city ('' where none is named) x a branch or ATM (NULL kind where only the city is named).
-- A branch that the register knows by a name that stands in the words is that one, if only one fits; else it stays unknown.
with labelled as (
    select
        mention_id,
        labels -> 'places' as places
    from (select * from {{ ref('stg_labels') }} {{ within(scope_dated_mentions()) }}) as known
    where labels ? 'places'
),

elements as (
    select distinct
        labelled.mention_id,
        element.value ->> 'kind' as kind,
        element.value ->> 'place_id' as geonames_id,
        lower(element.value ->> 'text') as words
    from labelled
    cross join lateral jsonb_array_elements({{ json_array("labelled.places") }}) as element (value)
),

cities as (
    select distinct
        mention_id,
        geonames_id as city_id
    from elements
    where kind = 'city' and geonames_id is not null
),

spots as (
    select distinct
        mention_id,
        kind
    from elements
    where kind in ('branch', 'atm')
),

register as (
    select place_id, kind, bank_id, city_id, lower(name) as name
    from {{ source('core', 'places') }}
    where bank_id is not null and length(name) >= 4
),

-- Only places of a city that the mention names, so that no word is held against the whole register.
fitting as (
    select
        elements.mention_id,
        elements.kind,
        register.bank_id,
        register.city_id,
        min(register.place_id) as place_id
    from elements
    inner join cities on elements.mention_id = cities.mention_id
    inner join register
        on
            cities.city_id = register.city_id
            and elements.kind = register.kind
            and position(register.name in elements.words) > 0
    group by elements.mention_id, elements.kind, register.bank_id, register.city_id
    having count(distinct register.place_id) = 1
)

select
    mention_id,
    coalesce(cities.city_id, 'none') as city_id,
    spots.kind,
    fitting.bank_id,
    fitting.place_id
from spots
full join cities using (mention_id)
left join fitting using (mention_id, kind, city_id)
