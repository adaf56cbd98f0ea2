"""The statements of warehouse.purge. `pg_temp.erasing` and `pg_temp.bodies` are erasure's: the mention ids of a batch, and its stored bytes."""

from __future__ import annotations

from typing import LiteralString

from warehouse.erasure_sql import EMPTIED, OF_ERASING, OWN
from warehouse.purge_bodies import SHORT as SHORT

# One purger at a time; the lock ends with the connection.
LOCK: LiteralString = "select pg_try_advisory_lock(hashtext('renown.purge'))"
UNLOCK: LiteralString = "select pg_advisory_unlock(hashtext('renown.purge'))"
QUIETLY: LiteralString = "select set_config('renown.purging', 'on', true)"  # the triggers of ops.mart_changes ask for it (0036_purges.sql)

_STANDS: LiteralString = """d.undone_at is null and d.purged_at is null and d.basis <> 'erasure' and d.observed_at <= %(until)s
    and not exists (select from core.deletions as p where p.mention_id = d.mention_id and p.undone_at is null and p.purged_at is not null)"""
# Whose words are due: the tombstone's own key, or core's where it was laid without one.
_KEYED: LiteralString = """
select distinct d.mention_id, coalesce(d.platform, m.platform) as platform, coalesce(d.site, m.site) as site, coalesce(d.kind, m.kind) as kind,
    coalesce(d.native_id, m.native_id) as native_id
from core.deletions as d
left join lateral (select * from core.mentions as k where k.mention_id = d.mention_id limit 1) as m on true
where """
_DUE: LiteralString = _KEYED + _STANDS
_BYTES: LiteralString = (
    "(p.platform, p.site, p.kind, p.native_id) = (due.platform, due.site, due.kind, due.native_id) and p.body <> ''"
)
WAITING: LiteralString = "select platform, count(*) filter (where is_in_core or payloads > 0), sum(payloads)::bigint, sum(bytes)::bigint from (" + (
    "select due.platform, exists (select from core.mentions as m where m.mention_id = due.mention_id) as is_in_core,"
    " (select count(*) from raw.payloads as p where " + _BYTES + ") as payloads,"
    " (select coalesce(sum(length(p.body)), 0) from raw.payloads as p where " + _BYTES + ") as bytes"
    " from (" + _DUE + ") as due where due.platform is not null"
) + ") as waiting group by platform order by platform"
PLATFORMS: LiteralString = "select distinct platform from (" + _DUE + ") as due where platform is not null order by platform"
# Threads together: what they share is read once or twice, not once for each of their items.
IDS: LiteralString = (
    "select due.mention_id from (" + _DUE + ") as due left join lateral (select k.conversation_id from core.mentions as k"
    " where k.mention_id = due.mention_id limit 1) as m on true where due.platform = %(platform)s"
    " order by due.site, coalesce(m.conversation_id, due.native_id), due.mention_id"
)
# Under the platform's lock: an item that came back meanwhile keeps its words.
TAKE: LiteralString = (
    "insert into erasing select distinct d.mention_id, true from core.deletions as d where d.mention_id = any(%(ids)s) and " + _STANDS
)
BODIES: LiteralString = (
    "insert into bodies select p.site, p.kind, p.native_id, p.payload_sha256 from ("
    + _KEYED + "d.mention_id in (select mention_id from erasing)) as due inner join raw.payloads as p on " + _BYTES + " on conflict do nothing"
)  # fmt: skip
ITEMS: LiteralString = """
select count(*) from erasing as e where exists (select from core.mentions as m where m.mention_id = e.mention_id)
    or exists (select from bodies as b where core.mention_id(%(platform)s, b.site, b.kind, b.native_id) = e.mention_id)
"""
GIVEN: LiteralString = "select mention_id, title, text from core.mentions where " + OF_ERASING
SAID: LiteralString = "select title, text from core.mentions where mention_id = any(%(ids)s)"

# Others whose bytes may hold the words: the thread, its root, the parent, and what reposts or quotes, in core or set aside.
_GONE: LiteralString = (
    "select distinct m.mention_id as gone, m.platform, m.site, m.native_id, m.conversation_id, m.parent_id"
    " from core.mentions as m inner join erasing using (mention_id)"
)
_RELATED: LiteralString = """
    select m.native_id, g.site, g.gone from gone as g inner join core.mentions as m
        on (m.platform, m.site) = (g.platform, g.site) and m.conversation_id in (g.conversation_id, g.native_id)
    union select unnest(array[g.conversation_id, g.parent_id]), g.site, g.gone from gone as g
    union select m.native_id, g.site, g.gone from gone as g
        inner join core.mentions as m on (m.platform, m.site, m.repost_of_id) = (g.platform, g.site, g.native_id)
    union select m.native_id, g.site, g.gone from gone as g
        inner join core.mentions as m on (m.platform, m.site, m.quote_of_id) = (g.platform, g.site, g.native_id)
    union select f.native_id, g.site, g.gone from gone as g inner join raw.filtered as f
        on (f.platform, f.site) = (g.platform, g.site) and f.conversation_id in (g.conversation_id, g.native_id)
    union select f.native_id, g.site, g.gone from gone as g
        inner join raw.filtered as f on (f.platform, f.site, f.repeats_id) = (g.platform, g.site, g.native_id)
"""
# Each with what its item says itself, whose words to look for in it, and whether it was only set aside (and not deleted since: what is hidden is
# taken up by nobody, and its hash must stay known).
OTHERS: LiteralString = "with gone as (" + _GONE + "), related as (" + _RELATED + """),
wanted as (select native_id, site, array_agg(distinct gone) as gone from related group by native_id, site)
select p.site, p.kind, p.native_id, p.payload_sha256, p.body,
    array(select concat_ws(' ', o.title, o.text) from core.mentions as o where o.mention_id = i.id), r.gone,
    exists (select from raw.filtered as f where f.mention_id = i.id) and not exists (select from core.mentions as o where o.mention_id = i.id)
        and not exists (select from core.deletions as d where d.mention_id = i.id and d.undone_at is null)
from wanted as r inner join raw.payloads as p on p.platform = %(platform)s and p.site = r.site and p.native_id = r.native_id
cross join lateral (select core.mention_id(p.platform, p.site, p.kind, p.native_id) as id) as i
where p.body <> '' and i.id not in (select mention_id from erasing)
"""
WITHOUT: LiteralString = """
update raw.payloads set body = %s where platform = %s and site = %s and kind = %s and native_id = %s and payload_sha256 = %s
"""
_KEY: LiteralString = " where (platform, site, kind, native_id, payload_sha256) = (%s, %s, %s, %s, %s)"
FORGET: tuple[LiteralString, ...] = (
    "delete from raw.filtered as f using raw.payload_hashes as h where f.mention_id = core.mention_id(h.platform, h.site, h.kind, h.native_id)"
    " and f.payload_sha256 = h.payload_sha256 and (h.platform, h.site, h.kind, h.native_id, h.payload_sha256) = (%s, %s, %s, %s, %s)",
    "delete from raw.payload_hashes" + _KEY,
    "delete from raw.payloads" + _KEY,
)
_OF_REJECT: LiteralString = (
    "m.platform = r.platform and m.native_id = r.native_id and (r.site is null or m.site = r.site)"
    " and not exists (select from core.deletions as d where d.mention_id = m.mention_id and d.undone_at is null)"
)
# Of an item that lives, or that somebody's repost repeats: words of its own author. `since`: only what came in batches that were open then.
REJECTS: LiteralString = """
select r.reject_id, r.resolved_at, r.body from raw.rejects as r
where r.platform = %(platform)s and r.body <> ''
    and (%(since)s::timestamptz is null or exists (
        select from raw.batches as b where b.batch_id = r.batch_id and coalesce(b.ended_at, 'infinity') >= %(since)s::timestamptz))
    and (r.native_id is null or not (
        exists (select from core.mentions as m where (r.kind is null or m.kind = r.kind) and """ + _OF_REJECT + """)
        or exists (select from raw.filtered as m where """ + _OF_REJECT + """)
        or exists (select from core.mentions as o where o.platform = r.platform and o.site = coalesce(r.site, '') and o.repost_of_id = r.native_id)))
order by r.reject_id
"""
# As it was read: what was settled or read again meanwhile stays as that left it.
CLOSE: LiteralString = """
update raw.rejects set body = '', resolved_at = coalesce(resolved_at, clock_timestamp()), reason = 'it held words of what was deleted: to be looked up anew'
where reject_id = %(reject)s and body <> '' and resolved_at is not distinct from %(resolved)s
"""

_SPANS: LiteralString = "task in ('banks', 'entities', 'handles', 'places') and jsonb_typeof(label) = 'array'"
# What goes of a batch's items, by what it is. Ids, numbers and our own words stay, and rows with them: nothing is counted otherwise than before.
# A version's content_sha256 is another one then, its own: the same words seen again are a new version, with labels of its own.
WORDS: dict[str, LiteralString] = {
    "span labels": """
update nlp.annotations set label = (
    select coalesce(jsonb_agg(case when jsonb_typeof(e) = 'object' then e || jsonb_strip_nulls(jsonb_build_object(
        'text', case when e ? 'text' then '' end, 'handle', case when e ? 'handle' then '' end)) else e end order by o), '[]')
    from jsonb_array_elements(label) with ordinality as u (e, o))
where """ + _SPANS + " and (label @? '$[*].text ? (@ <> \"\")' or label @? '$[*].handle ? (@ <> \"\")') and " + OF_ERASING,
    "masked texts": "update nlp.masked_texts set masked_text = '' where masked_text <> '' and " + OF_ERASING,
    "emerging themes' phrases": OWN["emerging themes' phrases"],
    "stored bytes": EMPTIED,
    "rejects": """
update raw.rejects as r set body = '', resolved_at = coalesce(r.resolved_at, clock_timestamp())
from (""" + _KEYED + """d.mention_id in (select mention_id from erasing)) as due
where r.platform = due.platform and md5(r.native_id) = md5(due.native_id) and r.native_id = due.native_id and r.body <> ''
    and (r.site = due.site or (r.site is null and (
        due.site = '' or r.source_id in (select m.source_id from core.mentions as m where m.platform = due.platform and m.site = due.site))))
    and (r.kind = due.kind or not exists (select from core.mentions as m where (r.kind is null or m.kind = r.kind)
        and m.site = due.site and """ + _OF_REJECT + """))
""",
    "set aside": "delete from raw.filtered where " + OF_ERASING,
    "versions": """
update core.mentions set title = null, text = '', url = null, author_name = null, author_location = null, page_name = null, place_name = null,
    mentions = '{}', hashtags = '{}', links = '{}',
    content_sha256 = sha256(content_sha256 || convert_to('purged ' || version, 'UTF8'))
where (text <> '' or mentions <> '{}' or hashtags <> '{}' or links <> '{}'
    or num_nonnulls(title, url, author_name, author_location, page_name, place_name) > 0) and """ + OF_ERASING,
}  # fmt: skip
MARK: LiteralString = "update core.deletions set purged_at = clock_timestamp() where undone_at is null and basis <> 'erasure' and " + OF_ERASING
# Laid without a key, of what core never held: nothing is stored of it.
MARK_UNKNOWN: LiteralString = (
    "update core.deletions set purged_at = clock_timestamp() where undone_at is null and purged_at is null and (mention_id, basis) in ("
    "select d.mention_id, d.basis from core.deletions as d where d.native_id is null and " + _STANDS
    + " and not exists (select from core.mentions as m where m.mention_id = d.mention_id)"
    " order by d.mention_id, d.basis limit %(size)s for update of d skip locked)"
)
START: LiteralString = "insert into ops.purges (until) values (%(until)s) returning purge_id"
COUNT: LiteralString = "update ops.purges set items = %s, removed = %s where purge_id = %s"
END: LiteralString = "update ops.purges set ended_at = clock_timestamp() where purge_id = %s"
