{#-
What a partial build rebuilds of cases and of what counts them. A case changes with what was said in its conversation, with a later case of
the same author, with its desk's outcome, and when its age crosses a limit: the clock of the last build that came to its end is kept in
marts_changes.clock, the conversations of new outcomes in marts_changes.conversations (warehouse/mart_changes.py).
-#}

{#- The clock of the last build that came to its end. -#}
{% macro since() -%}
    (select clock.since from marts_changes.clock as clock)
{%- endmacro %}

{#- Ages at which something is said anew of a case: those of the backlog, the response window, and the week that a repeated case is looked for. -#}
{% macro case_limits() -%}
    (
        select make_interval(hours => hours) as age from unnest(array[1, 4, 24, 72, 168]) as hours
        union
        select response_window as age from marts_staging.stg_settings
    )
{%- endmacro %}

{#- Cases that changed, that an author's later case repeats, whose outcomes came, or whose age crossed a limit since the last build. -#}
{% macro touched_cases() -%}
    (
        select changed.case_id from marts_changes.int_cases as changed
        union
        select changed.case_id from marts_changes.int_case_replies as changed
        union
        select earlier.case_id
        from marts_changes.int_cases as changed
        inner join marts_intermediate.int_cases as earlier
            on
                changed.platform = earlier.platform
                and changed.site = earlier.site
                and changed.author_id = earlier.author_id
                and changed.bank_id = earlier.bank_id
                and changed.opened_at > earlier.opened_at
                and changed.opened_at - interval '168 hours' <= earlier.opened_at
        union
        select aged.case_id
        from {{ case_limits() }} as limits
        inner join marts_intermediate.int_cases as aged
            on {{ since() }} - limits.age < aged.opened_at and {{ as_of() }} - limits.age >= aged.opened_at
        union
        select judged.case_id
        from marts_changes.conversations as told
        inner join marts_intermediate.int_cases as judged
            on
                told.platform = judged.platform
                and told.site = judged.site
                and told.conversation_id = judged.conversation_id
    )
{%- endmacro %}

{% macro scope_cases() -%}
    {{ in_touched('case_id') }}
{%- endmacro %}

{#- Days on which a case was opened that changed since. -#}
{% macro changed_case_days() -%}
    (select distinct changed.opened_day as event_day from marts_changes.fct_cases as changed)
{%- endmacro %}

{#- The periods of some days (a relation with event_day). -#}
{% macro periods_of_days(days) -%}
    (
        select distinct
            period.period_type,
            period.period_start
        from {{ days }} as known
        cross join lateral {{ periods_of('known.event_day') }} as period (period_type, period_start)
    )
{%- endmacro %}

{#- Rows of some periods. -#}
{% macro in_periods(periods) -%}
    (period_type, period_start) in (select chosen.period_type, chosen.period_start from {{ periods }} as chosen)
{%- endmacro %}

{#- Rows whose `day` is one of the days of some periods, given as an array (see scope_days). -#}
{% macro in_days_of(periods, day='event_day') -%}
    {{ day }} = any(array(
        select distinct moment::date
        from {{ periods }} as chosen
        cross join generate_series(
            chosen.period_start::timestamp,
            chosen.period_start + {{ period_length('chosen.period_type') }} - interval '1 day',
            interval '1 day'
        ) as moment
    ))
{%- endmacro %}

{#- Rows of days on which a changed case was opened. -#}
{% macro scope_case_days() -%}
    opened_day = any(array(select changed.event_day from {{ changed_case_days() }} as changed))
{%- endmacro %}

{#- Days, weeks and months of a changed case's opening. -#}
{% macro case_periods() -%}
    {{ periods_of_days(changed_case_days()) }}
{%- endmacro %}

{% macro scope_case_periods() -%}
    {{ in_periods(case_periods()) }}
{%- endmacro %}

{#- The same, and periods whose open cases were, at the last build, not yet older than the longest wait that was answered: only there does an
    open case's growing age change how many were at risk. -#}
{% macro survival_periods() -%}
    (
        select changed.period_type, changed.period_start from {{ case_periods() }} as changed
        union
        select period.period_type, period.period_start
        from marts_intermediate.int_case_days as days
        cross join lateral {{ periods_of('days.opened_day') }} as period (period_type, period_start)
        group by period.period_type, period.period_start
        having max(days.last_unanswered_at) + max(days.longest_response) > {{ since() }}
    )
{%- endmacro %}

{% macro scope_survival_periods() -%}
    {{ in_periods(survival_periods()) }}
{%- endmacro %}

{#- The same, and periods in which something else of the care cells changed: official items, addressed items, impostors, removals; all where a
    platform has begun to tell who deletes. What a model reads and what it replaces are the same periods: a wider scope would delete the rest. -#}
{% macro care_periods() -%}
    (
        select changed.period_type, changed.period_start from {{ survival_periods() }} as changed
        union
        select changed.period_type, changed.period_start from {{ changed_periods() }} as changed
        union
        select changed.period_type, changed.period_start
        from {{ periods_of_days('(
            select event_day from marts_changes.int_official_items
            union
            select event_day from marts_changes.int_impostor_answers
            union
            select event_day from marts_changes.int_removed_negatives
            union
            select date_day as event_day from marts.dim_date where exists (select from marts_changes.int_removal_platforms)
        )') }} as changed
    )
{%- endmacro %}

{% macro scope_care_periods() -%}
    {{ in_periods(care_periods()) }}
{%- endmacro %}

{#- Periods of the benchmark: those whose care cells or cases changed. -#}
{% macro benchmark_periods() -%}
    (
        select changed.period_type, changed.period_start from marts_changes.mart_customer_care as changed
        union
        select changed.period_type, changed.period_start from {{ case_periods() }} as changed
    )
{%- endmacro %}

{% macro scope_benchmark_periods() -%}
    {{ in_periods(benchmark_periods()) }}
{%- endmacro %}

{#- Days of openings whose cases are judged by what changed: the case itself, what its author said in the week after its landmark, the answer
    that it got before it; and those whose week came to its end since the last build. -#}
{% macro followed_days() -%}
    (
        select changed.event_day from {{ changed_case_days() }} as changed
        union
        select moment::date as event_day
        from (
            select event_day from marts_changes.fct_brand_mentions
            union
            select event_day from marts_changes.int_official_items
        ) as changed
        cross join marts_staging.stg_settings as settings
        cross join generate_series(
            (changed.event_day - settings.response_window - interval '8 days')::date::timestamp,
            changed.event_day::timestamp,
            interval '1 day'
        ) as moment
        union
        select ripened.opened_day as event_day
        from marts_staging.stg_settings as settings
        inner join marts_intermediate.int_cases as ripened
            on
                {{ since() }} - settings.response_window - interval '168 hours' < ripened.opened_at
                and {{ as_of() }} - settings.response_window - interval '168 hours' >= ripened.opened_at
    )
{%- endmacro %}

{% macro followed_periods() -%}
    {{ periods_of_days(followed_days()) }}
{%- endmacro %}

{% macro scope_followed_periods() -%}
    {{ in_periods(followed_periods()) }}
{%- endmacro %}

{#- Items from the first of those periods on: what an author said before it follows none of their cases. -#}
{% macro said_in_followed_periods() -%}
    {%- if var('partial', false) -%}
        event_day >= (select min(followed.period_start) from {{ followed_periods() }} as followed)
    {%- else -%}
        true
    {%- endif -%}
{%- endmacro %}

{#- Days whose negative items may have another outcome than before: 720 hours back from what changed of customers' words, official items and cases
    (with all answers in their conversations), and those whose 720 hours came to their end since the last build. -#}
{% macro recovery_days() -%}
    (
        select moment::date as event_day
        from (
            select event_day from {{ changed_days() }} as said
            union
            select event_day from marts_changes.int_official_items
            union
            select answers.event_day
            from marts_changes.int_cases as changed
            inner join marts_intermediate.int_official_items as answers
                on
                    changed.platform = answers.platform
                    and changed.site = answers.site
                    and changed.conversation_id = answers.conversation_id
        ) as changed
        cross join generate_series(changed.event_day - interval '31 days', changed.event_day::timestamp, interval '1 day') as moment
        union
        select date_day as event_day
        from marts.dim_date
        where date_day >= {{ since() }} - interval '32 days' and date_day <= {{ as_of() }} - interval '29 days'
    )
{%- endmacro %}

{% macro recovery_periods() -%}
    {{ periods_of_days(recovery_days()) }}
{%- endmacro %}

{% macro scope_recovery_periods() -%}
    {{ in_periods(recovery_periods()) }}
{%- endmacro %}

{% macro scope_moving_recovery_periods() -%}
    {{ in_periods(moving_periods(recovery_periods())) }}
{%- endmacro %}

{#- Items from the first of those periods on: what came before it is no outcome of a word in them. -#}
{% macro since_recovery_periods() -%}
    event_day >= (select min(touched.period_start) from {{ recovery_periods() }} as touched)
{%- endmacro %}

{#- Cases that changed, and those of conversations in which an inbound item came, went or changed. -#}
{% macro touched_triage() -%}
    (
        select changed.case_id from marts_changes.fct_cases as changed
        union
        select cases.case_id from marts_intermediate.int_cases as cases where {{ scope_conversations() }}
    )
{%- endmacro %}

{% macro scope_triage() -%}
    {{ in_touched('case_id') }}
{%- endmacro %}

{#- Brand mentions that changed, those of conversations with a changed case, and all of a bank where another account has come to help most. -#}
{% macro touched_routing() -%}
    (
        select distinct {{ day_key('touched') }} as day_key
        from (
            select mention_id, event_day from marts_changes.mention_days
            union
            select mention_id, event_day from marts_changes.int_addressed_accounts
            union
            select mention_id, event_day from marts_changes.int_strangers
            union
            select said.mention_id, said.event_day
            from marts_rows.fct_mentions as said
            inner join (
                select changed.platform, changed.site, changed.conversation_id from marts_changes.int_cases as changed
                union
                select cases.platform, cases.site, cases.conversation_id
                from marts_changes.fct_cases as changed
                inner join marts_intermediate.int_cases as cases on changed.case_id = cases.case_id
            ) as conversations
                on
                    said.platform = conversations.platform
                    and said.site = conversations.site
                    and said.conversation_id = conversations.conversation_id
            union
            select brand_mentions.mention_id, brand_mentions.event_day
            from marts_changes.int_desks as changed
            inner join marts_rows.fct_brand_mentions as brand_mentions on changed.bank_id = brand_mentions.bank_id
        ) as touched
    )
{%- endmacro %}

{% macro scope_routing() -%}
    {{ in_touched_mentions() }}
{%- endmacro %}
