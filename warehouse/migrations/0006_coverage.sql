-- Coverage: what came cut short, why an item is gone, and runs that look again instead of further.
alter table raw.batches add column items_truncated bigint not null default 0;
alter table raw.batches drop constraint batches_mode_check;
alter table raw.batches add constraint batches_mode_check
    check (mode in ('incremental', 'backfill', 'ingest', 'replay', 'revisit', 'compliance'));
comment on column raw.batches.items_truncated is 'Items whose text the platform cut ("…全文"): incomplete, not success.';

alter table core.deletions add column reason text;
comment on column core.deletions.reason is 'The platform''s own word for why: deactivated, suspended, protected, bounced; null where it tells none.';
