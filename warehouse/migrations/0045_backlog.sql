-- What moves a backlog (mart_backlog): any case before its end, and what the desk says of one.

-- The event days on which a cell rests. A backlog rests on all that waits, however long ago it was opened.
-- Of a case's other numbers the answers of 30 days before matter (720 hours: canned ones).
create or replace function ops.cell_days(mart text, cell jsonb, out first_day date, out last_day date) language sql immutable as $$
    select
        case
            when mart in ('mart_wishes', 'mart_journey_paths', 'mart_backlog') then date '0001-01-01'
            when mart = 'mart_scorecard' and cell ->> 'metric' = 'backlog_at_end_count' then date '0001-01-01'
            when mart = 'mart_campaigns' then p.phase_starts - p.phase_length * coalesce(array_position(array['during', 'after'], cell ->> 'phase'), 0)
            when mart = 'mart_impersonation' then (cell ->> 'event_day')::date - 29
            when cell ? 'event_day' then (cell ->> 'event_day')::date
            when cell ? 'hour_at' then left(cell ->> 'hour_at', 10)::date - 58
            when mart = 'mart_page_health' then p.starts - 31
            when mart in ('mart_customer_care', 'mart_care_benchmark') then p.starts - 30
            when mart = 'mart_scorecard' then (p.starts - p.length)::date - 30
            when mart in ('mart_topics_daily', 'mart_product_feedback', 'mart_places', 'mart_audience', 'mart_editorial',
                'mart_journey', 'mart_recovery') then (p.starts - p.length)::date
            else p.starts
        end,
        case
            when mart = 'mart_wishes' then date '9999-12-31'
            when mart = 'mart_campaigns' then (cell ->> 'phase_ends')::date
            when cell ? 'event_day' then (cell ->> 'event_day')::date
            when cell ? 'hour_at' then left(cell ->> 'hour_at', 10)::date + 1
            when mart in ('mart_recovery', 'mart_reply_effect', 'mart_editorial') then (p.starts + p.length)::date + 37
            else (p.starts + p.length)::date - 1
        end
    from (
        select (cell ->> 'period_start')::date as starts,
            case cell ->> 'period_type' when 'week' then interval '7 days' when 'month' then interval '1 month' else interval '1 day' end as length,
            (cell ->> 'phase_starts')::date as phase_starts,
            (cell ->> 'phase_ends')::date - (cell ->> 'phase_starts')::date + 1 as phase_length
    ) p
$$;

-- The reasons of the items that changed in a cell, and beside them the general ones that can do something there; the clock and the context only
-- where nothing else is known.
create or replace function ops.causes_of_cell(mart text, was jsonb, numbers jsonb, of_items text [], general text []) returns text [] language sql stable as $$
    with fitting as (
        select g.cause from unnest(general) with ordinality as g (cause, place)
        where case g.cause
            when 'register' then mart = 'mart_places'
            when 'disposition' then mart in ('mart_customer_care', 'mart_care_benchmark', 'mart_handled_negative', 'mart_backlog', 'mart_scorecard',
                'mart_wishes')
            when 'quality' then exists (
                select from jsonb_object_keys(coalesce(numbers, was)) k
                where k ~ '_(corrected(_lower|_upper)?|measured_count|sensitivity|specificity|basis|evaluation_id)$'
                    and numbers -> k is distinct from was -> k)
            else true
        end
        order by g.place
    )
    select case
        when of_items is not null then of_items || (select coalesce(array_agg(f.cause), '{}') from fitting f where f.cause <> all (of_items || 'clock'::text))
        else coalesce((select array_agg(f.cause) from fitting f), '{context}')
    end
$$;

-- Replaced by a longer one, in which an author's cases stand in the order of time: who comes back within a week is looked for among that week's.
drop index if exists marts_intermediate.int_cases_platform_site_author_id;
