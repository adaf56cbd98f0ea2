with mentions as (
    select mention_id
    from (select * from {{ ref('fct_mentions') }} {{ within(scope_days_of_periods()) }}) as known
    where
        intents && array['consider']
        and not intents && array['news', 'promotion']
        and not is_official
        and not is_press
        and not is_bare_repost
),

leads as (
    select brand_mentions.*
    from (select * from {{ ref('fct_brand_mentions') }} {{ within(scope_days_of_periods()) }}) as brand_mentions
    inner join mentions on brand_mentions.mention_id = mentions.mention_id
)

select
    md5(concat_ws('|', leads.bank_id, coalesce(leads.platform, 'all'), period.period_type, period.period_start))::uuid as leads_id,
    leads.bank_id,
    coalesce(leads.platform, 'all') as platform,
    period.period_type,
    period.period_start,
    count(distinct leads.author_key) filter (where leads.author_id is not null) as lead_count,
    count(distinct leads.author_key) filter (where leads.author_id is not null and not leads.bot_likely)
        as lead_count_without_bots,
    count(*) as lead_mention_count,
    count(*) filter (where leads.author_id is null) as mentions_without_author
from leads
cross join lateral {{ periods_of('leads.event_day') }} as period (period_type, period_start)
group by leads.bank_id, period.period_type, period.period_start, grouping sets ((leads.platform), ())
