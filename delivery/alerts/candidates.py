"""What is wrong now, from five sources; nothing is remembered here (delivery/alerts/incidents.py compares it with what was told).

    marts of early warning ──► crisis ─┐
    mart_open_cases, targets ──► sla ──┤
    mart_coverage ────► gap ────┼──► Found: candidates, and the keys of which nothing can be said now (held)
    raw.batches, schedules ──► stale ──┤
    quality.results ─────────► gate ───┘

One incident is one candidate, however many rows it has: a bank's episode, a platform, a bank × platform × department, a layer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import psycopg

from settings import Settings

EVERYTHING = "dark|all"


@dataclass(frozen=True)
class Candidate:
    """One thing that is wrong. `magnitude` is its size in `facts["unit"]`; `departments`: each with the highest severity that concerns it."""

    key: str
    kind: str
    severity: int
    magnitude: float
    title: str
    facts: dict[str, Any]
    started_at: datetime
    last_at: datetime
    departments: dict[str, int] = field(default_factory=dict)
    owner: str | None = None
    bank_id: str | None = None
    platform: str | None = None
    topic_id: str | None = None
    example_ids: tuple[str, ...] = ()
    is_over: bool = False


@dataclass
class Found:
    """All candidates; `dark`: platforms that are, and until when all their data came.

    `held`: is nothing to be said of this key now (its data are not to be trusted)? `unread`: kinds that could not be looked at.
    """

    candidates: list[Candidate] = field(default_factory=list)
    dark: Mapping[str, datetime] = field(default_factory=dict)
    unread: set[str] = field(default_factory=set)

    def held(self, key: str, kind: str, series_platform: str | None = None) -> bool:
        """Whether an open alert with this key stays as it is, though nobody sees it now: a dark platform's cases, a crisis of its own series."""
        return kind in self.unread or (kind == "sla" and key.split("|")[2] in self.dark) or (kind == "crisis" and series_platform in self.dark)


def gather(connection: psycopg.Connection, settings: Settings, now: datetime) -> Found:
    """Everything that is wrong at `now`, by key, the earliest first. A mart that is not there yet leaves its kinds unread."""
    from delivery.alerts import care, collection, crisis

    found, off = Found(), settings.alerts.off
    stale, found.dark = collection.stale(connection, settings, now)
    sources: dict[str, Callable[[], list[Candidate]]] = {
        "stale": lambda: stale,
        "gate": lambda: collection.gates(connection, settings, now),
        "gap": lambda: collection.gaps(connection, settings, now, found.dark),
        "crisis": lambda: crisis.episodes(connection, settings, now, found.dark),
        "sla": lambda: care.breaches(connection, settings, now, found.dark),
    }
    built = _built(connection)
    for kind, read in sources.items():
        if kind in off or (kind not in ("stale", "gate") and not built):
            found.unread.add(kind)
        else:
            found.candidates += read()
    found.candidates.sort(key=lambda candidate: (candidate.key, candidate.started_at))
    return found


def _built(connection: psycopg.Connection) -> bool:
    """Whether the marts stand: a build puts them all in place, or none."""
    row = connection.execute("select to_regclass('marts.fct_alerts') is not null and to_regclass('marts_rows.mart_open_cases') is not null").fetchone()
    return bool(row and row[0])


def banks(settings: Settings) -> list[str]:
    """The banks that somebody here answers for."""
    watched = settings.alerts.crisis.banks
    return [bank.id for bank in settings.banks.banks if watched == "all" or bank.id == settings.banks.home]
