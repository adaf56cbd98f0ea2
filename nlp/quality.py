"""How good predicted labels are: macro-F1, accuracy, macro recall, calibration error, with bootstrap intervals where they have no formula."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from nlp.intervals import RESAMPLES, bootstrap, rounded, wilson

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]
BINS = 15
Row = dict[str, Any]


def figures(truth: Integers, rows: Floats) -> list[Row]:
    """{metric, value, n, detail} of predicted probabilities (n, classes); the calibration error over every second row, since the others set the temperature."""
    found = rows.argmax(axis=1)
    return [
        with_interval("macro_f1", macro_f1, truth, found),
        {"metric": "accuracy", "value": (share := float((found == truth).mean())), "n": len(truth),
         "detail": {"interval": rounded(wilson(share, len(truth)))}},
        with_interval("macro_recall", macro_recall, truth, found),
        _calibration(truth[1::2], rows[1::2]),
    ]


def _calibration(truth: Integers, rows: Floats) -> Row:
    found = {"metric": "calibration_error", "value": calibration_error(truth, rows), "n": len(truth), "detail": {}}
    return found | {"detail": {"by_chance": rounded(error_by_chance(rows))}} if len(truth) > 1 else found


def error_by_chance(rows: Floats, seed: int = 20260105) -> tuple[float, float]:
    """(mean, 95th percentile) of the calibration error that these confidences would show on so many rows if each came true exactly as often as it says.

    The error is a sum of absolute values: few rows make it large however good the head (Bröcker and Smith 2007). A bootstrap of it would be too high.
    """
    generator = np.random.default_rng(seed)
    confidence = rows.max(axis=1)
    drawn = [expected_error(confidence, generator.random(len(confidence)) < confidence) for _ in range(RESAMPLES)]
    return float(np.mean(drawn)), float(np.percentile(drawn, 95))


def f1(truth: npt.NDArray[np.bool_], found: npt.NDArray[np.bool_]) -> float:
    """F1 of one class."""
    hits = int((truth & found).sum())
    return 2 * hits / max(1, int(truth.sum()) + int(found.sum()))


def macro_f1(truth: Integers, found: Integers) -> float:
    """The mean F1 over the classes that are in the truth."""
    return float(np.mean([f1(truth == c, found == c) for c in np.unique(truth)]))


def macro_recall(truth: Integers, found: Integers) -> float:
    """The mean recall over the classes that are in the truth."""
    return float(np.mean([float((found[truth == c] == c).mean()) for c in np.unique(truth)]))


def with_interval(metric: str, measure: Callable[[Integers, Integers], float], truth: Integers, found: Integers) -> Row:
    """A row with the 95 % bootstrap interval in its detail."""
    span = bootstrap(lambda places: measure(truth[places], found[places]), len(truth))
    detail = {"interval": rounded(span)} if span else {}
    return {"metric": metric, "value": measure(truth, found), "n": len(truth), "detail": detail}


def calibration_error(truth: Integers, rows: Floats, bins: int = BINS) -> float:
    """Expected calibration error of the chosen label over equal-width bins (Naeini et al. 2015)."""
    return expected_error(rows.max(axis=1), rows.argmax(axis=1) == truth, bins)


def expected_error(confidence: Floats, right: npt.NDArray[np.bool_], bins: int = BINS) -> float:
    """The same of (n,) confidences and whether each was right: Σ over bins |Σ confidence − number right| / n."""
    place = np.minimum((confidence * bins).astype(int), bins - 1)
    gaps = np.bincount(place, confidence.astype(np.float64), bins) - np.bincount(place, right, bins)
    return float(np.abs(gaps).sum() / max(1, len(right)))
