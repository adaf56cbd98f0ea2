with settings as (
    select timezone from {{ ref('stg_settings') }}
),

outcomes as (
    select * from {{ ref('int_batch_outcomes') }}
),

baselines as (
    select * from {{ ref('int_coverage_baselines') }}
),

hours as (
    select
        source_id,
        platform,
        hour_at,
        count(*) as batch_count,
        count(*) filter (where status = 'failed') as failed_count,
        count(*) filter (where status = 'stopped') as stopped_count,
        sum(requests)::bigint as request_count,
        sum(items_promised)::bigint as items_promised,
        -- Run by run: what one gets beyond its promise must not hide what another lacks.
        sum(least(items_returned, items_promised)) filter (where items_promised is not null)::bigint as items_of_promised,
        sum(items_returned)::bigint as items_returned,
        sum(items_new)::bigint as items_new,
        sum(items_known)::bigint as items_known,
        sum(items_rejected)::bigint as items_rejected,
        sum(items_filtered)::bigint as items_filtered,
        sum(items_truncated)::bigint as items_truncated,
        sum(waited_seconds)::double precision as waited_seconds,
        count(*) filter (where has_gap) as gap_count,
        count(*) filter (where has_open_gap) as open_gap_count,
        string_agg(distinct gap_reason, '; ' order by gap_reason) as gap_reasons,
        bool_or(is_incomplete) as is_incomplete
    from outcomes
    group by source_id, platform, hour_at
),

based as (
    select
        hours.*,
        baselines.item_count as items_in_hour,
        baselines.observation_count as baseline_points,
        baselines.expected_count as items_expected,
        case
            when hours.items_promised is not null then 'promised'
            when baselines.is_over and baselines.expected_count > 0 then 'baseline'
        end as coverage_basis
    from hours
    inner join baselines using (source_id, platform, hour_at)
)

select
    md5(concat_ws(
        '|', source_id, platform, to_char(hour_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24')
    ))::uuid as source_coverage_id,
    source_id,
    platform,
    hour_at,
    (hour_at at time zone settings.timezone)::date as local_day,
    batch_count,
    failed_count,
    stopped_count,
    request_count,
    items_promised,
    items_of_promised,
    items_returned,
    items_new,
    items_known,
    items_rejected,
    items_filtered,
    items_truncated,
    waited_seconds,
    gap_count,
    open_gap_count,
    gap_reasons,
    items_in_hour,
    baseline_points,
    items_expected,
    case
        when coverage_basis = 'promised' and items_promised = 0 then 100.0::double precision
        when coverage_basis = 'promised' then 100.0::double precision * items_of_promised / items_promised
        when coverage_basis = 'baseline' then least(100.0, 100.0::double precision * items_in_hour / items_expected)
    end as coverage_pct,
    coverage_basis,
    is_incomplete
from based
cross join settings
