"""banking_intent: which of 77 banking requests an English text makes, and how sure that is; null in other languages.

text ──► nlp/banking.py ──► {"label": "card_arrival", "score": 0.93}
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from spacy.language import Language
from spacy.tokens import Doc

from nlp import banking
from nlp.records import analysis_of

VERSION = "1"


@Language.factory(
    "renown_banking_intent", default_config={"language": "en", "batch_size": 128, "profile": "fast"}
)
def make_banking_intent(
    nlp: Language, name: str, language: str, batch_size: int, profile: str
) -> BankingIntentComponent:
    """The component; its set is CC BY 4.0, so `models: clean` reads the same weights."""
    return BankingIntentComponent(language, batch_size, profile)


class BankingIntentComponent:
    """Sets labels["banking_intent"]: {label, score} or None."""

    def __init__(self, language: str, batch_size: int, profile: str = "fast") -> None:
        self.language, self.batch_size, self.profile = language, batch_size, profile

    def __call__(self, doc: Doc) -> Doc:
        return next(self.pipe([doc]))

    def pipe(self, stream: Iterable[Doc], batch_size: int = 128) -> Iterator[Doc]:
        """A whole batch goes through the head at once."""
        remaining = iter(stream)
        while batch := list(islice(remaining, self.batch_size)):
            analyses = [analysis_of(doc) for doc in batch]
            labels: list[dict[str, object] | None] = [None] * len(batch)
            if self.language == banking.LANGUAGE:
                classes, rows = banking.probabilities([a.text for a in analyses], self.profile)
                labels = [{"label": classes[int(row.argmax())], "score": round(float(row.max()), 4)} for row in rows]
            for analysis, label in zip(analyses, labels, strict=True):
                analysis.labels["banking_intent"] = label
            yield from batch
