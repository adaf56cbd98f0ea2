{#-
What a partial build rebuilds of the wishes, which are counted by story: those with an item that came, went or changed, got other labels, or
stands in a conversation of a case that did.
-#}

{% macro changed_stories() -%}
    (
        select changed.bank_id, changed.story_id from marts_changes.int_customer_mentions as changed
        union
        select said.bank_id, said.story_id
        from marts_changes.mention_days as changed
        inner join marts_intermediate.int_customer_mentions as said
            on changed.day_key = {{ day_key('said') }}
        union
        select said.bank_id, said.story_id
        from (
            select platform, site, conversation_id, bank_id from marts_changes.int_cases
            union
            select cases.platform, cases.site, cases.conversation_id, cases.bank_id
            from marts_changes.fct_cases as changed
            inner join marts_intermediate.int_cases as cases on changed.case_id = cases.case_id
        ) as conversations
        inner join marts_rows.fct_mentions as inside
            on
                conversations.platform = inside.platform
                and conversations.site = inside.site
                and conversations.conversation_id = inside.conversation_id
        inner join marts_intermediate.int_customer_mentions as said
            on
                {{ day_key('inside') }} = {{ day_key('said') }}
                and conversations.bank_id = said.bank_id
    )
{%- endmacro %}

{#- How many places of a bank's wishes are told: the ten-thousandth tells nothing, and each new wish would move it. -#}
{% macro ranked_wishes() -%}
    1000
{%- endmacro %}

{#- The order of a bank's wishes; the index `place` of mart_wishes is the same. -#}
{% macro wish_order() -%}
    vote_count desc nulls last, unique_authors desc, mention_count desc, first_day, story_key
{%- endmacro %}

{#- Wishes whose stories changed, with these, and those that have or may come to a place beside them: the first of each bank, and one more for each wish
    in the mart, placed or not, that changed. -#}
{% macro touched_wishes() -%}
    (
        with changed as materialized (
            select
                md5(concat_ws('|', stories.bank_id, {{ story_key('salts.salt', 'stories.story_id') }}))::uuid as wishes_id,
                stories.bank_id,
                stories.story_id
            from {{ changed_stories() }} as stories
            cross join ops.story_salt as salts
        ),

        leaving as materialized (
            select count(*) as wish_count
            from changed
            inner join {{ this }} as standing on changed.wishes_id = standing.wishes_id
        )

        select changed.wishes_id, changed.bank_id, changed.story_id from changed
        union all
        select first.wishes_id, null as bank_id, null as story_id
        from marts.dim_bank as banks
        cross join
            lateral (
                select kept.wishes_id
                from {{ this }} as kept
                where kept.bank_id = banks.bank_id
                order by {{ wish_order() }}
                limit {{ ranked_wishes() }} + (select leaving.wish_count from leaving)
            ) as first
    )
{%- endmacro %}

{% macro scope_wishes() -%}
    {{ in_touched('wishes_id') }}
{%- endmacro %}

{#- A relation's rows of those stories, looked up one by one (see of_changed_hours). Reads the CTE changed_stories. -#}
{% macro of_changed_stories(mentions) -%}
    {%- if var('partial', false) -%}
        (
            select narrowed.*
            from changed_stories as touched
            cross join
                lateral (
                    select * from {{ mentions }} as said
                    where
                        said.bank_id = touched.bank_id
                        and said.story_id = touched.story_id
                        and said.intents && array['wish', 'request']
                    offset 0
                ) as narrowed
        )
    {%- else -%}
        {{ mentions }}
    {%- endif -%}
{%- endmacro %}

{#- What tells a story where no single item may be named; as ops.story_key() of the warehouse. -#}
{% macro story_key(salt, story) -%}
    md5(concat_ws('|', {{ salt }}, {{ story }}))
{%- endmacro %}
