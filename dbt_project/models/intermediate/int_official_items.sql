-- Official items, one row an item: what it did for a customer, and whether the same words were used before.
-- Near-duplicates are those of one story (the nlp room's clusters: Jaccard >= 0.8 over 5-character shingles).
-- In part: the stories in which a bank said something else than before, with the 720 hours before that.
{%- set facts = ref('fct_mentions') %}
with mentions as (
    select *
    from {{ of_official_stories('720 hours', facts) if var('partial', false) else facts }} as said
    where is_official
),

classified as (
    select
        mention_id,
        official_bank_id as bank_id,
        platform,
        site,
        conversation_id,
        in_reply_to_author_id,
        event_at,
        event_day,
        -- What a bank reposts answers nobody and helps nobody: somebody else did, or it did so before.
        case when is_bare_repost then 'none' else reply_role end as role,
        story_id,
        not is_bare_repost and coalesce(reply_role in ('answer', 'ask', 'divert'), false) as is_human_answer,
        not is_bare_repost
        and (coalesce(reply_role in ('answer', 'ask', 'divert'), false) or coalesce(official_kind = 'help', false)) as is_help
    from mentions
)

select
    mention_id,
    bank_id,
    platform,
    site,
    conversation_id,
    in_reply_to_author_id,
    event_at,
    event_day,
    role,
    is_human_answer,
    is_help,
    -- The answer itself is in its own window, hence more than 5. Hours, not days: a day is not 24 hours at a clock change.
    is_human_answer and count(*) over (
        partition by bank_id, story_id, is_human_answer
        order by event_at
        range between interval '720 hours' preceding and current row
    ) > 5 as is_canned
from classified
