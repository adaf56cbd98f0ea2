"""Alerts: from what is wrong to the person on duty, once, until somebody takes it (docs/alerts.md).

    five sources ──► candidates ──► incidents ──► ledger (ops.alerts) ──► who is on duty ──► channels ──► acknowledged | escalated
"""

from delivery.alerts.acknowledge import acknowledge, by_link, find
from delivery.alerts.watch import Watched, watch

__all__ = ["Watched", "acknowledge", "by_link", "find", "watch"]
