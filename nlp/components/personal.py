"""pii and masked_text: personal data of a text (payment cards, IBANs, phones, e-mail, passports, ids, accounts, addresses) and the text without it.

Spans and kinds only: what was found is never copied into a label, a log or an error.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc

from nlp.personal import ADDRESS, find, mask
from nlp.records import analysis_of

VERSION = "1"


@Language.factory("renown_personal")
def make_personal(nlp: Language, name: str) -> PersonalComponent:
    """No settings: the recognisers read the language that renown_language decided."""
    return PersonalComponent()


class PersonalComponent:
    """Sets labels["pii"]: [{start, end, kind}] and labels["masked_text"]: the given text with each span as [kind].

    Takes out of labels["entities"] what overlaps a number or an e-mail address: a card is no DATE, and an entity carries its words along.
    """

    def __call__(self, doc: Doc) -> Doc:
        analysis = analysis_of(doc)
        spans = find(analysis.text, analysis.folded, analysis.language)
        analysis.labels["pii"] = spans
        analysis.labels["masked_text"] = mask(analysis.text, spans)
        if spans and "entities" in analysis.labels:
            analysis.labels["entities"] = without(analysis.labels["entities"], spans)
        return doc


def without(entities: Sequence[Mapping[str, Any]], spans: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The entities that overlap no span; places within a postal address stay entities where they are shorter than it."""
    return [entity for entity in entities if not any(_gives_away(entity, span) for span in spans)]


def _gives_away(entity: Mapping[str, Any], span: Mapping[str, Any]) -> bool:
    overlaps = bool(entity["start"] < span["end"] and span["start"] < entity["end"])
    within = span["start"] <= entity["start"] and entity["end"] <= span["end"] and entity["end"] - entity["start"] < span["end"] - span["start"]
    return overlaps and not (span["kind"] == ADDRESS and within)


def plans() -> list[str]:
    """The versions of the libraries whose numbering plans and check digits decide: a new one is a new model version."""
    return [f"{name} {version(name)}" for name in ("phonenumbers", "python-stdnum")]
