-- Each with the publication just before it, whatever changed then: what readers saw until this one.
with publications as (
    select
        publication_id,
        published_at,
        lag(published_at) over (order by publication_id) as previous_published_at,
        lag(as_of) over (order by publication_id) as previous_as_of
    from {{ source('ops', 'publications') }}
),

-- Of marts that are open now: what was one's own to read once may be closed by today.
cells as (
    select published.*
    from {{ source('ops', 'published_cells') }} as published
    inner join {{ source('ops', 'mart_access') }} as known on published.mart = known.relation and known.access = 'open'
),

moved as (
    select
        cells.publication_id,
        publications.published_at,
        publications.previous_published_at,
        (publications.previous_as_of at time zone settings.timezone)::date <= ops.settles_on(cells.mart, cells.last_day) as was_provisional,
        cells.mart,
        cells.cell_id,
        cells.cell,
        cells.causes,
        cells.numbers,
        earlier.publication_id as previous_publication_id,
        earlier.numbers as previous_numbers
    from cells
    inner join publications on cells.publication_id = publications.publication_id
    cross join {{ ref('stg_settings') }} as settings
    left join cells as earlier
        on cells.mart = earlier.mart and cells.cell_id = earlier.cell_id and cells.publication_id = earlier.superseded_by
    where cells.causes <> '{}'
),

metrics as (
    select
        moved.publication_id,
        moved.mart,
        moved.cell_id,
        named.metric,
        (moved.previous_numbers ->> named.metric)::double precision as from_value,
        (moved.numbers ->> named.metric)::double precision as to_value
    from moved
    cross join lateral jsonb_object_keys(coalesce(moved.numbers, moved.previous_numbers)) as named (metric)
    where
        moved.numbers -> named.metric is distinct from moved.previous_numbers -> named.metric
        and 'number' in (jsonb_typeof(moved.numbers -> named.metric), jsonb_typeof(moved.previous_numbers -> named.metric))
)

select
    md5(concat_ws('|', publication_id, mart, cell_id, metrics.metric))::uuid as restatement_id,
    publication_id,
    moved.published_at,
    moved.previous_publication_id,
    moved.previous_published_at,
    mart,
    cell_id,
    moved.cell ->> 'bank_id' as bank_id,
    moved.cell ->> 'platform' as platform,
    coalesce(
        moved.cell ->> 'event_day', moved.cell ->> 'period_start', left(moved.cell ->> 'hour_at', 10), moved.cell ->> 'phase_starts',
        moved.cell ->> 'first_day'
    )::date as period_start,
    moved.cell,
    metrics.metric,
    metrics.from_value,
    metrics.to_value,
    metrics.to_value - metrics.from_value as difference,
    moved.causes,
    moved.was_provisional
from metrics
inner join moved using (publication_id, mart, cell_id)
