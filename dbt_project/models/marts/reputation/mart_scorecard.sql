{%- set care = [
    'response_rate', 'in_channel_resolution', 'confirmed_resolution', 'canned_answer', 'repeat_contact', 'peer_answer', 'handled_negative',
    'misdirected', 'help_share',
] -%}
{%- set labels = ['positive', 'neutral', 'negative'] -%}
{%- set looked_at = in_periods(with_prior(moving_periods(scored_periods()))) -%}
with settings as (
    select
        min_n,
        (as_of at time zone timezone)::date as today
    from {{ ref('stg_settings') }}
),

targets as (
    select * from {{ source('config', 'targets') }}
),

known as (
    select min(event_day) as first_day from {{ ref('fct_mentions') }}
),

brand_mentions as (
    select * from (select * from {{ ref('fct_brand_mentions') }} {{ within(scope_days_of_periods()) }}) as known
    where not is_official and sentiment is not null
),

-- Each author's part in each cell, as in mart_reputation_daily: n_a items with a sentiment, net d_a. An unknown author is one's own.
authors as (
    select
        brand_mentions.bank_id,
        coalesce(brand_mentions.platform, 'all') as platform,
        period.period_type,
        period.period_start,
        brand_mentions.author_key,
        count(*) as n_a,
        {% for label in labels -%}
            count(*) filter (where brand_mentions.sentiment = '{{ label }}') as {{ label }}_a,
        {% endfor -%}
        count(*) filter (where brand_mentions.sentiment = 'positive')
        - count(*) filter (where brand_mentions.sentiment = 'negative') as d_a
    from brand_mentions
    cross join lateral {{ periods_of('brand_mentions.event_day') }} as period (period_type, period_start)
    {{ within(scope_periods()) }}
    group by
        brand_mentions.bank_id,
        period.period_type,
        period.period_start,
        brand_mentions.author_key,
        grouping sets ((brand_mentions.platform), ())
),

sentiments as (
    select
        bank_id,
        platform,
        period_type,
        period_start,
        {% for label in labels -%}
            sum({{ label }}_a)::bigint as {{ label }}_count,
        {% endfor -%}
        sum(n_a)::bigint as n,
        sum(d_a)::bigint as net,
        count(*) as m,
        sum(d_a * d_a) as sum_dd,
        sum(d_a * n_a) as sum_dn,
        sum(n_a * n_a) as sum_nn
    from authors
    group by bank_id, platform, period_type, period_start
),

nets as (
    select
        sentiments.*,
        100.0::double precision * net / n as value,
        case when m >= 2 and greatest(positive_count, neutral_count, negative_count) < n then 195.9963984540054::double precision * sqrt((
            m * (n::numeric * n * sum_dd - 2::numeric * n * net * sum_dn + net::numeric * net * sum_nn)
        )::double precision / (m - 1)) / n / n end as half
    from sentiments
),

shares as (
    {% for name in care -%}
        select
            'care' as area,
            '{{ name }}' as metric,
            bank_id,
            platform,
            period_type,
            period_start,
            {{ name }}_numerator as numerator,
            {{ name }}_denominator as n
        from {{ ref('mart_customer_care') }}
        where {{ name }}_denominator > 0 {{ and_within(looked_at) }}
        union all
    {% endfor -%}
    {% for label in labels -%}
        select
            'reputation' as area,
            '{{ label }}' as metric,
            bank_id,
            platform,
            period_type,
            period_start,
            {{ label }}_count as numerator,
            n
        from sentiments
        union all
    {% endfor -%}
    select
        'reputation' as area,
        'share_of_voice' as metric,
        bank_id,
        platform,
        period_type,
        period_start,
        share_of_voice_numerator as numerator,
        share_of_voice_denominator as n
    from {{ ref('mart_share_of_voice') }}
    where share_of_voice_denominator > 0 {{ and_within(looked_at) }}
),

days as (
    select
        bank_id,
        platform,
        'day' as period_type,
        event_day as period_start,
        mention_count
    from {{ ref('mart_reputation_daily') }}
    where language = 'all' and country = 'all'
),

-- Counts as their marts have them: their n is the count itself.
counts as (
    select
        'care' as area,
        'backlog_at_end_count' as metric,
        bank_id,
        platform,
        period_type,
        period_start,
        backlog_at_end_count as n
    from {{ ref('mart_backlog') }}
    where backlog_at_end_count > 0 {{ and_within(looked_at) }}
    union all
    select
        'demand' as area,
        'lead_count' as metric,
        bank_id,
        platform,
        period_type,
        period_start,
        lead_count as n
    from {{ ref('mart_leads') }}
    where lead_count > 0 {{ and_within(looked_at) }}
    {% for way in ['out', 'in'] -%}
        union all
        select
            'demand' as area,
            'switch_{{ way }}_count' as metric,
            bank_id,
            'all' as platform,
            period_type,
            period_start,
            switch_{{ way }}_count as n
        from {{ ref('mart_switching') }}
        where other_bank_id = 'all' and switch_{{ way }}_count > 0 {{ and_within(looked_at) }}
    {% endfor -%}
    union all
    select
        'reputation' as area,
        'mention_count' as metric,
        bank_id,
        platform,
        period_type,
        period_start,
        mention_count as n
    from days
    {{ within(looked_at) }}
    union all
    select
        'reputation' as area,
        'mention_count' as metric,
        bank_id,
        platform,
        period_type,
        period_start,
        mention_count as n
    from {{ ref('mart_reputation_periods') }}
    where language = 'all' and country = 'all' {{ and_within(looked_at) }}
),

-- What fell to nothing has a row in the period after its last count, so that the fall is seen.
count_cells as (
    select * from counts
    union all
    select
        counts.area,
        counts.metric,
        counts.bank_id,
        counts.platform,
        counts.period_type,
        (counts.period_start + {{ period_length('counts.period_type') }})::date as period_start,
        0 as n
    from counts
    cross join settings
    left join counts as following
        on
            counts.metric = following.metric
            and counts.bank_id = following.bank_id
            and counts.platform = following.platform
            and counts.period_type = following.period_type
            and (counts.period_start + {{ period_length('counts.period_type') }})::date = following.period_start
    where counts.period_start + {{ period_length('counts.period_type') }} <= settings.today and following.n is null
),

measured as (
    select
        shares.area,
        shares.metric,
        '%' as unit,
        shares.bank_id,
        shares.platform,
        shares.period_type,
        shares.period_start,
        shares.numerator,
        shares.n,
        100.0::double precision * shares.numerator / shares.n as value,
        {{ wilson_pct('shares.numerator', 'shares.n', '-') }} as lower_bound,
        {{ wilson_pct('shares.numerator', 'shares.n', '+') }} as upper_bound
    from shares
    union all
    select
        'reputation' as area,
        'net_sentiment' as metric,
        'points' as unit,
        bank_id,
        platform,
        period_type,
        period_start,
        net as numerator,
        n,
        value,
        case when half is not null then greatest(-100.0, value - half) end as lower_bound,
        case when half is not null then least(100.0, value + half) end as upper_bound
    from nets
    union all
    select
        area,
        metric,
        'count' as unit,
        bank_id,
        platform,
        period_type,
        period_start,
        n as numerator,
        n,
        n::double precision as value,
        null::double precision as lower_bound,
        null::double precision as upper_bound
    from count_cells
    union all
    select
        'care' as area,
        'km_median_response_seconds' as metric,
        'seconds' as unit,
        bank_id,
        platform,
        period_type,
        period_start,
        answered_count as numerator,
        case_count as n,
        km_median_response_seconds as value,
        null::double precision as lower_bound,
        null::double precision as upper_bound
    from {{ ref('mart_customer_care') }}
    where case_count > 0 {{ and_within(looked_at) }}
),

published as (
    select
        measured.area,
        measured.metric,
        measured.unit,
        measured.bank_id,
        measured.platform,
        measured.period_type,
        measured.period_start,
        measured.numerator,
        measured.n,
        case when measured.n >= settings.min_n or measured.unit = 'count' then measured.value end as value,
        case when measured.n >= settings.min_n then measured.lower_bound end as value_lower,
        case when measured.n >= settings.min_n then measured.upper_bound end as value_upper,
        measured.period_start + {{ period_length('measured.period_type') }} <= settings.today as is_period_over
    from measured
    cross join settings
    {%- if var('partial', false) %}
        union all
        -- Sentiments of periods without a changed day, as they stand here.
        select
            area,
            metric,
            unit,
            bank_id,
            platform,
            period_type,
            period_start,
            numerator,
            n,
            value,
            value_lower,
            value_upper,
            period_start + {{ period_length('period_type') }} <= settings.today as is_period_over
        from {{ this }}
        cross join settings
        where
            metric in ('net_sentiment', '{{ labels | join("', '") }}')
            and not {{ scope_periods() }}
            and {{ looked_at }}
    {%- endif %}
),

-- Before a count there was nothing, unless nobody looked yet.
beside as (
    select
        published.*,
        coalesce(earlier.n, 0) as prior_n,
        case
            when published.unit <> 'count' then earlier.value
            when published.period_start > known.first_day then coalesce(earlier.value, 0)
        end as prior_value,
        earlier.value_lower as prior_lower,
        earlier.value_upper as prior_upper
    from published
    cross join known
    left join published as earlier
        on
            published.metric = earlier.metric
            and published.bank_id = earlier.bank_id
            and published.platform = earlier.platform
            and published.period_type = earlier.period_type
            and (published.period_start - {{ period_length('published.period_type') }})::date = earlier.period_start
)

select
    md5(concat_ws('|', beside.metric, beside.bank_id, beside.platform, beside.period_type, beside.period_start))::uuid as scorecard_id,
    beside.area,
    beside.metric,
    beside.bank_id,
    beside.platform,
    beside.period_type,
    beside.period_start,
    beside.is_period_over,
    beside.numerator,
    beside.n,
    beside.value,
    beside.value_lower,
    beside.value_upper,
    beside.prior_n,
    beside.prior_value,
    beside.value - beside.prior_value as difference,
    beside.value - beside.prior_value
    - sqrt((beside.value - beside.value_lower) ^ 2 + (beside.prior_upper - beside.prior_value) ^ 2) as difference_lower,
    beside.value - beside.prior_value
    + sqrt((beside.value_upper - beside.value) ^ 2 + (beside.prior_value - beside.prior_lower) ^ 2) as difference_upper,
    targets.target,
    targets.wanted,
    case targets.wanted
        when 'at_least' then beside.value >= targets.target
        when 'at_most' then beside.value <= targets.target
    end as is_met,
    case when beside.n < settings.min_n and beside.unit <> 'count' then 'min_n' end as suppressed_reason,
    beside.unit
from beside
cross join settings
left join targets
    on beside.metric = targets.metric and beside.bank_id = targets.bank_id and targets.period_type in ('all', beside.period_type)
