-- Schemas, in the order of the flow, and the migration ledger's home.
create schema if not exists raw;
create schema if not exists core;
create schema if not exists nlp;
create schema if not exists quality;
create schema if not exists config;
create schema if not exists ops;
create schema if not exists marts;

comment on schema raw is 'What the platforms sent, as it came: batches, payloads, cursors, rejects.';
comment on schema core is 'One shape for every platform: mentions, authors, engagement, deletions.';
comment on schema nlp is 'Labels, append-only, keyed by mention, version, task and model version.';
comment on schema quality is 'Check results and quarantine: ids and counts, never texts.';
comment on schema config is 'The bank''s configuration as the marts read it, synchronised from config/*.yml.';
comment on schema ops is 'Deliveries, alerts, notifications, migrations.';
comment on schema marts is 'The public face: what BI tools read.';
