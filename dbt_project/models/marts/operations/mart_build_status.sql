-- One row: what stands in the tables of the marts now, and whether the gate has looked at it; as warehouse/publish.py judges it (standing).
with building as (
    select is_unfinished from {{ source('ops', 'mart_building') }}
),

builds as (
    select as_of, begun_at, finished_at from {{ source('ops', 'mart_builds') }}
),

newest_run as (
    select run_id
    from {{ source('quality', 'results') }}
    where layer = 'marts'
    order by ran_at desc
    limit 1
),

gates as (
    select
        max(results.ran_at) as ran_at,
        max(results.build_finished_at) as build_finished_at,
        bool_and(results.success) filter (where results.severity = 'batch') as has_passed,
        count(*) filter (where results.severity = 'batch' and not results.success) as failed_check_count
    from {{ source('quality', 'results') }} as results
    inner join newest_run on results.run_id = newest_run.run_id
    where results.layer = 'marts'
),

publications as (
    select
        publication_id,
        published_at,
        as_of
    from {{ source('ops', 'publications') }}
    order by publication_id desc
    limit 1
),

judged as (
    select
        building.is_unfinished,
        builds.as_of,
        builds.begun_at,
        builds.finished_at,
        gates.ran_at,
        gates.has_passed,
        gates.failed_check_count,
        -- The gate notes which build it looks at before it does.
        coalesce(gates.build_finished_at = builds.finished_at and not building.is_unfinished, false) as is_looked_at
    from building
    cross join gates
    left join builds on true
)

select
    judged.as_of,
    judged.begun_at,
    case when not judged.is_unfinished then judged.finished_at end as finished_at,
    case
        when judged.is_unfinished then 'building'
        when judged.finished_at is null then 'none'
        else 'finished'
    end as build,
    case
        when not judged.is_looked_at then 'pending'
        when judged.has_passed then 'passed'
        else 'refused'
    end as gate,
    coalesce(judged.is_looked_at and judged.has_passed, false) as is_gated,
    case when judged.is_looked_at then judged.ran_at end as gated_at,
    case when judged.is_looked_at then judged.failed_check_count end as failed_check_count,
    case when judged.is_looked_at then 'after the next build' else 'after this build' end as next_gate,
    judged.ran_at as last_gate_at,
    publications.publication_id,
    publications.published_at,
    publications.as_of as published_as_of
from judged
left join publications on true
