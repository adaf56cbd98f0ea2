"""moments of truth: where a customer's view of the bank turned: it listened, it has changed, it stood by, it let down.

cues a language (nlp/cues/moments.yml) ──► not denied, not wished for, not asked ──► [{moment, score}]
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import cache

from spacy.language import Language
from spacy.tokens import Doc

from nlp.components.journey import speaks_of_own
from nlp.cues import CueMatcher, Hit, cues_of
from nlp.denial import negated, negators, sentence
from nlp.records import Analysis, analysis_of

VERSION = "1"
MAX_CHARACTERS = 5_000
MOMENTS = ("listened", "changed", "stood_by", "let_down")
DOUBT = 0.4  # what each distinct cue leaves of the doubt
_QUESTION = frozenset("?？؟")


@Language.factory("renown_moments", default_config={"language": "en"})
def make_moments(nlp: Language, name: str, language: str) -> MomentsComponent:
    """The component with one language's cues; the fallback has those of every language."""
    return MomentsComponent(language)


@cache
def _matchers(language: str) -> tuple[CueMatcher, CueMatcher]:
    cues = cues_of("moments", language)
    return (
        CueMatcher({key: words for key, words in cues.items() if key != "negators"}, overlap=False),
        CueMatcher({"negator": negators(cues.get("negators", []))}),
    )


class MomentsComponent:
    """Sets labels["moments"]: [{moment, score}], best first; empty for news, advertisements and the bank's own accounts."""

    def __init__(self, language: str) -> None:
        self.language = language

    def __call__(self, doc: Doc) -> Doc:
        analysis = analysis_of(doc)
        found: dict[str, set[str]] = defaultdict(set)
        if speaks_of_own(analysis):
            for moment, cue in self._cues(analysis):
                found[moment].add(cue)
        scores = {moment: 1.0 - DOUBT ** len(cues) for moment, cues in found.items()}
        analysis.labels["moments"] = [
            {"moment": moment, "score": round(score, 4)} for moment, score in sorted(scores.items(), key=lambda row: (-row[1], row[0]))
        ]
        analysis.evidence["moments"] = sorted(f"{moment}: {cue}" for moment, cues in found.items() for cue in cues)
        return doc

    def _cues(self, analysis: Analysis) -> list[tuple[str, str]]:
        read = analysis.reading[:MAX_CHARACTERS]
        matcher, denying = _matchers(self.language)
        hits = matcher.find(read)
        if not any(key in MOMENTS for hit in hits for key in hit.keys):
            return []
        no = denying.find(read)
        real = [hit for hit in hits if not _unreal(hit, hits, read) and not negated(hit, no, read)]
        return [(key, hit.cue) for hit in real for key in hit.keys if key in MOMENTS]


def _unreal(hit: Hit, hits: Sequence[Hit], read: str) -> bool:
    """A wish, a condition or a question in the sentence of the cue: "if they listened for once", "have they really changed?"."""
    begin, end = sentence(read, hit.start)
    asked = read[end : end + 1] in _QUESTION if end < len(read) else False
    return asked or any("unreal" in other.keys and begin <= other.start < end for other in hits)
