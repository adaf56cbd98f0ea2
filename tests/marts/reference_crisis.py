"""The alarm rule from volume alone a second time, in plain Python from its definition (docs/alarms.md), sharing no SQL and no numpy.

    {hour: count} ──► volume_signal() ──► (six_hour_count, is_rising, volume_score)
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping
from datetime import datetime, timedelta

HOUR, DAY = timedelta(hours=1), timedelta(hours=24)
Hours = Mapping[datetime, int]


def volume_signal(counts: Hours, first: datetime, hour: datetime) -> tuple[int, bool, float | None]:
    """(six_hour_count, is_rising, volume_score) of one hour of a series that began at `first`; hours without a count are 0."""
    six = _sum(counts, hour, 6)
    recent = [_sum(counts, hour - back * HOUR, 6) for back in range(1, 49) if hour - back * HOUR >= first]
    scores = [_above_peaks(counts, first, hour, hours) for hours in (1, 6)]
    score = None if None in scores else sum(s for s in scores if s is not None) / 2
    return six, six > max(recent, default=-1), score


def _sum(counts: Hours, hour: datetime, hours: int) -> int:
    return sum(counts.get(hour - back * HOUR, 0) for back in range(hours))


def _above_peaks(counts: Hours, first: datetime, hour: datetime, hours: int) -> float | None:
    """The sum of the last hours above the largest such sums of the 28 stretches of 24 hours before, in their standard deviations (logs)."""
    logs = []
    for day in range(28):
        stretch = [hour - day * DAY - back * HOUR for back in range(1, 25)]
        inside = [_sum(counts, at, hours) for at in stretch if at >= first]
        if inside:
            logs.append(math.log(1 + max(inside)))
    if not logs:
        return None
    middle = statistics.fmean(logs)
    return (math.log(1 + _sum(counts, hour, hours)) - middle) / max(statistics.pstdev(logs), 1 / math.sqrt(math.exp(middle)))
