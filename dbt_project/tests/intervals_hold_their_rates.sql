-- A rate lies in its own interval, the interval in its range, and a hidden rate says so.
{%- set care = [
    'response_rate', 'in_channel_resolution', 'confirmed_resolution', 'canned_answer', 'repeat_contact', 'peer_answer',
    'handled_negative', 'misdirected', 'help_share',
] %}
{%- set moods = ['positive', 'neutral', 'negative', 'engagement_known', 'reach_known'] %}
{%- set rates_of = {
    'mart_official_posts': ['help_share', 'canned_answer', 'engagement_known'],
    'mart_topics_daily': ['negative', 'share_of_mentions'],
    'mart_misdirected': ['share_of_addressing'],
    'mart_handled_negative': ['handled_negative'],
    'mart_customer_care': care,
    'mart_reputation_daily': moods,
    'mart_reputation_periods': moods,
} %}
with rates as (
    {% for mart, names in rates_of.items() -%}
        {% for name in names -%}
            select
                {{ name }}_pct as rate,
                {{ name }}_pct_lower as lower_bound,
                {{ name }}_pct_upper as upper_bound,
                suppressed_reason
            from {{ ref(mart) }}
            union all
        {% endfor -%}
    {% endfor -%}
    select
        truncated_pct as rate,
        truncated_pct_lower as lower_bound,
        truncated_pct_upper as upper_bound,
        suppressed_reason
    from {{ ref('mart_freshness') }}
    union all
    select
        share_of_voice_pct as rate,
        share_of_voice_pct_lower as lower_bound,
        share_of_voice_pct_upper as upper_bound,
        suppressed_reason
    from {{ ref('mart_share_of_voice') }}
)

select *
from rates
where
    rate not between lower_bound - 1e-9 and upper_bound + 1e-9
    or lower_bound < 0
    or upper_bound > 100
    or (rate is null) <> (lower_bound is null)
    or (rate is null and suppressed_reason is distinct from 'min_n')
