"""What landing holds back of people who were erased: their items, reposts of them, and their name in what others wrote.

    entries ──► erased_of(): salted hashes of ids and handles ──► screened() ──► theirs left out, others' without the name and without bytes

Nobody is listed here by name: an item's own id and handle are hashed and looked up (ops.erased_names).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import psycopg

from warehouse.erased_names import ERASED, linkless, masked, spoken
from warehouse.landing_rows import Entry, cleaned, content_sha256, mention_id

KINDS = ("post", "comment", "reply", "review", "article", "message")
_NAMES = """
select s.salt::text, array_agg(n.name_hash) from ops.erasure_salt as s cross join ops.erased_names as n where n.platform = %s group by s.salt
"""
# An id shows itself behind a handle that was erased without one: from then on the id tells the person, and the handle may go to somebody else.
_TELL_ID = """
with sole as (delete from ops.erased_names where platform = %(platform)s and name_hash = %(sole)s returning erasure_id)
insert into ops.erased_names (platform, name_hash, erasure_id) select %(platform)s, %(id)s, erasure_id from sole on conflict do nothing
"""
_GONE = "select mention_id from core.deletions where basis = 'erasure' and undone_at is null and mention_id = any(%s)"


@dataclass(frozen=True)
class Erased:
    """The erased people of one platform."""

    salt: str
    names: frozenset[bytes]

    def has(self, site: str, kind: str, name: str | None) -> bool:
        """Whether that id (`kind` "id"), handle ("handle"), or handle of which no id was known ("sole") belongs to somebody erased there."""
        return name is not None and name_hash(self.salt, site, kind, name) in self.names


def name_hash(salt: str, site: str, kind: str, name: str) -> bytes:
    """The hash by which an erased id or handle is known; handles count lower-cased and without @."""
    told = name if kind == "id" else name.removeprefix("@").lower()
    return hashlib.sha256("\x1f".join((salt, site, kind, told)).encode("utf-8", "replace")).digest()


def erased_of(connection: psycopg.Connection[Any], platform: str) -> Erased | None:
    """The erased people of a platform, None where there is none. Ask after the platform's lock is held: an erasure waits for it too."""
    row = connection.execute(_NAMES, (platform,)).fetchone()
    return Erased(row[0], frozenset(row[1])) if row else None


def screened(connection: psycopg.Connection[Any], erased: Erased, entries: Sequence[Entry]) -> list[Entry]:
    """What may land of the entries, in their order; an item that was only to be set aside stays out if it names somebody erased."""
    keys = [(own_ids(entry), _originals(entry)) for entry in entries]
    wanted = [key for entry, (own, originals) in zip(entries, keys, strict=True) for key in (*own, *originals, *_quoted(entry))]
    gone = {row[0] for row in connection.execute(_GONE, (wanted,)).fetchall()}
    kept = []
    for entry, (own, originals) in zip(entries, keys, strict=True):
        theirs = is_theirs(entry, erased)
        if theirs:
            _tell_id(connection, erased, entry)
        if gone.isdisjoint((*own, *originals)) and not theirs:
            nameless = _without_name(entry, erased, gone)
            if nameless is entry or not entry.filtered:
                kept.append(nameless)
    return kept


def is_theirs(entry: Entry, erased: Erased) -> bool:
    """Whether somebody who was erased wrote it: by id, by handle where the platform tells no id or none was known."""
    told = entry.mention or {}
    site, author_id, handle = cleaned(entry.site) or "", told.get("author_id"), told.get("author_handle")
    return erased.has(site, "id", author_id) or erased.has(site, "sole", handle) or (author_id is None and erased.has(site, "handle", handle))


def _tell_id(connection: psycopg.Connection[Any], erased: Erased, entry: Entry) -> None:
    """Note the id of somebody of whom only a handle was known."""
    told, site = entry.mention or {}, cleaned(entry.site) or ""
    if told.get("author_id") is not None and erased.has(site, "sole", told.get("author_handle")):
        sole, own = (name_hash(erased.salt, site, kind, told[f"author_{name}"]) for kind, name in (("sole", "handle"), ("id", "id")))
        connection.execute(_TELL_ID, {"platform": entry.platform, "sole": sole, "id": own})


def own_ids(entry: Entry) -> list[UUID]:
    """The item's mention id; where it could not be understood, of every kind that it could be."""
    kinds = KINDS if entry.mention is None and entry.reason is not None else (entry.kind,)
    return [mention_id(entry.platform, cleaned(entry.site) or "", kind, cleaned(entry.native_id) or "") for kind in kinds]


def _originals(entry: Entry) -> list[UUID]:
    """Mention ids that the item it repeats could have."""
    return _ids_of(entry, (entry.mention or {}).get("repost_of_id"))


def _quoted(entry: Entry) -> list[UUID]:
    """Mention ids that the item which it quotes could have."""
    return _ids_of(entry, (entry.mention or {}).get("quote_of_id"))


def _ids_of(entry: Entry, native_id: str | None) -> list[UUID]:
    return [mention_id(entry.platform, cleaned(entry.site) or "", kind, native_id) for kind in KINDS] if native_id else []


def _without_name(entry: Entry, erased: Erased, gone: set[UUID]) -> Entry:
    """The entry as it is, or, where it names somebody erased, without the name and without its bytes, which hold it too."""
    told = entry.mention
    if told is None:
        return entry
    changed = _changes(told, erased, cleaned(entry.site) or "")
    if not changed and gone.isdisjoint(_quoted(entry)):
        return entry
    return replace(entry, body=b"", mention={**told, **changed}, content=content_sha256(told))


def _changes(told: Mapping[str, Any], erased: Erased, site: str) -> dict[str, Any]:
    """The fields that name somebody erased, as they are to be stored."""
    changed: dict[str, Any] = {}
    listed = told.get("mentions") or ()
    handles = {handle for handle in listed if erased.has(site, "handle", handle)}
    if handles:
        changed["mentions"] = [ERASED if handle in handles else handle for handle in listed]
        names = spoken(handles, listed)
        changed |= {name: masked(told[name], names, told["platform"], site) for name in ("text", "title")}
    links = list(told.get("links") or ())
    if (kept := linkless(links, lambda part: erased.has(site, "id", part) or erased.has(site, "handle", part))) != links:
        changed["links"] = kept
    if erased.has(site, "id", told.get("in_reply_to_author_id")):
        changed["in_reply_to_author_id"] = ERASED
    if erased.has(site, "id", told.get("page_id")):
        changed |= {"page_id": ERASED, "page_name": None, "url": None}
    return changed
