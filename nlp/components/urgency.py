"""urgency: a case that cannot wait, told by the one whom it strikes: money locked, card swallowed, fraud going on, stranded abroad.

cues a language (nlp/cues/urgency.yml) ──► not negated, not past or solved, not a "what if", not a warning to all ──► the most urgent
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

from spacy.language import Language
from spacy.tokens import Doc

from nlp.components.journey import speaks_of_own
from nlp.cues import CueMatcher, Hit, cues_of
from nlp.denial import negated, negators, sentence
from nlp.records import Analysis, analysis_of

VERSION = "2"
MAX_CHARACTERS = 5_000
# The most urgent first: what minutes decide stands before what days decide.
CASES = ("fraud_in_progress", "stranded_abroad", "money_locked", "card_swallowed")


@Language.factory("renown_urgency", default_config={"language": "en"})
def make_urgency(nlp: Language, name: str, language: str) -> UrgencyComponent:
    """The component with one language's cues; the fallback has those of every language."""
    return UrgencyComponent(language)


@cache
def _matchers(language: str) -> tuple[CueMatcher, CueMatcher]:
    cues = cues_of("urgency", language)
    others = {key: words for key, words in cues.items() if key != "negators"}
    return CueMatcher(others), CueMatcher({"negator": negators(cues.get("negators", []))})


class UrgencyComponent:
    """Sets labels["urgency"]: one of CASES or None. The evidence lists every case found and what took others away."""

    def __init__(self, language: str) -> None:
        self.language = language

    def __call__(self, doc: Doc) -> Doc:
        analysis = analysis_of(doc)
        analysis.labels["urgency"] = None
        matchers = _matchers(self.language)
        if speaks_of_own(analysis):
            read = analysis.reading[:MAX_CHARACTERS]
            hits = matchers[0].find(read)
            if hits:
                self._decide(analysis, read, hits, matchers[1].find(read))
        return doc

    def _decide(self, analysis: Analysis, read: str, hits: Sequence[Hit], denying: Sequence[Hit]) -> None:
        cities = any(place["kind"] == "city" for place in analysis.labels.get("places", []))
        cases = self._cases(read, hits, denying, cities)
        found = {case: cue for case, cue, start in cases if not _unreal(read, hits, start)}
        away = _taken_away(read, hits, denying) if found else None
        analysis.evidence["urgency"] = sorted(f"{case}: {cue}" for case, cue in found.items()) + ([away] if away else [])
        if found and not away:
            analysis.labels["urgency"] = next(case for case in CASES if case in found)

    def _cases(
        self, read: str, hits: Sequence[Hit], denying: Sequence[Hit], cities: bool
    ) -> Iterator[tuple[str, str, int]]:
        """(case, cue, start) of each that is not denied."""
        real = [hit for hit in hits if not negated(hit, denying, read)]
        keyed = {key: hit for hit in reversed(real) for key in hit.keys}
        for case in ("fraud_in_progress", "money_locked", "card_swallowed"):
            if hit := keyed.get(case):
                yield case, hit.cue, hit.start
        away = keyed.get("abroad") or (keyed.get("stuck") if cities else None)
        if "stranded" in keyed:
            yield "stranded_abroad", keyed["stranded"].cue, keyed["stranded"].start
        elif away and "helpless" in keyed:
            yield "stranded_abroad", f"{away.cue} + {keyed['helpless'].cue}", keyed["helpless"].start


def _unreal(read: str, hits: Sequence[Hit], start: int) -> bool:
    """A "what if" or a warning in the sentence of the case: "what happens if the ATM swallows my card?"."""
    begin, end = sentence(read, start)
    return any(begin <= hit.start < end and {"unreal", "general"} & set(hit.keys) for hit in hits)


def _taken_away(read: str, hits: Sequence[Hit], denying: Sequence[Hit]) -> str | None:
    """A past that is told as a story, or a solution that is not denied; "still" and "not yet" keep the case alive."""
    kept = any("still" in hit.keys for hit in hits)
    for hit in hits:
        if "solved" in hit.keys and not negated(hit, denying, read) and not _still_near(read, hits, hit):
            return f"solved: {hit.cue}"
        if "past" in hit.keys and not kept:
            return f"past: {hit.cue}"
    return None


def _still_near(read: str, hits: Sequence[Hit], solved: Hit) -> bool:
    begin, end = sentence(read, solved.start)
    return any("still" in hit.keys and begin <= hit.start < end and hit.start <= solved.start for hit in hits)

