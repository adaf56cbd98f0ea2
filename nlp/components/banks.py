"""banks: which configured banks a text speaks about, with offsets into the given text (nlp/gazetteer.py does the matching)."""

from __future__ import annotations

from typing import Any

from spacy.language import Language
from spacy.tokens import Doc

from nlp.gazetteer import Gazetteer
from nlp.records import analysis_of
from settings.models import Bank

VERSION = "3"


@Language.factory("renown_banks", default_config={"banks": []})
def make_banks(nlp: Language, name: str, banks: list[dict[str, Any]]) -> BanksComponent:
    """`banks`: entries of config/banks.yml (settings.models.Bank)."""
    return BanksComponent([Bank.model_validate(bank) for bank in banks])


class BanksComponent:
    """Sets labels["banks"]: [{bank_id, start, end, text}]; sentiment towards each is added by renown_sentiment."""

    def __init__(self, banks: list[Bank]) -> None:
        self.gazetteer = Gazetteer(banks)

    def __call__(self, doc: Doc) -> Doc:
        analysis = analysis_of(doc)
        given = analysis.post.text

        def shown(start: int, end: int) -> str:
            first, last = analysis.folded.span(start, end)
            return given[first:last]

        found = self.gazetteer.find(analysis.folded.text, shown, analysis.language if analysis.script == "latin" else None)
        label = []
        for hit in found:
            start, end = analysis.folded.span(hit.start, hit.end)
            label.append({"bank_id": hit.bank_id, "start": start, "end": end, "text": given[start:end]})
        analysis.labels["banks"] = label
        analysis.evidence["banks"] = [f"{hit.bank_id} by {hit.by}" for hit in found]
        return doc
