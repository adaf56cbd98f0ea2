"""One source's run: what an Airflow task calls, and `renown run` through it.

settings ──► Reading ──► platform.pages() ──► arrival.land() ──► counters
                              └─ then what an earlier run set aside and its thread, or a changed query, now wants (listening)
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg

from extractors.arrival import Progress, land, to_entry
from extractors.base import Page, Reading
from extractors.http import Http
from extractors.jsons import load
from extractors.listening import Listener, listener
from extractors.registry import Platform, platform
from extractors.sessions import base_url, configured_source, interval, open_session
from settings import Settings
from settings.models import Source
from warehouse import landing_sql
from warehouse.connection import connect
from warehouse.landing import Landing, recent_threads
from warehouse.landing_rows import Entry
from warehouse.rejects import settle_rejects

BACKFILL = "backfill/"  # prefix of a backfill's streams, so that it is resumable without touching the incremental cursors
_QUERY = "query/"  # the stream whose cursor names the query that the source was last read with
_CHUNK = 1000
Interval = tuple[datetime, datetime]


def extract(
    settings: Settings,
    source_id: str,
    *,
    url: str,
    run_id: str | None = None,
    mode: str = "incremental",
    between: Interval | None = None,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Read one source from its cursors (or from history_start) and land it; returns the batch's counters.

    `url`: the warehouse. `mode` backfill reads `between` (or the whole history) beside the incremental cursors, and may be resumed. A
    platform's stop (usage cap, exhausted rate limit) ends the batch as 'stopped' with a gap and returns; everything else that ends a
    run raises RenownError after the batch is closed as 'failed'. What was landed stays, and the next run goes on from the cursor.
    """
    source = configured_source(settings, source_id)
    module = platform(source.platform)
    wanted = listener(settings, source, module)
    given = between or interval(settings, source)
    prefix = stream_prefix(mode, between)
    with opened(settings, source, module, url, mode, run_id, given, prefix) as (landing, reading):
        pages: Iterator[Page] = (replace(page, stream=prefix + page.stream) for page in module.pages(reading))
        if wanted.tree is not None:
            pages = _and_set_aside(pages, landing, module, wanted, source.query)
        counters = land(landing, module, reading.http, pages, source, progress, wanted)
        if mode == "backfill" and counters["status"] == "success":
            landing.drop_cursors(prefix)
        settle_rejects(landing.connection, source.id)
        return counters


def stream_prefix(mode: str, between: Interval | None) -> str:
    """What stands before a stream's name: a backfill of an interval has cursors of its own."""
    if mode != "backfill":
        return ""
    return BACKFILL + (f"{between[0]:%Y%m%dT%H%M%S}-{between[1]:%Y%m%dT%H%M%S}/" if between else "")


@contextmanager
def opened(
    settings: Settings,
    source: Source,
    module: Platform,
    url: str,
    mode: str,
    run_id: str | None,
    given: Interval,
    prefix: str = "",
) -> Iterator[tuple[Landing, Reading]]:
    """An open batch of the source and what pages() may use."""
    http: Http = open_session(settings, source, module)
    with connect(url) as connection, connect(url) as reader:  # the page's transaction and a query must not share a connection
        landing = Landing(connection, source.id, source.platform, settings.now(), mode, run_id, settings.config_version, given)
        landing.open()
        cursors = {
            name.removeprefix(prefix): cursor
            for name, cursor in landing.cursors.items()
            if name.startswith(prefix) and (prefix or not name.startswith(BACKFILL))
        }
        yield (
            landing,
            Reading(
                source,
                settings,
                http,
                base_url(source, module),
                cursors,
                *given,
                lambda kind, since: _threads(landing, reader, kind, since),
            ),
        )


def _threads(landing: Landing, reader: psycopg.Connection[Any], kind: str, since: datetime) -> list[tuple[str, str | None]]:
    """recent_threads() of the run's source, those of its own pages with them."""
    landing.settle()
    return recent_threads(reader, landing.source_id, kind, since)


def _and_set_aside(pages: Iterator[Page], landing: Landing, module: Platform, wanted: Listener, text: str) -> Iterator[Page]:
    """The pages; then, in the same batch, what was set aside and is wanted by now."""
    yield from pages
    known = (landing.cursors.get(_QUERY) or {}).get("query")
    take_up(landing, module, wanted, changed=known != text)
    yield Page([], _QUERY, {"query": text}, more=False)


def take_up(landing: Landing, module: Platform, wanted: Listener, changed: bool) -> int:
    """Land items of raw.filtered whose thread core holds, and with `changed` those that the query wants now; returns how many."""
    taken, after = 0, UUID(int=0)
    given = {"source": landing.source_id, "all": changed, "size": _CHUNK}
    while rows := landing.quiet().execute(landing_sql.SET_ASIDE_OF, given | {"after": after}).fetchall():
        landing.connection.commit()
        after = rows[-1][0]
        again = [(threaded, _again(module, body, site, landing)) for _, threaded, site, body in rows]
        entries = [entry for threaded, entry in again if threaded or not wanted.judge(entry).filtered]
        if entries:
            landing.page(entries)
        taken += len(entries)
    landing.connection.commit()
    return taken


def _again(module: Platform, body: bytes, site: str, landing: Landing) -> Entry:
    return to_entry(module, module.make_item(load(body), site), landing.observed_at)
