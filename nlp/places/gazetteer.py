"""Names of cities and districts in a folded text, whatever case ending or clitic they carry; whether one is meant is judged in evidence.py.

folded text ──► words (Chinese: character pairs) ──► table.py ──► Candidate spans, the longest at each place
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nlp.places.table import WORD, Entry, Table, declined, table

Token = tuple[str, int, int]
SCRIPTS: dict[str, tuple[str, ...]] = {
    "en": ("latin",),
    "tr": ("tr", "latin"),
    "ru": ("cyrillic", "latin"),
    "zh": ("latin",),
    "ar": ("arabic", "latin"),
    "und": ("latin", "cyrillic", "arabic"),
}
_LONGEST_ENDING = 3
_BARE_ENDING = re.compile(r"(.{3,}?)((?:n?[dt][ae]|ta|te)(?:ki|n)?)$")
_BARE_DATIVE = re.compile(r"(.{4,}?)(y?[ae])$")  # only of the surest names: "Bursaya"
_SEPARATOR = re.compile(r"[\s\-–.'·]{1,3}")
_HAN_PAIR = re.compile("[\u4e00-\u9fff](?=[\u4e00-\u9fff])")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A name at [start, end) of the folded text; `at` is its first word's number, `affix` a case ending or clitic that it carries."""

    start: int
    end: int
    entry: Entry
    at: int = -1
    until: int = -1
    affix: str = ""
    attached: bool = False  # the ending is written on without an apostrophe


def words(folded: str) -> list[Token]:
    """The words of a folded text with their offsets."""
    return [(match.group(), match.start(), match.end()) for match in WORD.finditer(folded)]


def find(folded: str, tokens: Sequence[Token], language: str) -> Iterator[Candidate]:
    """Non-overlapping candidates in order, the longest at each place."""
    tables = [(script, table(script)) for script in SCRIPTS[language]]
    i = 0
    while i < len(tokens):
        best: Candidate | None = None
        for script, names in tables:
            for found in _LOOKUPS.get(script, _latin)(folded, tokens, i, names, language):
                if best is None or _rank(found) > _rank(best):
                    best = found
        if best is not None:
            yield best
            i = best.until
        else:
            i += 1


def _rank(found: Candidate) -> tuple[int, bool, int]:
    """The longer name wins, then one as written over one with an ending taken off, then the surer one."""
    return found.until, not found.attached, "WPS".index(found.entry.strength)


def find_han(folded: str) -> Iterator[Candidate]:
    """Chinese names; they need no blanks around them."""
    names, until = table("han"), 0
    for match in _HAN_PAIR.finditer(folded):
        start = match.start()
        if start < until:
            continue
        for entry in names.starting(folded[start : start + 2]):
            if folded.startswith(entry.rest[0], start + 2):
                until = start + 2 + len(entry.rest[0])
                yield Candidate(start, until, entry)
                break


def _latin(folded: str, tokens: Sequence[Token], i: int, names: Table, language: str) -> Iterator[Candidate]:
    word = tokens[i][0]
    for entry in names.starting(word):
        if (last := _rest(folded, tokens, i, entry.rest)) is not None:
            end = tokens[last][2]
            yield Candidate(tokens[i][1], end, entry, i, last + 1, _after_apostrophe(folded, end))
            return
    if language in ("tr", "und") and (match := _BARE_ENDING.match(word)):
        for entry in names.starting(match.group(1)):
            if not entry.rest and (entry.strength != "W" or entry.country == "TR"):
                start = tokens[i][1]
                yield Candidate(start, start + match.end(1), entry, i, i + 1, match.group(2), attached=True)
                return
    if language == "tr" and (match := _BARE_DATIVE.match(word)):
        for entry in names.starting(match.group(1)):
            if not entry.rest and entry.strength == "S" and entry.country == "TR":
                yield Candidate(tokens[i][1], tokens[i][1] + match.end(1), entry, i, i + 1, match.group(2), attached=True)


def _after_apostrophe(folded: str, end: int) -> str:
    if folded[end : end + 1] != "'":
        return ""
    match = WORD.match(folded, end + 1)
    return match.group() if match else ""


def _rest(folded: str, tokens: Sequence[Token], i: int, rest: Sequence[str]) -> int | None:
    """The number of the name's last word where all of `rest` follows, None otherwise."""
    for word in rest:
        i += 1
        if i >= len(tokens) or tokens[i][0] != word or not _SEPARATOR.fullmatch(folded, tokens[i - 1][2], tokens[i][1]):
            return None
    return i


def _cyrillic(folded: str, tokens: Sequence[Token], i: int, names: Table, language: str) -> Iterator[Candidate]:
    word, start, _ = tokens[i]
    for cut in range(len(word), max(len(word) - _LONGEST_ENDING, 1) - 1, -1):
        ending = word[cut:]
        for entry in names.starting(word[:cut]):
            if entry.endings and ending in entry.endings and (last := _declined_rest(folded, tokens, i, entry.rest)) is not None:
                yield Candidate(start, tokens[last][2], entry, i, last + 1, ending)


def _declined_rest(folded: str, tokens: Sequence[Token], i: int, rest: Sequence[str]) -> int | None:
    for word in rest:
        i += 1
        if i >= len(tokens) or not _SEPARATOR.fullmatch(folded, tokens[i - 1][2], tokens[i][1]):
            return None
        stem, endings = declined(word)
        spoken = tokens[i][0]
        if spoken != word and not (spoken.startswith(stem) and spoken[len(stem) :] in endings):
            return None
    return i


def _arabic(folded: str, tokens: Sequence[Token], i: int, names: Table, language: str) -> Iterator[Candidate]:
    word, start, end = tokens[i]
    if word[0] < "\u0600" or word[0] > "\u06ff":
        return
    for clitic, bare in _without_clitics(word):
        for entry in names.starting(bare):
            if (last := _rest(folded, tokens, i, entry.rest)) is not None:
                # Of للقاهرة only القاهرة's own letters are its span: the article's alif is not written there.
                begin = start + len(clitic) if word.endswith(bare) else end - len(bare) + 1
                yield Candidate(begin, tokens[last][2], entry, i, last + 1, clitic)
                return


def _without_clitics(word: str) -> Iterator[tuple[str, str]]:
    yield "", word
    starts = [("", word)]
    if word[0] in "وف" and len(word) > 3:
        starts.append((word[0], word[1:]))
        yield starts[-1]
    for before, rest in starts:
        if rest.startswith("لل") and len(rest) > 4:
            yield before + "ل", "ال" + rest[2:]
        elif rest[0] in "بلك" and len(rest) > 3:
            yield before + rest[0], rest[1:]


_LOOKUPS = {"cyrillic": _cyrillic, "arabic": _arabic}
