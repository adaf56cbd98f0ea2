with settings as (
    select as_of, response_window from {{ ref('stg_settings') }}
),

{{ followed_cases() }}

items as (
    select
        placed.bank_id,
        placed.reply_place as reply,
        shown.platform,
        period.period_type,
        period.period_start,
        placed.opening_mention_id as mention_id,
        null::uuid as brand_mention_id,
        placed.case_id,
        placed.is_spoke_again,
        placed.is_later_negative,
        placed.is_later_positive,
        placed.is_thanked,
        placed.is_still_angry,
        placed.is_repeat_contact
    from placed
    cross join lateral {{ with_rollup('placed.platform') }} as shown (platform)
    cross join lateral {{ periods_of('placed.opened_day') }} as period (period_type, period_start)
),

{{ cells_of('mart_reply_effect') }}

{{ beside(
    'silent_items', 'mart_reply_effect',
    ['is_spoke_again', 'is_later_negative', 'is_later_positive', 'is_thanked', 'is_still_angry', 'is_repeat_contact'],
    start='period_start', alike=['bank_id', 'platform'], only="reply = 'silence'"
) }}

{{ explain_rows('mart_reply_effect') }}
