with wishes as (
    select * from {{ ref('int_customer_mentions') }} where intents && array['wish', 'request']
),

items as (
    select
        cells.bank_id,
        cells.story_id,
        cells.first_day,
        wishes.mention_id,
        wishes.brand_mention_id,
        null::uuid as case_id,
        wishes.known_author_key,
        wishes.bot_likely,
        wishes.engagement,
        wishes.sentiment,
        {{ first_of(['cells.bank_id', 'cells.story_id'], 'known_author_key') }} as first_of_author
    from wishes
    inner join {{ ref('mart_wishes') }} as cells on wishes.bank_id = cells.bank_id and wishes.story_id = cells.story_id
),

{{ explain_rows('mart_wishes') }}
