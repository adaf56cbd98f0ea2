-- A window may be delivered again, with a reason: each issue is a row of its own, and each says what it was made of.
alter table ops.deliveries add column issue integer not null default 1 check (issue > 0);
alter table ops.deliveries drop constraint deliveries_pkey;
alter table ops.deliveries add primary key (subscription_id, window_start, window_end, issue);
alter table ops.deliveries
    add column reason text,
    add column department_id text,
    add column recipients text [] not null default '{}',
    add column read_as text,
    add column content_sha256 text,
    add column publication_id bigint,
    add column handed_at timestamptz,
    add column acknowledged_at timestamptz,
    add column maybe_duplicate boolean not null default false,
    add column checked_publication_id bigint,
    add column outdated_at timestamptz,
    add column outdated_by bigint,
    add constraint deliveries_reason check ((issue = 1) = (reason is null));

comment on table ops.deliveries is 'The ledger of what was sent: one row a subscription, window and issue. Never a row of an extract, never a secret.';
comment on column ops.deliveries.issue is '1: the delivery that the schedule asked for; later ones were asked for, and say why.';
comment on column ops.deliveries.reason is 'Why it was sent again; null for the first.';
comment on column ops.deliveries.recipients is 'Who got it: the subscription''s owner.';
comment on column ops.deliveries.read_as is 'The database role with whose rights its rows were read.';
comment on column ops.deliveries.coverage is 'What had come in for the window when it was rendered, by source.';
comment on column ops.deliveries.file_sha256 is 'Of the file as it was sent.';
comment on column ops.deliveries.content_sha256 is 'Of its values inside the window, whatever the format: the same again means that nothing was restated.';
comment on column ops.deliveries.publication_id is 'The newest publication of the marts when it was rendered (ops.publications).';
comment on column ops.deliveries.handed_at is 'When it was given to the channel for the first time.';
comment on column ops.deliveries.acknowledged_at is 'When the channel was seen to hold exactly that file.';
comment on column ops.deliveries.maybe_duplicate is 'A run was cut off while handing over and the channel could not tell whether it had arrived, so it was sent once more.';
comment on column ops.deliveries.checked_publication_id is 'The newest publication against which it was looked at again.';
comment on column ops.deliveries.outdated_at is 'When its numbers were found to be restated.';
comment on column ops.deliveries.outdated_by is 'The newest publication at that time.';
