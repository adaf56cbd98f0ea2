"""One source's run: what an Airflow task calls, and `renown run` through it.

settings ──► Reading ──► platform.pages() ──► understand() ──► warehouse.landing.Landing.page() ──► counters
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

import psycopg

from extractors.base import Item, Mention, Page, PlatformError, Reading, Tombstone
from extractors.http import Http
from extractors.parse import understand
from extractors.registry import Platform, platform
from extractors.sessions import base_url, configured_source, interval, open_session
from settings import RenownError, Settings
from warehouse.connection import connect
from warehouse.landing import Entry, Landing, open_rejects, recent_threads, resolve_rejects

LOG = logging.getLogger(__name__)
BACKFILL = "backfill/"  # prefix of a backfill's streams, so that it is resumable without touching the incremental cursors
Progress = Callable[[dict[str, Any]], None]


def extract(
    settings: Settings,
    source_id: str,
    *,
    url: str,
    run_id: str | None = None,
    mode: str = "incremental",
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Read one source from its cursors (or from history_start) and land it; returns the batch's counters.

    `url`: the warehouse. `mode` backfill reads the whole history again, beside the incremental cursors. A platform's stop (usage cap,
    exhausted rate limit) ends the batch as 'stopped' with a gap and returns; everything else that ends a run raises RenownError after
    the batch is closed as 'failed'. What was landed stays, and the next run goes on from the cursor.
    """
    source = configured_source(settings, source_id)
    module = platform(source.platform)
    http = open_session(settings, source, module)
    base = base_url(source, module)
    with connect(url) as connection:
        start, end = interval(settings, source)
        landing = Landing(
            connection, source.id, source.platform, settings.now(), mode, run_id, settings.config_version, (start, end)
        )
        landing.open()
        prefix = BACKFILL if mode == "backfill" else ""
        cursors = {
            name.removeprefix(prefix): cursor
            for name, cursor in landing.cursors.items()
            if name.startswith(prefix) and (prefix or not name.startswith(BACKFILL))
        }
        with connect(url) as reader:  # the page's transaction and this query must not share a connection
            reading = Reading(
                source,
                settings,
                http,
                base,
                cursors,
                start,
                end,
                lambda kind, since: recent_threads(reader, source.id, kind, since),
            )
            pages = (replace(page, stream=prefix + page.stream) for page in module.pages(reading))
            return land(landing, module, http, pages, source.site, progress)


def land(
    landing: Landing, module: Platform, http: Http, pages: Iterator[Page], site: str, progress: Progress | None = None
) -> dict[str, Any]:
    """Land page after page; close the batch whatever happens."""
    try:
        for page in pages:
            spent, waited = http.requests - landing.counts.requests, http.waited - landing.counts.waited
            entries = [to_entry(module, item, landing.observed_at) for item in page.items]
            landing.page(
                entries,
                stream=page.stream,
                cursor=page.cursor,
                requests=spent,
                waited=max(0.0, waited),
                promised=page.promised,
                gap=page.gap,
                gone=[(landing.platform, site, grave_row(grave)) for grave in page.gone],
            )
            if progress:
                progress(
                    {
                        "source_id": landing.source_id,
                        "requests": http.requests,
                        "items_returned": landing.counts.returned,
                        "items_new": landing.counts.new,
                        "items_rejected": landing.counts.rejected,
                    }
                )
    except PlatformError as error:
        return _ended(landing, http, error)
    except psycopg.Error as error:
        _close_failed(landing, http, f"{type(error).__name__} of the warehouse")
        raise RenownError(
            f"source {landing.source_id}: the warehouse failed ({type(error).__name__})",
            "see that PostgreSQL runs and has disk space, then run again: the cursor covers what was landed",
        ) from error
    except BaseException as error:
        _close_failed(landing, http, f"{type(error).__name__}")
        raise
    if landing.mode == "backfill":
        landing.drop_cursors(BACKFILL)
    return landing.finish(
        "success", requests=http.requests - landing.counts.requests, waited=max(0.0, http.waited - landing.counts.waited)
    )


def _ended(landing: Landing, http: Http, error: PlatformError) -> dict[str, Any]:
    """A platform's error as the batch's end: a stop is an outcome, the rest is raised."""
    line = http.clean(str(error))
    spent, waited = http.requests - landing.counts.requests, max(0.0, http.waited - landing.counts.waited)
    if error.body is not None:
        landing.reject_page(error.body, error.what)
    if error.action in ("stop", "wait_until"):
        LOG.warning("source %s stopped: %s", landing.source_id, line)
        return landing.finish("stopped", line, f"stopped: {error.what}", spent, waited)
    landing.finish("failed", line, None, spent, waited)
    raise RenownError(f"source {landing.source_id}: {http.clean(error.what)}", error.mend) from None


def _close_failed(landing: Landing, http: Http, reason: str) -> None:
    """Best effort: a run that cannot even say so is closed by the next one."""
    try:
        landing.connection.rollback()
        landing.finish("failed", f"run ended by {reason}", None, http.requests - landing.counts.requests)
    except Exception as error:
        LOG.warning("source %s: batch left open (%s)", landing.source_id, type(error).__name__)


def to_entry(module: Platform, item: Item, fetched_at: datetime) -> Entry:
    """What landing takes: the item's bytes and its mention, or the reason why there is none."""
    outcome = understand(module, item, fetched_at)
    name = module.CONTRACT.platform
    if not isinstance(outcome, Mention):
        return Entry(name, item.site, item.kind, item.native_id, item.raw, reason=outcome)
    graves = [grave_row(grave) for grave in module.tombstones(item)]
    return Entry(name, item.site, item.kind, item.native_id, item.raw, mention=outcome.to_dict(), tombstones=graves)


def grave_row(grave: Tombstone) -> dict[str, Any]:
    """A tombstone as landing takes it."""
    return {
        "native_id": grave.native_id,
        "kind": grave.kind,
        "basis": grave.basis,
        "deleted_at": grave.deleted_at,
        "reason": grave.reason,
    }


def replay(settings: Settings, url: str) -> dict[str, int]:
    """Read the open rejects again with today's parsers; returns {read, resolved, still_open}.

    Understood items are landed under their source and their rejects marked resolved; the rest stays open.
    """
    totals = {"read": 0, "resolved": 0, "still_open": 0}
    with connect(url) as connection:
        by_source: dict[tuple[str, str], list[tuple[int, str, bytes]]] = {}
        for reject_id, source_id, name, stage, body in open_rejects(connection):
            by_source.setdefault((source_id, name), []).append((reject_id, stage, body))
        connection.commit()
        for (source_id, name), rejects in by_source.items():
            landing = Landing(connection, source_id, name, settings.now(), "replay", None, settings.config_version)
            landing.open()
            site = next((source.site for source in settings.sources.sources if source.id == source_id), "")
            resolved = [reject_id for reject_id, stage, body in rejects if _replayed(landing, name, site, stage, body)]
            resolve_rejects(connection, resolved)
            landing.finish("success")
            totals["read"] += len(rejects)
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
