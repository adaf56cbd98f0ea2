with brand_mentions as (
    select
        bank_id,
        platform,
        language,
        coalesce(country, 'unknown') as country,
        event_day,
        sentiment,
        author_id,
        author_key,
        author_followers,
        bot_likely,
        story_id,
        engagement
    from (select * from {{ ref('fct_brand_mentions') }} {{ within(scope_days()) }}) as known
    where not is_official
),

{{ reputation_ctes(['event_day']) }}

select
    md5(concat_ws('|', bank_id, platform, language, event_day, nullif(country, 'all')))::uuid as reputation_id,
    bank_id,
    platform,
    language,
    event_day,
    {{ reputation_columns() }}
from estimated
cross join settings
