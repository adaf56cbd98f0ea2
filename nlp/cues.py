"""Cue lists (config/topics.yml, nlp/cues/*.yml) compiled into one regular expression a language.

    cues a language ──► CueMatcher ──► hits: (key, cue, start, end) on a folded text

A cue is the beginning of a word; blanks make a phrase; `=word` is the whole word only; `!phrase` does not
speak for the shorter cues that it begins with; `~cue` is a weak hint; `…` lets up to three words (Chinese: eight
characters) stand between. Chinese cues match anywhere; Arabic words may carry the clitics و ف ب ل ك ال.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from nlp.text import fold_words

CUES = Path(__file__).resolve().parent / "cues"
_HAN = re.compile("[\u3400-\u9fff]")
_ARABIC = re.compile("[\u0600-\u06ff]")
_CLITIC = "(?:[وف]?(?:بال|كال|لل|ال|[بلك])?)"
_WORD_GAP = r"\W+(?:\w+\W+){0,3}?"
_HAN_GAP = r"[^。！？!?\n]{0,8}?"


@dataclass(frozen=True)
class Hit:
    """One cue found: the keys that it speaks for and [start, end) of the folded text."""

    keys: tuple[str, ...]
    cue: str
    start: int
    end: int


class CueMatcher:
    """Finds cues in folded texts; with `overlap` a cue inside another one is found too, without it the longest one consumes."""

    def __init__(self, cues: Mapping[str, Iterable[str]], *, overlap: bool = True) -> None:
        keys: dict[str, set[str]] = defaultdict(set)
        self._weak: set[tuple[str, str]] = set()
        for key, words in cues.items():
            for word in words:
                folded = fold_words(word.lstrip("~"))
                if folded:
                    keys[folded].add(key)
                if word.startswith("~"):
                    self._weak.add((key, folded))
        alone = {cue for cue in keys if cue.startswith("!")}
        for cue in alone:
            keys[cue[1:]] |= keys.pop(cue)
        if overlap:
            _share_prefixes(keys, {cue[1:] for cue in alone})
        self._cues = sorted(keys, key=lambda cue: (-len(cue.replace("=", "")), cue))
        self._strong = {
            key: {fold_words(w.lstrip("~").lstrip("!")) for w in words if not w.startswith("~")}
            for key, words in cues.items()
        }
        self._keys = [tuple(sorted(keys[cue])) for cue in self._cues]
        self._groups = {f"c{i}": i for i in range(len(self._cues))}
        self._patterns = [re.compile(p) for p in _alternations(self._cues, overlap)]

    def find(self, folded: str) -> list[Hit]:
        """All hits in order of their start."""
        hits = [self._hit(match) for pattern in self._patterns for match in pattern.finditer(folded)]
        return sorted(hits, key=lambda hit: hit.start)

    def _hit(self, match: re.Match[str]) -> Hit:
        name = match.lastgroup or ""
        index = self._groups[name]
        return Hit(self._keys[index], self._cues[index], match.start(name), match.end(name))

    def is_weak(self, key: str, hit: Hit) -> bool:
        """Whether this cue only hints at this key: marked `~`, there or on the shorter cue that it begins with."""
        return any(key == weak and hit.cue.startswith(cue) for weak, cue in self._weak) and not self._has_strong(
            key, hit.cue
        )

    def _has_strong(self, key: str, cue: str) -> bool:
        return any(cue == strong for strong in self._strong.get(key, ()))


def _share_prefixes(keys: dict[str, set[str]], alone: set[str]) -> None:
    """A cue that begins with another one speaks for both: `card swallow` is about cards as well."""
    for cue in keys.keys() - alone:
        bare = cue.replace("=", "")
        for shorter, own in keys.items():
            if shorter == cue:
                continue
            whole, stem = shorter.startswith("="), shorter.replace("=", "")
            if bare.startswith(stem) and (not whole or bare[len(stem) : len(stem) + 1] in ("", " ", "…")):
                keys[cue] = keys[cue] | own


def _alternations(cues: Sequence[str], overlap: bool) -> list[str]:
    """Up to three patterns: words (anchored at a word's start), Arabic words (clitics before), and whatever matches anywhere."""
    families: dict[str, list[tuple[str, str]]] = {"word": [], "arabic": [], "anywhere": []}
    for i, cue in enumerate(cues):
        bare = cue.lstrip("=")
        family = (
            "arabic"
            if _ARABIC.search(bare)
            else "anywhere"
            if _HAN.search(bare) or not re.match(r"\w", bare)
            else "word"
        )
        families[family].append((bare[0], f"(?P<c{i}>{_pattern(cue, family)})"))
    anchors = {"word": r"(?<!\w)", "arabic": rf"(?<!\w){_CLITIC}", "anywhere": ""}
    wrap = "(?={})" if overlap else "(?:{})"
    return [anchors[name] + wrap.format(_by_first(rows)) for name, rows in families.items() if rows]


def _by_first(rows: Sequence[tuple[str, str]]) -> str:
    """Alternatives grouped behind a look at their first character, so that most positions fail at once."""
    groups: dict[str, list[str]] = defaultdict(list)
    for first, pattern in rows:
        groups[first].append(pattern)
    return "|".join(f"(?={re.escape(first)})(?:{'|'.join(patterns)})" for first, patterns in groups.items())


def _pattern(cue: str, family: str) -> str:
    parts = [part.strip() for part in cue.split("…")]
    if family == "anywhere":
        return _HAN_GAP.join(re.escape(part.lstrip("=")) for part in parts)
    clitic = _CLITIC if family == "arabic" else ""
    phrases = [
        r"[\W_]+".join(clitic * bool(i) + _word(word) for i, word in enumerate(part.split(" "))) for part in parts
    ]
    return (_WORD_GAP + clitic).join(phrases)


def _word(word: str) -> str:
    return re.escape(word[1:]) + r"(?!\w)" if word.startswith("=") else re.escape(word) + r"\w*"


@cache
def load_cues(name: str) -> dict[str, Any]:
    """nlp/cues/<name>.yml."""
    value = yaml.safe_load((CUES / f"{name}.yml").read_text("utf-8"))
    return dict(value)
