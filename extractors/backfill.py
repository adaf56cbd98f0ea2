"""Before a backfill: how much there may be, and how long the platform's budget makes it take."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import timedelta

from extractors.registry import platform
from extractors.run import Interval
from extractors.sessions import configured_source
from settings import Settings
from warehouse.connection import connect

_SAMPLE_DAYS = 28
_SEEN = """
select count(*), min(event_at), max(event_at) from core.mentions
where source_id = %(source)s and version = 1 and event_at >= %(since)s
"""


@dataclass(frozen=True)
class Estimate:
    """What a backfill may take. None where the warehouse holds too little of the source to tell."""

    days: float
    items: int | None
    requests: int | None
    seconds: float | None


def estimate(settings: Settings, source_id: str, between: Interval, *, url: str) -> Estimate:
    """Items by the source's own daily rate of the last weeks, requests by its page size, seconds by its configured rate.

    Comments need requests of their own, so the true number lies above it. Raises RenownError for a source that may not be read.
    """
    source = configured_source(settings, source_id)
    days = max(0.0, (between[1] - between[0]) / timedelta(days=1))
    with connect(url) as connection:
        row = connection.execute(_SEEN, {"source": source_id, "since": settings.now() - timedelta(days=_SAMPLE_DAYS)}).fetchone()
    count, first, last = row or (0, None, None)
    if not count or not first or last - first < timedelta(days=1):
        return Estimate(days, None, None, None)
    items = math.ceil(count / ((last - first) / timedelta(days=1)) * days)
    size = source.page_size or platform(source.platform).CONTRACT.page_limit
    requests = math.ceil(items / max(1, size)) + 1
    return Estimate(days, items, requests, requests * source.rate.per_seconds / source.rate.requests)
