"""What must hold of raw.*: what platforms sent is counted, kept and traceable to the run that fetched it."""

from __future__ import annotations

from expectations.rules import QueryRule, Rule, not_null

REPLAY = "run the source again; see quality.results for the batch ids"
BATCHES, PAYLOADS = "raw.batches", "raw.payloads"

RULES: tuple[Rule, ...] = (
    QueryRule(
        "counters_add_up",
        BATCHES,
        "select t.batch_id::text as id from {batch} as t where t.status in ('success', 'stopped') "
        "and t.items_returned <> t.items_new + t.items_known + t.items_rejected",
        "batches return another number than new + known + rejected",
        REPLAY,
    ),
    QueryRule(
        "no_silent_gap",
        BATCHES,
        "select t.batch_id::text as id from {batch} as t where t.status = 'success' and not t.gap "
        "and t.items_promised > t.items_returned",
        "batches got less than the platform promised and do not say so",
        REPLAY,
    ),
    QueryRule(
        "gap_has_reason",
        BATCHES,
        "select t.batch_id::text as id from {batch} as t where t.gap and coalesce(t.gap_reason, '') = ''",
        "batches have a gap without a reason",
        REPLAY,
    ),
    QueryRule(
        "finished_batch_has_end",
        BATCHES,
        "select t.batch_id::text as id from {batch} as t where t.status <> 'running' "
        "and (t.ended_at is null or t.ended_at < t.started_at)",
        "finished batches have no sensible end",
        REPLAY,
    ),
    QueryRule(
        "counters_not_negative",
        BATCHES,
        "select t.batch_id::text as id from {batch} as t where least(t.requests, t.items_promised, t.items_returned, "
        "t.items_new, t.items_known, t.items_rejected, t.items_filtered, t.items_truncated, t.waited_seconds) < 0",
        "batches count below zero",
        REPLAY,
    ),
    QueryRule(
        "aside_and_cut_within_returned",
        BATCHES,
        "select t.batch_id::text as id from {batch} as t where t.items_filtered + t.items_truncated > t.items_returned",
        "batches set aside or cut more items than they returned",
        REPLAY,
    ),
    QueryRule(
        "mode_is_known",
        BATCHES,
        "select t.batch_id::text as id from {batch} as t where t.mode is null "
        "or t.mode not in ('incremental', 'backfill', 'ingest', 'replay', 'revisit', 'compliance')",
        "batches have an unknown mode",
        REPLAY,
    ),
    QueryRule(
        "reading_has_interval",
        BATCHES,
        "select t.batch_id::text as id from {batch} as t where t.mode in ('incremental', 'backfill') "
        "and (t.interval_start is null or t.interval_end is null)",
        "batches read a source and do not say for which interval",
        REPLAY,
    ),
    QueryRule(
        "stopped_batch_has_gap",
        BATCHES,
        "select t.batch_id::text as id from {batch} as t where t.status = 'stopped' and not t.gap",
        "batches were stopped by the platform and say no gap",
        REPLAY,
    ),
    QueryRule(
        "interval_runs_forward",
        BATCHES,
        "select t.batch_id::text as id from {batch} as t where t.interval_end < t.interval_start",
        "batches ask for an interval that ends before it starts",
        REPLAY,
    ),
    QueryRule(
        "payload_has_batch",
        PAYLOADS,
        "select distinct t.batch_id::text as id from {batch} as t "
        "where not exists (select 1 from raw.batches as b where b.batch_id = t.batch_id)",
        "batches have payloads and no row in raw.batches",
        REPLAY,
    ),
    QueryRule(
        "payload_is_known",
        PAYLOADS,
        "select encode(t.payload_sha256, 'hex') as id from {batch} as t "
        "where not exists (select 1 from raw.payload_hashes as h "
        "where h.platform = t.platform and h.site = t.site and h.kind = t.kind and h.native_id = t.native_id "
        "and h.payload_sha256 = t.payload_sha256)",
        "payloads are not among the known hashes",
        REPLAY,
    ),
    QueryRule(
        "payload_landed_once",
        PAYLOADS,
        "select encode(t.payload_sha256, 'hex') as id from {batch} as t "
        "group by t.platform, t.site, t.kind, t.native_id, t.payload_sha256 having count(*) > 1",
        "payloads have landed more than once",
        REPLAY,
    ),
    QueryRule(
        "reject_has_reason",
        "raw.rejects",
        "select t.reject_id::text as id from {batch} as t where btrim(t.reason) = ''",
        "rejects carry no reason",
        "see raw.rejects",
    ),
    QueryRule(
        "cursor_has_batch",
        "raw.cursors",
        "select t.source_id || ' ' || t.stream as id from {batch} as t "
        "where not exists (select 1 from raw.batches as b where b.batch_id = t.batch_id)",
        "cursors were moved by no known batch",
        REPLAY,
    ),
    not_null(PAYLOADS, "native_id", "payloads have no native id", ("batch_id",)),
    not_null(PAYLOADS, "body", "payloads have no body", ("batch_id", "native_id")),
)
