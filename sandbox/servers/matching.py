"""Full-text matching as search engines of platforms do it: words, phrases, and substrings in unspaced scripts."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache

from sandbox.world.model import Item

_WORD = re.compile(r"\w+")
_UNSPACED = re.compile(r"[\u0600-\u06ff\u3040-\u30ff\u3400-\u9fff]")


def folded(text: str) -> str:
    """Lower case, ё as е, one blank between words."""
    return " ".join(text.lower().replace("ё", "е").split())


def words(text: str) -> list[str]:
    """Folded words; punctuation, @ and # separate."""
    return _WORD.findall(folded(text))


class TextIndex:
    """An inverted index over items; sets of positions in the given order are the currency."""

    def __init__(self, items: Sequence[Item]) -> None:
        self._folded = [folded(item.text) for item in items]
        self._spaced = [" " + " ".join(_WORD.findall(text)) + " " for text in self._folded]
        self._postings: dict[str, set[int]] = defaultdict(set)
        for place, text in enumerate(self._folded):
            for word in set(_WORD.findall(text)):
                self._postings[word].add(place)
        self.everything = frozenset(range(len(items)))
        self.find = lru_cache(maxsize=2048)(self._find)

    def _find(self, term: str) -> frozenset[int]:
        """Positions of texts that hold the term: a word, consecutive words, or a substring (CJK, Arabic)."""
        if _UNSPACED.search(term):
            needle = folded(term)
            return frozenset(place for place, text in enumerate(self._folded) if needle in text)
        parts = words(term)
        if not parts:
            return frozenset()
        places = set.intersection(*(self._postings.get(part, set()) for part in parts))
        if len(parts) > 1:
            phrase = " " + " ".join(parts) + " "
            places = {place for place in places if phrase in self._spaced[place]}
        return frozenset(places)
