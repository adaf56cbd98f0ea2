"""What the run of capitalised words around a token says: in Turkish its last word tells its kind, and a suffix after an apostrophe ends it.

words ──► runs() "Salih Korkut Anadolu Lisesi'nde" ──► run_hashes(): seat in the run, its first and last word, its suffix, the words around it
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from nlp.entity_features_words import before_apostrophe, hash_of, normal

WIDTH = 14  # columns that run_hashes() gives; nlp/entity_features.py names them
_STEM = 5  # letters that stand for a word: Turkish inflects at its end
_CONNECTORS = frozenset(("of", "the", "for", "in", "on", "a", "to", "and", "y", "de", "la", "et", "da", "du", "von", "van", "der", "den", "del",
                         "di", "el", "al", "bin", "ibn", "le", "des", "dos", "das", "&", "-", "'"))
_HARMONY = str.maketrans("ıüuİeöoâîût", "iiiiaaaaiid")  # a suffix is one suffix whatever its vowels


def run_hashes(words: Sequence[str], language: str) -> list[tuple[int, ...]]:
    """WIDTH hashes a word; only the first is there for a word outside of runs, 0 stands for none."""
    low = [normal(before_apostrophe(word), language) for word in words]
    rows = [(hash_of(word[:6]) if len(word) > _STEM else 0, *(0,) * (WIDTH - 1)) for word in low]
    for start, end in runs(words):
        said = _around(words, low, start, end)
        for i in range(start, end):
            seat = "S" if end - start == 1 else "B" if i == start else "E" if i == end - 1 else "M"
            rows[i] = (rows[i][0], hash_of(seat), hash_of(seat + str(min(end - start, 4))), *said)
    return rows


def runs(words: Sequence[str]) -> Iterator[tuple[int, int]]:
    """[start, end) of each run: capitalised words, over initials and connectors ("J. Smith", "Bank of China"), up to a suffix after an apostrophe."""
    i = 0
    while i < len(words):
        if words[i][:1].isupper():
            end = _end(words, i)
            yield i, end
            i = end
        else:
            i += 1


def _end(words: Sequence[str], i: int) -> int:
    while not suffix(words[i]):
        if _capital(words, i + 1):
            i += 1
        elif _capital(words, i + 2) and (words[i + 1] in _CONNECTORS or (words[i + 1] == "." and len(words[i]) == 1)):
            i += 2
        else:
            break
    return i + 1


def _capital(words: Sequence[str], i: int) -> bool:
    return i < len(words) and words[i][:1].isupper()


def suffix(word: str) -> str:
    """İstanbul'dan, Maraş'tan → dan: without vowel harmony and consonant change; "" without an apostrophe."""
    stem = before_apostrophe(word)
    return word[len(stem) + 1 :].lower().translate(_HARMONY)


def _around(words: Sequence[str], low: Sequence[str], start: int, end: int) -> tuple[int, ...]:
    last, opens = low[end - 1], start == 0 or words[start - 1] in '."'
    after = "as" + (low[end][-3:] if end < len(low) else "$")
    parts = (
        "l" + last[:_STEM], "L" + last, "s" + last[-3:], "f" + low[start], "a" + _stem(low, end), "A" + _stem(low, end + 1),
        "b" + _stem(low, start - 1), "B" + _stem(low, start - 2), "t" + (suffix(words[end - 1]) or "-"), after, "st" if opens else "in",
    )
    return tuple(map(hash_of, parts))


def _stem(low: Sequence[str], i: int) -> str:
    return low[i][:_STEM] if 0 <= i < len(low) else "^" if i < 0 else "$"
