"""Train the heads of banking_intent on BANKING77 and a bank's own English labels: measured on a held-out fifth, then trained again on all rows.

rows ──► four fifths ──► twin ──► temperature, figures on the rest (near-duplicates left out) ──► all rows ──► the shipped head, same settings
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from nlp import banking, datasets, embeddings, train
from nlp.heads import Floats, Head, Layout, save_head, softmax
from nlp.quality import figures

SET = "en_banking77"
LAYOUT = Layout(character_bits=15, word_bits=15, negated_bits=0, columns=False)
STRENGTH = 20.0
SMALLEST = 0.02  # weights below this share of their class's largest are dropped: what keeps the file small
VECTOR_STRENGTH = 0.02
VECTOR_SHARE = 1.0
Row = dict[str, Any]
Integers = npt.NDArray[np.int64]


def parts(data: Path) -> tuple[list[Row], list[Row]]:
    """(train, test) of the set: a fifth by hash, near-duplicates of the rest left out."""
    return datasets.split(datasets.read(data, "intent", SET))


def train_banking(data: Path, out: Path, labels: Path | None, profile: str, known_only: bool) -> list[Path]:
    """Write the hashed head, or, in the accurate profile, the head on sentence vectors that joins it. Raises RenownError where the set is missing."""
    rows, held = parts(data)
    every = datasets.read(data, "intent", SET)
    classes = tuple(sorted({row["label"] for row in every}))
    own = train.own_labels(labels, classes).get(banking.LANGUAGE, []) if labels else []
    twin = train_head(rows, own, classes)
    if profile == "accurate":
        return _train_vectors(out, twin, rows, held, every, known_only)
    scores = twin.logits([row["text"] for row in held], banking.LANGUAGE)
    temperature, measured = _calibrate(scores, _truth(held, classes))
    head = train_head(every, own, classes)
    meta = {"sets": {SET: 1.0}, "rows": len(every), "own_labels": len(own), "measured": measured}
    save_head(banking.head_path(out), replace(head, temperature=temperature, meta=meta))
    return [banking.head_path(out)]


def train_head(rows: Sequence[Row], own: Sequence[Row], classes: tuple[str, ...]) -> Head:
    """The hashed head, small weights dropped."""
    weights = np.array([1.0] * len(rows) + [train.OWN_LABELS_WEIGHT] * len(own))
    mixed = train.Mixed([row["text"] for row in (*rows, *own)], _truth((*rows, *own), classes), weights, [], [])
    head = train.fit(mixed, banking.LANGUAGE, LAYOUT, classes, balanced=False, strength=STRENGTH)
    kept = np.where(np.abs(head.weights) >= SMALLEST * np.abs(head.weights).max(axis=0), head.weights, 0)
    return replace(head, weights=kept)


def _truth(rows: Sequence[Row], classes: tuple[str, ...]) -> Integers:
    place = {label: i for i, label in enumerate(classes)}
    return np.array([place[row["label"]] for row in rows], np.int64)


def _calibrate(scores: Floats, truth: Integers) -> tuple[float, list[Row]]:
    """The temperature by every second held-out row, and the figures: over all of them, the calibration error over the others."""
    temperature = train.calibrated(scores[::2], truth[::2])
    return temperature, figures(truth, softmax(scores, temperature))


def _train_vectors(out: Path, twin: Head, rows: Sequence[Row], held: Sequence[Row], every: Sequence[Row], known_only: bool) -> list[Path]:
    rows, held, every = ([row for row in part if not known_only or embeddings.is_known(row["text"])] for part in (rows, held, every))
    if len({row["label"] for row in rows}) < len(twin.classes) or len(held) < 100:
        return []
    texts = [row["text"] for row in held]
    scores = _vector_head(rows, twin.classes).joined(twin.logits(texts, banking.LANGUAGE), texts)
    temperature, measured = _calibrate(scores, _truth(held, twin.classes))
    path = banking.vector_head_path(out)
    meta = {"rows": len(every), "measured": measured}
    embeddings.save_vector_head(path, replace(_vector_head(every, twin.classes), temperature=temperature, meta=meta))
    return [path]


def _vector_head(rows: Sequence[Row], classes: tuple[str, ...]) -> embeddings.VectorHead:
    head = train.vector_regression(embeddings.vectors([row["text"] for row in rows]), _truth(rows, classes), np.ones(len(rows)), VECTOR_STRENGTH)
    return replace(head, shares=(1.0, VECTOR_SHARE))
