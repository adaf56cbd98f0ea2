"""Near-duplicates as they really are: Jaccard >= 0.8 over 5-character shingles of normalised text.

    texts ──► MinHash signatures (numpy) ──► candidate pairs by bands ──► exact Jaccard ──► stories in event order
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sandbox.world.model import Item

SHINGLE = 5
THRESHOLD = 0.8
_BANDS, _ROWS = 24, 6
_CHUNK = 2000
_SURELY_BELOW = 0.62


def normalised(text: str) -> str:
    """Lower case, white space collapsed."""
    return " ".join(text.lower().split())


def shingles(text: str) -> frozenset[str]:
    """The set of 5-character shingles of normalised text; a shorter text is its own one shingle."""
    text = normalised(text)
    return frozenset(text[start : start + SHINGLE] for start in range(max(1, len(text) - SHINGLE + 1)))


def similarity(one: str, other: str) -> float:
    """Jaccard similarity of two texts' shingles, 0..1."""
    a, b = shingles(one), shingles(other)
    return len(a & b) / len(a | b)


def story_text(item: Item) -> str:
    """What is compared: title and text as one."""
    return f"{item.title}\n{item.text}" if item.title else item.text


def _hashes(text: str) -> NDArray[np.uint64]:
    points = np.frombuffer(text.ljust(SHINGLE, "\0").encode("utf-32-le"), dtype=np.uint32).astype(np.uint64)
    rolled = np.zeros(len(points) - SHINGLE + 1, dtype=np.uint64)
    for place in range(SHINGLE):
        rolled = rolled * np.uint64(1_000_003) + points[place : place + len(rolled)]
    return (rolled * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(32)


def signatures(texts: Sequence[str]) -> NDArray[np.uint32]:
    """MinHash signatures, one row of 144 values a text; the same for the same text on any machine."""
    generator = np.random.Generator(np.random.PCG64(20260105))
    count = _BANDS * _ROWS
    multipliers = generator.integers(1, 2**32, count, dtype=np.uint64) | np.uint64(1)
    offsets = generator.integers(0, 2**32, count, dtype=np.uint64)
    out = np.empty((len(texts), count), dtype=np.uint32)
    for start in range(0, len(texts), _CHUNK):
        parts = [_hashes(text) for text in texts[start : start + _CHUNK]]
        starts = np.cumsum([0] + [len(part) for part in parts[:-1]])
        joined = np.concatenate(parts)
        for place in range(count):
            mixed = (joined * multipliers[place] + offsets[place]) >> np.uint64(16)
            low = (mixed & np.uint64(0xFFFFFFFF)).astype(np.uint32)
            out[start : start + len(parts), place] = np.minimum.reduceat(low, starts)
    return out


def _candidates(signature: NDArray[np.uint32]) -> dict[int, set[int]]:
    """Earlier rows that share a band, by row, of which the estimate does not rule a near-duplicate out."""
    found: dict[int, set[int]] = defaultdict(set)
    for band in range(_BANDS):
        buckets: dict[bytes, list[int]] = defaultdict(list)
        block = np.ascontiguousarray(signature[:, band * _ROWS : (band + 1) * _ROWS])
        for row in range(len(block)):
            bucket = buckets[block[row].tobytes()]
            found[row].update(bucket)
            bucket.append(row)
    for row, earlier in found.items():
        if earlier:
            places = np.fromiter(sorted(earlier), dtype=np.int64)
            agreement = (signature[places] == signature[row]).mean(axis=1)
            found[row] = set(places[agreement >= _SURELY_BELOW].tolist())
    return found


def tell_stories(items: Sequence[Item]) -> None:
    """Set `story` on every item that has a near-duplicate; an item joins the story of the earliest one it resembles.

    `items` stand in event order. A story's id is that of its first item; a later bridge never merges two stories.
    """
    firsts: dict[str, int] = {}
    texts: list[str] = []
    groups: list[list[Item]] = []
    for item in items:
        text = normalised(story_text(item))
        place = firsts.setdefault(text, len(texts))
        if place == len(texts):
            texts.append(text)
            groups.append([])
        groups[place].append(item)
    story_of = _join(texts)
    members: dict[int, list[Item]] = defaultdict(list)
    for place, group in enumerate(groups):
        members[story_of[place]].extend(group)
    for place, story in members.items():
        first = groups[place][0]
        for item in story:
            item.story = f"{first.platform}:{first.native_id}" if len(story) > 1 else None


def _join(texts: list[str]) -> list[int]:
    found = _candidates(signatures(texts)) if texts else {}
    cache: dict[int, frozenset[str]] = {}
    story_of: list[int] = []
    for place in range(len(texts)):
        story = place
        for earlier in sorted(found[place]):
            for known in (place, earlier):
                if known not in cache:
                    cache[known] = shingles(texts[known])
            a, b = cache[place], cache[earlier]
            if len(a & b) >= THRESHOLD * len(a | b):
                story = story_of[earlier]
                break
        story_of.append(story)
    return story_of
