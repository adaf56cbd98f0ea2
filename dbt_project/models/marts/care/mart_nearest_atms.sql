{#- Degrees of a cell of the grid in which machines are looked for, and how many are shown. -#}
{%- set cell = 0.25 -%}
{%- set shown = 3 -%}
with queue as (
    select * from {{ ref('int_triage') }}
),

cases as (
    select * from {{ ref('fct_cases') }} where is_open
),

inbound as (
    select * from {{ ref('int_inbound') }}
),

mentions as (
    select mention_id, latitude, longitude from {{ ref('stg_mentions') }}
),

cities as (
    select place_id, latitude, longitude
    from {{ ref('dim_place') }}
    where kind = 'city'
),

machines as (
    select * from {{ ref('dim_place') }} where kind = 'atm'
),

beside as (
    select
        north,
        east
    from generate_series(-1, 1) as norths (north)
    cross join generate_series(-1, 1) as easts (east)
),

-- Few items say where they are: these are looked for first, and not all items of all open cases.
items as not materialized (
    select
        cases.case_id,
        inbound.mention_id,
        inbound.event_at
    from cases
    inner join inbound
        on
            cases.platform = inbound.platform
            and cases.site = inbound.site
            and cases.conversation_id = inbound.conversation_id
            and cases.author_id = inbound.author_id
            and cases.bank_id = inbound.bank_id
),

by_coordinates as (
    select distinct on (items.case_id)
        items.case_id,
        mentions.latitude,
        mentions.longitude
    from items
    inner join mentions on items.mention_id = mentions.mention_id
    where mentions.latitude is not null and mentions.longitude is not null
    order by items.case_id, items.event_at desc, items.mention_id desc
),

-- Two cities say nothing of where the customer is.
by_city as (
    select
        items.case_id,
        min(spots.city_id) as city_id
    from items
    inner join {{ ref('int_mention_places') }} as spots on items.mention_id = spots.mention_id
    where spots.city_id <> 'none'
    group by items.case_id
    having count(distinct spots.city_id) = 1
),

points as (
    select
        case_id,
        'coordinates' as place_basis,
        latitude,
        longitude
    from by_coordinates
    union all
    select
        by_city.case_id,
        'city' as place_basis,
        cities.latitude,
        cities.longitude
    from by_city
    inner join cities on by_city.city_id = cities.place_id
    left join by_coordinates on by_city.case_id = by_coordinates.case_id
    where by_coordinates.case_id is null
),

-- Each machine in its own cell and the eight around it: whoever stands in one of them finds it by an equality.
reachable as (
    select
        machines.place_id,
        machines.latitude,
        machines.longitude,
        owner.bank_id,
        owner.relation,
        floor(machines.latitude / {{ cell }}) + beside.north as cell_north,
        floor(machines.longitude / {{ cell }}) + beside.east as cell_east
    from machines
    cross join
        lateral (
            select
                machines.bank_id,
                'own' as relation
            where machines.bank_id <> 'none'
            union all
            select
                partner.bank_id,
                'partner' as relation
            from unnest(machines.partner_of) as partner (bank_id)
            where machines.is_fee_free is distinct from false
        ) as owner
    cross join beside
),

near as (
    select
        queue.case_id,
        queue.bank_id,
        queue.main_topic_id,
        queue.department_id,
        points.place_basis,
        reachable.relation,
        reachable.place_id,
        -- Haversine on a sphere of 6,371,008.8 m (IUGG's mean radius).
        2 * 6371008.8 * asin(least(1, sqrt(
            power(sin(radians(reachable.latitude - points.latitude) / 2), 2)
            + cos(radians(points.latitude)) * cos(radians(reachable.latitude))
            * power(sin(radians(reachable.longitude - points.longitude) / 2), 2)
        ))) as distance_metres
    from points
    inner join queue on points.case_id = queue.case_id
    inner join reachable
        on
            queue.bank_id = reachable.bank_id
            and floor(points.latitude / {{ cell }}) = reachable.cell_north
            and floor(points.longitude / {{ cell }}) = reachable.cell_east
),

ranked as (
    select
        near.*,
        row_number() over (
            partition by case_id, relation
            order by distance_metres, place_id
        ) as distance_rank
    from near
)

select
    md5(concat_ws('|', case_id, relation, distance_rank))::uuid as nearest_atms_id,
    case_id,
    bank_id,
    main_topic_id,
    department_id,
    place_basis,
    relation,
    distance_rank,
    place_id,
    round(distance_metres)::integer as distance_metres
from ranked
where distance_rank <= {{ shown }}
