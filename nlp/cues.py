"""Cue lists (config/topics.yml, nlp/cues/*.yml) compiled for one language.

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

from nlp.cue_families import families
from nlp.text import fold_words
from settings.models import LANGUAGES
from settings.yaml_files import read_yaml

FALLBACK = "und"
CUES = Path(__file__).resolve().parent / "cues"


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
        self._families = families(self._cues, overlap)

    def find(self, folded: str) -> list[Hit]:
        """All hits in order of their start."""
        hits = [self._hit(match) for family in self._families for match in family.find(folded)]
        return sorted(hits, key=lambda hit: hit.start)

    def _hit(self, match: re.Match[str]) -> Hit:
        index = self._groups[match.lastgroup or ""]
        return Hit(self._keys[index], self._cues[index], match.start(), match.end())

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


@cache
def load_cues(name: str) -> dict[str, Any]:
    """nlp/cues/<name>.yml."""
    value = read_yaml((CUES / f"{name}.yml").read_text("utf-8"))
    return dict(value)


@cache
def cues_of(name: str, language: str) -> Any:
    """The lists of one language in nlp/cues/<name>.yml; the fallback ("und") has those of every language together, since a text that is
    too short or too mixed to tell its language still says what it says. Empty where the file does not know the language.
    """
    lists = load_cues(name)
    if language != FALLBACK:
        return lists.get(language, {})
    return _joined([lists[code] for code in lists if code in LANGUAGES])


def _joined(parts: Sequence[Any]) -> Any:
    if not parts or not isinstance(parts[0], Mapping):
        return [cue for part in parts for cue in part]
    return {key: _joined([part[key] for part in parts if key in part]) for key in dict.fromkeys(key for part in parts for key in part)}
