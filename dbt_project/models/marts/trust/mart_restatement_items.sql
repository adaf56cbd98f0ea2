with cells as (
    select * from {{ source('ops', 'published_cells') }} where causes <> '{}'
),

items as (
    select * from {{ source('ops', 'published_mentions') }} where cause is not null
)

select
    cells.publication_id,
    cells.mart,
    cells.cell_id,
    items.mention_id,
    items.cause,
    items.is_counted,
    items.version,
    items.topic_ids as topics
from cells
inner join items on cells.publication_id = items.publication_id
where
    exists (
        select 1
        from jsonb_array_elements_text(items.touched -> 'days') as touched_day (day)
        where touched_day.day::date between cells.first_day and cells.last_day
    )
    and exists (
        select 1
        from jsonb_array_elements_text(items.touched -> 'platforms') as shown (platform)
        cross join jsonb_array_elements_text(items.touched -> 'languages') as tongue (language)
        left join jsonb_array_elements_text(items.touched -> 'bank_ids') as named (bank_id) on true
        left join jsonb_array_elements_text(items.touched -> 'topic_ids') as about (topic_id) on true
        left join jsonb_array_elements_text(items.touched -> 'countries') as land (country) on true
        left join jsonb_array_elements_text(items.touched -> 'campaigns') as labelled (campaign) on true
        left join jsonb_array_elements_text(items.touched -> 'stories') as told (story) on true
        where ops.is_of_cell(
            cells.mart, cells.cell, named.bank_id, shown.platform, tongue.language, about.topic_id, land.country, labelled.campaign,
            told.story
        )
    )
