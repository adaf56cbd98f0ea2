-- depends_on: {{ ref('fct_mention_topics') }}
with settings as (
    select as_of, timezone from {{ ref('stg_settings') }}
),

mentions as (
    select
        mention_id,
        platform,
        event_at,
        event_day,
        has_counts_of_original
    from {{ ref('stg_mentions') }} {{ within(scope_dated_mentions()) }}
),

snapshots as (
    select
        engagement.mention_id,
        mentions.platform,
        mentions.event_day,
        engagement.observed_at,
        (engagement.observed_at at time zone settings.timezone)::date as observed_day,
        greatest(0, extract(epoch from engagement.observed_at - mentions.event_at))::double precision as age_seconds,
        {% for count in ['likes', 'shares', 'comments', 'quotes', 'views'] -%}
            case when not mentions.has_counts_of_original then engagement.{{ count }} end as {{ count }},
        {% endfor -%}
        case
            when
                not mentions.has_counts_of_original
                and num_nonnulls(engagement.likes, engagement.shares, engagement.comments, engagement.quotes) > 0
                then
                    coalesce(engagement.likes, 0) + coalesce(engagement.shares, 0)
                    + coalesce(engagement.comments, 0) + coalesce(engagement.quotes, 0)
        end as engagement
    from (select * from {{ source('core', 'engagement') }} {{ within(scope_mentions()) }}) as engagement
    inner join mentions on engagement.mention_id = mentions.mention_id
    cross join settings
    where engagement.observed_at <= settings.as_of
)

select
    md5(mention_id::text || chr(31) || to_char(observed_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'))::uuid as engagement_id,
    mention_id,
    platform,
    event_day,
    observed_at,
    observed_day,
    age_seconds,
    row_number() over earlier as snapshot_number,
    lead(observed_at) over earlier is null as is_newest,
    likes,
    shares,
    comments,
    quotes,
    views,
    engagement,
    engagement - lag(engagement) over earlier as engagement_difference
from snapshots
window earlier as (
    partition by mention_id
    order by observed_at
)
