"""Where in a text a list of cues can stand, and what they look like there: words, Arabic words behind clitics, and what stands anywhere.

    cues ──► families(): one regular expression for each beginning of a word that cues share ──► find(folded) ──► matches

At a place of the text the longest cue wins. Looking up the expression by the text's own next characters leaves a handful of cues to try
where one expression of them all tries hundreds.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

Row = tuple[str, str]  # literal beginning, named group of the cue's expression
Begun = tuple[int, str]  # where a cue may begin, and the characters there
Word = tuple[int, str, Sequence[Begun]]  # where it begins, its first characters, and the same behind each clitic that may be one, the longest first
_HAN = re.compile("[\u3400-\u9fff]")
_ARABIC = re.compile("[\u0600-\u06ff]")
_PROCLITICS = ("بال", "كال", "لل", "ال", "ب", "ل", "ك", "")
_CLITIC = "(?:[وف]?(?:بال|كال|لل|ال|[بلك])?)"
_WORD_GAP = r"\W+(?:\w+\W+){0,3}?"
_HAN_GAP = r"[^。！？!?\n]{0,8}?"
_LITERAL = re.compile(r"\w+")
_BEGINNING = 4  # characters of a cue that are looked up; most words of a text begin no cue
_REMEMBERED = 4_000  # beginnings a family: a text's common words
_SHORT = 2_000  # characters of a text that is kept cut up


class Family:
    """Cues that stand at the same kind of place, longest first; here: anywhere. Without `overlap` a found cue uses its characters up."""

    def __init__(self, rows: Sequence[Row], overlap: bool) -> None:
        self._overlap = overlap
        self._rows: dict[str, list[tuple[int, str]]] = defaultdict(list)
        for order, (literal, expression) in enumerate(rows):
            self._rows[literal].append((order, expression))
        self._compiled: dict[tuple[str, ...], re.Pattern[str] | None] = {(): None}
        self._known: dict[str, re.Pattern[str] | None] = {}
        self._places = re.compile(_beginnings(self._rows))

    def find(self, folded: str) -> Iterator[re.Match[str]]:
        """At most one match at each place, in order."""
        used = 0
        for place in self._places.finditer(folded):
            start = place.start()
            if start >= used and (pattern := self._pattern(folded[start : start + _BEGINNING])) and (match := pattern.match(folded, start)):
                used = used if self._overlap else match.end()
                yield match

    def _pattern(self, beginning: str) -> re.Pattern[str] | None:
        """What may stand where a text goes on like this."""
        try:
            return self._known[beginning]
        except KeyError:
            return self._learn(beginning)

    def _learn(self, beginning: str) -> re.Pattern[str] | None:
        """Compiled when first met, since most of a long list never is."""
        literals = tuple(part for size in range(1, len(beginning) + 1) if (part := beginning[:size]) in self._rows)
        if literals not in self._compiled:
            fit = sorted(row for literal in literals for row in self._rows[literal])
            self._compiled[literals] = re.compile("|".join(expression for _, expression in fit))
        if len(self._known) >= _REMEMBERED:
            self._known.clear()
        self._known[beginning] = found = self._compiled[literals]
        return found


class Words(Family):
    """At the beginning of a word."""

    def find(self, folded: str) -> Iterator[re.Match[str]]:
        """At most one match a word, in order."""
        used, known, overlap = 0, self._known, self._overlap
        for start, beginning, _ in words(folded):
            pattern = known[beginning] if beginning in known else self._learn(beginning)
            if pattern is not None and start >= used and (match := pattern.match(folded, start)):
                used = used if overlap else match.end()
                yield match


class ArabicWords(Family):
    """At the beginning of a word, or behind the clitics written together with it."""

    def find(self, folded: str) -> Iterator[re.Match[str]]:
        """At most one match a word, in order; the longest clitics are taken off first."""
        used = 0
        for start, _, behind in words(folded):
            if start >= used and (match := self._behind(folded, behind)):
                used = used if self._overlap else match.end()
                yield match

    def _behind(self, folded: str, behind: Sequence[Begun]) -> re.Match[str] | None:
        known = self._known
        for start, beginning in behind:
            pattern = known[beginning] if beginning in known else self._learn(beginning)
            if pattern is not None and (match := pattern.match(folded, start)):
                return match
        return None


def words(folded: str) -> Sequence[Word]:
    """The words of a folded text. A dozen lists of cues are looked for in the same text one after the other: it is cut up once."""
    return _kept_words(folded) if len(folded) <= _SHORT else _words(folded)


def _words(folded: str) -> list[Word]:
    found: list[Word] = []
    for match in _LITERAL.finditer(folded):
        start = match.start()
        beginning = folded[start : start + _BEGINNING]
        arabic = "\u0600" <= beginning <= "\u06ff\uffff"
        behind = tuple((at, folded[at : at + _BEGINNING]) for at in _behind_clitics(folded, start)) if arabic else ((start, beginning),)
        found.append((start, beginning, behind))
    return found


_kept_words = lru_cache(maxsize=512)(_words)


def _beginnings(literals: Iterable[str]) -> str:
    """An expression of the first two characters of all literals, which leaves few places to look up."""
    seconds: dict[str, set[str]] = defaultdict(set)
    for literal in literals:
        seconds[literal[0]].add(literal[1:2])
    pairs = [first if "" in second else first + _one_of(second) for first, second in sorted(seconds.items())]
    return f"(?={'|'.join(re.escape(pair) if len(pair) == 1 else re.escape(pair[0]) + pair[1:] for pair in pairs)})"


def _one_of(characters: Iterable[str]) -> str:
    return f"[{re.escape(''.join(sorted(characters)))}]"


def _behind_clitics(folded: str, place: int) -> Iterator[int]:
    """Where the word may begin, the longest clitics first, as `_CLITIC` would try them."""
    for start in (place + 1, place) if folded[place] in "وف" else (place,):
        for clitic in _PROCLITICS:
            if folded.startswith(clitic, start):
                yield start + len(clitic)


def families(cues: Sequence[str], overlap: bool) -> list[Family]:
    """The families of cues that are written as in config (longest first); groups of matches are c0, c1 … by place in the list."""
    rows: dict[type[Family], list[Row]] = defaultdict(list)
    for i, cue in enumerate(cues):
        kind = _kind(cue.lstrip("="))
        rows[kind].append((_literal(cue.lstrip("="), kind), f"(?P<c{i}>{_pattern(cue, kind)})"))
    return [kind(rows[kind], overlap) for kind in (Words, ArabicWords, Family) if rows[kind]]


def _kind(bare: str) -> type[Family]:
    if not _LITERAL.match(bare):
        return Family
    return ArabicWords if _ARABIC.search(bare) else Family if _HAN.search(bare) else Words


def _literal(bare: str, kind: type[Family]) -> str:
    """The characters that a text must have at the cue's place, at most _BEGINNING of them."""
    found = _LITERAL.match(bare)
    whole = bare.partition("…")[0].strip() if kind is Family else found[0] if found else bare
    return whole[:_BEGINNING]


def _pattern(cue: str, kind: type[Family]) -> str:
    parts = [part.strip() for part in cue.split("…")]
    if kind is Family:
        return _HAN_GAP.join(re.escape(part.lstrip("=")) for part in parts)
    clitic = _CLITIC if kind is ArabicWords else ""
    phrases = [_phrase(part.split(" "), clitic) for part in parts]
    return (_WORD_GAP + clitic).join(phrases)


def _phrase(words: Iterable[str], clitic: str) -> str:
    return r"[\W_]+".join(clitic * bool(i) + _word(word) for i, word in enumerate(words))


def _word(word: str) -> str:
    return re.escape(word[1:]) + r"(?!\w)" if word.startswith("=") else re.escape(word) + r"\w*"
