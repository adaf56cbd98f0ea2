"""The sandbox's texts, which no weight was trained on: what the pipeline reads in them must not fall below these floors."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

from sandbox_figures import figures, summary

FLOORS = {"sentiment": 0.68, "aspect": 0.62, "role": 0.9, "closing": 0.9, "kind": 0.9, "language": 0.97}


@pytest.mark.parametrize("language", ["en", "ru", "zh", "ar", "tr"])
def test_floors(language: str) -> None:
    tasks = figures([language], 12)[language]
    for task, floor in FLOORS.items():
        pairs = [row[0] for row in tasks[task]]
        assert sum(a == b for a, b in pairs) >= floor * len(pairs), f"{task}: {summary(pairs)}"
    for task in ("topics", "intents"):
        pairs = [row[0] for row in tasks[task]]
        assert float(summary(pairs).rsplit(" ", 1)[1]) >= 60, f"{task}: {summary(pairs)}"
