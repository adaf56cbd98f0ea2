{%- set cell = ['bank_id', 'other_bank_id', 'period.period_type', 'period.period_start'] %}
with mentions as (
    select mention_id
    from {{ ref('fct_mentions') }}
    where
        intents && array['leave']
        and not intents && array['news', 'promotion']
        and not is_official
        and not is_press
        and not is_bare_repost
),

banks as (
    select bank_id, is_in_share_of_voice from {{ ref('dim_bank') }}
),

named as (
    select
        brand_mentions.*,
        case brand_mentions.sentiment when 'negative' then 0 when 'positive' then 2 else 1 end as liking
    from {{ ref('fct_brand_mentions') }} as brand_mentions
    inner join mentions on brand_mentions.mention_id = mentions.mention_id
),

compared as (
    select
        named.*,
        min(named.liking) over (partition by named.mention_id) as least_liking
    from named
),

-- Of the banks that an item names, those it likes least are left, for those it likes better. Where it likes all alike, all are left.
moves as (
    select
        departures.mention_id,
        departures.brand_mention_id,
        departures.event_at,
        departures.author_id,
        departures.author_key,
        departures.bot_likely,
        departures.event_day,
        departures.bank_id as from_bank_id,
        coalesce(arrivals.bank_id, 'none') as to_bank_id
    from compared as departures
    left join compared as arrivals
        on departures.mention_id = arrivals.mention_id and departures.least_liking < arrivals.liking
    where departures.liking = departures.least_liking
),

-- What each move is to a bank of the set: its own loss, or a rival's loss that it may win.
seen as (
    select
        moves.*,
        banks.bank_id,
        moves.from_bank_id = banks.bank_id as is_out,
        place.other_bank_id
    from moves
    inner join banks as losers on moves.from_bank_id = losers.bank_id
    inner join banks on moves.from_bank_id = banks.bank_id or moves.to_bank_id = banks.bank_id or losers.is_in_share_of_voice
    cross join
        lateral (
            values
            ('all'),
            (
                case
                    when moves.from_bank_id = banks.bank_id or moves.to_bank_id = 'none' then moves.to_bank_id
                    when moves.to_bank_id = banks.bank_id then moves.from_bank_id
                end
            )
        ) as place (other_bank_id)
    where banks.is_in_share_of_voice and place.other_bank_id is not null
),

items as (
    select
        seen.bank_id,
        seen.other_bank_id,
        period.period_type,
        period.period_start,
        seen.mention_id,
        seen.brand_mention_id,
        null::uuid as case_id,
        seen.author_id,
        seen.bot_likely,
        seen.is_out,
        {{ first_of(cell, 'mention_id', 'is_out') }} as first_of_mention,
        {{ first_of(cell, 'author_key', 'is_out') }} as first_of_author
    from seen
    cross join lateral {{ periods_of('seen.event_day') }} as period (period_type, period_start)
),

{{ explain_rows('mart_switching') }}
