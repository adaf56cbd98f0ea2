"""Rejects read again with today's parsers: `renown replay`."""

from __future__ import annotations

import logging

from extractors.arrival import to_entry
from extractors.registry import PLATFORMS, platform
from settings import Settings
from warehouse.connection import connect
from warehouse.landing import Landing, open_rejects, resolve_rejects
from warehouse.rejects import settle_all

LOG = logging.getLogger(__name__)


def replay(settings: Settings, url: str) -> dict[str, int]:
    """Read the open rejects again with today's parsers; returns {read, resolved, still_open}.

    Understood items are landed under their source and their rejects marked resolved; the rest stays open. So do rows of platforms that
    come only as files: their map is not kept, and ingesting the file again reads them. What was overtaken is only marked: landing it now
    would make an older text the newest one.
    """
    with connect(url) as connection:
        overtaken = settle_all(connection)
        totals = {"read": overtaken, "resolved": overtaken, "still_open": 0}
        by_source: dict[tuple[str, str], list[tuple[int, str, bytes]]] = {}
        for reject_id, source_id, name, stage, body in open_rejects(connection):
            by_source.setdefault((source_id, name), []).append((reject_id, stage, body))
        connection.commit()
        for (source_id, name), rejects in by_source.items():
            totals["read"] += len(rejects)
            if name not in PLATFORMS:
                LOG.warning(
                    "%s: %d rejects came as files: mend the file or its map, and ingest it again", source_id, len(rejects)
                )
                continue
            landing = Landing(connection, source_id, name, settings.now(), "replay", None, settings.config_version)
            landing.open()
            site = next((source.site for source in settings.sources.sources if source.id == source_id), "")
            resolved = [reject_id for reject_id, stage, body in rejects if _replayed(landing, name, site, stage, body)]
            resolve_rejects(connection, resolved)
            landing.finish("success")
            totals["resolved"] += len(resolved)
    totals["still_open"] = totals["read"] - totals["resolved"]
    return totals


def _replayed(landing: Landing, name: str, site: str, stage: str, body: bytes) -> bool:
    """Whether every item of a reject's body is understood now; then they are landed."""
    module = platform(name)
    try:
        values = module.decode(body)
        if stage == "item":
            found = [module.make_item(value, site) for value in values]
        else:
            found = [
                item for value in values if module.error_of(value, 200, {}) is None for item in module.items(value, None, site)
            ]
    except Exception as error:
        LOG.info("a reject of %s is still not readable (%s)", landing.source_id, type(error).__name__)
        return False
    entries = [to_entry(module, item, landing.observed_at) for item in found]
    if not entries or any(entry.reason for entry in entries):
        return False
    landing.page(entries)
    return True
