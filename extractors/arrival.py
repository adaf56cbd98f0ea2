"""Pages into the warehouse: what every kind of run (extract, backfill, revisit, compliance) does with what a platform yields.

pages ──► understand() ──► Listener.judge() ──► warehouse.landing.Landing.page() ──► counters, or the error that ended the batch
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import psycopg

from extractors.base import Item, Mention, Page, PlatformError, Tombstone
from extractors.http import Http
from extractors.listening import Listener
from extractors.parse import understand
from extractors.registry import Platform
from settings import RenownError
from settings.models import Source
from warehouse.landing import Landing
from warehouse.landing_rows import Entry

LOG = logging.getLogger(__name__)
Progress = Callable[[dict[str, Any]], None]


def land(
    landing: Landing,
    module: Platform,
    http: Http,
    pages: Iterator[Page],
    source: Source,
    progress: Progress | None = None,
    wanted: Listener | None = None,
) -> dict[str, Any]:
    """Land page after page and return the batch's counters; the batch is closed whatever happens.

    A platform's stop (usage cap, exhausted rate limit) ends it as 'stopped' with a gap; every other error is raised as RenownError
    after the batch is closed as 'failed'.
    """
    try:
        for page in pages:
            spent, waited = http.requests - landing.counts.requests, http.waited - landing.counts.waited
            entries = [to_entry(module, item, landing.observed_at) for item in page.items]
            if wanted is not None:
                entries = [wanted.judge(entry) for entry in entries]
            landing.page(
                entries,
                stream=page.stream,
                cursor=page.cursor,
                requests=spent,
                waited=max(0.0, waited),
                promised=page.promised,
                gap=page.gap,
                gone=[(landing.platform, grave.site or source.site, grave_row(grave)) for grave in page.gone],
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
