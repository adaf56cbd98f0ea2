-- What a bank's own desk sent and could not be taken: kept, and tried again while only its case was unknown.
create table ops.disposition_rejects (
    reject_id     text primary key,
    source        text not null,
    line          integer not null,
    reason        text not null,
    is_waiting    boolean not null,
    body          jsonb not null,
    received_at   timestamptz not null default clock_timestamp(),
    resolved_at   timestamptz
);
create index disposition_rejects_waiting on ops.disposition_rejects (received_at) where is_waiting and resolved_at is null;
comment on table ops.disposition_rejects is 'Outcomes of cases that could not be taken, each once: by content.';
comment on column ops.disposition_rejects.source is 'Name of the file, or webhook.';
comment on column ops.disposition_rejects.is_waiting is 'Nothing is wrong with it, but no case is known by this id or key yet: tried again before each build of the marts.';
comment on column ops.disposition_rejects.body is 'The columns that we know, as they came. May name an author''s id: whoever clears an author''s rows clears it here too, nothing does so by itself.';
