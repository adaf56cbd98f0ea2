"""MinHash bands (Broder 1997): texts that share one are candidates for near-duplicates; the caller checks exactly."""

from __future__ import annotations

import zlib
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

# 20 bands of 4: a pair at Jaccard 0.8 is a candidate with probability 1 − (1 − 0.8⁴)²⁰ = 0.99998, at 0.6 with 0.94.
BANDS, ROWS = 20, 4
_PRIME = np.uint64((1 << 61) - 1)
_generator = np.random.default_rng(20260105)
_A = _generator.integers(1, 1 << 29, BANDS * ROWS, dtype=np.uint64)
_B = _generator.integers(0, 1 << 60, BANDS * ROWS, dtype=np.uint64)


def bands(cut: Iterable[str]) -> list[tuple[int, bytes]]:
    """(band, bytes of its minima) of a set of shingles, the same on every machine; [] for an empty set."""
    hashes = np.fromiter((zlib.crc32(s.encode()) for s in cut), np.uint64)
    if not len(hashes):
        return []
    minima = _permuted(hashes).min(axis=0)
    return [(i, minima[i * ROWS : (i + 1) * ROWS].tobytes()) for i in range(BANDS)]


def _permuted(hashes: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    return np.asarray((hashes[:, None] * _A[None, :] + _B[None, :]) % _PRIME, np.uint64)
