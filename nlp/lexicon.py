"""Hand-written words of bank service, counted a text: columns that the trained sentiment head weighs (nlp/features.py), and evidence."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache

from nlp.cues import CueMatcher, Hit, load_cues

_CLAUSE = re.compile(r"[,.;:!?，。；：！？،؛؟\n]")  # a negator does not reach over these
_REACH = 18  # folded characters between a negator and the word that it flips
_REACH_HAN = 3


@dataclass(frozen=True)
class Leaning:
    """How many words lean each way (negators applied), and which they were."""

    negative: float
    positive: float
    neutral: float
    cues: tuple[str, ...] = field(default=())


@cache
def _matchers(language: str) -> tuple[CueMatcher, CueMatcher]:
    lists = load_cues("sentiment")[language]
    leanings = {key: lists[key] for key in ("negative", "positive", "neutral")}
    return CueMatcher(leanings, overlap=False), CueMatcher({"negator": lists["negators"]}, overlap=True)


@lru_cache(maxsize=4096)
def leaning(folded: str, language: str) -> Leaning:
    """Distinct words of each leaning in a folded text; a negated praise counts as blame, a negated blame as half a praise."""
    if language not in load_cues("sentiment"):
        return Leaning(0, 0, 0)
    words, negators = _matchers(language)
    flips = [hit for hit in negators.find(folded)]
    found: dict[str, float] = {"negative": 0.0, "positive": 0.0, "neutral": 0.0}
    cues: dict[str, str] = {}
    for hit in words.find(folded):
        for key, amount in _leans(hit, flips, language, folded):
            if hit.cue not in cues:
                found[key] += amount
                cues[hit.cue] = key
    return Leaning(
        found["negative"], found["positive"], found["neutral"], tuple(f"{cue}:{key}" for cue, key in cues.items())
    )


def _leans(hit: Hit, flips: list[Hit], language: str, folded: str) -> Iterator[tuple[str, float]]:
    key = hit.keys[0]
    reach = _REACH_HAN if language == "zh" else _REACH
    negated = any(
        0 <= hit.start - flip.end <= reach and flip.start < hit.start and not _CLAUSE.search(folded, flip.end, hit.start)
        for flip in flips
    )
    if not negated or key == "neutral":
        yield key, 1.0
    elif key == "positive":
        yield "negative", 1.0
    else:
        yield "positive", 0.5
