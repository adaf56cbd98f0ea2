"""Key phrases of a text: one to three words without function words at their edges, each once a text.

text ──► folded, without links, names, numbers ──► words (Chinese: jieba) ──► n-grams within a clause
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator, Sequence
from functools import cache

from nlp.text import EMAIL, HANDLE, URL, fold, safe

LONGEST = 3  # words
_CLAUSE = re.compile(r"[.!?,;:…()\[\]{}\"«»“”。！？，、；：（）【】《》؟،؛\n|/]+|\s[-–—]\s")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_HAN = re.compile("[\u3400-\u9fff]")
MAX_CHARACTERS = 2_000


@cache
def stop_words(language: str) -> frozenset[str]:
    """spaCy's function words of a language, folded; empty where it has none."""
    try:
        module = importlib.import_module(f"spacy.lang.{language}.stop_words")
    except ImportError:
        return frozenset()
    return frozenset(fold(word).text for word in module.STOP_WORDS)


def phrases(text: str, language: str, left_out: Sequence[str] = ()) -> frozenset[str]:
    """The distinct phrases of a text; `left_out`: folded names (of banks) that no phrase may hold."""
    cleaned = fold(safe(text[:MAX_CHARACTERS])).text
    for pattern in (URL, EMAIL, HANDLE):
        cleaned = pattern.sub(" . ", cleaned)
    for name in left_out:
        cleaned = cleaned.replace(name, " . ")
    return frozenset(found for clause in _CLAUSE.split(cleaned) for found in _grams(_words(clause, language), language))


def _words(clause: str, language: str) -> list[str]:
    if language == "zh" and _HAN.search(clause):
        import jieba

        jieba.setLogLevel("WARNING")
        return [word for word in jieba.lcut(clause, HMM=False) if word.strip() and not word.isdigit()]
    return _WORD.findall(clause)


def _grams(words: Sequence[str], language: str) -> Iterator[str]:
    stops, joiner = stop_words(language), "" if language == "zh" else " "
    for i, first in enumerate(words):
        if first in stops:
            continue
        for size in range(1, LONGEST + 1):
            part = words[i : i + size]
            if len(part) == size and part[-1] not in stops and _is_telling(part):
                yield joiner.join(part)


def _is_telling(part: Sequence[str]) -> bool:
    """Whether it has letters enough to name a theme: a single short word does not."""
    letters = sum(map(len, part))
    return letters >= 2 if _HAN.search(part[0]) else letters >= 4
