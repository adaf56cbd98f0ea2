"""The statements of warehouse.erasure. `pg_temp.erasing` holds the mention ids of what goes; %(handles)s are lower-cased, without @."""

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
    "select distinct handle from (" + _AUTHORS + ") as known where author_id = any(%(ids)s) and handle is not null and handle <> ''"
)
KNOWN: LiteralString = "select 1 from ops.erased_names where platform = %s and name_hash = any(%s) limit 1"

MAKE_ERASING: LiteralString = "create temporary table erasing (mention_id uuid primary key) on commit drop"
# What the person wrote, reposts of it (the same words), and what earlier erasures left behind because something wrote beside them.
ERASING: LiteralString = """
with own as (
    select mention_id, native_id from core.mentions
    where platform = %(platform)s and site = %(site)s
        and (author_id = any(%(ids)s) or (author_id is null and lower(author_handle) = any(%(handles)s)))
)
insert into erasing
select mention_id from own
union
select m.mention_id from core.mentions as m where m.platform = %(platform)s and m.site = %(site)s and m.repost_of_id in (select native_id from own)
union
select mention_id from core.deletions where basis = 'erasure' and undone_at is null
"""
HOLD: LiteralString = "select 1 from core.mentions where mention_id in (select mention_id from erasing) order by mention_id, version for update"
DELIVERIES: LiteralString = """
select distinct d.subscription_id, d.window_start, d.window_end from ops.deliveries as d
where d.status = 'sent' and exists (
    select from core.mentions as m inner join erasing using (mention_id) where m.event_at >= d.window_start and m.event_at < d.window_end
)
order by 1, 2, 3
"""
CASES: LiteralString = """
select case_id::text from marts_rows.fct_cases where platform = %(platform)s and site = %(site)s and author_id = any(%(ids)s)
"""
# Others' bytes that name the person: where core rests on them the row stays, for its hash; what was only set aside goes.
EMPTY_BODY: LiteralString = """
update raw.payloads set body = '' where platform = %s and site = %s and kind = %s and native_id = %s and payload_sha256 = %s and body <> ''
    and core.mention_id(platform, site, kind, native_id) in (select mention_id from core.mentions)
    and core.mention_id(platform, site, kind, native_id) not in (select mention_id from erasing)
"""
_SET_ASIDE: LiteralString = """ where platform = %s and site = %s and kind = %s and native_id = %s and payload_sha256 = %s
    and core.mention_id(platform, site, kind, native_id) not in (select mention_id from core.mentions)"""
FORGET_BODY: tuple[LiteralString, ...] = ("delete from raw.payload_hashes" + _SET_ASIDE, "delete from raw.payloads" + _SET_ASIDE)
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
where platform = %(platform)s and site = %(site)s and mention_id not in (select mention_id from erasing) and (
    in_reply_to_author_id = any(%(ids)s) or page_id = any(%(ids)s)
    or exists (select from unnest(mentions) as h where lower(h) = any(%(handles)s)))
""",
    "published cells": """
update ops.published_cells set cell = jsonb_set(cell, '{account}', '"erased"')
where cell ->> 'platform' = %(platform)s and (lower(cell ->> 'account') = any(%(handles)s) or cell ->> 'account' = any(%(ids)s))
""",
}
MAKE_NAMING: LiteralString = "create temporary table naming (mention_id uuid primary key) on commit drop"
NAMING: LiteralString = """
insert into naming select distinct m.mention_id from core.mentions as m
where m.platform = %(platform)s and m.site = %(site)s and (m.text ~* %(at)s or m.title ~* %(at)s or exists (
    select from unnest(m.mentions) as h where lower(h) = %(handle)s))
on conflict do nothing
"""
_OF_NAMING: LiteralString = " and mention_id in (select mention_id from naming) and mention_id not in (select mention_id from erasing)"
TAKE_OUT: tuple[LiteralString, ...] = (
    "update core.mentions set text = regexp_replace(text, %(at)s, %(stars)s, 'gi'), title = regexp_replace(title, %(at)s, %(stars)s, 'gi')"
    " where (text ~* %(at)s or title ~* %(at)s)" + _OF_NAMING,
    "update nlp.masked_texts set masked_text = regexp_replace(masked_text, %(at)s, %(stars)s, 'gi') where masked_text ~* %(at)s" + _OF_NAMING,
    "update nlp.annotations set label = regexp_replace(regexp_replace(label::text, %(at)s, %(stars)s, 'gi'), %(quoted)s, '\"erased\"', 'gi')::jsonb"
    " where task in ('handles', 'entities', 'banks', 'places') and (label::text ~* %(at)s or label::text ~* %(quoted)s)" + _OF_NAMING,
)

# What is the person's own, children before parents.
_OF_ERASING: LiteralString = "mention_id in (select mention_id from erasing)"
_KEYS: LiteralString = (
    "(platform, site, kind, native_id) in (select m.platform, m.site, m.kind, m.native_id from core.mentions as m inner join erasing using (mention_id))"
)
OWN: dict[str, LiteralString] = {
    "labels": "delete from nlp.annotations where " + _OF_ERASING,
    "masked texts": "delete from nlp.masked_texts where " + _OF_ERASING,
    "label samples": "delete from nlp.label_samples where " + _OF_ERASING,
    "finished by pipelines": "delete from nlp.done where " + _OF_ERASING,
    "emerging themes' phrases": "update nlp.emerging_topics set phrases = '{}'"
    " where phrases <> '{}' and mention_ids && array(select mention_id from erasing)",
    "counts": "delete from core.engagement where " + _OF_ERASING,
    "visits": "delete from raw.visits where " + _OF_ERASING,
    "quarantine": "delete from quality.quarantine where " + _OF_ERASING,
    "set aside": "delete from raw.filtered as f where f." + _OF_ERASING + " or (f.platform = %(platform)s and not exists (select from raw.payloads as p"
    " where p.platform = f.platform and p.site = f.site and p.native_id = f.native_id and p.payload_sha256 = f.payload_sha256))",
    "payloads": "delete from raw.payloads where " + _KEYS,
    "payload hashes": "delete from raw.payload_hashes where " + _KEYS,
    "rejects": "delete from raw.rejects where reject_id = any(%(rejects)s) or (platform = %(platform)s and native_id in"
    " (select m.native_id from core.mentions as m inner join erasing using (mention_id) where m.site = %(site)s))",
    "outcomes": "delete from ops.dispositions where platform = %(platform)s and site = %(site)s and author_id = any(%(ids)s)",
    "outcomes as they were said": "delete from ops.disposition_statements"
    " where platform = %(platform)s and site = %(site)s and author_id = any(%(ids)s)",
    "outcomes not taken": "delete from ops.disposition_rejects where body ->> 'case_id' = any(%(cases)s)"
    " or (body ->> 'author_id' = any(%(ids)s) and coalesce(body ->> 'platform', %(platform)s) = %(platform)s"
    " and coalesce(body ->> 'site', '') in ('', %(site)s))",
    "alerts' examples": "update ops.alerts set example_ids = array(select e from unnest(example_ids) with ordinality as u (e, o)"
    " where e not in (select mention_id from erasing) order by o) where example_ids && array(select mention_id from erasing)",
    "tombstones": "insert into core.deletions as d (mention_id, observed_at, basis) select mention_id, %(now)s, 'erasure' from erasing"
    " where exists (select from core.mentions as m where m.mention_id = erasing.mention_id)"
    " on conflict (mention_id, basis) do update set undone_at = null, loaded_at = clock_timestamp() where d.undone_at is not null",
    "mentions": "delete from core.mentions where " + _OF_ERASING,
    "authors": "delete from core.authors where platform = %(platform)s and site = %(site)s and author_id = any(%(ids)s)",
}
NOTE: LiteralString = "insert into ops.erasures (platform, reason, removed) values (%s, %s, %s) returning erasure_id"
NAME: LiteralString = "insert into ops.erased_names (platform, name_hash, erasure_id) values (%s, %s, %s) on conflict do nothing"
