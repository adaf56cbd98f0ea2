"""What landing makes of an entry before it meets the database: the temporary table's row, keys, hashes, tombstone rows."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from json.encoder import encode_basestring_ascii
from operator import itemgetter
from typing import Any

from warehouse import landing_sql

KEY = slice(landing_sql.COLUMNS.index("platform"), landing_sql.COLUMNS.index("payload_sha256") + 1)
IS_MENTION = landing_sql.COLUMNS.index("is_mention")
_mention_values = itemgetter(*landing_sql.MENTION_COLUMNS)
_engagement_values = itemgetter(*landing_sql.ENGAGEMENT_COLUMNS)


@dataclass(frozen=True)
class Entry:
    """One item to land: its bytes, and either a mention (a dict) or the reason why there is none; tombstones that it brings.

    `mention` None without `reason` is an item that only tells of deletions. Tombstones are dicts {native_id, kind, basis, deleted_at,
    reason}. `filtered`: the mention does not fulfil the source's query: its bytes are kept, core does not get it.
    `content`: the content_sha256() of the words as they came, where they were changed since (a name was erased from them).
    """

    platform: str
    site: str
    kind: str
    native_id: str
    body: bytes
    mention: Mapping[str, Any] | None = None
    reason: str | None = None
    tombstones: Sequence[Mapping[str, Any]] = ()
    content_type: str = "application/json"
    filtered: bool = False
    content: bytes | None = None

    @cached_property
    def staged(self) -> tuple[Any, ...]:
        """Its row of the temporary table, made once: by whoever hands it to landing, so that the thread which writes need not."""
        return landing_row(self)


def landing_row(entry: Entry) -> tuple[Any, ...]:
    """The temporary table's row of an entry, in the order of landing_sql.COLUMNS but without the first, its ordinal."""
    mention = entry.mention if entry.mention and not entry.mention["deleted"] and not entry.filtered else None
    site, kind, native_id = cleaned(entry.site) or "", entry.kind, cleaned(entry.native_id) or ""
    head = (
        _mention_key(entry.platform, site, kind, native_id),
        entry.platform,
        site,
        kind,
        native_id,
        hashlib.sha256(entry.body).digest(),
        mention is not None,
    )
    if mention is None:
        return head + (None,) * (len(landing_sql.COLUMNS) - 1 - len(head))
    return (*head, entry.content or content_sha256(mention), *map(_value, _mention_values(mention)), *_engagement_values(mention["engagement"]))


def mention_id(platform: str, site: str, kind: str, native_id: str) -> uuid.UUID:
    """The same as core.mention_id() in SQL: md5 of the key."""
    return uuid.UUID(_mention_key(platform, site, kind, native_id))


def _mention_key(*parts: str) -> str:
    """mention_id() in hexadecimal, as COPY takes it."""
    return hashlib.md5("\x1f".join(parts).encode(), usedforsecurity=False).hexdigest()


def content_sha256(mention: Mapping[str, Any]) -> bytes:
    """What makes a version: title, text, edited_at."""
    parts = (mention["title"], mention["text"], mention["edited_at"])
    return hashlib.sha256(f"[{', '.join(map(_quoted, parts))}]".encode()).digest()


def _quoted(value: str | None) -> str:
    """JSON in ASCII, as `json.dumps` writes it: stored hashes rest on these very bytes."""
    return "null" if value is None else encode_basestring_ascii(value)


def graves(platform: str, site: str, tombstones: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """core.deletions rows of tombstones; where the platform tells no kind, one for each kind that it could be."""
    return [
        {
            "mention": mention_id(platform, cleaned(site) or "", kind, str(grave["native_id"])),
            "basis": grave["basis"],
            "deleted_at": grave.get("deleted_at"),
            "reason": grave.get("reason"),
            "platform": platform,
            "site": cleaned(site) or "",
            "kind": kind,
            "native_id": str(grave["native_id"]),
        }
        for grave in tombstones
        for kind in ([grave["kind"]] if grave.get("kind") else ("post", "reply", "comment"))
    ]


def _value(value: Any) -> Any:
    """A mention's value as COPY takes it."""
    if value is None:
        return None
    return cleaned(value) if isinstance(value, str) else _array(value) if isinstance(value, list) else value


def _array(values: Sequence[str]) -> str:
    """text[] as PostgreSQL writes it: every element in quotes."""
    if not values:
        return "{}"
    escaped = [cleaned(value).replace("\\", "\\\\").replace('"', '\\"') for value in values]
    return '{"' + '","'.join(escaped) + '"}'


def cleaned(value: str) -> str:
    """A string that PostgreSQL can hold: no NUL, no lone surrogates."""
    if "\x00" in value:
        value = value.replace("\x00", "")
    return value if value.isascii() else value.encode("utf-8", "replace").decode("utf-8")
