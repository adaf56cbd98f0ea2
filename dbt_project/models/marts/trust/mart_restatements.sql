with publications as (
    select * from {{ source('ops', 'publications') }}
),

cells as (
    select * from {{ source('ops', 'published_cells') }}
),

moved as (
    select
        cells.publication_id,
        publications.published_at,
        cells.mart,
        cells.cell_id,
        cells.cell,
        cells.last_day,
        cells.causes,
        cells.numbers,
        earlier.publication_id as previous_publication_id,
        earlier.numbers as previous_numbers
    from cells
    inner join publications on cells.publication_id = publications.publication_id
    left join cells as earlier
        on cells.mart = earlier.mart and cells.cell_id = earlier.cell_id and cells.publication_id = earlier.superseded_by
    where cells.causes <> '{}'
),

-- The publication before it, whatever changed then: what readers saw until this one.
seen as (
    select
        moved.*,
        before.published_at as previous_published_at,
        (before.as_of at time zone settings.timezone)::date <= moved.last_day as was_provisional
    from moved
    cross join {{ ref('stg_settings') }} as settings
    inner join lateral (
        select
            publications.published_at,
            publications.as_of
        from publications
        where publications.publication_id < moved.publication_id
        order by publications.publication_id desc
        limit 1
    ) as before on true
),

metrics as (
    select
        seen.publication_id,
        seen.mart,
        seen.cell_id,
        named.metric,
        (seen.previous_numbers ->> named.metric)::double precision as from_value,
        (seen.numbers ->> named.metric)::double precision as to_value
    from seen
    cross join lateral (
        select jsonb_object_keys(coalesce(seen.numbers, seen.previous_numbers)) as metric
    ) as named
    where
        seen.numbers -> named.metric is distinct from seen.previous_numbers -> named.metric
        and 'number' in (jsonb_typeof(seen.numbers -> named.metric), jsonb_typeof(seen.previous_numbers -> named.metric))
)

select
    md5(concat_ws('|', publication_id, mart, cell_id, metrics.metric))::uuid as restatement_id,
    publication_id,
    seen.published_at,
    seen.previous_publication_id,
    seen.previous_published_at,
    mart,
    cell_id,
    seen.cell ->> 'bank_id' as bank_id,
    seen.cell ->> 'platform' as platform,
    coalesce(seen.cell ->> 'event_day', seen.cell ->> 'period_start', left(seen.cell ->> 'hour_at', 10))::date as period_start,
    seen.cell,
    metrics.metric,
    metrics.from_value,
    metrics.to_value,
    metrics.to_value - metrics.from_value as difference,
    seen.causes,
    seen.was_provisional
from metrics
inner join seen using (publication_id, mart, cell_id)
