"""MinHash bands (Broder 1997): texts that share one are candidates for near-duplicates; the caller checks exactly.

normalised text ──► 64-bit hash of each shingle ──► 80 permutations, the least of each ──► 20 bands of 4
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

# 20 bands of 4: a pair at Jaccard 0.8 is a candidate with probability 1 − (1 − 0.8⁴)²⁰ = 0.99997, at 0.6 with 0.94.
BANDS, ROWS = 20, 4
CHUNK = 2_048  # shingles permuted at once: bounds what a long text takes
Hashes = npt.NDArray[np.uint64]
# Odd factors permute the 64-bit numbers (Dietzfelbinger et al. 1997); arithmetic of uint64 wraps.
_FACTORS = np.random.default_rng(20261122).integers(0, 1 << 64, BANDS * ROWS, dtype=np.uint64) | np.uint64(1)
_JOIN = np.random.default_rng(20261123).integers(0, 1 << 64, (BANDS, ROWS), dtype=np.uint64) | np.uint64(1)
_BASE = 0x9E3779B97F4A7C15


def text_bands(text: str, size: int = 5) -> list[int]:
    """BANDS numbers of a normalised text's shingles, the same on every machine; [] for an empty text. Memory does not grow with the text's length."""
    if not text:
        return []
    hashes = _shingle_hashes(text, size)
    least = np.full(BANDS * ROWS, np.iinfo(np.uint64).max, np.uint64)
    for start in range(0, len(hashes), CHUNK):
        np.minimum(least, (_FACTORS[:, None] * hashes[None, start : start + CHUNK]).min(axis=1), out=least)
    joined = _mixed((least.reshape(BANDS, ROWS) * _JOIN).sum(axis=1, dtype=np.uint64) + np.arange(BANDS, dtype=np.uint64))
    found: list[int] = joined.tolist()
    return found


def _shingle_hashes(text: str, size: int) -> Hashes:
    """One hash a place of the text where a shingle begins; a shorter text is its own shingle."""
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4").astype(np.uint64)
    size = min(size, len(points))
    last = len(points) - size + 1
    total = np.full(last, size, np.uint64)
    for place in range(size):
        total = total * np.uint64(_BASE) + points[place : place + last]
    return _mixed(total)


def _mixed(numbers: Hashes) -> Hashes:
    """MurmurHash3's finaliser: every bit of a number decides over every bit of the result."""
    for factor in (0xFF51AFD7ED558CCD, 0xC4CEB9FE1A85EC53):
        numbers = (numbers ^ (numbers >> np.uint64(33))) * np.uint64(factor)
    return np.asarray(numbers ^ (numbers >> np.uint64(33)), np.uint64)
