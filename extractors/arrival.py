"""Pages into the warehouse: what every kind of run (extract, backfill, revisit, compliance) does with what a platform yields.

pages ──► understand() ──► Listener.judge() ──► Landing.add() ──► counters, or the error that ended the batch
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
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
from warehouse.landing import Landing, Work
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
    told = _Told(landing, http, progress)
    try:
        stop = _read(landing, module, pages, source, told, wanted)
        landing.settle()
    except psycopg.Error as error:
        _close_failed(landing, f"{type(error).__name__} of the warehouse", *told.since())
        raise RenownError(
            f"source {landing.source_id}: the warehouse failed ({type(error).__name__})",
            "see that PostgreSQL runs and has disk space, then run again: the cursor covers what was landed",
        ) from error
    except BaseException as error:
        _close_failed(landing, type(error).__name__, *told.since())
        raise
    told.progress()
    if stop is not None:
        return _ended(landing, http, stop, *told.since())
    return landing.finish("success", None, None, *told.since())


@dataclass
class _Told:
    """What of a run's requests and waiting the ledger was told with the pages so far."""

    landing: Landing
    http: Http
    tell: Progress | None
    requests: int = 0
    waited: float = 0.0

    def since(self) -> tuple[int, float]:
        """(requests, seconds waited) since it was asked last."""
        spent, waited = self.http.requests - self.requests, max(0.0, self.http.waited - self.waited)
        self.requests, self.waited = self.http.requests, self.http.waited
        return spent, waited

    def progress(self) -> None:
        """Tell how far it is: what is committed."""
        counts = self.landing.counts
        if self.tell:
            self.tell(
                {
                    "source_id": self.landing.source_id,
                    "requests": self.http.requests,
                    "items_returned": counts.returned,
                    "items_new": counts.new,
                    "items_rejected": counts.rejected,
                }
            )


def _read(
    landing: Landing, module: Platform, pages: Iterator[Page], source: Source, told: _Told, wanted: Listener | None
) -> PlatformError | None:
    """Hand page after page to landing; returns the platform's error that ended them, if one did."""
    try:
        for page in pages:
            spent, waited = told.since()
            entries = [to_entry(module, item, landing.observed_at) for item in page.items]
            if wanted is not None:
                entries = [wanted.judge(entry) for entry in entries]
            gone = [(landing.platform, grave.site or source.site, grave_row(grave)) for grave in page.gone]
            landing.add(Work(entries, page.stream, page.cursor, spent, waited, page.promised, page.gap, gone))
            told.progress()
    except PlatformError as error:
        return error
    return None


def _ended(landing: Landing, http: Http, error: PlatformError, spent: int, waited: float) -> dict[str, Any]:
    """A platform's error as the batch's end: a stop is an outcome, the rest is raised."""
    line = http.clean(str(error))
    if error.body is not None:
        landing.reject_page(error.body, error.what)
    if error.action in ("stop", "wait_until"):
        LOG.warning("source %s stopped: %s", landing.source_id, line)
        return landing.finish("stopped", line, f"stopped: {error.what}", spent, waited)
    landing.finish("failed", line, None, spent, waited)
    raise RenownError(f"source {landing.source_id}: {http.clean(error.what)}", error.mend) from None


def _close_failed(landing: Landing, reason: str, spent: int, waited: float) -> None:
    """Best effort: what was read is landed; a run that cannot even say so is closed by the next one."""
    try:
        landing.fail(f"run ended by {reason}", spent, waited)
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
