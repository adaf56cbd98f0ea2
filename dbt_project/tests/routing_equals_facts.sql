-- mart_routing: every inbound item that names its bank and addresses it nowhere is there once, and nothing that addresses its bank is.
with expected as (
    select inbound.mention_id, inbound.bank_id
    from {{ ref('int_inbound') }} as inbound
    inner join {{ ref('fct_brand_mentions') }} as brand_mentions
        on inbound.mention_id = brand_mentions.mention_id and inbound.bank_id = brand_mentions.bank_id
    where not brand_mentions.addresses_bank
),

routing as (
    select
        mention_id,
        bank_id,
        count(*) as row_count,
        bool_or(found_as = 'unaddressed' and known_author_key is not null) as is_inbound
    from {{ ref('mart_routing') }}
    group by mention_id, bank_id
)

select mention_id
from expected
full join routing using (mention_id, bank_id)
left join (select brand_mention_id, mention_id as known_id, bank_id as known_bank from {{ ref('fct_brand_mentions') }} where addresses_bank) as addressed
    on mention_id = addressed.known_id and bank_id = addressed.known_bank
where
    coalesce(routing.row_count, 0) <> 1
    or (expected.mention_id is not null) is distinct from routing.is_inbound
    or addressed.brand_mention_id is not null
