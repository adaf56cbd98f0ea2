"""Looking again: engagement and edits on a decaying schedule, and what compliance feeds say of what the warehouse holds.

    core.mentions that a mark (1 h, 6 h, 1 d, 3 d, 7 d after writing) makes due ──lookup()──► counts, versions, tombstones ──► raw.visits
    every live mention of a source                                             ──comply()──► tombstones with the platform's reason

Tombstones are reversible: an item that comes back alive takes back what the platform said of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import timedelta
from typing import Any

import psycopg

from extractors.arrival import Progress, land
from extractors.base import Key, Page, Reading
from extractors.registry import Platform, platform
from extractors.run import opened
from extractors.sessions import configured_source, interval
from settings import Settings
from warehouse.connection import connect
from warehouse.rejects import settle_rejects

MARKS = (timedelta(hours=1), timedelta(hours=6), timedelta(days=1), timedelta(days=3), timedelta(days=7))
LIMIT = 1000  # items of a run, the youngest first: options.revisit_limit overrides it
CHUNK = 100
KEPT_DAYS = 90  # how far back a compliance run asks; options.comply_days overrides it
Hook = Callable[[Reading, Sequence[Key]], Iterator[Page]]

_KEY = "m.kind, m.native_id, m.parent_id, m.conversation_id, m.page_id, m.author_id, m.author_handle, m.url, m.created_at"
_DUE = f"""
select m.mention_id, {_KEY} from core.current_mentions m
left join raw.visits v on v.mention_id = m.mention_id
where m.source_id = %(source)s and m.event_at >= %(now)s - %(oldest)s::interval and exists (
    select 1 from unnest(%(marks)s::interval[]) mark
    where m.event_at + mark <= %(now)s and greatest(m.first_seen_at, v.visited_at) < m.event_at + mark)
order by m.event_at desc, m.mention_id limit %(limit)s
"""
_LIVE = f"""
select m.mention_id, {_KEY} from core.current_mentions m
where m.source_id = %(source)s and m.event_at >= %(since)s order by m.mention_id
"""
_VISITED = """
insert into raw.visits (mention_id, visited_at) select unnest(%(ids)s::uuid[]), %(now)s
on conflict (mention_id) do update set visited_at = greatest(raw.visits.visited_at, excluded.visited_at)
"""


def revisit(
    settings: Settings, source_id: str, *, url: str, run_id: str | None = None, progress: Progress | None = None
) -> dict[str, Any] | None:
    """Look again at what is due; returns the batch's counters, None where nothing is due or the platform offers no look-up.

    Raises as extractors.run.extract does.
    """
    source = configured_source(settings, source_id)
    module = platform(source.platform)
    hook: Hook | None = getattr(module, "lookup", None)
    given = {
        "source": source.id, "now": settings.now(), "oldest": MARKS[-1] + timedelta(days=1), "marks": list(MARKS),
        "limit": int(source.options.get("revisit_limit", LIMIT)),
    }  # fmt: skip
    due = _select(url, _DUE, given) if hook else []
    if not hook or not due:
        return None
    return _look(settings, source_id, module, hook, due, url, run_id, "revisit", progress)


def comply(
    settings: Settings, source_id: str, *, url: str, run_id: str | None = None, progress: Progress | None = None
) -> dict[str, Any] | None:
    """Ask the platform's compliance feed about every live mention of the last days; counters, or None where it has no such feed."""
    source = configured_source(settings, source_id)
    module = platform(source.platform)
    hook: Hook | None = getattr(module, "comply", None)
    since = settings.now() - timedelta(days=float(source.options.get("comply_days", KEPT_DAYS)))
    live = _select(url, _LIVE, {"source": source.id, "since": since}) if hook else []
    if not hook or not live:
        return None
    return _look(settings, source_id, module, hook, live, url, run_id, "compliance", progress)


def _select(url: str, statement: str, given: dict[str, Any]) -> list[tuple[Any, Key]]:
    with connect(url) as connection:
        rows = connection.execute(statement.encode(), given).fetchall()
    return [(mention_id, Key(*key)) for mention_id, *key in rows]


def _look(
    settings: Settings,
    source_id: str,
    module: Platform,
    hook: Hook,
    listed: Sequence[tuple[Any, Key]],
    url: str,
    run_id: str | None,
    mode: str,
    progress: Progress | None,
) -> dict[str, Any]:
    source = configured_source(settings, source_id)
    with opened(settings, source, module, url, mode, run_id, interval(settings, source)) as (landing, reading):
        pages = _chunks(hook, reading, listed, landing.quiet, settings) if mode == "revisit" else hook(
            reading, [key for _, key in listed]
        )  # fmt: skip
        counters = land(landing, module, reading.http, pages, source, progress)
        settle_rejects(landing.connection, source.id)
        return counters


def _chunks(
    hook: Hook, reading: Reading, listed: Sequence[tuple[Any, Key]], quiet: Callable[[], psycopg.Connection[Any]], settings: Settings
) -> Iterator[Page]:
    """The pages of chunk after chunk; a chunk counts as visited once its pages are landed."""
    for start in range(0, len(listed), CHUNK):
        part = listed[start : start + CHUNK]
        yield from without_cursor(hook(reading, [key for _, key in part]))
        connection = quiet()
        connection.execute(_VISITED.encode(), {"ids": [mention_id for mention_id, _ in part], "now": settings.now()})
        connection.commit()


def without_cursor(pages: Iterable[Page]) -> Iterator[Page]:
    """The pages as looks, which move no stream's cursor."""
    for page in pages:
        yield Page(page.items, "", None, page.promised, page.more, page.gap, page.gone)
