"""The compiled names, loaded by script once a process; Russian names by stem and ending, the others by their first word.

names.tsv.gz ──► Entry a name ──► dict: first word (Russian: its stem; Chinese: first two characters) ──► names that begin with it
"""

from __future__ import annotations

import gzip
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FILE = Path(__file__).resolve().parent / "names.tsv.gz"
WORD = re.compile(r"\w+")
# Endings by the last letters of a nominative; the first rule that fits decides. (last letters, letters cut, endings)
_DECLENSIONS: tuple[tuple[str, int, tuple[str, ...]], ...] = (
    ("ый", 2, ("ый", "ого", "ому", "ым", "ом")),
    ("ий", 2, ("ий", "его", "ему", "им", "ем", "ого", "ому", "ом", "ия", "ии", "ию", "ием")),
    ("ой", 2, ("ой", "ого", "ому", "ым", "им", "ом", "ое", "оя", "ою")),
    ("ая", 2, ("ая", "ой", "ую", "ою")),
    ("ое", 2, ("ое", "ого", "ому", "ым", "им", "ом")),
    ("ые", 2, ("ые", "ых", "ым", "ыми")),
    ("ие", 2, ("ие", "их", "им", "ими")),
    ("ия", 2, ("ия", "ии", "ию", "ией")),
    ("ец", 2, ("ец", "ца", "цу", "цом", "цем", "це", "еца", "ецу", "ецом", "еце")),
    ("ел", 2, ("ел", "ла", "лу", "лом", "ле", "ела", "елу", "елом", "еле")),
    ("ь", 1, ("ь", "и", "ью", "я", "ю", "ем", "е")),
    ("й", 1, ("й", "я", "ю", "ем", "е")),
    ("а", 1, ("а", "ы", "и", "у", "е", "ой", "ою", "ей")),
    ("я", 1, ("я", "и", "ю", "е", "ей")),
    ("ы", 1, ("ы", "", "ов", "ам", "ами", "ах")),
    ("и", 1, ("и", "", "ей", "ов", "ам", "ами", "ах", "ям", "ями", "ях")),
    ("о", 1, ("о", "а", "у", "ом", "е")),
    ("е", 1, ("е", "я", "ю", "ем", "а", "у", "ом")),
    ("у", 1, ("у",)),
    ("э", 1, ("э",)),
    ("ю", 1, ("ю",)),
    ("", 0, ("", "а", "у", "ом", "ым", "ем", "е")),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One name: its words after the first one, and what it stands for. `strength` S: any case; P: a capital or a cue; W: both."""

    rest: tuple[str, ...]
    strength: str
    kind: str
    place_id: str | None
    country: str
    endings: frozenset[str] | None = None  # Russian: of the first word


@dataclass(frozen=True)
class Table:
    """Names of one script by their first key; the longest ones come first."""

    by_key: dict[str, tuple[Entry, ...]]

    def starting(self, key: str) -> tuple[Entry, ...]:
        """The names that begin with a word (a stem, two Chinese characters)."""
        return self.by_key.get(key, ())


@cache
def declined(word: str) -> tuple[str, frozenset[str]]:
    """Stem and possible endings of a Russian nominative (folded); indeclinable ones keep their own ending among them."""
    for last, cut, endings in _DECLENSIONS:
        if word.endswith(last) and len(word) - cut >= 2:
            return word[: len(word) - cut], _shared(endings)
    return word, _shared(("",))


@cache
def _shared(endings: tuple[str, ...]) -> frozenset[str]:
    return frozenset(endings)


@cache
def table(script: str) -> Table:
    """The names of one script: latin, tr (Turkish ones that bear a foreign city's name), cyrillic, arabic or han."""
    by_key: dict[str, list[Entry]] = {}
    for line in gzip.decompress(FILE.read_bytes()).decode().splitlines():
        own, text, strength, kind, place_id, country = line.split("\t")
        if own != script:
            continue
        known = f"geonames:{place_id}" if place_id else None
        key, entry = _entry(script, text, strength, kind, known, country)
        by_key.setdefault(key, []).append(entry)
    return Table({key: tuple(sorted(entries, key=_length, reverse=True)) for key, entries in by_key.items()})


def _length(entry: Entry) -> int:
    return sum(map(len, entry.rest)) + len(entry.rest)


def _entry(
    script: str, text: str, strength: str, kind: str, place_id: str | None, country: str
) -> tuple[str, Entry]:
    if script == "han":
        return text[:2], Entry((text[2:],), strength, kind, place_id, country)
    first, *rest = WORD.findall(text)
    if script == "cyrillic":
        stem, endings = declined(first)
        return stem, Entry(tuple(rest), strength, kind, place_id, country, endings)
    return first, Entry(tuple(rest), strength, kind, place_id, country)
