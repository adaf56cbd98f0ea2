-- A changed mind of a person is one more row; a sheet's sampling weights stay beside the labels; a manifest says since when it counts.
alter table nlp.annotations add column revision smallint not null default 1;
alter table nlp.annotations drop constraint annotations_pkey,
    add primary key (mention_id, mention_version, task, model_version, revision);
comment on column nlp.annotations.revision is 'Counts the labels that one person gave one version in one task; the newest counts. A model''s is always 1.';

create table nlp.label_samples (
    mention_id       uuid not null,
    mention_version  integer not null,
    task             text not null,
    model_version    text not null,
    revision         smallint not null,
    sheet            text not null,
    weight           double precision not null check (weight > 0),
    primary key (mention_id, mention_version, task, model_version, revision, sheet)
);
comment on table nlp.label_samples is 'How many distinct texts each human label of a drawn sheet stands for (inverse sampling rate of its stratum); a label without a row stands for itself, one of several sheets for their sum.';

alter table nlp.manifests add column activated_at timestamptz;
update nlp.manifests set activated_at = created_at where is_active;
comment on column nlp.manifests.activated_at is 'When its labels began to count: marts whose gate passed earlier are to be rebuilt. Null: never active (a shadow).';
