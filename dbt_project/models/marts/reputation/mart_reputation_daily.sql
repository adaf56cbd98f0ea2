{%- set rates = {
    'positive': 'sentiment_count',
    'neutral': 'sentiment_count',
    'negative': 'sentiment_count',
    'net_sentiment': 'sentiment_count',
    'polarity_balance': 'polar_count',
    'engagement_known': 'mention_count',
    'reach_known': 'unique_authors',
} %}
with settings as (
    select min_n from {{ ref('stg_settings') }}
),

quality as (
    select * from {{ ref('stg_classifier_quality') }}
),

brand_mentions as (
    select * from (select * from {{ ref('fct_brand_mentions') }} {{ within(scope_days()) }}) as known where not is_official
),

cells as (
    select
        bank_id,
        coalesce(platform, 'all') as platform,
        coalesce(language, 'all') as language,
        event_day,
        count(*) as mention_count,
        count(*) filter (where not bot_likely) as mention_count_without_bots,
        count(distinct story_id) as story_count,
        count(distinct story_id) filter (where not bot_likely) as story_count_without_bots,
        count(distinct author_key) filter (where author_id is not null) as unique_authors,
        count(distinct author_key) filter (where author_id is not null and not bot_likely)
            as unique_authors_without_bots,
        count(*) filter (where author_id is null) as mentions_without_author,
        {% for label in ['positive', 'neutral', 'negative'] -%}
            count(*) filter (where sentiment = '{{ label }}') as {{ label }}_count,
            count(*) filter (where sentiment = '{{ label }}' and not bot_likely) as {{ label }}_count_without_bots,
        {% endfor -%}
        count(engagement) as engagement_known_count,
        sum(engagement)::bigint as engagement
    from brand_mentions
    group by bank_id, event_day, cube (platform, language)
),

-- Each author's part in each cell: n_a items with a sentiment, net d_a, and largest audience. An unknown author is one's own.
authors as (
    select
        bank_id,
        coalesce(platform, 'all') as platform,
        coalesce(language, 'all') as language,
        event_day,
        author_key,
        count(sentiment) as n_a,
        count(*) filter (where sentiment = 'positive') - count(*) filter (where sentiment = 'negative') as d_a,
        max(author_followers) filter (where author_id is not null) as followers
    from brand_mentions
    group by bank_id, event_day, author_key, cube (platform, language)
),

author_cells as (
    select
        bank_id,
        platform,
        language,
        event_day,
        count(*) filter (where n_a > 0) as m,
        sum(d_a * d_a) as sum_dd,
        sum(d_a * n_a) as sum_dn,
        sum(n_a * n_a) as sum_nn,
        count(followers) as reach_known_count,
        sum(followers) as reach_upper
    from authors
    group by bank_id, platform, language, event_day
),

counted as (
    select
        cells.*,
        author_cells.m as sentiment_author_count,
        author_cells.reach_known_count,
        author_cells.reach_upper,
        cells.positive_count + cells.neutral_count + cells.negative_count as sentiment_count,
        cells.positive_count + cells.negative_count as polar_count,
        cells.positive_count - cells.negative_count as net_count,
        cells.mention_count - cells.mentions_without_author as mentions_with_author,
        greatest(cells.positive_count, cells.neutral_count, cells.negative_count) as largest_count,
        author_cells.sum_dd,
        author_cells.sum_dn,
        author_cells.sum_nn
    from cells
    inner join author_cells using (bank_id, platform, language, event_day)
),

-- m/(m-1) * sum_a (d_a - r n_a)^2 / T^2 with r = D/T, expanded over whole numbers: exact, whatever the order of rows.
net as (
    select
        counted.*,
        case when sentiment_author_count >= 2 and largest_count < sentiment_count then sqrt(
            (
                sentiment_author_count * (
                    sentiment_count::numeric * sentiment_count * sum_dd
                    - 2::numeric * sentiment_count * net_count * sum_dn
                    + net_count::numeric * net_count * sum_nn
                )
            )::double precision
            / (sentiment_author_count - 1)
        ) / sentiment_count / sentiment_count end as net_standard_error
    from counted
),

-- Rogan-Gladen 1978, within one language: se and sp are measured by language.
corrected as (
    select
        net.*,
        quality.sensitivity + quality.specificity - 1 as youden,
        net.negative_count::double precision / nullif(net.sentiment_count, 0) as q,
        quality.sensitivity as se,
        quality.sensitivity_n as n_se,
        quality.specificity as sp,
        quality.specificity_n as n_sp
    from net
    left join quality
        on net.language = quality.language and quality.sensitivity + quality.specificity > 1.1
),

prevalence as (
    select
        corrected.*,
        case when youden is not null and q is not null then least(1.0, greatest(0.0, (q + sp - 1) / youden)) end as p
    from corrected
),

estimated as (
    select
        prevalence.*,
        1.959963984540054::double precision * sqrt(
            q * (1 - q) / nullif(sentiment_count, 0)
            + p * p * se * (1 - se) / n_se
            + (1 - p) * (1 - p) * sp * (1 - sp) / n_sp
        ) / youden as p_margin
    from prevalence
)

select
    md5(concat_ws('|', bank_id, platform, language, event_day))::uuid as reputation_id,
    bank_id,
    platform,
    language,
    event_day,
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
    reach_upper::bigint as reach_upper,
    reach_known_count,
    {{ share_rate('reach_known', 'reach_known_count', 'unique_authors') }},
    sentiment_count,
    {% for label in ['positive', 'neutral', 'negative'] -%}
        {{ label }}_count,
        {{ label }}_count_without_bots,
        {{ share_rate(label, label ~ '_count', 'sentiment_count') }},
    {% endfor -%}
    sentiment_author_count,
    case when sentiment_count >= min_n then 100.0::double precision * net_count / sentiment_count end as net_sentiment,
    case when sentiment_count >= min_n and net_standard_error is not null then greatest(
        -100.0,
        100.0::double precision * net_count / sentiment_count - 195.9963984540054::double precision * net_standard_error
    ) end as net_sentiment_lower,
    case when sentiment_count >= min_n and net_standard_error is not null then least(
        100.0,
        100.0::double precision * net_count / sentiment_count + 195.9963984540054::double precision * net_standard_error
    ) end as net_sentiment_upper,
    polar_count,
    case when polar_count >= min_n then 100.0::double precision * net_count / polar_count end as polarity_balance,
    case when sentiment_count >= min_n then 100.0 * p end as negative_pct_corrected,
    case when sentiment_count >= min_n and p is not null then 100.0 * greatest(0.0, p - p_margin) end as negative_pct_corrected_lower,
    case when sentiment_count >= min_n and p is not null then 100.0 * least(1.0, p + p_margin) end as negative_pct_corrected_upper,
    {{ suppression_columns(rates) }}
from estimated
cross join settings
