"""The statements of warehouse.landing. `pg_temp.landing` holds a group of pages: their items without their bytes, in the order in which they came."""

from __future__ import annotations

MENTION_COLUMNS = (
    "url",
    "title",
    "text",
    "author_id",
    "author_handle",
    "author_name",
    "author_followers",
    "author_following",
    "author_posts",
    "author_created_at",
    "author_verified",
    "author_location",
    "page_id",
    "page_name",
    "page_followers",
    "created_at",
    "created_at_raw",
    "edited_at",
    "parent_id",
    "conversation_id",
    "in_reply_to_author_id",
    "repost_of_id",
    "quote_of_id",
    "language_hint",
    "country",
    "place_name",
    "latitude",
    "longitude",
    "rating",
    "mentions",
    "hashtags",
    "links",
    "media_count",
    "truncated",
)
ENGAGEMENT_COLUMNS = ("likes", "shares", "comments", "views", "quotes")
COLUMNS = (
    "ordinal",
    "mention_id",
    "platform",
    "site",
    "kind",
    "native_id",
    "payload_sha256",
    "is_mention",
    "content_sha256",
    *MENTION_COLUMNS,
    *ENGAGEMENT_COLUMNS,
)
COUNTED = ("requests", "promised", "returned", "new", "known", "rejected", "filtered", "truncated", "waited")
_LISTED = ", ".join(MENTION_COLUMNS)
# raw.payloads as COPY writes it: name → type, in binary, so that a body is sent as it is.
PAYLOAD_TYPES = {
    "platform": "text",
    "site": "text",
    "kind": "text",
    "native_id": "text",
    "payload_sha256": "bytea",
    "batch_id": "uuid",
    "source_id": "text",
    "fetched_at": "timestamptz",
    "content_type": "text",
    "body": "bytea",
}

STAGING = f"""
create temporary table if not exists landing on commit delete rows as
select 0::bigint as ordinal, m.mention_id, m.platform, m.site, m.kind, m.native_id, m.payload_sha256, true as is_mention,
    m.content_sha256, {", ".join(f"m.{name}" for name in MENTION_COLUMNS)},
    {", ".join(f"e.{name}" for name in ENGAGEMENT_COLUMNS)}
from core.mentions m, core.engagement e with no data
"""

EMPTY = "truncate pg_temp.landing"

# With it, for this transaction: a page is looked up by key. Else the plan of the first pages, when core is small enough to be read whole,
# stays with the prepared statement while core grows.
LOCK_PLATFORM = """
select pg_advisory_xact_lock(hashtext('renown.landing'), hashtext(%s)), set_config('enable_seqscan', 'off', true),
    set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true)
"""

CLOSE_DEAD = """
update raw.batches set status = 'failed', error = 'the process died', ended_at = clock_timestamp()
where source_id = %s and status = 'running'
"""

START_BATCH = """
insert into raw.batches (batch_id, source_id, platform, mode, run_id, interval_start, interval_end, config_version)
values (%s, %s, %s, %s, %s, %s, %s, %s)
"""

COUNT = """
update raw.batches set
    requests = requests + %(requests)s,
    items_promised = case when %(promised)s::bigint is null then items_promised else coalesce(items_promised, 0) + %(promised)s::bigint end,
    items_returned = items_returned + %(returned)s, items_new = items_new + %(new)s, items_known = items_known + %(known)s,
    items_rejected = items_rejected + %(rejected)s, items_filtered = items_filtered + %(filtered)s,
    items_truncated = items_truncated + %(truncated)s, waited_seconds = waited_seconds + %(waited)s::numeric,
    gap = gap or %(gap)s::text is not null, gap_reason = coalesce(gap_reason, %(gap)s::text), heartbeat_at = clock_timestamp()
where batch_id = %(batch)s
"""

FINISH_BATCH = """
update raw.batches set status = %s, error = %s, gap = gap or %s, gap_reason = coalesce(gap_reason, %s), requests = requests + %s,
    waited_seconds = waited_seconds + %s::numeric, heartbeat_at = clock_timestamp(), ended_at = clock_timestamp()
where batch_id = %s
"""

# A page that could not be read was not passed by the cursor: a later success has read it again.
RESOLVE_PAGES = """
update raw.rejects set resolved_at = clock_timestamp(), body = ''
where source_id = %s and stage = 'page' and resolved_at is null and batch_id <> %s
"""

MOVE_CURSOR = """
insert into raw.cursors (source_id, stream, cursor, batch_id) values (%s, %s, %s, %s)
on conflict (source_id, stream) do update set cursor = excluded.cursor, batch_id = excluded.batch_id, updated_at = clock_timestamp()
"""

REJECT = """
insert into raw.rejects (batch_id, source_id, platform, site, kind, stage, native_id, payload_sha256, body, reason)
values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
on conflict (source_id, stage, payload_sha256) do update set batch_id = excluded.batch_id, body = excluded.body, reason = excluded.reason, resolved_at = null,
    site = excluded.site, kind = excluded.kind
"""

OPEN_REJECTS = """
select reject_id, source_id, platform, stage, body from raw.rejects
where resolved_at is null and (%(source)s::text is null or source_id = %(source)s)
order by reject_id
"""

RECENT_THREADS = """
select m.native_id, max(m.author_id) from core.mentions m
where m.source_id = %(source)s and m.kind = %(kind)s and m.event_at >= %(since)s
    and not exists (select 1 from core.deletions d where d.mention_id = m.mention_id and d.undone_at is null)
group by m.native_id order by max(m.event_at) desc, m.native_id
"""

# Of the page's items those whose tombstone stands: whether the page shows them alive (a look does; a file by bytes that were not known; what is read
# again does not), and whether their words were purged and they stay out (warehouse/purged.py). Before HASHES, which makes their bytes known.
PURGED = """
select f.ordinal, f.is_alive, f.was_purged and not (f.is_alive and f.may_return) as stays_out, f.was_purged
from (
    select s.ordinal, gone.may_return, gone.was_purged, s.is_mention and (%(origin)s = 'look' or (%(origin)s = 'file' and not exists (
        select 1 from raw.payload_hashes h where h.platform = s.platform and h.site = s.site and h.kind = s.kind and h.native_id = s.native_id
            and h.payload_sha256 = s.payload_sha256))) as is_alive
    from pg_temp.landing s
    cross join lateral (
        select bool_and(d.basis in ('platform', 'author', 'page') and d.observed_at < %(now)s) as may_return,
            bool_or(d.purged_at is not null) as was_purged
        from core.deletions d where d.mention_id = s.mention_id and d.undone_at is null having count(*) > 0
    ) gone
) f
"""
HOLD_BACK = "delete from pg_temp.landing where ordinal = any(%s)"
# Whoever is back with the very bytes that were emptied lands them again, under the same hash.
MAKE_ROOM = """
with emptied as (
    delete from raw.payloads p using pg_temp.landing s
    where p.platform = s.platform and p.site = s.site and p.kind = s.kind and p.native_id = s.native_id and p.payload_sha256 = s.payload_sha256
        and p.body = '' and exists (select 1 from core.deletions d where d.mention_id = s.mention_id and d.undone_at is null and d.purged_at is not null)
    returning p.platform, p.site, p.kind, p.native_id, p.payload_sha256
)
delete from raw.payload_hashes h using emptied e
where h.platform = e.platform and h.site = e.site and h.kind = e.kind and h.native_id = e.native_id and h.payload_sha256 = e.payload_sha256
"""

# Which payloads are new: a hash that is known means that these very bytes of the item are stored. Only new bytes are sent.
HASHES = """
insert into raw.payload_hashes (platform, site, kind, native_id, payload_sha256, batch_id)
select platform, site, kind, native_id, payload_sha256, %(batch)s from pg_temp.landing
on conflict do nothing
returning platform, site, kind, native_id, payload_sha256
"""

MENTIONS = f"""
with incoming as (
    select distinct on (s.mention_id, s.content_sha256) s.*
    from pg_temp.landing s
    where s.is_mention
        and not exists (select 1 from core.mentions k where k.mention_id = s.mention_id and k.content_sha256 = s.content_sha256)
    order by s.mention_id, s.content_sha256, s.ordinal
)
insert into core.mentions (mention_id, version, platform, site, kind, native_id, source_id, {_LISTED},
    event_at, event_at_basis, content_sha256, payload_sha256, batch_id, first_seen_at)
select i.mention_id, coalesce(known.version, 0) + row_number() over (partition by i.mention_id order by i.ordinal),
    i.platform, i.site, i.kind, i.native_id, %(source)s, {", ".join(f"i.{name}" for name in MENTION_COLUMNS)},
    coalesce(i.created_at, known.first_seen_at, %(now)s), case when i.created_at is null then 'first_seen' else 'created_at' end,
    i.content_sha256, i.payload_sha256, %(batch)s, coalesce(known.first_seen_at, %(now)s)
from incoming i
cross join lateral (
    select max(k.version) as version, min(k.first_seen_at) as first_seen_at from core.mentions k where k.mention_id = i.mention_id
) known
"""

# The same content seen again through a fuller answer (an author joined, a parent met) fills what was unknown, and nothing else: each column
# by the first row that knows it, as if every row had come alone. Where MENTIONS took every row of the group, nothing was seen again.
_FILLED = (
    "author_id",
    "author_handle",
    "author_name",
    "parent_id",
    "conversation_id",
    "in_reply_to_author_id",
    "created_at",
    "language_hint",
)
FILL = f"""
update core.mentions m set
    {", ".join(f"{name} = coalesce(m.{name}, s.{name})" for name in _FILLED)},
    event_at = case when m.created_at is null and s.created_at is not null then s.created_at else m.event_at end,
    event_at_basis = case when m.created_at is null and s.created_at is not null then 'created_at' else m.event_at_basis end,
    loaded_at = clock_timestamp()
from (
    select mention_id, content_sha256,
        {", ".join(f"(array_agg({name} order by ordinal) filter (where {name} is not null))[1] as {name}" for name in _FILLED)}
    from pg_temp.landing where is_mention group by mention_id, content_sha256
) s
where m.mention_id = s.mention_id and m.content_sha256 = s.content_sha256
    and ({" or ".join(f"(m.{name} is null and s.{name} is not null)" for name in _FILLED)})
"""

# Of each column the last row that knows it: an author is as seen last.
_AUTHOR = ("handle", "name", "followers", "following", "posts", "created_at", "verified", "location")
AUTHORS = f"""
insert into core.authors as a (platform, site, author_id, {", ".join(_AUTHOR)}, first_seen_at, last_seen_at)
select platform, site, author_id,
    {", ".join(f"(array_agg(author_{name} order by ordinal desc) filter (where author_{name} is not null))[1]" for name in _AUTHOR)},
    %(now)s, %(now)s
from pg_temp.landing where is_mention and author_id is not null
group by platform, site, author_id
on conflict (platform, site, author_id) do update set
    {", ".join(f"{name} = coalesce(excluded.{name}, a.{name})" for name in _AUTHOR)},
    first_seen_at = least(a.first_seen_at, excluded.first_seen_at), last_seen_at = greatest(a.last_seen_at, excluded.last_seen_at)
where ({", ".join(f"excluded.{name}" for name in _AUTHOR)}, excluded.last_seen_at)
    is distinct from ({", ".join(f"a.{name}" for name in _AUTHOR)}, a.last_seen_at)
"""

# A snapshot where there is none, or where a number differs from the newest one; one an instant, the first.
ENGAGEMENT = """
insert into core.engagement (mention_id, observed_at, likes, shares, comments, views, quotes)
select distinct on (s.mention_id) s.mention_id, %(now)s, s.likes, s.shares, s.comments, s.views, s.quotes
from pg_temp.landing s
left join lateral (
    select e.likes, e.shares, e.comments, e.views, e.quotes from core.engagement e
    where e.mention_id = s.mention_id order by e.observed_at desc limit 1
) last on true
where s.is_mention and coalesce(s.likes, s.shares, s.comments, s.views, s.quotes) is not null
    and (s.likes, s.shares, s.comments, s.views, s.quotes) is distinct from (last.likes, last.shares, last.comments, last.views, last.quotes)
order by s.mention_id, s.ordinal
on conflict (mention_id, observed_at) do nothing
"""

# Of an erased item no key is kept: it may hold its author's id.
TOMBSTONE = """
insert into core.deletions as d (mention_id, observed_at, deleted_at, basis, reason, platform, site, kind, native_id)
select %(mention)s, %(now)s, %(deleted_at)s::timestamptz, %(basis)s, %(reason)s::text, key.platform, key.site, key.kind, key.native_id
from (values (1)) as one
left join (values (%(platform)s, %(site)s, %(kind)s, %(native_id)s)) as key (platform, site, kind, native_id)
    on not exists (select 1 from core.deletions e where e.mention_id = %(mention)s and e.basis = 'erasure' and e.undone_at is null)
on conflict (mention_id, basis) do update set observed_at = excluded.observed_at, undone_at = null, purged_at = null, loaded_at = clock_timestamp(),
    platform = excluded.platform, site = excluded.site, kind = excluded.kind, native_id = excluded.native_id,
    deleted_at = coalesce(excluded.deleted_at, d.deleted_at), reason = coalesce(excluded.reason, d.reason)
where d.undone_at is not null
"""

SET_ASIDE = """
insert into raw.filtered (mention_id, payload_sha256, source_id, platform, site, native_id, conversation_id, parent_id, repeats_id, batch_id)
select %(mention)s, %(sha)s, %(source)s, %(platform)s, %(site)s, %(native_id)s, %(conversation)s, %(parent)s, %(repeats)s, %(batch)s
where not exists (select 1 from core.mentions m where m.mention_id = %(mention)s)
on conflict do nothing
"""

TAKEN_UP = """
delete from raw.filtered f using pg_temp.landing s where s.is_mention and f.mention_id = s.mention_id
"""

# What a source set aside: of threads that core holds by now, or all of it (a changed query looks at everything). Nothing that was deleted since: its
# bytes are older than that.
SET_ASIDE_OF = """
with aside as (
    select f.*, exists (
        select 1 from core.mentions m where m.platform = f.platform and m.site = f.site
            and (m.conversation_id = f.conversation_id or m.native_id in (f.conversation_id, f.parent_id))) as threaded
    from raw.filtered f where f.source_id = %(source)s and f.mention_id > %(after)s
)
select a.mention_id, a.threaded, a.site, p.body from aside a
join lateral (
    select p.body from raw.payloads p
    where p.platform = a.platform and p.site = a.site and p.native_id = a.native_id and p.payload_sha256 = a.payload_sha256 and p.body <> '' limit 1
) p on true
where (a.threaded or %(all)s) and not exists (select 1 from core.deletions d where d.mention_id = a.mention_id and d.undone_at is null)
order by a.mention_id limit %(size)s
"""

# A live item takes back what the platform said of it earlier; what an edit superseded, compliance or a person's erasure stays gone. `alive`: rows
# that PURGED found alive.
UNDO = """
update core.deletions d set undone_at = %(now)s, loaded_at = clock_timestamp()
from pg_temp.landing s
where s.ordinal = any(%(alive)s) and d.mention_id = s.mention_id and d.undone_at is null and d.observed_at < %(now)s
    and d.basis in ('platform', 'author', 'page')
"""
