{%- set story = [
    'bank_id', 'story_key', 'wish_kind', 'topic_id', 'department_id', 'vote_count', 'engagement_known_count', 'mention_count',
    'mention_count_without_bots', 'unique_authors', 'negative_count', 'status', 'first_day', 'last_day',
] %}
with
{% if var('partial', false) -%}
    changed_stories as materialized (
        select touched.bank_id, touched.story_id from pg_temp.touched as touched where touched.story_id is not null
    ),

{% endif -%}
wishes as (
    select
        *,
        intents && array['wish'] as is_wish
    from {{ of_changed_stories(ref('int_customer_mentions')) }} as known
    where intents && array['wish', 'request'] and not is_bare_repost
),

-- A lone item is its own story, and whoever knows a platform's ids could tell it: the key is salted.
salts as (
    select salt from {{ source('ops', 'story_salt') }}
),

mention_topics as (
    select mention_id, topic_id, department_id from {{ ref('fct_mention_topics') }} where topic_rank = 1
),

cases as (
    select
        platform,
        site,
        conversation_id,
        author_id,
        bank_id,
        array_position(array['silent', 'automatic', 'diverted', 'answered', 'confirmed'], handled_level) as level
    from {{ ref('fct_cases') }}
),

-- Near-duplicates ask for one thing: a story is one wish at a bank.
gathered as (
    select
        wishes.bank_id,
        wishes.story_id,
        (array_agg(wishes.mention_id order by wishes.event_at, wishes.mention_id))[1] as first_mention_id,
        min(wishes.event_day) as first_day,
        max(wishes.event_day) as last_day,
        bool_or(wishes.is_wish) as has_wish,
        count(*) as mention_count,
        count(*) filter (where not wishes.bot_likely) as mention_count_without_bots,
        count(distinct wishes.known_author_key) as unique_authors,
        sum(wishes.engagement)::bigint as vote_count,
        count(wishes.engagement) as engagement_known_count,
        count(*) filter (where wishes.sentiment = 'negative') as negative_count,
        coalesce(max(cases.level), 1) as level
    from wishes
    left join cases
        on
            wishes.platform = cases.platform
            and wishes.site = cases.site
            and wishes.conversation_id = cases.conversation_id
            and wishes.author_id = cases.author_id
            and wishes.bank_id = cases.bank_id
    group by wishes.bank_id, wishes.story_id
),

judged as (
    select
        gathered.*,
        {{ story_key('salts.salt', 'gathered.story_id') }} as story_key,
        mention_topics.topic_id,
        mention_topics.department_id,
        case when gathered.has_wish then 'wish' else 'request' end as wish_kind,
        case gathered.level when 1 then 'new' when 2 then 'new' when 3 then 'referred' when 4 then 'answered' else 'settled' end as status
    from gathered
    inner join mention_topics on gathered.first_mention_id = mention_topics.mention_id
    cross join salts
),

-- A story's place is among its bank's; what it is stands here already where nothing of it changed.
stories as (
    select {{ story | join(', ') }} from judged
    {%- if var('partial', false) %}
        union all
        select {{ story | join(', ') }}
        from {{ this }} as kept
        where {{ scope_wishes() }} and not exists (
            select from pg_temp.touched as changed
            where kept.wishes_id = changed.wishes_id and changed.story_id is not null
        )
    {%- endif %}
),

placed as (
    select
        *,
        row_number() over (
            partition by bank_id
            order by {{ wish_order() }}
        ) as place
    from stories
)

select
    md5(concat_ws('|', bank_id, story_key))::uuid as wishes_id,
    bank_id,
    story_key,
    wish_kind,
    topic_id,
    department_id,
    case when place <= {{ ranked_wishes() }} then place end as vote_rank,
    vote_count,
    engagement_known_count,
    mention_count,
    mention_count_without_bots,
    unique_authors,
    negative_count,
    status,
    first_day,
    last_day
from placed
