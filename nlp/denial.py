"""Whether a cue that was found in a text is denied there, and the sentence that it stands in; what urgency and moments both ask.

hits of cues, hits of negators, folded text ──► negated() · sentence()
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from nlp.cues import Hit

_SENTENCE = re.compile(r"[.!?。！？؟…\n]+")
_REACH, _REACH_HAN = 14, 4  # folded characters between a negator and the cue that it denies
_HAN = re.compile("[\u3400-\u9fff]")
_CLAUSE = re.compile(r"[,;:，；：،؛\-–—]|\b(?:but|and|но|а|и|ama|ve|لكن|بس)\b")


def negators(words: Sequence[str]) -> list[str]:
    """Negators as cues: whole words, but for Chinese."""
    return [word if _HAN.search(word) else f"={word}" for word in words]


def negated(hit: Hit, denying: Sequence[Hit], read: str) -> bool:
    """Whether a negator stands closely before a cue in the same clause, or in its gap ("account was not blocked")."""
    reach = _REACH_HAN if _HAN.search(hit.cue) else _REACH
    return any(
        no.start < hit.end and "…" in hit.cue and no.cue.strip("=") not in hit.cue
        if no.start >= hit.start
        else hit.start - no.end <= reach and not _CLAUSE.search(read, no.end, hit.start)
        for no in denying
    )


def sentence(read: str, start: int) -> tuple[int, int]:
    """[start, end) of the sentence that a place of the text lies in, without its final mark."""
    begin = max((m.end() for m in _SENTENCE.finditer(read, 0, start)), default=0)
    after = _SENTENCE.search(read, start)
    return begin, after.start() if after else len(read)
