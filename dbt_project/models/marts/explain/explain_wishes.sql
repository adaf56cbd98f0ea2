with wishes as (
    select
        said.*,
        {{ story_key('salts.salt', 'said.story_id') }} as story_key
    from {{ ref('int_customer_mentions') }} as said
    cross join {{ source('ops', 'story_salt') }} as salts
    where said.intents && array['wish', 'request'] and not said.is_bare_repost
),

items as (
    select
        cells.bank_id,
        cells.story_key,
        cells.first_day,
        wishes.mention_id,
        wishes.brand_mention_id,
        null::uuid as case_id,
        wishes.known_author_key,
        wishes.bot_likely,
        wishes.engagement,
        wishes.sentiment,
        {{ first_of(['cells.bank_id', 'cells.story_key'], 'known_author_key') }} as first_of_author
    from wishes
    inner join {{ ref('mart_wishes') }} as cells on wishes.bank_id = cells.bank_id and wishes.story_key = cells.story_key
),

{{ explain_rows('mart_wishes') }}
