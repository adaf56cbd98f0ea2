with wishes as (
    select
        *,
        intents && array['wish'] as is_wish
    from {{ ref('int_customer_mentions') }}
    where intents && array['wish', 'request']
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
        min(wishes.event_at) as first_at,
        max(wishes.event_at) as last_at,
        min(wishes.event_day) as first_day,
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
)

select
    md5(concat_ws('|', gathered.bank_id, gathered.story_id))::uuid as wishes_id,
    gathered.bank_id,
    gathered.story_id,
    case when gathered.has_wish then 'wish' else 'request' end as wish_kind,
    mention_topics.topic_id,
    mention_topics.department_id,
    row_number() over (
        partition by gathered.bank_id
        order by
            gathered.vote_count desc nulls last, gathered.unique_authors desc, gathered.mention_count desc, gathered.first_at,
            gathered.story_id
    ) as vote_rank,
    gathered.vote_count,
    gathered.engagement_known_count,
    gathered.mention_count,
    gathered.mention_count_without_bots,
    gathered.unique_authors,
    gathered.negative_count,
    case gathered.level when 1 then 'new' when 2 then 'new' when 3 then 'referred' when 4 then 'answered' else 'settled' end as status,
    gathered.first_mention_id,
    gathered.first_at,
    gathered.first_day,
    gathered.last_at
from gathered
inner join mention_topics on gathered.first_mention_id = mention_topics.mention_id
