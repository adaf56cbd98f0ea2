-- The cases behind a cell: what was opened or ended in the period, and what waited when it began or ended.
with settings as (
    select timezone from {{ ref('stg_settings') }}
),

cases as (
    select
        fct_cases.*,
        (least(fct_cases.first_response_at, fct_cases.closed_at) at time zone settings.timezone)::date as ended_day
    from {{ ref('fct_cases') }} as fct_cases
    cross join settings
),

cells as (
    select
        bank_id,
        platform,
        period_type,
        period_start,
        (period_start + {{ period_length('period_type') }})::date as next_start
    from {{ ref('mart_backlog') }}
),

items as (
    select
        cells.bank_id,
        cells.platform,
        cells.period_type,
        cells.period_start,
        cases.opening_mention_id as mention_id,
        null::uuid as brand_mention_id,
        cases.case_id,
        cases.opened_day >= cells.period_start as is_opened,
        coalesce(cases.ended_day < cells.next_start, false) as is_ended
    from cells
    inner join cases
        on
            cells.bank_id = cases.bank_id
            and cells.platform in ('all', cases.platform)
            and cells.next_start > cases.opened_day
            and (cases.ended_day is null or cells.period_start <= cases.ended_day)
),

{{ explain_rows('mart_backlog') }}
