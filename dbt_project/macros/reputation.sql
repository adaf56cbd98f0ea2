{#- Volume, attention and sentiment of bank × platform × language × country × `when` (the columns of a day or a period), with their roll-ups:
    what mart_reputation_daily and mart_reputation_periods have in common. Reads the CTE brand_mentions, which has those columns, country never NULL. -#}
{% macro reputation_ctes(when) -%}
{%- set labels = ['positive', 'neutral', 'negative'] -%}
{%- set cell = ['bank_id', 'platform', 'language', 'country'] + when -%}
{%- set shown -%}
        bank_id,
        coalesce(platform, 'all') as platform,
        coalesce(language, 'all') as language,
        coalesce(country, 'all') as country,
        {{ when | join(',\n        ') }}
{%- endset -%}
{%- set suffixes = ['', '_without_bots'] -%}
{%- set added = ['mention_count', 'mention_count_without_bots', 'n_a', 'd_a', 'n_a_without_bots', 'd_a_without_bots', 'engagement_known_count', 'engagement'] -%}
{%- for label in labels -%}
    {%- set _ = added.extend([label ~ '_count', label ~ '_count_without_bots']) -%}
{%- endfor -%}
{%- set of_authors -%}
sum(mention_count)::bigint as mention_count,
        sum(mention_count_without_bots)::bigint as mention_count_without_bots,
        count(*) filter (where is_known) as unique_authors,
        count(*) filter (where is_known and mention_count_without_bots > 0) as unique_authors_without_bots,
        coalesce(sum(mention_count) filter (where not is_known), 0)::bigint as mentions_without_author,
        {% for label in labels -%}
            sum({{ label }}_count)::bigint as {{ label }}_count,
            sum({{ label }}_count_without_bots)::bigint as {{ label }}_count_without_bots,
        {% endfor -%}
        sum(engagement_known_count)::bigint as engagement_known_count,
        sum(engagement)::bigint as engagement,
        {% for suffix in suffixes -%}
            {%- set n_a, d_a = 'n_a' ~ suffix, 'd_a' ~ suffix -%}
            sum({{ n_a }})::bigint as sentiment_count{{ suffix }},
            sum({{ d_a }})::bigint as net_count{{ suffix }},
            count(*) filter (where {{ n_a }} > 0) as sentiment_author_count{{ suffix }},
            sum({{ d_a }} * {{ d_a }})::bigint as sum_dd{{ suffix }},
            sum({{ d_a }} * {{ n_a }})::bigint as sum_dn{{ suffix }},
            sum({{ n_a }} * {{ n_a }})::bigint as sum_nn{{ suffix }},
        {% endfor -%}
        count(followers) as reach_known_count,
        sum(followers) as reach_upper
{%- endset -%}
{%- set summed = ['mention_count', 'mention_count_without_bots', 'unique_authors', 'unique_authors_without_bots', 'mentions_without_author',
                  'engagement_known_count', 'engagement', 'reach_known_count'] -%}
{%- for suffix in suffixes -%}
    {%- set _ = summed.extend(['sentiment_count' ~ suffix, 'net_count' ~ suffix, 'sentiment_author_count' ~ suffix,
                               'sum_dd' ~ suffix, 'sum_dn' ~ suffix, 'sum_nn' ~ suffix]) -%}
{%- endfor -%}
{%- for label in labels -%}
    {%- set _ = summed.extend([label ~ '_count', label ~ '_count_without_bots']) -%}
{%- endfor -%}
settings as (
    select min_n from {{ ref('stg_settings') }}
),

{% for label in corrected_labels() -%}
{{ label }}_quality as (
    select * from {{ ref('int_bank_quality') }} where label = '{{ label }}'
),

{% endfor -%}
-- Each author's items of one platform, language and country: n_a with a sentiment, net d_a, largest audience. An unknown author is one's own.
-- Most authors have one such part only, which counts in each roll-up as it is; of others each roll-up needs the sum (`mixed`).
author_parts as (
    select
        bank_id,
        platform,
        language,
        country,
        {{ when | join(',\n        ') }},
        author_key,
        count(*) over (partition by bank_id, {{ when | join(', ') }}, author_key) as part_count,
        bool_or(author_id is not null) as is_known,
        count(*) as mention_count,
        count(*) filter (where not bot_likely) as mention_count_without_bots,
        {% for label in labels -%}
            count(*) filter (where sentiment = '{{ label }}') as {{ label }}_count,
            count(*) filter (where sentiment = '{{ label }}' and not bot_likely) as {{ label }}_count_without_bots,
        {% endfor -%}
        count(sentiment) as n_a,
        count(*) filter (where sentiment = 'positive') - count(*) filter (where sentiment = 'negative') as d_a,
        count(sentiment) filter (where not bot_likely) as n_a_without_bots,
        count(*) filter (where sentiment = 'positive' and not bot_likely)
        - count(*) filter (where sentiment = 'negative' and not bot_likely) as d_a_without_bots,
        count(engagement) as engagement_known_count,
        sum(engagement)::bigint as engagement,
        max(author_followers) filter (where author_id is not null) as followers
    from brand_mentions
    group by bank_id, {{ when | join(', ') }}, author_key, platform, language, country
),

mixed_authors as (
    select
        {{ shown }},
        bool_or(is_known) as is_known,
        {% for count in added -%}
            sum({{ count }})::bigint as {{ count }},
        {% endfor -%}
        max(followers) as followers
    from author_parts
    where part_count > 1
    group by bank_id, {{ when | join(', ') }}, author_key, cube (platform, language, country)
),

mixed_author_cells as (
    select
        {{ cell | join(',\n        ') }},
        {{ of_authors }}
    from mixed_authors
    group by {{ cell | join(', ') }}
),

single_author_cells as (
    select
        {{ cell | join(',\n        ') }},
        {{ of_authors }}
    from author_parts
    where part_count = 1
    group by {{ cell | join(', ') }}
),

author_cells as (
    select
        {{ cell | join(',\n        ') }},
        {% for count in summed -%}
            sum({{ count }})::bigint as {{ count }},
        {% endfor -%}
        sum(reach_upper) as reach_upper
    from (
        select
            {{ cell | join(',\n            ') }},
            {{ summed | join(',\n            ') }},
            reach_upper
        from mixed_author_cells
        union all
        select
            {{ shown }},
            {% for count in summed -%}
                sum({{ count }})::bigint as {{ count }},
            {% endfor -%}
            sum(reach_upper) as reach_upper
        from single_author_cells
        group by bank_id, {{ when | join(', ') }}, cube (platform, language, country)
    ) as parted
    group by {{ cell | join(', ') }}
),

-- Stories alike: most are told in one platform, language and country.
story_parts as (
    select
        bank_id,
        platform,
        language,
        country,
        {{ when | join(',\n        ') }},
        story_id,
        count(*) over (partition by bank_id, {{ when | join(', ') }}, story_id) as part_count,
        bool_or(not bot_likely) as is_without_bots
    from brand_mentions
    group by bank_id, {{ when | join(', ') }}, story_id, platform, language, country
),

mixed_stories as (
    select
        {{ shown }},
        bool_or(is_without_bots) as is_without_bots
    from story_parts
    where part_count > 1
    group by bank_id, {{ when | join(', ') }}, story_id, cube (platform, language, country)
),

single_story_cells as (
    select
        {{ cell | join(',\n        ') }},
        count(*) as story_count,
        count(*) filter (where is_without_bots) as story_count_without_bots
    from story_parts
    where part_count = 1
    group by {{ cell | join(', ') }}
),

story_cells as (
    select
        {{ cell | join(',\n        ') }},
        sum(story_count)::bigint as story_count,
        sum(story_count_without_bots)::bigint as story_count_without_bots
    from (
        select
            {{ cell | join(',\n            ') }},
            count(*) as story_count,
            count(*) filter (where is_without_bots) as story_count_without_bots
        from mixed_stories
        group by {{ cell | join(', ') }}
        union all
        select
            {{ shown }},
            sum(story_count)::bigint as story_count,
            sum(story_count_without_bots)::bigint as story_count_without_bots
        from single_story_cells
        group by bank_id, {{ when | join(', ') }}, cube (platform, language, country)
    ) as parted
    group by {{ cell | join(', ') }}
),

counted as (
    select
        author_cells.*,
        story_cells.story_count,
        story_cells.story_count_without_bots,
        author_cells.positive_count + author_cells.negative_count as polar_count,
        author_cells.mention_count - author_cells.mentions_without_author as mentions_with_author,
        {% for suffix in suffixes -%}
            greatest(
                author_cells.positive_count{{ suffix }}, author_cells.neutral_count{{ suffix }}, author_cells.negative_count{{ suffix }}
            ) as largest_count{{ suffix }}{{ ',' if not loop.last }}
        {% endfor %}
    from author_cells
    inner join story_cells using ({{ cell | join(', ') }})
),

-- m/(m-1) * sum_a (d_a - r n_a)^2 / T^2 with r = D/T, expanded over whole numbers: exact, whatever the order of rows.
net as (
    select
        counted.*,
        {% for suffix in suffixes -%}
            {%- set n, net, m = 'sentiment_count' ~ suffix, 'net_count' ~ suffix, 'sentiment_author_count' ~ suffix -%}
            case when {{ m }} >= 2 and largest_count{{ suffix }} < {{ n }} then sqrt(
                (
                    {{ m }} * (
                        {{ n }}::numeric * {{ n }} * sum_dd{{ suffix }}
                        - 2::numeric * {{ n }} * {{ net }} * sum_dn{{ suffix }}
                        + {{ net }}::numeric * {{ net }} * sum_nn{{ suffix }}
                    )
                )::double precision
                / ({{ m }} - 1)
            ) / {{ n }} / {{ n }} end as net_standard_error{{ suffix }}{{ ',' if not loop.last }}
        {% endfor %}
    from counted
),

-- Rogan-Gladen 1978 within one language; what lies between banks is kept apart. Windows instead of joins of cells to cells, which no statistics help.
measured as (
    select
        net.*,
        {% for label in corrected_labels() -%}
            {%- set quality = label ~ '_quality' -%}
            {{ quality }}.basis as {{ label }}_own_basis,
            {{ quality }}.evaluation_id as {{ label }}_evaluation_id,
            {{ quality }}.sensitivity as {{ label }}_sensitivity,
            {{ quality }}.specificity as {{ label }}_specificity,
            {{ quality }}.is_spread_measured as {{ label }}_is_spread_measured,
            {{ quality }}.sensitivity_spread as {{ label }}_sensitivity_spread,
            {{ quality }}.specificity_spread as {{ label }}_specificity_spread,
            {{ quality }}.sensitivity + {{ quality }}.specificity - 1 as {{ label }}_youden,
            {{ quality }}.sensitivity * (1 - {{ quality }}.sensitivity) / {{ quality }}.sensitivity_n as {{ label }}_sensitivity_variance,
            {{ quality }}.specificity * (1 - {{ quality }}.specificity) / {{ quality }}.specificity_n as {{ label }}_specificity_variance,
            net.{{ label }}_count::double precision / nullif(net.sentiment_count, 0) as {{ label }}_q{{ ',' if not loop.last }}
        {% endfor %}
    from net
    {% for label in corrected_labels() -%}
    left join {{ label }}_quality
        on net.language <> 'all' and net.language = {{ label }}_quality.language and net.bank_id = {{ label }}_quality.bank_id
    {% endfor %}
),

shares as (
    select
        measured.*,
        {% for label in corrected_labels() -%}
            case when {{ label }}_q is not null and {{ label }}_youden is not null then
                least(1.0, greatest(0.0, ({{ label }}_q + {{ label }}_specificity - 1) / {{ label }}_youden))
            end as {{ label }}_own_p{{ ',' if not loop.last }}
        {% endfor %}
    from measured
),

variances as (
    select
        shares.*,
        {% for label in corrected_labels() -%}
            {%- set p = label ~ '_own_p' -%}
            (
                {{ label }}_q * (1 - {{ label }}_q) / nullif(sentiment_count, 0)
                + {{ p }} * {{ p }} * {{ label }}_sensitivity_variance + (1 - {{ p }}) * (1 - {{ p }}) * {{ label }}_specificity_variance
            ) / ({{ label }}_youden * {{ label }}_youden) as {{ label }}_variance,
            ({{ p }} * {{ p }} * {{ label }}_sensitivity_spread + (1 - {{ p }}) * (1 - {{ p }}) * {{ label }}_specificity_spread)
            / ({{ label }}_youden * {{ label }}_youden) as {{ label }}_spread,
            case when {{ p }} is not null then sentiment_count end as {{ label }}_own_count{{ ',' if not loop.last }}
        {% endfor %}
    from shares
),

-- All languages: strata of which none shares its measurement with another, so that their variances add.
strata as (
    select
        variances.*,
        {% for label in corrected_labels() -%}
            sum({{ label }}_own_count) over languages as {{ label }}_strata_count,
            sum({{ label }}_own_count * {{ label }}_own_p) over languages as {{ label }}_strata_share,
            sum({{ label }}_own_count::double precision * {{ label }}_own_count * ({{ label }}_variance + {{ label }}_spread)) over languages
                as {{ label }}_strata_variance,
            min({{ label }}_own_basis) filter (where {{ label }}_own_count is not null) over languages as {{ label }}_first_basis,
            max({{ label }}_own_basis) filter (where {{ label }}_own_count is not null) over languages as {{ label }}_last_basis{{ ',' if not loop.last }}
        {% endfor %}
    from variances
    window languages as (
        partition by bank_id, platform, country, {{ when | join(', ') }}
        order by language rows between unbounded preceding and unbounded following
    )
),

corrected as (
    select
        strata.*,
        {% for label in corrected_labels() -%}
            case when language = 'all' then {{ label }}_strata_count else {{ label }}_own_count end::bigint as {{ label }}_known_count,
            case when language = 'all' then {{ label }}_strata_share / {{ label }}_strata_count else {{ label }}_own_p end as {{ label }}_p,
            case
                when language = 'all' then sqrt({{ label }}_strata_variance) / {{ label }}_strata_count
                else sqrt({{ label }}_variance + case when {{ label }}_is_spread_measured then {{ label }}_spread else 0 end)
            end as {{ label }}_standard_error,
            case
                when language <> 'all' then {{ label }}_own_basis
                when {{ label }}_first_basis = {{ label }}_last_basis then {{ label }}_first_basis
                else 'mixed'
            end as {{ label }}_any_basis{{ ',' if not loop.last }}
        {% endfor %}
    from strata
),

estimated as (
    select
        corrected.*,
        {% for label in corrected_labels() -%}
            {{ label }}_known_count::double precision / nullif(sentiment_count, 0) as {{ label }}_measured_share,
            {{ label }}_known_count >= {{ enough_measured() }} * sentiment_count as {{ label }}_is_measured{{ ',' if not loop.last }}
        {% endfor %}
    from corrected
)
{%- endmacro %}

{#- The published columns after the keys, over the CTEs above. -#}
{% macro reputation_columns() -%}
    sentiment_count as n,
    mention_count,
    mention_count_without_bots,
    story_count,
    story_count_without_bots,
    unique_authors,
    unique_authors_without_bots,
    mentions_without_author,
    mentions_with_author::double precision / nullif(unique_authors, 0) as passion,
    engagement,
    engagement_known_count,
    {{ share_rate('engagement_known', 'engagement_known_count', 'mention_count') }},
    case when reach_known_count >= min_n then reach_upper::bigint end as reach_upper, -- of few it would be a person's own
    reach_known_count,
    {{ share_rate('reach_known', 'reach_known_count', 'unique_authors') }},
    sentiment_count,
    {% for label in ['positive', 'neutral', 'negative'] -%}
        {{ label }}_count,
        {{ label }}_count_without_bots,
        {{ share_rate(label, label ~ '_count', 'sentiment_count') }},
    {% endfor -%}
    sentiment_author_count,
    {{ net_sentiment_columns() }},
    polar_count,
    case when polar_count >= min_n then 100.0::double precision * net_count / polar_count end as polarity_balance,
    {% for label in corrected_labels() -%}
        {{ corrected_columns(label, 'sentiment_count') }},
    {% endfor -%}
    {{ suppression_columns({
        'positive': 'sentiment_count',
        'neutral': 'sentiment_count',
        'negative': 'sentiment_count',
        'net_sentiment': 'sentiment_count',
        'polarity_balance': 'polar_count',
        'engagement_known': 'mention_count',
        'reach_known': 'unique_authors',
        'net_sentiment_without_bots': 'sentiment_count_without_bots',
    }) }},
    country,
    {% for label in corrected_labels() -%}
        case when {{ label }}_is_measured then {{ label }}_known_count end as {{ label }}_measured_count,
        case when {{ label }}_is_measured then {{ label }}_sensitivity end as {{ label }}_sensitivity,
        case when {{ label }}_is_measured then {{ label }}_specificity end as {{ label }}_specificity,
        case when {{ label }}_is_measured then {{ label }}_any_basis end as {{ label }}_basis,
        case when {{ label }}_is_measured then {{ label }}_evaluation_id end as {{ label }}_evaluation_id,
    {% endfor -%}
    sentiment_count_without_bots,
    {{ net_sentiment_columns('_without_bots') }}
{%- endmacro %}

{#- Net sentiment and its interval, of all items or of those that are not by likely bots. -#}
{% macro net_sentiment_columns(suffix='') -%}
    {%- set n, half = 'sentiment_count' ~ suffix, '195.9963984540054::double precision * net_standard_error' ~ suffix -%}
    {%- set point = '100.0::double precision * net_count' ~ suffix ~ ' / ' ~ n -%}
    case when {{ n }} >= min_n then {{ point }} end as net_sentiment{{ suffix }},
    case when {{ n }} >= min_n and net_standard_error{{ suffix }} is not null then greatest(
        -100.0,
        {{ point }} - {{ half }}
    ) end as net_sentiment{{ suffix }}_lower,
    case when {{ n }} >= min_n and net_standard_error{{ suffix }} is not null then least(
        100.0,
        {{ point }} + {{ half }}
    ) end as net_sentiment{{ suffix }}_upper
{%- endmacro %}

{#- The CTE items of the bridges of mart_reputation_daily and mart_reputation_periods: brand mentions under each roll-up of their cell.
    `when`: event_day alone, or period.period_type and period.period_start: the week and the month. -#}
{% macro reputation_items(when) -%}
{%- set cell = ['bank_id', 'shown.platform', 'tongue.language', 'land.country'] + when -%}
items as (
    select
        brand_mentions.bank_id,
        shown.platform,
        tongue.language,
        land.country,
        {% for column in when %}{{ column }}, {% endfor %}
        brand_mentions.mention_id,
        brand_mentions.brand_mention_id,
        null::uuid as case_id,
        brand_mentions.author_id,
        brand_mentions.author_followers,
        brand_mentions.sentiment,
        brand_mentions.engagement,
        brand_mentions.bot_likely,
        {{ first_of(cell, 'story_id') }} as first_of_story,
        {{ first_of(cell, 'story_id', 'bot_likely') }} as first_of_story_without_bots,
        {{ first_of(cell, 'author_key') }} as first_of_author,
        {{ first_of(cell, 'author_key', 'bot_likely') }} as first_of_author_without_bots,
        {{ first_of(cell, 'author_key', 'sentiment is null') }} as first_of_author_with_sentiment,
        case when row_number() over (
            partition by {{ cell | join(', ') }}, author_key
            order by author_followers desc nulls last, mention_id
        ) = 1 then 1 else 0 end as widest_of_author
    from {{ ref('fct_brand_mentions') }} as brand_mentions
    cross join lateral {{ with_rollup('brand_mentions.platform') }} as shown (platform)
    cross join lateral {{ with_rollup('brand_mentions.language') }} as tongue (language)
    cross join lateral {{ with_rollup("coalesce(brand_mentions.country, 'unknown')") }} as land (country)
    {% if when == ['event_day'] -%}
        where not brand_mentions.is_official
    {%- else -%}
        cross join lateral {{ periods_of('brand_mentions.event_day') }} as period (period_type, period_start)
        where not brand_mentions.is_official and period.period_type <> 'day'
    {%- endif %}
),
{%- endmacro %}
