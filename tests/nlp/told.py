"""The tables of tests/nlp/cases: sentences a language with what must be found in them, and how well it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable
from functools import cache
from pathlib import Path

CASES = Path(__file__).resolve().parent / "cases"
LANGUAGES = ("en", "ru", "zh", "ar", "tr")


@cache
def told(name: str) -> dict[str, list[tuple[str, str]]]:
    """Language → (text, what is said of it) of cases/<name>.txt."""
    rows: dict[str, list[tuple[str, str]]] = {}
    language = ""
    for line in (CASES / f"{name}.txt").read_text("utf-8").splitlines():
        if line.startswith("["):
            language = line.strip("[]")
        elif line and not line.startswith("#"):
            text, want = line.rsplit(" => ", 1)
            rows.setdefault(language, []).append((text, want))
    return rows


def measured(
    rows: list[tuple[str, str]], wanted: Callable[[str], Counter[Hashable]], found: Callable[[str], Counter[Hashable]]
) -> tuple[float, float, list[str]]:
    """Precision, recall and the texts that were not read exactly."""
    hits = given = due = 0
    missed = []
    for text, want in rows:
        one, other = wanted(want), found(text)
        hits, given, due = hits + sum((one & other).values()), given + sum(other.values()), due + sum(one.values())
        if one != other:
            missed.append(f"{text}: wanted {sorted(map(str, one))}, found {sorted(map(str, other))}")
    return hits / max(given, 1), hits / max(due, 1), missed
