-- raw: land first, understand later.
create table raw.batches (
    batch_id        uuid primary key,
    source_id       text not null,
    platform        text not null,
    mode            text not null check (mode in ('incremental', 'backfill', 'ingest', 'replay')),
    status          text not null default 'running' check (status in ('running', 'success', 'failed', 'stopped')),
    run_id          text,
    interval_start  timestamptz,
    interval_end    timestamptz,
    requests        bigint not null default 0,
    items_promised  bigint,
    items_returned  bigint not null default 0,
    items_new       bigint not null default 0,
    items_known     bigint not null default 0,
    items_rejected  bigint not null default 0,
    waited_seconds  numeric not null default 0,
    gap             boolean not null default false,
    gap_reason      text,
    error           text,
    config_version  text,
    started_at      timestamptz not null default clock_timestamp(),
    heartbeat_at    timestamptz not null default clock_timestamp(),
    ended_at        timestamptz
);
create index batches_source_started on raw.batches (source_id, started_at);

create table raw.payloads (
    payload_sha256  bytea not null,
    platform        text not null,
    site            text not null default '',
    kind            text not null,
    native_id       text not null,
    batch_id        uuid not null,
    source_id       text not null,
    fetched_at      timestamptz not null,
    loaded_at       timestamptz not null default clock_timestamp(),
    content_type    text not null default 'application/json',
    body            bytea not null,
    body_json       jsonb
) partition by range (loaded_at);
create table raw.payloads_default partition of raw.payloads default;
create index payloads_item on raw.payloads (platform, site, native_id);

-- A unique key on a partitioned table must hold its partition key, so known hashes live here.
create table raw.payload_hashes (
    platform        text not null,
    site            text not null,
    kind            text not null,
    native_id       text not null,
    payload_sha256  bytea not null,
    batch_id        uuid not null,
    loaded_at       timestamptz not null default clock_timestamp(),
    primary key (platform, site, kind, native_id, payload_sha256)
);

create table raw.cursors (
    source_id   text not null,
    stream      text not null default '',
    cursor      jsonb not null,
    batch_id    uuid not null,
    updated_at  timestamptz not null default clock_timestamp(),
    primary key (source_id, stream)
);

create table raw.rejects (
    reject_id       bigint generated always as identity primary key,
    batch_id        uuid not null,
    source_id       text not null,
    platform        text not null,
    stage           text not null check (stage in ('page', 'item', 'core', 'ingest')),
    native_id       text,
    payload_sha256  bytea not null,
    body            bytea not null,
    reason          text not null,
    created_at      timestamptz not null default clock_timestamp(),
    resolved_at     timestamptz,
    unique (source_id, stage, payload_sha256)
);

-- Month partitions are made on the way, by whoever lands first in a month.
create function raw.ensure_month_partition(at timestamptz) returns void language plpgsql as $$
declare
    first_day date := date_trunc('month', at at time zone 'UTC')::date;
    name text := format('payloads_%s', to_char(first_day, 'YYYYMM'));
begin
    if to_regclass('raw.' || name) is not null then return; end if;
    perform pg_advisory_xact_lock(hashtext('raw.payloads'));
    if to_regclass('raw.' || name) is null then
        execute format(
            'create table raw.%I partition of raw.payloads for values from (%L) to (%L)', name,
            first_day::text || ' 00:00:00+00', (first_day + interval '1 month')::date::text || ' 00:00:00+00');
    end if;
end $$;
