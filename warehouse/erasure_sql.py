"""The statements of warehouse.erasure; warehouse.purge shares some. `pg_temp.erasing` holds the mention ids of what goes.

%(handles)s are lower-cased, without @.
"""

from __future__ import annotations

from typing import LiteralString

_AUTHORS: LiteralString = """
    select a.author_id, lower(a.handle) as handle from core.authors as a where a.platform = %(platform)s and a.site = %(site)s
    union
    select m.author_id, lower(m.author_handle) from core.mentions as m where m.platform = %(platform)s and m.site = %(site)s
"""
IDS_OF_HANDLE: LiteralString = "select author_id from (" + _AUTHORS + ") as known where handle = any(%(handles)s)"
IS_ID: LiteralString = "select 1 from (" + _AUTHORS + ") as known where author_id = any(%(ids)s) limit 1"
HANDLES_OF_IDS: LiteralString = (
    "select handle from core.authors where platform = %(platform)s and site = %(site)s and author_id = any(%(ids)s) and handle <> ''"
    " union select author_handle from core.mentions where platform = %(platform)s and site = %(site)s and author_handle <> ''"
    " and (author_id = any(%(ids)s) or lower(author_handle) = any(%(handles)s))"
)
# A platform of many sites, and none of it is this one; ids that are all numbers, where the name is none.
OTHER_SITES: LiteralString = """
select array(select distinct site from core.authors where platform = %(platform)s and site <> %(site)s order by 1 limit 4)
where not exists (select from core.mentions where platform = %(platform)s and site = %(site)s)
    and exists (select from core.mentions where platform = %(platform)s)
"""
IDS_ARE_NUMBERS: LiteralString = """
select bool_and(author_id ~ '^-?[0-9]+$') from core.authors where platform = %(platform)s and site = %(site)s
"""
KNOWN: LiteralString = "select 1 from ops.erased_names where platform = %s and name_hash = any(%s) limit 1"

# Session tables, filled before landing's lock is taken and completed under it; the erasing transaction itself only reads what they name.
_TABLES: dict[str, LiteralString] = {
    "erasing": "mention_id uuid primary key, is_own boolean not null",
    "naming": "mention_id uuid primary key",
    "bodies": "site text, kind text, native_id text, payload_sha256 bytea, primary key (native_id, site, kind, payload_sha256)",
    "unread": "reject_id bigint primary key",
    "site_sources": "source_id text primary key, is_here boolean not null, is_alone boolean not null",
}
MAKE: tuple[LiteralString, ...] = tuple(
    statement for name, columns in _TABLES.items()
    for statement in ("drop table if exists pg_temp." + name, "create temporary table " + name + " (" + columns + ")")
)  # fmt: skip
LOOKED_AT: LiteralString = "analyze pg_temp.erasing, pg_temp.naming, pg_temp.bodies"
DROP: LiteralString = "drop table " + ", ".join("pg_temp." + name for name in _TABLES)
SITE_SOURCES: LiteralString = """
insert into site_sources select source_id, bool_or(site = %(site)s), bool_and(site = %(site)s) from core.mentions where platform = %(platform)s
group by source_id
"""
# What lands sets loaded_at under the platform's lock; whoever held it when this instant was taken has committed.
NOW: LiteralString = "select clock_timestamp()"
LOCK: LiteralString = "select pg_advisory_xact_lock(hashtext('renown.landing'), hashtext(%s))"
# Snapshots of nlp read many mentions and write their labels later: none is under way while these are held.
LOCK_SNAPSHOTS: LiteralString = (
    "select pg_advisory_xact_lock(hashtext('nlp.story')), pg_advisory_xact_lock(hashtext('nlp.bot')), pg_advisory_xact_lock(hashtext('nlp.emerging'))"
)

# What the person wrote, reposts of it (the same words), and what earlier erasures left behind because something wrote beside them.
OWN_ITEMS: LiteralString = """
insert into erasing select distinct mention_id, true from core.mentions
where platform = %(platform)s and site = %(site)s and loaded_at >= %(since)s
    and (author_id = any(%(ids)s) or (author_id is null and lower(author_handle) = any(%(handles)s)))
on conflict do nothing
"""
REPOSTS: LiteralString = """
insert into erasing select distinct m.mention_id, false from core.mentions as m
where m.platform = %(platform)s and m.site = %(site)s and m.loaded_at >= %(since)s
    and m.repost_of_id in (select o.native_id from core.mentions as o inner join erasing as e on e.mention_id = o.mention_id and e.is_own)
on conflict do nothing
"""
LEFT_BEHIND: LiteralString = """
insert into erasing select mention_id, false from core.deletions where basis = 'erasure' and undone_at is null on conflict do nothing
"""
HOLD: LiteralString = (
    "select 1 from core.mentions where mention_id in (select mention_id from erasing union select mention_id from naming)"
    " order by mention_id, version for update"
)
DELIVERIES: LiteralString = """
select distinct d.subscription_id, d.window_start, d.window_end, d.status, array(
    select r.recipient from ops.delivery_recipients as r where (r.subscription_id, r.window_start, r.window_end, r.issue)
        = (d.subscription_id, d.window_start, d.window_end, d.issue) and r.status in ('handed', 'sent') order by 1)
from ops.deliveries as d
where exists (
    select from core.mentions as m inner join erasing using (mention_id) where m.event_at >= d.window_start and m.event_at < d.window_end
)
order by 1, 2, 3, 4
"""
CASES: LiteralString = """
select case_id::text from marts_rows.fct_cases where platform = %(platform)s and site = %(site)s and author_id = any(%(ids)s)
"""
# Others' bytes that name the person: where core rests on them the row stays, for its hash; what was only set aside goes.
_BODIES: LiteralString = """ from bodies as b where p.platform = %(platform)s and p.site = b.site and p.kind = b.kind and p.native_id = b.native_id
    and p.payload_sha256 = b.payload_sha256"""
_MENTIONED: LiteralString = "exists (select from core.mentions as m where m.mention_id = core.mention_id(p.platform, p.site, p.kind, p.native_id))"
EMPTIED: LiteralString = "update raw.payloads as p set body = ''" + _BODIES + " and p.body <> ''"
EMPTY_BODIES: LiteralString = EMPTIED + " and " + _MENTIONED + """
    and not exists (select from erasing as e where e.mention_id = core.mention_id(p.platform, p.site, p.kind, p.native_id))"""
_SET_ASIDE: LiteralString = _BODIES.replace(" from bodies", " using bodies") + " and not " + _MENTIONED
FORGET_BODIES: tuple[LiteralString, ...] = ("delete from raw.payload_hashes as p" + _SET_ASIDE, "delete from raw.payloads as p" + _SET_ASIDE)
# What others wrote to or of the person: ids and handles go, words stay theirs.
OTHERS: dict[str, LiteralString] = {
    "items of others that name them": """
update core.mentions as m set
    in_reply_to_author_id = case when in_reply_to_author_id = any(%(ids)s) then 'erased' else in_reply_to_author_id end,
    mentions = (select coalesce(array_agg(case when lower(h) = any(%(handles)s) then 'erased' else h end order by o), '{}')
                from unnest(mentions) with ordinality as u (h, o)),
    url = case when page_id = any(%(ids)s) then null else url end,
    page_name = case when page_id = any(%(ids)s) then null else page_name end,
    page_id = case when page_id = any(%(ids)s) then 'erased' else page_id end
where mention_id in (select mention_id from naming except select mention_id from erasing) and (
    in_reply_to_author_id = any(%(ids)s) or page_id = any(%(ids)s)
    or exists (select from unnest(mentions) as h where lower(h) = any(%(handles)s)))
""",
    "published cells": """
update ops.published_cells set cell = jsonb_set(cell, '{account}', '"erased"')
where cell ->> 'platform' in (%(platform)s, 'all') and (lower(cell ->> 'account') = any(%(handles)s) or cell ->> 'account' = any(%(ids)s))
""",
    # A story that was the person's own item: its key could still be made from the item's id by whoever has the salt.
    "published wishes": """
update ops.published_cells set cell = jsonb_set(cell, '{story_key}', '"erased"')
where mart = 'mart_wishes' and cell ->> 'story_key' in (select ops.story_key(mention_id::text) from erasing)
""",
}
# Whoever may name the person, found by all of it at once; warehouse.erased_names decides what is a name there.
NAMING: LiteralString = """
insert into naming select distinct m.mention_id from core.mentions as m
where m.platform = %(platform)s and m.site = %(site)s and m.loaded_at >= %(since)s and (
    m.text ~* %(near)s or m.title ~* %(near)s or m.in_reply_to_author_id = any(%(ids)s) or m.page_id = any(%(ids)s)
    or exists (select from unnest(m.mentions) as h where lower(ltrim(h, '@')) = any(%(handles)s))
    or exists (select from unnest(m.links) as link where link ~* %(linked)s))
on conflict do nothing
"""
NAMED_WORDS: LiteralString = """
select t.mention_id, t.version, t.text, t.title, t.links, t.mentions from core.mentions as t inner join naming using (mention_id)
where t.mention_id not in (select mention_id from erasing)
"""
TAKE_OUT_WORDS: LiteralString = "update core.mentions set text = %s, title = %s, links = %s where mention_id = %s and version = %s"
NAMED_MASKED: LiteralString = """
select t.mention_id, t.mention_version, t.model_version, t.masked_text from nlp.masked_texts as t inner join naming using (mention_id)
where t.mention_id not in (select mention_id from erasing)
"""
TAKE_OUT_MASKED: LiteralString = "update nlp.masked_texts set masked_text = %s where mention_id = %s and mention_version = %s and model_version = %s"
NAMED_LABELS: LiteralString = """
select t.mention_id, t.mention_version, t.task, t.model_version, t.revision, t.label from nlp.annotations as t inner join naming using (mention_id)
where t.task in ('handles', 'entities', 'banks', 'places') and t.mention_id not in (select mention_id from erasing)
"""
TAKE_OUT_LABEL: LiteralString = """
update nlp.annotations set label = %s where mention_id = %s and mention_version = %s and task = %s and model_version = %s and revision = %s
"""

# What is the person's own, children before parents.
OF_ERASING: LiteralString = "mention_id in (select mention_id from erasing)"
_KEYS: LiteralString = (
    "(platform, site, kind, native_id) in (select m.platform, m.site, m.kind, m.native_id from core.mentions as m inner join erasing using (mention_id))"
)
OWN: dict[str, LiteralString] = {
    "labels": "delete from nlp.annotations where " + OF_ERASING,
    "masked texts": "delete from nlp.masked_texts where " + OF_ERASING,
    "label samples": "delete from nlp.label_samples where " + OF_ERASING,
    "finished by pipelines": "delete from nlp.done where " + OF_ERASING,
    "emerging themes' phrases": "update nlp.emerging_topics set phrases = '{}'"
    " where phrases <> '{}' and mention_ids && array(select mention_id from erasing)",
    "counts": "delete from core.engagement where " + OF_ERASING,
    "visits": "delete from raw.visits where " + OF_ERASING,
    "quarantine": "delete from quality.quarantine where " + OF_ERASING,
    "set aside": "delete from raw.filtered as f where f." + OF_ERASING + " or (f.platform = %(platform)s and f.site = %(site)s and not exists ("
    "select from raw.payloads as p where p.platform = f.platform and p.site = f.site and p.native_id = f.native_id and p.payload_sha256 = f.payload_sha256))",
    "payloads": "delete from raw.payloads where " + _KEYS,
    "payload hashes": "delete from raw.payload_hashes where " + _KEYS,
    "rejects": "delete from raw.rejects as r where r.reject_id in (select reject_id from unread) or (r.platform = %(platform)s"
    " and r.source_id in (select source_id from site_sources where is_alone) and r.native_id in"
    " (select m.native_id from core.mentions as m inner join erasing using (mention_id) where m.platform = %(platform)s and m.site = %(site)s))",
    "outcomes": "delete from ops.dispositions where platform = %(platform)s and site = %(site)s and author_id = any(%(ids)s)",
    "outcomes as they were said": "delete from ops.disposition_statements"
    " where platform = %(platform)s and site = %(site)s and author_id = any(%(ids)s)",
    "outcomes not taken": "delete from ops.disposition_rejects where body ->> 'case_id' = any(%(cases)s)"
    " or (body ->> 'author_id' = any(%(ids)s) and coalesce(body ->> 'platform', %(platform)s) = %(platform)s"
    " and coalesce(body ->> 'site', '') in ('', %(site)s))",
    "alerts' examples": "update ops.alerts set example_ids = array(select e from unnest(example_ids) with ordinality as u (e, o)"
    " where e not in (select mention_id from erasing) order by o) where example_ids && array(select mention_id from erasing)",
    "keys of tombstones": "update core.deletions set platform = null, site = null, kind = null, native_id = null where native_id is not null and "
    + OF_ERASING,
    "tombstones": "insert into core.deletions as d (mention_id, observed_at, basis) select mention_id, %(now)s, 'erasure' from erasing"
    " where exists (select from core.mentions as m where m.mention_id = erasing.mention_id)"
    " on conflict (mention_id, basis) do update set undone_at = null, loaded_at = clock_timestamp() where d.undone_at is not null",
    "mentions": "delete from core.mentions where " + OF_ERASING,
    "authors": "delete from core.authors where platform = %(platform)s and site = %(site)s and author_id = any(%(ids)s)",
}
NOTE: LiteralString = "insert into ops.erasures (platform, reason, removed) values (%s, %s, %s) returning erasure_id"
NAME: LiteralString = "insert into ops.erased_names (platform, name_hash, erasure_id) values (%s, %s, %s) on conflict do nothing"
