{#-
What a partial build rebuilds of the wishes, which are counted by story: those with an item that came, went or changed, got other labels, or
stands in a conversation of a case that did.
-#}

{% macro changed_stories() -%}
    (
        select changed.bank_id, changed.story_id from marts_changes.int_customer_mentions as changed
        union
        select said.bank_id, said.story_id
        from marts_changes.mentions as changed
        inner join marts_intermediate.int_customer_mentions as said on changed.mention_id = said.mention_id
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
            on inside.mention_id = said.mention_id and conversations.bank_id = said.bank_id
    )
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
