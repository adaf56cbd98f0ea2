"""Intervals of measured shares: Wilson's, and the bootstrap's percentiles for what has no formula."""

from __future__ import annotations

import math
from collections.abc import Callable
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

Z = NormalDist().inv_cdf(0.975)
RESAMPLES = 1_000
Integers = npt.NDArray[np.int64]


def wilson(share: float, n: float) -> tuple[float, float] | None:
    """The 95 % interval of a share over n items (Wilson 1927), 0 to 1; n may be an effective one. None without items."""
    if n <= 0:
        return None
    centre = share + Z * Z / (2 * n)
    margin = Z * math.sqrt(share * (1 - share) / n + Z * Z / (4 * n * n))
    return max(0.0, (centre - margin) / (1 + Z * Z / n)), min(1.0, (centre + margin) / (1 + Z * Z / n))


def effective_n(weights: npt.NDArray[np.float64]) -> float:
    """Kish 1965: how many equally weighted items tell as much, (Σw)²/Σw²; 0 without items."""
    return float(weights.sum() ** 2 / (weights**2).sum()) if len(weights) else 0.0


def bootstrap(statistic: Callable[[Integers], float | None], n: int, seed: int = 20260105) -> tuple[float, float] | None:
    """The 95 % percentile interval (Efron 1979) of a statistic over n items; `statistic` is given the drawn places.

    The same items give the same interval. Draws in which the statistic has no value (None) are left out; None where half of them have none.
    """
    if n < 2:
        return None
    generator = np.random.default_rng(seed)
    found = [statistic(generator.integers(0, n, n)) for _ in range(RESAMPLES)]
    known = [value for value in found if value is not None]
    if len(known) < RESAMPLES / 2:
        return None
    low, high = np.percentile(known, [2.5, 97.5])
    return float(low), float(high)


def rounded(span: tuple[float, float] | None) -> list[float]:
    """An interval as it is stored: to four places; empty where there is none."""
    return [round(edge, 4) for edge in span or ()]
