{#- Who speaks: brand mentions with country, speaker and class of followers, as mart_audience and its bridge count them. Reads the CTEs
    brand_mentions (fct_brand_mentions without official items) and countries (mention_id, country). -#}
{% macro audience_items(name='items') -%}
{{ name }} as (
    select
        brand_mentions.mention_id,
        brand_mentions.brand_mention_id,
        brand_mentions.event_at,
        brand_mentions.bank_id,
        brand_mentions.platform,
        brand_mentions.language,
        coalesce(countries.country, 'unknown') as country,
        brand_mentions.event_day,
        brand_mentions.sentiment,
        case when brand_mentions.author_id is not null then brand_mentions.author_key end as author_key,
        case
            when brand_mentions.bot_likely then 'likely_bot'
            when brand_mentions.is_press then 'press'
            when brand_mentions.author_id is null then 'unknown'
            else 'customer'
        end as speaker,
        case
            when brand_mentions.author_followers is null then 'unknown'
            when brand_mentions.author_followers < 1000 then 'under_1k'
            when brand_mentions.author_followers < 10000 then 'under_10k'
            when brand_mentions.author_followers < 100000 then 'under_100k'
            else 'from_100k'
        end as followers
    from brand_mentions
    left join countries on brand_mentions.mention_id = countries.mention_id
),
{%- endmacro %}
