"""What a changed query would add and lose, counted against what the source has stored: nothing is asked of the platform.

    raw.payloads of the source (newest bytes of each item) ──to_mention()──► old query? new query? ──► both | added | lost | neither

What the old query never brought cannot be counted: for a platform that is searched, `added` is a lower bound.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from extractors import query
from extractors.arrival import to_entry
from extractors.jsons import load
from extractors.listening import Listener, official_names
from extractors.registry import Platform, platform
from settings import RenownError, Settings
from settings.models import Source
from warehouse.connection import connect

_EXAMPLES = 5
_BATCH = 2000
_STORED = """
select distinct on (p.site, p.kind, p.native_id) p.site, p.body, p.fetched_at from raw.payloads p
where p.source_id = %s order by p.site, p.kind, p.native_id, p.loaded_at desc
"""


@dataclass
class DryRun:
    """Counts of stored items; `examples` are native ids, never texts. `lower_bound`: the platform was searched with the old query."""

    stored: int = 0
    both: int = 0
    added: int = 0
    lost: int = 0
    unreadable: int = 0
    lower_bound: bool = False
    examples: dict[str, list[str]] = field(default_factory=lambda: {"added": [], "lost": []})


def dry_run(settings: Settings, source_id: str, new_query: str, *, url: str) -> DryRun:
    """Compare a source's query with another one. Raises RenownError for an unknown source and for a query that cannot be read."""
    source, old, new = compared(settings, source_id, new_query)
    module = platform(source.platform)
    result = DryRun(lower_bound=source.platform in query.DIALECTS)
    for mention in _mentions(url, source_id, module, result):
        _count(result, mention["native_id"], old.wants(mention), new.wants(mention))
    return result


def compared(settings: Settings, source_id: str, new_query: str) -> tuple[Source, Listener, Listener]:
    """(source, its query, the new one). Raises RenownError as dry_run() does."""
    try:
        source = settings.source(source_id)
    except KeyError:
        known = ", ".join(entry.id for entry in settings.sources.sources)
        raise RenownError(f"unknown source '{source_id}'", f"use one of {known}", 2) from None
    official = official_names(settings, source.platform)
    old, new = (
        Listener(query.fold(query.parse(text, settings, source.platform), source.platform), official)
        for text in (source.query, new_query)
    )
    return source, old, new


def _count(result: DryRun, native_id: str, before: bool, after: bool) -> None:
    result.both += before and after
    for name, happened in (("added", after and not before), ("lost", before and not after)):
        if happened:
            setattr(result, name, getattr(result, name) + 1)
            if len(result.examples[name]) < _EXAMPLES:
                result.examples[name].append(native_id)


def _mentions(url: str, source_id: str, module: Platform, result: DryRun) -> Iterator[dict[str, Any]]:
    """Every stored item's mention, read by a server-side cursor."""
    with connect(url) as connection, connection.cursor("stored") as cursor:
        cursor.itersize = _BATCH
        for site, body, fetched_at in cursor.execute(_STORED.encode(), (source_id,)):
            result.stored += 1
            try:
                entry = to_entry(module, module.make_item(load(body), site), fetched_at)
            except (ValueError, AttributeError, TypeError, KeyError):
                entry = None
            if entry is None or entry.mention is None:
                result.unreadable += 1
            elif not entry.mention["deleted"]:
                yield dict(entry.mention)
