"""Chinese texts that a tool has cut into words or characters with blanks: read as people write them, with the way back to the given offsets.

"我 在 北京 大学" ──► closed_up() ──► "我在北京大学" + where each character stood ──► tagger ──► given_spans()
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from nlp.entity_features_words import Token

_HAN = "\u3000-\u303f\u3400-\u9fff\uff00-\uffef"
_HAN_CHARACTER = re.compile("[\u3400-\u9fff]")
_GAP = re.compile(f"(?<=[{_HAN}]) +(?=\\S)|(?<=\\S) +(?=[{_HAN}])")
SHARE = 0.25  # gaps a Chinese character from which a text counts as cut: a writer's own blanks stand between phrases


def closed_up(text: str) -> tuple[str, Sequence[int] | None]:
    """The text without the blanks of a tool, and each character's place in the given one; the text itself and None where nobody cut it."""
    gaps = [match.span() for match in _GAP.finditer(text)] if " " in text else []
    if len(gaps) <= SHARE * len(_HAN_CHARACTER.findall(text)) or not gaps:
        return text, None
    left_out = {i for start, end in gaps for i in range(start, end)}
    places = [i for i in range(len(text)) if i not in left_out]
    return "".join(text[i] for i in places), places


def given_spans(spans: Sequence[Token], places: Sequence[int] | None) -> list[Token]:
    """(start, end, label) of the closed-up text as those of the given one."""
    return [(s, e, label) if places is None else (places[s], places[e - 1] + 1, label) for s, e, label in spans]
