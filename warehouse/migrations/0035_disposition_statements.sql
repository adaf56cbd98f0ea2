-- What a desk said of a case, each statement once: a repeat of an older one is told from a correction, which may say the same again later.
alter table ops.dispositions add column stated_at timestamptz;
-- When the desk said what is there by now is not known: at the latest when it was loaded.
update ops.dispositions set stated_at = loaded_at;
comment on column ops.dispositions.stated_at is 'When the desk said so: as it tells, else when it came. The newest statement of a case and moment holds.';

create table ops.disposition_statements (
    platform         text not null,
    site             text not null default '',
    conversation_id  text not null,
    author_id        text not null,
    bank_id          text not null,
    decided_at       timestamptz not null,
    content          text not null,
    stated_at        timestamptz not null,
    primary key (platform, site, conversation_id, author_id, bank_id, decided_at, content)
);
insert into ops.disposition_statements
select platform, site, conversation_id, author_id, bank_id, decided_at, md5(outcome || chr(31) || coalesce(note, '')), loaded_at from ops.dispositions;
comment on table ops.disposition_statements is 'Every statement of a desk that was taken, the overtaken ones too; ops.dispositions holds what counts. Names authors by id: `renown erase` clears it.';
comment on column ops.disposition_statements.content is 'Hash of outcome and note.';
