"""Cut a text into clauses and give each bank the clauses that speak about it, when the text names more than one.

text ──► clauses (sentence ends, contrast words) ──► each clause to the banks in it, a clause without one to the bank named last
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from typing import Any

from nlp.cues import load_cues

_ENDS = r"[.!?。！？…؟\n;；]+(?=\s|$|[\u3400-\u9fff])|[。！？；]|[,，،](?=\s|[\u3400-\u9fff])"


@cache
def _cuts(language: str) -> re.Pattern[str]:
    cues = load_cues("comparisons").get(language, {})
    words = cues.get("contrast", [])
    alternatives = "|".join(re.escape(w) for w in sorted(words, key=len, reverse=True))
    if not alternatives:
        return re.compile(_ENDS)
    alternatives += f"|{cues['former']}|{cues['latter']}"
    contrast = alternatives if language == "zh" else rf"(?<!\w)(?:{alternatives})(?!\w)"
    return re.compile(rf"{_ENDS}|(?={contrast})", re.IGNORECASE)


def clauses(text: str, language: str) -> list[tuple[int, int]]:
    """[start, end) of each clause, in order, without the blank ones."""
    edges = [0]
    for match in _cuts(language).finditer(text):
        edges.append(match.end())
    edges.append(len(text))
    return [(s, e) for s, e in pairwise(edges) if text[s:e].strip()]


def stretches(text: str, mentions: Sequence[dict[str, Any]], language: str) -> dict[str, str]:
    """Bank id → what is said about it; empty for a text with one bank, whose sentiment is mostly the document's."""
    ids = list(dict.fromkeys(m["bank_id"] for m in mentions))
    if len(ids) < 2:
        return {}
    parts: dict[str, list[str]] = {bank_id: [] for bank_id in ids}
    current: list[str] = [mentions[0]["bank_id"]]
    for start, end in clauses(text, language):
        inside = [m for m in mentions if m["start"] < end and m["end"] > start]
        if inside:
            current = list(dict.fromkeys(m["bank_id"] for m in inside))
        elif len(ids) == 2 and (place := _ordinal(text[start:end], language)) is not None:
            current = [ids[place]]
        for bank_id, part in _shares(text, start, end, inside, current):
            parts[bank_id].append(part)
    return {bank_id: " ".join(found) if found else text for bank_id, found in parts.items()}


def _ordinal(clause: str, language: str) -> int | None:
    cues = load_cues("comparisons").get(language, {})
    for place, which in enumerate(("former", "latter")):
        if which in cues and re.match(rf"\s*(?:{cues[which]})", clause, re.IGNORECASE):
            return place
    return None


def _shares(
    text: str, start: int, end: int, inside: Sequence[dict[str, Any]], current: Sequence[str]
) -> list[tuple[str, str]]:
    """Several banks in one clause: each takes from its name to the next one's; the first also what stands before it."""
    if len(current) == 1:
        return [(current[0], text[start:end])]
    edges = [start, *(m["start"] for m in inside[1:]), end] if inside else [start, end]
    if not inside:
        return [(current[-1], text[start:end])]
    return [(m["bank_id"], text[s:e]) for m, s, e in zip(inside, edges, edges[1:], strict=False)]
