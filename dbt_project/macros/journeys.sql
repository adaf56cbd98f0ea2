{#-
What a partial build rebuilds of the customer journey: a step's move is from the step before it, so that a changed step moves itself and the next.
-#}

{#- Steps that changed, and those that follow the instant of one in its author's journey at the bank (all of an instant, since ids decide there). -#}
{% macro touched_journey_moves() -%}
    (
        select distinct {{ day_key('touched') }} as day_key
        from (
            select changed.event_day, changed.mention_id from marts_changes.int_journey_steps as changed
            union
            select later.event_day, later.mention_id
            from (select distinct bank_id, author_key, event_at from marts_changes.int_journey_steps) as changed
            cross join
                lateral (
                    select min(event_at) as event_at
                    from marts_intermediate.int_journey_steps as said
                    where said.bank_id = changed.bank_id and said.author_key = changed.author_key and said.event_at > changed.event_at
                ) as following
            cross join
                lateral (
                    select said.event_day, said.mention_id
                    from marts_intermediate.int_journey_steps as said
                    where
                        said.bank_id = changed.bank_id
                        and said.author_key = changed.author_key
                        and said.event_at between changed.event_at and coalesce(following.event_at, changed.event_at)
                    offset 0
                ) as later
        ) as touched
    )
{%- endmacro %}

{% macro scope_journey_moves() -%}
    {{ in_touched_mentions() }}
{%- endmacro %}

{#- Periods in which a move came, went or changed. -#}
{% macro path_periods() -%}
    {{ periods_of_days('(select event_day from marts_changes.int_journey_moves)') }}
{%- endmacro %}

{% macro scope_path_periods() -%}
    {{ in_periods(path_periods()) }}
{%- endmacro %}

{% macro scope_moving_path_periods() -%}
    {{ in_periods(moving_periods(path_periods())) }}
{%- endmacro %}
