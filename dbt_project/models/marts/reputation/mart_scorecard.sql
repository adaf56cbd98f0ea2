{%- set care = [
    'response_rate', 'in_channel_resolution', 'confirmed_resolution', 'canned_answer', 'repeat_contact', 'peer_answer', 'handled_negative',
    'misdirected', 'help_share',
] -%}
{%- set labels = ['positive', 'neutral', 'negative'] -%}
with settings as (
    select
        min_n,
        (as_of at time zone timezone)::date as today
    from {{ ref('stg_settings') }}
),

targets as (
    select * from {{ source('config', 'targets') }}
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
        where {{ name }}_denominator > 0 {{ and_within(in_periods(with_prior(moving_periods(scored_periods())))) }}
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
    where share_of_voice_denominator > 0 {{ and_within(in_periods(with_prior(moving_periods(scored_periods())))) }}
),

measured as (
    select
        shares.area,
        shares.metric,
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
),

published as (
    select
        measured.area,
        measured.metric,
        measured.bank_id,
        measured.platform,
        measured.period_type,
        measured.period_start,
        measured.numerator,
        measured.n,
        case when measured.n >= settings.min_n then measured.value end as value,
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
            and {{ in_periods(with_prior(moving_periods(scored_periods()))) }}
    {%- endif %}
)

select
    md5(concat_ws(
        '|', published.metric, published.bank_id, published.platform, published.period_type, published.period_start
    ))::uuid as scorecard_id,
    published.area,
    published.metric,
    published.bank_id,
    published.platform,
    published.period_type,
    published.period_start,
    published.is_period_over,
    published.numerator,
    published.n,
    published.value,
    published.value_lower,
    published.value_upper,
    coalesce(earlier.n, 0) as prior_n,
    earlier.value as prior_value,
    published.value - earlier.value as difference,
    published.value - earlier.value
    - sqrt((published.value - published.value_lower) ^ 2 + (earlier.value_upper - earlier.value) ^ 2) as difference_lower,
    published.value - earlier.value
    + sqrt((published.value_upper - published.value) ^ 2 + (earlier.value - earlier.value_lower) ^ 2) as difference_upper,
    targets.target,
    targets.wanted,
    case targets.wanted
        when 'at_least' then published.value >= targets.target
        when 'at_most' then published.value <= targets.target
    end as is_met,
    case when published.n < settings.min_n then 'min_n' end as suppressed_reason
from published
cross join settings
left join published as earlier
    on
        published.metric = earlier.metric
        and published.bank_id = earlier.bank_id
        and published.platform = earlier.platform
        and published.period_type = earlier.period_type
        and (published.period_start - {{ period_length('published.period_type') }})::date = earlier.period_start
left join targets on published.metric = targets.metric and published.bank_id = targets.bank_id
