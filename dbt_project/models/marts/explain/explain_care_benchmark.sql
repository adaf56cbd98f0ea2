{%- set seconds = 'first_response_seconds_average' %}
with banks as (
    select bank_id from {{ ref('dim_bank') }} where is_home or is_competitor
),

-- Shares in percent of their n; of the mean response each answered case is one of n, with its seconds.
measured as (
    select
        made.bank_id,
        made.platform,
        made.period_type,
        made.period_start,
        case made.metric when '{{ seconds }}' then 'first_response_seconds' else left(made.metric, -length('_pct')) end as measure,
        made.mention_id,
        made.brand_mention_id,
        made.case_id,
        case made.part when 'denominator' then made.value when 'sample' then 1 end as counted,
        case made.part when 'numerator' then 100 * made.value when 'sample' then made.value end as total
    from {{ ref('explain_customer_care') }} as made
    inner join banks on made.bank_id = banks.bank_id
    where made.metric = '{{ seconds }}' or made.metric like '%\_pct'
),

cells as (
    select
        bank_id,
        other_bank_id,
        metric as measure,
        platform,
        period_type,
        period_start
    from {{ ref('mart_care_benchmark') }}
),

{% for name, condition in [
    ('own_items', 'measured.bank_id = cells.bank_id'),
    ('other_items', "measured.bank_id <> cells.bank_id and cells.other_bank_id in (measured.bank_id, 'all')"),
] -%}
    {{ name }} as (
        select
            cells.*,
            measured.mention_id,
            measured.brand_mention_id,
            measured.case_id,
            measured.counted,
            measured.total
        from cells
        inner join measured
            on
                {{ condition }}
                and cells.measure = measured.measure
                and cells.platform = measured.platform
                and cells.period_type = measured.period_type
                and cells.period_start = measured.period_start
    ),

{% endfor -%}

{{ explain_rows('mart_care_benchmark') }}
