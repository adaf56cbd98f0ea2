"""Alarm rules that see nothing but a count an hour: those that tools use, and ours.

    hourly counts ──► rule ──► score of each hour, from that hour and its past alone; the alarm is score >= threshold

Every score is NaN where its past does not suffice. Ours is what dbt_project's int_hourly_volume computes in SQL.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import betainc, gammainc

Counts = pd.Series  # mention counts by hour (float), gapless, index: start of the hour
Scores = np.ndarray[Any, np.dtype[np.float64]]  # one a count
DAY, WEEK = 24, 168
HISTORY = 28 * DAY  # hours: no alarm before (METRICS.md, cold start)
SCALES = (1, 6)  # hours whose sums are judged: how fast it came, and whether it stays
QUIET = 48  # hours: a new alarm must exceed what was there in them
THRESHOLD = 1.4


@dataclass(frozen=True)
class Rule:
    """A named score with the threshold at which it is published."""

    name: str
    score: Callable[[Counts], Scores]
    thresholds: tuple[float, ...]


def over_mean(counts: Counts) -> Scores:
    """The last hour over the hourly mean of the 24 hours before."""
    return np.asarray(counts / counts.shift(1).rolling(DAY).mean(), float)


def over_spread(counts: Counts) -> Scores:
    """How many standard deviations the last hour is above the mean of the 14 days before."""
    past = counts.shift(1).rolling(14 * DAY)
    return np.asarray((counts - past.mean()) / past.std(), float)


def over_quantile(counts: Counts) -> Scores:
    """The last hour over the 99.5 % quantile of the 28 days before."""
    return np.asarray(counts / counts.shift(1).rolling(HISTORY).quantile(0.995), float)


def seasonal_tail(counts: Counts) -> Scores:
    """-log10 P(X >= count), X negative binomial: same hour of the week and its neighbours over 8 weeks (METRICS.md, tail_probability)."""
    past = np.array([counts.shift(week * WEEK + neighbour) for week in range(1, 9) for neighbour in (-1, 0, 1)], float)
    points = np.maximum((~np.isnan(past)).sum(axis=0), 2)
    total = np.nansum(past, axis=0)
    mean = np.maximum(total / points, 0.5)
    variance = np.nansum((past - total / points) ** 2, axis=0) / (points - 1) * (1 + 1 / points)
    size = np.where(variance > mean, mean**2 / np.maximum(variance - mean, 1e-12), 1.0)
    seen = np.maximum(np.asarray(counts, float), 1e-12)
    tail = np.where(variance > mean, betainc(seen, size, mean / (size + mean)), gammainc(seen, mean))
    return np.asarray(-np.log10(np.maximum(tail, 1e-300)), float)


def daily_peaks(sums: Counts) -> Scores:
    """The largest value of each of the 28 stretches of 24 hours before an hour: (28, hours)."""
    largest = sums.shift(1).rolling(DAY).max()
    return np.array([largest.shift(DAY * day) for day in range(HISTORY // DAY)], float)


def peak_score(counts: Counts, hours: int) -> Scores:
    """How far the sum of the last hours stands above its own daily peaks of 28 days, in their standard deviations, on the log scale.

    The deviation is no smaller than that of a count of such a size (exp(-mean/2), Poisson), so that a silent series needs four
    mentions and not one.
    """
    sums = counts.rolling(hours, min_periods=1).sum()
    peaks = np.log1p(daily_peaks(sums))
    mean, spread = peaks.mean(axis=0), peaks.std(axis=0)
    return np.asarray((np.log1p(sums) - mean) / np.maximum(spread, np.exp(-mean / 2)), float)


def volume_score(counts: Counts, scales: tuple[int, ...] = SCALES, quiet: int = QUIET) -> Scores:
    """Ours: the mean of peak_score over the scales, where the longest sum exceeds all its values of the `quiet` hours before."""
    mean = np.mean([peak_score(counts, hours) for hours in scales], axis=0)
    longest = counts.rolling(max(scales), min_periods=1).sum()
    return np.where(longest > longest.shift(1).rolling(quiet).max(), mean, np.nan) if quiet else mean


SIMPLE = (
    Rule("last hour over mean of 24 h", over_mean, (1.0, 5.0)),
    Rule("mean + k sd of 14 days", over_spread, (3.0, 7.0)),
    Rule("k × 28-day 99.5 % quantile", over_quantile, (1.25,)),
    Rule("seasonal tail probability", seasonal_tail, (2.0, 3.0, 4.0)),
)
OURS = Rule("daily peaks, 1 h and 6 h", volume_score, (THRESHOLD,))
