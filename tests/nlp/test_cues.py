"""Cues are found where one expression of all of them, tried at every place, finds them."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp import cue_families
from nlp.cues import CueMatcher, load_cues
from nlp.text import fold_words

CUES = {
    "card": ["card", "card swallow", "=pin", "took … card", "карт", "съел … карт", "银行卡", "吞 … 卡", "بطاق", "سحب … بطاق", "kart yut", "💳", "c"],
    "praise": ["thank", "thanks a lot", "=ok", "谢谢", "شكر", "teşekkür", "👍"],
}
PIECES = [
    "card", "cards", "swallowed", "pin", "pins", "took", "my", "old", "карта", "съел", "мою", "银行卡", "吞", "了我的", "卡", "بطاقة", "وبالبطاقة", "للبطاقة",
    "سحب", "من", "kart", "yuttu", "💳", "👍", "thank", "thanks", "a lot", "ok", "okay", "谢谢", "شكرا", "والشكر", "teşekkürler", ",", "…", "c", "_",
]  # fmt: skip


def by_one_expression(matcher: CueMatcher, folded: str, overlap: bool) -> list[tuple[str, int, int]]:
    """The same by definition: at each place the first cue of the list, all in one expression a family."""
    found = []
    for kind, before in ((cue_families.Words, r"(?<!\w)"), (cue_families.ArabicWords, rf"(?<!\w){cue_families._CLITIC}"), (cue_families.Family, "")):
        rows: list[str] = []
        for i, cue in enumerate(matcher._cues):
            if cue_families._kind(cue.lstrip("=")) is kind:
                rows.append(f"(?P<c{i}>{cue_families._pattern(cue, kind)})")
        if rows:
            wrapped = f"(?={'|'.join(rows)})" if overlap else f"(?:{'|'.join(rows)})"
            for match in re.finditer(before + wrapped, folded):
                name = str(match.lastgroup)
                found.append((matcher._cues[int(name[1:])], match.start(name), match.end(name)))
    return sorted(found, key=lambda hit: hit[1])


@pytest.mark.parametrize("overlap", [True, False])
@given(text=st.lists(st.sampled_from(PIECES), max_size=12).flatmap(lambda words: st.sampled_from([" ".join(words), "".join(words)])))
def test_cues_are_found_at_their_places(overlap: bool, text: str) -> None:
    matcher, folded = CueMatcher(CUES, overlap=overlap), fold_words(text)
    assert [(hit.cue, hit.start, hit.end) for hit in matcher.find(folded)] == by_one_expression(matcher, folded, overlap)


@pytest.mark.parametrize(("text", "cues"), [
    ("the machine took my old card", {"took … card", "card"}),
    ("оно съело мою карту", {"карт", "съел … карт"}),
    ("机器吞了我的银行卡", {"吞 … 卡", "银行卡"}),
    ("والبطاقة لا تعمل", {"بطاق"}),
    ("pins and needles", set()),
    ("my pin", {"=pin"}),
])  # fmt: skip
def test_what_a_cue_says(text: str, cues: set[str]) -> None:
    assert {hit.cue for hit in CueMatcher({"card": CUES["card"][:-1]}).find(fold_words(text))} == {fold_words(cue) for cue in cues}


@pytest.mark.parametrize("language", ["en", "ru", "zh", "ar", "tr"])
def test_every_shipped_cue_finds_itself(language: str) -> None:
    listed: dict[str, Any] = load_cues("intents")[language]
    matcher = CueMatcher(listed)
    for cues in listed.values():
        for cue in cues:
            plain = fold_words(cue.lstrip("~!").lstrip("=").replace("…", " "))
            assert matcher.find(plain), cue


def test_without_overlap_characters_are_used_once() -> None:
    found = CueMatcher(CUES, overlap=False).find(fold_words("took my card, thanks a lot"))
    assert [hit.cue for hit in found] == ["took … card", "thanks a lot"]
