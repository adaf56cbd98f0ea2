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
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from nlp import minhash
from nlp.text import jaccard, shingles, story_text
from settings import RenownError

GOLD = Path(__file__).resolve().parent / "gold"
OWN = "gold_"
OWN_SET = "gold"  # our own texts of all languages are one set to an expert
HELD_OUT = 0.15
MEASURED = 2_000  # held-out rows of a set at most: every second one calibrates
Row = TypeVar("Row")
POLARITY = {"neg": 0, "neu": 1, "pos": 2}


@dataclass(frozen=True)
class Source:
    """A labelled set in a mix: `limit` rows at most (evenly spread), `weight` a row; `calibrate`: its held-out part sets the temperature.

    `clean`: its licence is stated and allows weights to be made and passed on. `vectors`: rows whose sentence vectors are trained on.
    """

    name: str
    weight: float = 1.0
    limit: int | None = None
    calibrate: bool = False
    clean: bool = False
    vectors: int = 0
    licence: str = "none stated"
    origin: str = ""

    @property
    def set_name(self) -> str:
        """What its rows are told from others' by."""
        return OWN_SET if self.name.startswith(OWN) else self.name

    def is_borrowed(self, language: str) -> bool:
        """Whether it is our own texts of another language."""
        return self.set_name == OWN_SET and self.name != OWN + language


def read(shared: Path, kind: str, name: str) -> list[dict[str, Any]]:
    """All rows of one set. Raises RenownError where the file is missing."""
    path = shared / "data" / kind / f"{name}.jsonl.gz"
    if not path.exists():
        raise RenownError(f"training set {path} is missing", "give the folder that holds data/", exit_code=2)
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def gold_rows(language: str) -> list[dict[str, Any]]:
    """The project's own labelled texts of one language (nlp/gold), as rows of a sentiment set."""
    lines = (GOLD / f"{language}.jsonl").read_text("utf-8").splitlines()
    found = [json.loads(line) for line in lines if line.strip()]
    return [{"text": row["text"], "label": row["sentiment"][:3]} for row in found if row.get("sentiment")]


@cache
def parts(shared: Path, name: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """(train, test) of a sentiment set; half of our own gold texts is never trained on. Kept, since near-duplicates take long to find."""
    return split(polarity_rows(shared, name), 0.5 if name.startswith(OWN) else HELD_OUT)


def polarity_rows(shared: Path, name: str) -> list[dict[str, Any]]:
    """Rows of a sentiment set with a single polarity, in time order where the set is dated, else as they stand; gold_<language>: our own."""
    if name.startswith(OWN):
        return [row for row in gold_rows(name.removeprefix(OWN)) if row["label"] in POLARITY]
    rows = [row for row in read(shared, "sentiment", name) if row["label"] in POLARITY]
    return sorted(rows, key=lambda row: int(row["date"])) if rows and "date" in rows[0] else rows


def split(rows: Sequence[dict[str, Any]], test_share: float = 0.2) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """(train, test): the last part by time where dated, else a share by hash; near-duplicates of train leave the test part."""
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
    index: dict[int, list[str]] = defaultdict(list)
    for row in known:
        text = story_text(row["text"])
        for band in minhash.text_bands(text):
            index[band].append(text)
    return [row for row in rows if not _is_near(index, story_text(row["text"]), threshold)]


def _is_near(index: dict[int, list[str]], text: str, threshold: float) -> bool:
    others = {other for band in minhash.text_bands(text) for other in index.get(band, ())}
    cut = shingles(text)
    return any(jaccard(cut, shingles(other)) >= threshold for other in others)


def spread(rows: Sequence[Row], limit: int | None) -> list[Row]:
    """At most `limit` rows, evenly spread over the set: deterministic subsampling."""
    if limit is None or len(rows) <= limit:
        return list(rows)
    return [rows[i * len(rows) // limit] for i in range(limit)]


def varied(rows: Sequence[dict[str, Any]], limit: int) -> list[dict[str, Any]]:
    """At most `limit` rows in the order of a hash, half of them drawn evenly from the labels, so that rare ones are there."""
    ordered = sorted(rows, key=lambda row: zlib.crc32(row["text"].encode("utf-8", "replace")))
    labels = sorted({row["label"] for row in rows})
    even = [row for label in labels for row in [r for r in ordered if r["label"] == label][: limit // (2 * max(1, len(labels)))]]
    taken = {id(row) for row in even}
    return (even + [row for row in ordered if id(row) not in taken])[:limit]
