{#-
What a partial build rebuilds of official items and of what counts them: fct_mentions leaves the bank and the story of each official item that
came, went or changed among its keys.
-#}

{#- Days on which an official item came, went or changed. -#}
{% macro changed_official_days() -%}
    (select distinct changed.event_day from marts_changes.fct_mentions as changed where changed.official_bank_id is not null)
{%- endmacro %}

{#- The first of them; none where nothing official changed. -#}
{% macro first_official_day() -%}
    (select min(changed.event_day) from {{ changed_official_days() }} as changed)
{%- endmacro %}

{#- Stories of which a bank said something else than before, each from its first change on: whether an answer is canned rests on those before it. -#}
{% macro changed_official_stories() -%}
    (
        select
            changed.official_bank_id as bank_id,
            changed.story_id,
            min(changed.event_at) as since
        from marts_changes.fct_mentions as changed
        where changed.official_bank_id is not null
        group by changed.official_bank_id, changed.story_id
    )
{%- endmacro %}

{#- Official items of those stories, with what lies so far before their first change. `mentions`: the fact. -#}
{% macro of_official_stories(before, mentions='marts_rows.fct_mentions') -%}
    (
        select said.*
        from {{ changed_official_stories() }} as touched
        inner join {{ mentions }} as said
            on
                touched.bank_id = said.official_bank_id
                and touched.story_id = said.story_id
                and touched.since - interval '{{ before }}' <= said.event_at
        where said.is_official
    )
{%- endmacro %}

{#- Items that changed, and what a bank said later in the stories of official ones. -#}
{% macro scope_official_items() -%}
    mention_id in (
        select changed.mention_id from marts_changes.fct_mentions as changed
        union
        select said.mention_id from {{ of_official_stories('0 hours') }} as said
    )
{%- endmacro %}

{% macro scope_official_posts() -%}
    mention_id in (
        select changed.mention_id from marts_changes.fct_mentions as changed
        union
        select changed.mention_id from marts_changes.int_official_items as changed
    )
{%- endmacro %}

{#- Rows of a day on which an official item changed. -#}
{% macro scope_help_days() -%}
    event_day = any(array(select changed.event_day from {{ changed_official_days() }} as changed))
{%- endmacro %}

{#- Days from the first changed one on: each is held against the 28 before it, and an account's first day against all. -#}
{% macro scope_official_days() -%}
    event_day >= {{ first_official_day() }}
{%- endmacro %}

{#- Days from 28 before that one on. -#}
{% macro since_official_days() -%}
    event_day = any(array(
        select moment::date
        from generate_series(
            ({{ first_official_day() }} - 28)::timestamp, ({{ as_of() }})::timestamp + interval '1 day', interval '1 day'
        ) as moment
    ))
{%- endmacro %}

{#- Periods of changed official posts. -#}
{% macro official_periods() -%}
    {{ periods_of_days('(select event_day from marts_changes.fct_official_posts)') }}
{%- endmacro %}

{% macro scope_official_periods() -%}
    {{ in_periods(official_periods()) }}
{%- endmacro %}

{#- Periods whose pages' cells may differ: those of a changed day and of the 29 after it, whose windows it is in, and those that had not ended at
    the last build. -#}
{% macro page_periods() -%}
    {{ periods_of_days('(
        select moment::date as event_day
        from (
            select event_day from marts_changes.stg_mentions
            union
            select event_day from marts_changes.fct_mentions
        ) as changed
        cross join generate_series(changed.event_day::timestamp, changed.event_day + interval \'29 days\', interval \'1 day\') as moment
        union
        select moment::date as event_day from ' ~ moments_since_last_build() ~ ' as moment
    )') }}
{%- endmacro %}

{% macro scope_page_periods() -%}
    {{ in_periods(page_periods()) }}
{%- endmacro %}

{% macro scope_moving_page_periods() -%}
    {{ in_periods(moving_periods(page_periods())) }}
{%- endmacro %}

{#- Items of the days from the first of those periods' windows on, given as an array (see scope_days). -#}
{% macro since_page_periods() -%}
    event_day = any(array(
        select moment::date
        from generate_series(
            (select min(touched.period_start) - 29 from {{ page_periods() }} as touched)::timestamp,
            ({{ as_of() }})::timestamp + interval '1 day',
            interval '1 day'
        ) as moment
    ))
{%- endmacro %}

{#- The first author of an account's items, or the one `behind` the last that was found, by the index of stg_mentions. Reads the CTE mentions.
    `name`: the column that holds the account's name. -#}
{% macro next_author(name, last, behind=false) -%}
    select said.site, said.author_id
    from mentions as said
    where
        said.platform = {{ last }}.platform
        and lower(said.{{ name }}) = {{ last }}.account
        and said.author_id is not null
        {%- if behind %}
            and (said.site, said.author_id) > ({{ last }}.site, {{ last }}.author_id)
        {%- endif %}
    order by said.site, said.author_id
    limit 1
{%- endmacro %}
