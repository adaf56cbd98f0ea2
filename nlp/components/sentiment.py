"""sentiment: of the text, and towards each bank that it names.

text ──► head ──► document sentiment ──┐
clauses around each bank ──► head ─────┴──► mixed: what is said near the bank weighs most ──► sentiment towards the bank
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc

from nlp import polarity, speech
from nlp.aspects import stretches
from nlp.comparisons import CONTRAST, PUSH, pushes
from nlp.heads import Floats, softmax
from nlp.lexicon import leaning
from nlp.records import Analysis, analysis_of
from settings.models import LANGUAGES

VERSION = "2"
NEAR = 0.75  # weight of what is said near a bank where the text names several


@Language.factory("renown_sentiment", default_config={"language": "en", "batch_size": 128, "profile": "fast", "models": "all"})
def make_sentiment(
    nlp: Language, name: str, language: str, batch_size: int, profile: str, models: str
) -> SentimentComponent:
    """The component with one language's head; "und" has none. Raises RenownError where this machine cannot run the accurate profile."""
    if profile == "accurate":
        from nlp.embeddings import require

        require()
    return SentimentComponent(language, batch_size, profile, models)


class SentimentComponent:
    """Sets labels["sentiment"] and the sentiment of each element of labels["banks"]."""

    def __init__(self, language: str, batch_size: int, profile: str = "fast", models: str = "all") -> None:
        self.language, self.batch_size = language, batch_size
        self.profile, self.models = profile, polarity.models_of(models)

    def __call__(self, doc: Doc) -> Doc:
        return next(self.pipe([doc]))

    def pipe(self, stream: Iterable[Doc], batch_size: int = 128) -> Iterator[Doc]:
        """Texts and the stretches about banks of a whole batch go through the head at once."""
        remaining = iter(stream)
        while batch := list(islice(remaining, self.batch_size)):
            analyses = [analysis_of(doc) for doc in batch]
            self._run(analyses)
            yield from batch

    def _run(self, analyses: list[Analysis]) -> None:
        texts = [a.native or a.text for a in analyses]
        near = [stretches(a.text, a.labels.get("banks", []), self.language) for a in analyses]
        asked = [*texts, *(part for found in near for part in found.values())]
        rows = self._probabilities(asked, analyses)
        place = len(texts)
        for i, analysis in enumerate(analyses):
            analysis.labels["sentiment"] = as_label(rows[i])
            towards = self._towards(analysis, list(near[i]), rows[place : place + len(near[i])], rows[i])
            place += len(near[i])
            for mention in analysis.labels.get("banks", []):
                mention["sentiment"] = towards.get(mention["bank_id"], analysis.labels["sentiment"])

    def _towards(
        self, analysis: Analysis, bank_ids: list[str], stretches_rows: Floats, whole: Any
    ) -> dict[str, dict[str, Any]]:
        """Near rows mixed with the whole; of two banks that are compared, what lifts one sinks the other."""
        if not bank_ids:
            return {}
        mixed = np.log(NEAR * stretches_rows + (1 - NEAR) * whole + 1e-6)
        if len(bank_ids) == 2:
            pushed = pushes(analysis.folded, analysis.labels["banks"], self.language)
            lean = (np.exp(mixed[:, 2]) - np.exp(mixed[:, 0]))[::-1] * CONTRAST
            lean += [-PUSH * pushed.get(bank_id, 0.0) for bank_id in bank_ids]
            mixed[:, 0] += np.maximum(lean, 0)
            mixed[:, 2] += np.maximum(-lean, 0)
        return {bank_id: as_label(row) for bank_id, row in zip(bank_ids, softmax(mixed), strict=True)}

    def _probabilities(self, asked: list[str], analyses: list[Analysis]) -> Floats:
        """Whole texts first, with what the act says; then the stretches, by their words alone."""
        if self.language not in LANGUAGES:
            return np.tile(np.array([[0.2, 0.6, 0.2]], np.float32), (len(asked), 1))
        extra = np.zeros((len(asked), 3), np.float32)
        fades = np.zeros(len(asked), bool)
        for i, analysis in enumerate(analyses):
            lean = leaning(analysis.reading[:4000], self.language)
            extra[i], known = speech.prior(analysis, speech.acts(analysis, self.language), lean, self.language)
            fades[i] = not known
            analysis.evidence["sentiment"] = list(lean.cues)
        return polarity.probabilities(asked, self.language, extra, self.models, self.profile, fades)


def as_label(row: Any) -> dict[str, Any]:
    """{label, probabilities} of one row in the order of polarity.CLASSES, rounded to four places."""
    values = {name: round(float(value), 4) for name, value in zip(polarity.CLASSES, row, strict=True)}
    return {"label": polarity.CLASSES[int(np.argmax(row))], "probabilities": values}
