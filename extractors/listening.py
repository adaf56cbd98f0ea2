"""The exact rest of a source's query, applied to what came: so that a query means the same on every platform.

    mention ──► official account or page, or the query holds ──► core
            └─► neither ──► raw.filtered (bytes kept) ──► core, once its thread is there, or a changed query wants it

A platform whose search says the whole query needs no rest. One without a search is collected whole, unless its source names a query.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from extractors import query
from extractors.query.tree import EVERYTHING
from extractors.registry import Platform
from settings import Settings
from settings.models import Source
from warehouse.landing_rows import Entry


@dataclass(frozen=True)
class Listener:
    """What decides whether a mention is wanted. `tree` None: everything is."""

    tree: query.Node | None
    official: frozenset[str] = frozenset()

    def wants(self, mention: Mapping[str, Any]) -> bool:
        """Whether the mention fulfils the query, or belongs to a bank's own account or page."""
        if self.tree is None or mention["deleted"]:
            return True
        names = (mention["author_handle"], mention["author_id"], mention["page_id"], mention["page_name"])
        return any(str(name).casefold() in self.official for name in names if name) or query.matches(self.tree, mention)

    def judge(self, entry: Entry) -> Entry:
        """The entry, set aside where its mention is not wanted."""
        if entry.mention is None or self.wants(entry.mention):
            return entry
        return replace(entry, filtered=True)


def listener(settings: Settings, source: Source, module: Platform) -> Listener:
    """The listener of a source. Raises RenownError where its query cannot be read."""
    tree = rest(settings, source)
    return Listener(tree, official_names(settings, source.platform)) if tree is not None else Listener(None)


def rest(settings: Settings, source: Source) -> query.Node | None:
    """The tree that must still be applied to what a source brings, None where nothing is left to apply."""
    tree = query.fold(query.parse(source.query, settings, source.platform), source.platform)
    if source.platform in query.DIALECTS and not source.options.get("apply_query"):
        return None if query.compile_for(tree, source.platform).exact else tree
    return tree if "query" in source.model_fields_set and tree != EVERYTHING else None


def official_names(settings: Settings, platform: str) -> frozenset[str]:
    """Handles and pages of all banks on a platform, in lower case: what they write and are asked is collected whole."""
    banks = settings.banks.banks
    named = [name for bank in banks for name in (*bank.handles.get(platform, ()), *bank.pages.get(platform, ()))]
    return frozenset(name.lstrip("@").casefold() for name in named)
