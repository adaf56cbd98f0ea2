-- The same label as before for each mention version and task (the newest human one, else the active pipeline's), without sorting all labels
-- there are: people's are few, and a pipeline gives one label a task, so that only people's have to be held against each other.

create index annotations_human on nlp.annotations (mention_id, mention_version, task, created_at desc, model_version)
where model_version like 'human:%';

create or replace view nlp.current_annotations as
select a.mention_id, a.mention_version, a.task, a.model_version, a.label, a.created_at
from nlp.annotations as a
inner join nlp.manifests as m on m.is_active and m.models ->> a.task = a.model_version
where
    a.model_version not like 'human:%'
    and not exists (
        select from nlp.annotations as h
        where
            h.mention_id = a.mention_id and h.mention_version = a.mention_version and h.task = a.task
            and h.model_version like 'human:%'
    )
union all
(
    select distinct on (h.mention_id, h.mention_version, h.task)
        h.mention_id, h.mention_version, h.task, h.model_version, h.label, h.created_at
    from nlp.annotations as h
    where h.model_version like 'human:%'
    order by h.mention_id, h.mention_version, h.task, h.created_at desc, h.model_version
);
