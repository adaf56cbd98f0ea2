with answers as (
    select * from {{ ref('int_impostor_answers') }}
),

mentions as (
    select mention_id, event_at from {{ ref('fct_mentions') }}
),

look_alikes as (
    select
        answers.bank_id,
        answers.platform,
        answers.handle as account,
        answers.event_day,
        count(*) as item_count,
        min(mentions.event_at) as first_item_at
    from answers
    inner join mentions on answers.mention_id = mentions.mention_id
    group by answers.bank_id, answers.platform, answers.handle, answers.event_day
),

days as materialized ( -- or the planner may ask for a tail probability, or a share, of days that nobody can judge: ln(0), n/0
    select
        official_days.*,
        marts.tail_probability(item_count, past_mean, past_variance * (1 + 1 / 28.0::double precision)) as tail_probability
    from {{ ref('int_official_days') }} as official_days
    where is_judged
),

judged as (
    select
        days.*,
        tail_probability <= 0.001 as is_rate_unlike,
        unusual_hour_count >= 3 as is_hour_unlike,
        item_count >= 5 and (
            {{ wilson_pct('link_item_count', 'item_count', '-') }} > {{ wilson_pct('past_link_item_count', 'past_item_count', '+') }}
            or {{ wilson_pct('link_item_count', 'item_count', '+') }} < {{ wilson_pct('past_link_item_count', 'past_item_count', '-') }}
        ) as is_link_share_unlike
    from days
)

select
    md5(concat_ws('|', 'look_alike', bank_id, platform, account, event_day))::uuid as impersonation_id,
    bank_id,
    'look_alike' as kind,
    platform,
    account,
    event_day,
    null as reasons,
    item_count,
    first_item_at,
    null::bigint as past_item_count,
    null::double precision as tail_probability,
    null::bigint as unusual_hour_count,
    null::bigint as link_item_count,
    null::bigint as past_link_item_count
from look_alikes
union all
select
    md5(concat_ws('|', 'off_pattern', bank_id, platform, account, event_day))::uuid as impersonation_id,
    bank_id,
    'off_pattern' as kind,
    platform,
    account,
    event_day,
    concat_ws(
        ', ',
        case when is_rate_unlike then 'rate' end,
        case when is_hour_unlike then 'hours' end,
        case when is_link_share_unlike then 'links' end
    ) as reasons,
    item_count,
    first_item_at,
    past_item_count,
    tail_probability,
    unusual_hour_count,
    link_item_count,
    past_link_item_count
from judged
where is_rate_unlike or is_hour_unlike or is_link_share_unlike
