"""A folded text made plain for number recognisers, and the words in it that say what a number is."""

from __future__ import annotations

import re
import sys
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from functools import cache, cached_property

from nlp.cues import CueMatcher, Hit, load_cues
from nlp.text import URL, Folded, fold_words

BEFORE, AFTER = 64, 16  # characters around a number in which a word may say what it is
_HIDDEN = "\x1f"  # stands where a web address stood: its numbers name pages, not people
_LONG_NUMBER = re.compile(r"\d(?:[ -]?\d){4}")
# Groups of digits with up to three separators between; not the middle of a word, a decimal or a code.
# "1,234567" is a decimal, "4111111111111111,5500000000000004" is a list.
NO_DECIMAL = r"(?<!\d[.:])(?<!\D\d,)(?<!\D\d\d,)(?<!\D\d{3},)"
_RUN = re.compile(rf"(?<![0-9a-z_@]){NO_DECIMAL}\(?\d(?:[ \-.()]{{0,3}}\d|/\d){{5,}}(?![0-9a-z_])")
# What behind a number says that it is money.
MONEY = re.compile(
    r"(?:[.,]\d+)? ?(?:[$€£¥₽₺%]|руб|тенге|тыс|млн|(?:usd|eur|gbp|rub|sar|aed|egp|tl|try)(?!\w)|lira|dollar|pound|euro|"
    "ريال|درهم|جنيه|دولار|元|块|人民币|万)"
)
_GROUP = re.compile(r"\d+")
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\u30fc"
_BLANKS = "\t\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"


Groups = tuple[tuple[int, int], ...]  # (start, end) of digits that separators part


@dataclass(frozen=True)
class Match:
    """[start, end) of the plain text, what kind it is, and how specific the evidence was (higher wins)."""

    start: int
    end: int
    kind: str
    rank: int


@dataclass(frozen=True)
class Run:
    """Groups of digits that separators join."""

    groups: Groups


@cache
def _plain_table() -> dict[int, str]:
    """Every decimal digit as ASCII, every dash as '-', every blank but the line's end as ' '."""
    digits = {c: str(unicodedata.digit(chr(c))) for c in range(128, sys.maxunicode + 1) if unicodedata.category(chr(c)) == "Nd"}
    return digits | dict.fromkeys(map(ord, _DASHES), "-") | dict.fromkeys(map(ord, _BLANKS), " ") | {0xB7: ".", 0x2022: "."}


@cache
def _matcher() -> CueMatcher:
    return CueMatcher({key: cues for key, cues in load_cues("personal").items() if key != "filler"}, overlap=False)


@cache
def _filler() -> re.Pattern[str]:
    """Only words that may stand between a label and its number; Chinese ones need no blank after them."""
    words = sorted({fold_words(str(word)) for word in load_cues("personal")["filler"]}, key=len, reverse=True)
    joined = [re.escape(w) for w in words if w > "\u2e80"]
    spaced = [re.escape(w) for w in words if w <= "\u2e80"]
    return re.compile(rf"(?:[\s:#№.,'\"(\[=\-«]|{'|'.join(joined)}|(?<!\w)(?:{'|'.join(spaced)})(?!\w))*")


class Reading:
    """`plain` is as long as the folded text; its offsets are the folded text's."""

    def __init__(self, given: str, folded: Folded, language: str) -> None:
        self.given, self.folded, self.language = given, folded, language
        text = folded.text if folded.text.isascii() else folded.text.translate(_plain_table())
        self.unhidden = text.replace("\t", " ")
        linked = "://" in text or "www." in text
        self.plain = URL.sub(lambda m: _HIDDEN * len(m.group()), self.unhidden) if linked else self.unhidden

    def is_capital(self, place: int) -> bool:
        """Whether the given text has a capital letter at this place of the plain text."""
        return self.given[self.folded.span(place, place + 1)[0]].isupper()

    @cached_property
    def runs(self) -> list[Run]:
        """Runs of six or more digits."""
        return [Run(tuple(m.span() for m in _GROUP.finditer(self.plain, *run.span()))) for run in _RUN.finditer(self.plain)]

    @cached_property
    def hits(self) -> list[Hit]:
        """The words that say what a number is, by their start."""
        return _matcher().find(self.plain)

    @cached_property
    def _starts(self) -> list[int]:
        return [hit.start for hit in self.hits]

    def label(self, start: int) -> frozenset[str]:
        """What the words directly before a number at `start` call it; empty where nothing does."""
        for i in range(bisect_right(self._starts, start) - 1, -1, -1):
            hit = self.hits[i]
            if hit.end <= start:
                close = start - hit.end <= BEFORE and _filler().fullmatch(self.plain, hit.end, start)
                return frozenset(hit.keys) if close else frozenset()
        return frozenset()

    def is_other(self, start: int) -> bool:
        """Whether the number is called an order, a parcel, a transaction or the like."""
        return "other" in self.label(start)

    def is_called(self, key: str, start: int, end: int) -> bool:
        """Whether a word around calls the number a `key`, no other number stands between, and its own label is not another."""
        label = self.label(start)
        if label:
            return key in label
        return self._called_before(key, start) or self._called_after(key, end)

    def _called_before(self, key: str, start: int) -> bool:
        for i in range(bisect_right(self._starts, start) - 1, -1, -1):
            hit = self.hits[i]
            if start - hit.end > BEFORE:
                return False
            if key in hit.keys and hit.end <= start:
                return not _LONG_NUMBER.search(self.plain, hit.end, start)
        return False

    def _called_after(self, key: str, end: int) -> bool:
        for i in range(bisect_right(self._starts, end - 1), len(self.hits)):
            hit = self.hits[i]
            if hit.start - end > AFTER:
                return False
            if key in hit.keys:
                return not _GROUP.search(self.plain, end, hit.start)
        return False
