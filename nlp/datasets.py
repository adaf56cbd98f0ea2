"""Read the labelled sets (JSON lines, gzipped) that heads are trained and measured on; the texts never enter the project.

DIR/data/<kind>/<name>.jsonl.gz ──► rows ──► train / held-out parts (by time, or near-duplicate-free)
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nlp import minhash
from nlp.text import jaccard, shingles, story_text
from settings import RenownError

POLARITY = {"neg": 0, "neu": 1, "pos": 2}


@dataclass(frozen=True)
class Source:
    """A labelled set in a mix: `limit` rows at most (evenly spread), `weight` a row; `calibrate`: its held-out part sets the temperature."""

    name: str
    weight: float = 1.0
    limit: int | None = None
    calibrate: bool = False
    licence: str = "none stated"
    origin: str = ""


def read(shared: Path, kind: str, name: str) -> list[dict[str, Any]]:
    """All rows of one set. Raises RenownError where the file is missing."""
    path = shared / "data" / kind / f"{name}.jsonl.gz"
    if not path.exists():
        raise RenownError(f"training set {path} is missing", "give the folder that holds data/ with --shared")
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def polarity_rows(shared: Path, name: str) -> list[dict[str, Any]]:
    """Rows of a sentiment set with a single polarity, in time order where the set is dated, else as they stand."""
    rows = [row for row in read(shared, "sentiment", name) if row["label"] in POLARITY]
    return sorted(rows, key=lambda row: int(row["date"])) if rows and "date" in rows[0] else rows


def split(rows: Sequence[dict[str, Any]], test_share: float = 0.2) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """(train, test): the last part by time where dated, else a fifth by hash; near-duplicates of train leave the test part."""
    if rows and "date" in rows[0]:
        cut = int(len(rows) * (1 - test_share))
        train, test = list(rows[:cut]), list(rows[cut:])
    else:
        train, test = [], []
        for row in rows:
            (test if zlib.crc32(story_text(row["text"]).encode()) % 100 < test_share * 100 else train).append(row)
    return train, without_near_duplicates(train, test)


def calibration_part(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Every second held-out row: the temperature is set on these, calibration error measured on the others."""
    return list(rows[::2])


def measuring_part(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The held-out rows that calibration never saw."""
    return list(rows[1::2])


def without_near_duplicates(
    known: Iterable[dict[str, Any]],
    rows: Iterable[dict[str, Any]],
    threshold: float = 0.6,
) -> list[dict[str, Any]]:
    """Those `rows` whose 5-character shingles overlap (Jaccard) less than `threshold` with every known text."""
    index: dict[tuple[int, bytes], list[frozenset[str]]] = defaultdict(list)
    for row in known:
        cut = shingles(story_text(row["text"]))
        for band in minhash.bands(cut):
            index[band].append(cut)
    return [row for row in rows if not _is_near(index, shingles(story_text(row["text"])), threshold)]


def _is_near(index: dict[tuple[int, bytes], list[frozenset[str]]], cut: frozenset[str], threshold: float) -> bool:
    return any(jaccard(cut, other) >= threshold for band in minhash.bands(cut) for other in index.get(band, ()))


def spread(rows: Sequence[dict[str, Any]], limit: int | None) -> list[dict[str, Any]]:
    """At most `limit` rows, evenly spread over the set: deterministic subsampling."""
    if limit is None or len(rows) <= limit:
        return list(rows)
    return [rows[i * len(rows) // limit] for i in range(limit)]
