-- mart_nearest_atms: ranks without a hole, never nearer than the one before, an ATM once a case and relation, and only that bank's own or partner's.
with mart as (
    select
        nearest.*,
        row_number() over relation_of_case as place,
        lag(nearest.distance_metres) over relation_of_case as metres_before,
        count(*) over (partition by nearest.case_id, nearest.relation, nearest.place_id) as sharing_count
    from {{ ref('mart_nearest_atms') }} as nearest
    window relation_of_case as (
        partition by nearest.case_id, nearest.relation
        order by nearest.distance_rank
    )
)

select mart.case_id
from mart
left join {{ ref('dim_place') }} as places on mart.place_id = places.place_id
where
    mart.place <> mart.distance_rank
    or mart.distance_metres < mart.metres_before
    or mart.sharing_count > 1
    or places.kind is distinct from 'atm'
    or (mart.relation = 'own') <> (mart.bank_id = places.bank_id)
    or (mart.relation = 'partner' and not mart.bank_id = any(places.partner_of))
