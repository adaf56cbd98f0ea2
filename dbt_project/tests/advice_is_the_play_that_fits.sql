-- mart_open_cases: advice exactly where some play fits, of a play that fits, and of none that says less of the case than another does.
with queue as (
    select
        case_id,
        main_topic_id,
        coalesce(urgency, 'none') as urgency,
        triage_level,
        play_id,
        advice
    from {{ ref('mart_open_cases') }}
),

fitting as (
    select
        queue.case_id,
        plays.play_id,
        4 * (plays.urgency is not null)::integer + 2 * (plays.topic_id is not null)::integer + 1.0 / (1 + plays.max_triage_level) as weight
    from queue
    inner join {{ source('config', 'plays') }} as plays
        on
            queue.triage_level <= plays.max_triage_level
            and (plays.topic_id is null or queue.main_topic_id = plays.topic_id)
            and (plays.urgency is null or queue.urgency = plays.urgency)
),

judged as (
    select
        queue.case_id,
        queue.play_id,
        queue.advice,
        max(fitting.weight) as most,
        max(fitting.weight) filter (where fitting.play_id = queue.play_id) as own
    from queue
    left join fitting on queue.case_id = fitting.case_id
    group by queue.case_id, queue.play_id, queue.advice
)

select case_id
from judged
where own is distinct from most or (play_id is null) <> (advice is null)
