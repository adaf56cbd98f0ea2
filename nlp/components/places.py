"""places: cities and districts by name, and the branches, ATMs, malls and metro stations that a text names, with offsets.

folded text ──► nlp/places/gazetteer.py + evidence.py ──► cities, districts ─┐
given text  ──► nlp/places/named.py ──► branches, ATMs, malls, metro ────────┴─► banks, persons and nested names out ──► labels["places"]
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from spacy.language import Language
from spacy.tokens import Doc

from nlp.places.evidence import Context, cue_of, han_cue
from nlp.places.gazetteer import find, find_han, words
from nlp.places.named import FOLDED, find_named
from nlp.places.table import Entry
from nlp.records import Analysis, analysis_of
from nlp.text import EMAIL, HANDLE, URL

VERSION = "1"
MAX_CHARACTERS = 10_000
HAN = ("zh", "und")
KINDS = ("city", "district", "branch", "atm", "mall", "metro")


@dataclass(frozen=True)
class Place:
    """A place at [start, end) of the given text."""

    start: int
    end: int
    kind: str
    place_id: str | None
    cue: str
    inside: bool = False


@Language.factory("renown_places", default_config={"language": "en"})
def make_places(nlp: Language, name: str, language: str) -> PlacesComponent:
    """The component with one language's endings and wordings."""
    return PlacesComponent(language)


class PlacesComponent:
    """Sets labels["places"]: [{start, end, text, place_id, kind}] in order; one span may carry two kinds ("ATM at Kanyon Mall": atm and mall).

    `place_id` is "geonames:<id>" for cities and districts that GeoNames knows, None otherwise. Reads banks and entities where they are there.
    """

    def __init__(self, language: str) -> None:
        self.language = language

    def __call__(self, doc: Doc) -> Doc:
        analysis = analysis_of(doc)
        text = analysis.text[:MAX_CHARACTERS]
        taken = [(b["start"], b["end"]) for b in analysis.labels.get("banks", [])]
        folded = _blanked(analysis.folded.text[: len(text)])
        known = list(self._known(analysis, folded, taken))
        named = [*self._named(analysis, text, folded, taken, known), *_branches_of(known, folded, analysis)]
        places = sorted(_settled(known, named), key=lambda p: (p.start, p.end, KINDS.index(p.kind)))
        given = analysis.post.text
        analysis.labels["places"] = [
            {"start": p.start, "end": p.end, "text": given[p.start : p.end], "place_id": p.place_id, "kind": p.kind}
            for p in places
        ]
        analysis.evidence["places"] = [f"{p.kind}: {p.cue or 'name'}" for p in places]
        return doc

    def _known(self, analysis: Analysis, folded: str, taken: list[tuple[int, int]]) -> Iterator[Place]:
        """Cities and districts of the gazetteer that the context does not speak against."""
        persons = [(e["start"], e["end"]) for e in analysis.labels.get("entities", []) if e["label"] == "PER" and " " in e["text"]]
        for start, end, entry, cue in self._judged(analysis, folded):
            if not _overlaps(start, end, taken) and not any((s <= start and end < e) or (s < start and end <= e) for s, e in persons):
                yield Place(start, end, entry.kind, entry.place_id, cue)

    def _judged(self, analysis: Analysis, folded: str) -> Iterator[tuple[int, int, Entry, str]]:
        span = analysis.folded.span
        if self.language in HAN:
            for found in find_han(folded):
                if (cue := han_cue(found, folded)) is not None:
                    yield *span(found.start, found.end), found.entry, cue
        tokens = words(folded)
        capitals = [analysis.text[span(start, end)[0]].isupper() for _, start, end in tokens]
        context = Context(folded, tokens, capitals, self.language)
        for found in find(folded, tokens, self.language):
            if (cue := cue_of(found, context)) is not None:
                yield *span(found.start, found.end), found.entry, cue

    def _named(
        self, analysis: Analysis, text: str, folded: str, taken: list[tuple[int, int]], known: list[Place]
    ) -> Iterator[Place]:
        """Branches, ATMs, malls, metro stations and districts named by the wording, without a bank's name before the place's."""
        for found in find_named(text, folded, self.language):
            start, end = found.start, found.end
            if self.language in FOLDED:
                start, end = analysis.folded.span(start, end)
            for bank_start, bank_end in taken:
                if bank_start <= start < bank_end:
                    start = bank_end
                    while start < end and not text[start].isalnum():
                        start += 1
            for place in known if (self.language, found.kind) in (("zh", "branch"), ("tr", "branch"), ("tr", "atm")) else ():
                if place.start == start and place.end < end:  # "İstanbul Kadıköy şubesi": the branch is called Kadıköy
                    start = place.end + (not text[place.end].isalnum())
            if end - start >= 2 and not _overlaps(start, end, taken):
                yield Place(start, end, found.kind, None, found.cue, found.inside)


_BRANCH = re.compile(r" branch\b")


def _branches_of(known: Iterable[Place], folded: str, analysis: Analysis) -> Iterator[Place]:
    """"the london branch": a branch called after a city, whatever the capitals."""
    if "branch" in folded and analysis.folded.offsets is None:
        yield from (Place(k.start, k.end, "branch", None, "branch") for k in known if _BRANCH.match(folded, k.end))


def _settled(known: Iterable[Place], named: Iterable[Place]) -> Iterator[Place]:
    """What stays: the longest name at a place; a branch "in Kazan" is no branch called Kazan; a district found by its word takes the id it has."""
    spans = {(k.start, k.end): k for k in known}
    kept: list[Place] = []
    for place in named:
        same = spans.get((place.start, place.end))
        if same and place.kind == "district":
            spans[place.start, place.end] = Place(same.start, same.end, "district", same.place_id, place.cue)
        elif not (same and same.kind == "city" and place.inside) and not _within_other(place, kept):
            kept.append(place)
            if same and place.kind in ("mall", "metro"):
                del spans[place.start, place.end]
    yield from kept
    yield from (k for k in spans.values() if not any((p.start <= k.start and k.end < p.end) or (p.start < k.start and k.end <= p.end) for p in kept))


def _within_other(place: Place, kept: list[Place]) -> bool:
    """A part of a longer name, or the same again."""
    return any(
        (p.start <= place.start and place.end <= p.end and (p.start, p.end) != (place.start, place.end))
        or (p.start, p.end, p.kind) == (place.start, place.end, place.kind)
        for p in kept
    )


def _overlaps(start: int, end: int, spans: Iterable[tuple[int, int]]) -> bool:
    return any(start < e and s < end for s, e in spans)


def _blanked(folded: str) -> str:
    """The text with links, e-mail addresses and account names as blanks of the same length: a place in them is not said."""
    if "@" not in folded and "://" not in folded and "www." not in folded and "＠" not in folded:
        return folded
    for pattern in (URL, EMAIL, HANDLE):
        folded = pattern.sub(lambda match: " " * len(match.group()), folded)
    return folded
