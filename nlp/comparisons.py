"""Which of two banks wins where a text compares them: wordings a language with the banks' names as marks.

text with two banks ──► names become ⟦0⟧ ⟦1⟧ ──► nlp/cues/comparisons.yml (who wins) ──► logits added to each bank's own stretch
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

from nlp.cues import load_cues
from nlp.text import Folded

PUSH = 3.0  # logits for the bank that a comparison praises or blames
CONTRAST = 1.2  # what the other bank's leaning is worth, turned round
MAX_CHARACTERS = 4_000


@cache
def _compiled(language: str) -> list[re.Pattern[str]]:
    """Patterns with the groups `up` and `down`, or one of them."""
    ready = []
    for wording in load_cues("comparisons").get(language, {}).get("wins", []):
        text = wording.replace("~", "[^.!?\u3002\uff01\uff1f\n]{0,60}?")
        text = re.sub(r"(?<![\\\w])U|(?<=[^\x00-\x7f])U", r"⟦(?P<up>\\d+)⟧\\w{0,6}'?\\w{0,4}", text, count=1)
        text = re.sub(r"(?<![\\\w])D|(?<=[^\x00-\x7f])D", r"⟦(?P<down>\\d+)⟧\\w{0,6}'?\\w{0,4}", text, count=1)
        ready.append(re.compile(text))
    return ready


def pushes(folded: Folded, mentions: Sequence[dict[str, Any]], language: str) -> dict[str, float]:
    """Bank id → +1 ahead, −1 behind, for texts with exactly two banks and a comparing wording; else {}."""
    ids = list(dict.fromkeys(m["bank_id"] for m in mentions))
    if len(ids) != 2:
        return {}
    marked = _marked(folded, mentions, ids)
    for pattern in _compiled(language):
        if match := pattern.search(marked):
            groups = match.groupdict()
            if groups.get("up") == groups.get("down"):
                continue
            up = int(groups["up"]) if groups.get("up") else 1 - int(groups["down"])
            return {ids[up]: 1.0, ids[1 - up]: -1.0}
    return {}


def _marked(folded: Folded, mentions: Sequence[dict[str, Any]], ids: Sequence[str]) -> str:
    """The folded text with each mention of a bank as ⟦0⟧ or ⟦1⟧; mentions come with offsets of the given text."""
    text = folded.text[:MAX_CHARACTERS]
    back = {given: i for i, given in enumerate(folded.offsets)} if folded.offsets else None
    pieces, place = [], 0
    for mention in sorted(mentions, key=lambda m: int(m["start"])):
        start = mention["start"] if back is None else back.get(mention["start"], 0)
        end = mention["end"] if back is None else back.get(mention["end"] - 1, 0) + 1
        if place <= start < end <= len(text):
            pieces += [text[place:start], f"⟦{ids.index(mention['bank_id'])}⟧"]
            place = end
    return "".join([*pieces, text[place:]])
