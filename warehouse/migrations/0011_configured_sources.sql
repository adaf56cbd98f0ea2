-- What is read, whether it ever ran or not: a source without a batch is told from a source that nobody configured.
create table config.sources (source_id text primary key, platform text not null, is_read boolean not null);
comment on table config.sources is 'The sources of config/sources.yml.';
comment on column config.sources.is_read is 'Switched on, and its terms recorded as approved.';
