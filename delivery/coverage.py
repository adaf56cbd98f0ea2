"""What came in during a window, so that an empty extract can say whether nothing happened or no data came.

raw.batches (intervals that overlap), core.mentions (event times inside), what the marts lack ──► Coverage ──► verdict (delivery.words says it)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import psycopg

from delivery import freshness
from delivery.window import Window

BATCHES = """
select source_id,
       count(*) filter (where status = 'success') as succeeded,
       count(*) filter (where status <> 'success') as unfinished,
       count(*) filter (where gap) as gaps,
       coalesce(sum(items_returned), 0)::bigint as returned,
       coalesce(sum(items_rejected), 0)::bigint as rejected
from raw.batches
where coalesce(interval_start, started_at) < %(end)s and coalesce(interval_end, ended_at, heartbeat_at) > %(start)s
group by source_id
order by source_id
"""
MENTIONS = """
select source_id, count(distinct mention_id) from core.mentions
where event_at >= %(start)s and event_at < %(end)s group by source_id
"""


@dataclass(frozen=True)
class Coverage:
    """Per source: batches that succeeded, did not, had gaps; items returned, rejected; mentions inside the window.

    `uncounted`: mentions inside the window that the marts do not hold yet.
    """

    sources: dict[str, dict[str, int]]
    uncounted: int = 0

    @property
    def mentions(self) -> int:
        """Mentions of any source whose event lies in the window."""
        return sum(source["mentions"] for source in self.sources.values())

    @property
    def verdict(self) -> Literal["complete", "partial", "none"]:
        """none: no source ran to its end or gave anything; partial: gaps, failures, rejects or mentions not counted yet; complete: neither."""
        if not any(source["succeeded"] or source["mentions"] for source in self.sources.values()):
            return "none"
        return "partial" if self.is_flawed or self.uncounted else "complete"

    @property
    def is_flawed(self) -> bool:
        """Whether a source had a gap, a run that did not end well, or rejected items."""
        return any(source["unfinished"] or source["gaps"] or source["rejected"] for source in self.sources.values())

    def as_json(self) -> dict[str, Any]:
        """For ops.deliveries.coverage."""
        return {"verdict": self.verdict, "mentions": self.mentions, "uncounted": self.uncounted, "sources": self.sources}


def measure(connection: psycopg.Connection, window: Window) -> Coverage:
    """Coverage of `window`, from the ledger of batches and the mentions themselves."""
    bounds = {"start": window.start, "end": window.end}
    names = ("succeeded", "unfinished", "gaps", "returned", "rejected")
    sources = {
        row[0]: {**dict(zip(names, row[1:], strict=True)), "mentions": 0}
        for row in connection.execute(BATCHES, bounds).fetchall()
    }
    for source, count in connection.execute(MENTIONS, bounds).fetchall():
        sources.setdefault(source, {**dict.fromkeys(names, 0), "mentions": 0})["mentions"] = count
    return Coverage(dict(sorted(sources.items())), freshness.uncounted(connection, window))
