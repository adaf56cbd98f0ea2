"""entities: persons, organisations, places, products by a statistical tagger where one ships; money and dates by rules everywhere.

en, ru, zh, ar, tr: CRFs over hashed features (nlp/models), the Russian one stacked on Natasha's slovnet ──► spans of the given text
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, Literal

from spacy.language import Language
from spacy.tokens import Doc

from nlp.records import MAX_DOCUMENT, Analysis, analysis_of
from nlp.tagger import Span, Tagger, natasha_tagger, tagger_of

VERSION = "2"
Backend = Literal["spacy", "natasha", "crf", "rules"]
SPACY_LABELS = {
    "PERSON": "PER",
    "ORG": "ORG",
    "GPE": "LOC",
    "LOC": "LOC",
    "FAC": "LOC",
    "PRODUCT": "PRODUCT",
    "MONEY": "MONEY",
    "DATE": "DATE",
}
_CURRENCY = (
    r"(?:USD|EUR|GBP|RUB|TRY|CNY|AED|SAR|dollars?|euros?|pounds?|roubles?|rubles?|lira|yuan|руб\w*|р\.|₽|доллар\w*|евро"
    r"|TL|lira\w*|元|块|人民币|美元|欧元|درهم|ريال|دولار|يورو|جنيه|ليرة|دينار)"
)
_NUMBER = r"\d{1,3}(?:[ \u00a0.,']\d{3})+(?:[.,]\d{1,2})?|\d+(?:[.,]\d{1,2})?"
_SCALE = r"(?:\s?(?:thousand|million|billion|bn|тыс\.?|млн|млрд|тысяч\w*|миллион\w*|миллиард\w*|万|亿|千|bin|milyon|milyar|ألف|مليون|مليار|k|m))?"
MONEY = re.compile(
    rf"[$€£₽₺¥]\s?(?:{_NUMBER}){_SCALE}\b|(?<![\w.])(?:{_NUMBER}){_SCALE}\s?(?:{_CURRENCY}(?![a-zа-я])|[$€£₽₺¥])",
    re.IGNORECASE,
)
_MONTHS = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sep(?:t(?:ember)?)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
    r"|января|февраля|марта|апреля|мая|июня|июля|августа|сентября|октября|ноября|декабря"
    r"|ocak|şubat|mart|nisan|mayıs|haziran|temmuz|ağustos|eylül|ekim|kasım|aralık"
    r"|يناير|فبراير|مارس|أبريل|مايو|يونيو|يوليو|أغسطس|سبتمبر|أكتوبر|نوفمبر|ديسمبر)"
)
DATE = re.compile(
    rf"(?<!\d)(?:\d{{4}}-\d{{2}}-\d{{2}}|\d{{1,2}}[./]\d{{1,2}}[./]\d{{2,4}}|(?:\d{{4}}年)?\d{{1,2}}月\d{{1,2}}[日号]|\d{{4}}年"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?\s{_MONTHS}(?:\s\d{{4}})?|{_MONTHS}\s\d{{1,2}}(?:st|nd|rd|th)?(?:,?\s\d{{4}})?)(?!\w)",
    re.IGNORECASE,
)
_RULES = (("MONEY", MONEY), ("DATE", DATE))
_DIGIT = re.compile(r"\d")  # no sum and no date goes without


@Language.factory(
    "renown_entities",
    default_config={"backend": "rules", "language": "en", "batch_size": 64, "keep": list(SPACY_LABELS.values()), "models": "all"},
)
def make_entities(
    nlp: Language, name: str, backend: Backend, language: str, batch_size: int, keep: list[str], models: str
) -> EntitiesComponent:
    """The component; `models` all or clean. Raises RenownError where the backend's weights are missing."""
    taggers: dict[str, Any] = {"natasha": natasha_tagger, "crf": lambda: tagger_of(language, models)}
    return EntitiesComponent(taggers[backend]() if backend in taggers else None, backend, batch_size, set(keep))


class EntitiesComponent:
    """Sets labels["entities"]: non-overlapping spans in order. Banks found by name are ORG and win; then money and dates; then the tagger."""

    def __init__(self, tagger: Tagger | None, backend: Backend, batch_size: int, keep: set[str]) -> None:
        self.tagger, self.backend, self.batch_size, self.keep = tagger, backend, batch_size, keep

    def __call__(self, doc: Doc) -> Doc:
        return next(self.pipe([doc]))

    def pipe(self, stream: Iterable[Doc], batch_size: int = 128) -> Iterator[Doc]:
        """Tag in batches of this component's own size."""
        remaining = iter(stream)
        while batch := list(islice(remaining, self.batch_size)):
            analyses = [analysis_of(doc) for doc in batch]
            texts = [analysis.text[:MAX_DOCUMENT] for analysis in analyses]  # what the Doc was made of; doc.text joins its tokens anew
            found = self.tagger(texts) if self.tagger else [_spacy_spans(doc, self.backend) for doc in batch]
            for doc, analysis, text, spans in zip(batch, analyses, texts, found, strict=True):
                analysis.labels["entities"] = self._label(analysis, text, spans)
                yield doc

    def _label(self, analysis: Analysis, seen: str, spans: list[Span]) -> list[dict[str, Any]]:
        rules = [(*match.span(), label) for label, rule in _RULES for match in rule.finditer(seen)] if _DIGIT.search(seen) else []
        named = [
            (b["start"], b["end"], "ORG")
            for b in analysis.labels.get("banks", [])
            if b["text"][:1] not in "@#$" and "." not in b["text"]
        ]
        chosen: list[Span] = []
        for start, end, label in [*named, *rules, *spans]:
            if label in self.keep and start < end and all(end <= s or start >= e for s, e, _ in chosen):
                chosen.append((start, end, label))
        given = analysis.post.text
        return [{"start": s, "end": e, "label": label, "text": given[s:e]} for s, e, label in sorted(chosen)]


def _spacy_spans(doc: Doc, backend: Backend) -> list[Span]:
    if backend != "spacy":
        return []
    return [(e.start_char, e.end_char, SPACY_LABELS[e.label_]) for e in doc.ents if e.label_ in SPACY_LABELS]
