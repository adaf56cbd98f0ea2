-- Mention × whom it addresses: a bank (by handle, page or reply) or a look-alike of one. bank_id is the one (looked like).
with accounts as (
    select * from {{ ref('int_addressed_accounts') }} {{ within(scope_addressing()) }}
)

select distinct
    mention_id,
    event_day,
    bank_id,
    is_look_alike
from accounts
