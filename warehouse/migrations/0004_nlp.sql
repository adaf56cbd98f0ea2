-- nlp: labels, append-only. A human label is one more row (model_version 'human:<who>'), and wins.
create table nlp.annotations (
    mention_id       uuid not null,
    mention_version  integer not null,
    task             text not null,
    model_version    text not null,
    label            jsonb not null,
    created_at       timestamptz not null default clock_timestamp(),
    primary key (mention_id, mention_version, task, model_version)
);
create index annotations_task on nlp.annotations (task, model_version);

create table nlp.manifests (
    pipeline_version  text primary key,
    models            jsonb not null,
    is_active         boolean not null default false,
    created_at        timestamptz not null default clock_timestamp()
);
create unique index manifests_one_active on nlp.manifests (is_active) where is_active;

-- One row a mention version that a pipeline has finished: what is missing here is what is pending.
create table nlp.done (
    mention_id        uuid not null,
    mention_version   integer not null,
    pipeline_version  text not null,
    outcome           text not null check (outcome in ('annotated', 'rejected')),
    reason            text,
    done_at           timestamptz not null default clock_timestamp(),
    primary key (mention_id, mention_version, pipeline_version)
);

create table nlp.evaluations (
    language       text not null,
    task           text not null,
    model_version  text not null,
    dataset        text not null,
    metric         text not null,
    value          double precision,
    n              bigint,
    detail         jsonb,
    measured_at    timestamptz not null default clock_timestamp(),
    primary key (language, task, model_version, dataset, metric)
);

-- The label that counts for each mention version and task: the newest human one, else the active pipeline's.
create view nlp.current_annotations as
select distinct on (a.mention_id, a.mention_version, a.task)
    a.mention_id, a.mention_version, a.task, a.model_version, a.label, a.created_at
from nlp.annotations a
left join nlp.manifests m on m.is_active and m.models ->> a.task = a.model_version
where a.model_version like 'human:%' or m.pipeline_version is not null
order by a.mention_id, a.mention_version, a.task, (a.model_version like 'human:%') desc, a.created_at desc, a.model_version;
comment on view nlp.current_annotations is 'The label that counts: a human one wins over the active manifest''s model.';
