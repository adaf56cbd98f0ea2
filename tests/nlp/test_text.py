"""Folding, cleaning and shingles: offsets must always lead back to the given text."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.text import fold, head_text, jaccard, safe, shingles, strip_markup

ANY = st.text(alphabet=st.characters(), max_size=60) | st.text(alphabet="İıŞşñ\u200d\u064b\u0640ВЁё維拉أ\ud800\x00ﷺß@# .", max_size=40)


@given(ANY)
@settings(max_examples=300, deadline=None)
def test_folded_spans_slice_the_given_text(text: str) -> None:
    ready = safe(text)
    folded = fold(ready)
    assert len(ready) == len(text)
    for i, character in enumerate(folded.text):
        start, end = folded.span(i, i + 1)
        assert 0 <= start < end <= len(text)
        assert fold(ready[start:end]).text == character


def test_fold_makes_spellings_alike() -> None:
    assert fold("İSTANBUL Şubesi").text == fold("istanbul subesi").text
    assert fold("Счёт").text == fold("счет").text
    assert fold("維摩拉銀行").text == "维摩拉银行"
    assert fold("أَحْمَد").text == fold("احمد").text
    assert fold("Ｖｅｌｍｏｒａ").text == "velmora"


def test_safe_keeps_length_and_can_be_encoded() -> None:
    text = "a\ud800b\x00c"
    assert safe(text) == "a\ufffdb\ufffdc"
    safe(text).encode()


def test_markup_is_stripped_before_detection() -> None:
    assert strip_markup("RT @VelmoraBank: see https://t.co/x #my_card help@x.example now") == "see my card now"
    assert head_text("sooooo bad @someone http://x.example") == "soo bad xname xurl"


def test_shingles_and_jaccard() -> None:
    assert shingles("abcdef") == {"abcde", "bcdef"}
    assert shingles("abc") == {"abc"}
    assert shingles("") == frozenset()
    assert jaccard(shingles("abcdef"), shingles("abcdef")) == 1.0
    assert jaccard(shingles("abcdef"), shingles("uvwxyz")) == 0.0
