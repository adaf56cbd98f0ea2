-- Each kind of case that can be, and what the playbook advises on it: few rows, whatever the number of cases.
with topics as (
    select
        dim_topic.topic_id,
        departments.language
    from {{ ref('dim_topic') }} as dim_topic
    left join {{ source('config', 'departments') }} as departments on dim_topic.department_id = departments.department_id
),

kinds as (
    select
        topics.topic_id,
        topics.language,
        urgency,
        triage_level
    from topics
    cross join unnest(array{{ urgency_labels() + ['none'] }}) as urgency
    cross join generate_series(1, 5) as triage_level
)

-- A play that names the urgency counts before one that names the topic, that before one for graver cases, and then the first of the file.
select distinct on (kinds.topic_id, kinds.urgency, kinds.triage_level)
    kinds.topic_id as case_topic_id,
    kinds.urgency as case_urgency,
    kinds.triage_level as case_triage_level,
    plays.play_id,
    coalesce(plays.translations ->> kinds.language, plays.advice) as advice
from kinds
inner join {{ source('config', 'plays') }} as plays
    on
        kinds.triage_level <= plays.max_triage_level
        and coalesce(plays.topic_id, kinds.topic_id) = kinds.topic_id
        and coalesce(plays.urgency, kinds.urgency) = kinds.urgency
order by
    kinds.topic_id,
    kinds.urgency,
    kinds.triage_level,
    plays.urgency is null,
    plays.topic_id is null,
    plays.max_triage_level,
    plays.place
