"""intent: what the writer wants, by cues and sentiment; articles are news unless they sell something.

cues a language (nlp/cues/intents.yml) + question marks + sentiment + kind ──► rules ──► [{intent, score}]
"""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc

from nlp import speech
from nlp.records import Analysis, analysis_of

VERSION = "1"
NEWS_PLATFORMS = {"rss", "news", "gdelt"}
THRESHOLD = 0.5


@Language.factory("renown_intent", default_config={"language": "en"})
def make_intent(nlp: Language, name: str, language: str) -> IntentComponent:
    """The component with one language's cues."""
    return IntentComponent(language)


class IntentComponent:
    """Sets labels["intents"], best first; reads labels["sentiment"] where it is there."""

    def __init__(self, language: str) -> None:
        self.language = language

    def __call__(self, doc: Doc) -> Doc:
        analysis = analysis_of(doc)
        scores = self._scores(analysis)
        analysis.labels["intents"] = [
            {"intent": intent, "score": round(score, 4)}
            for intent, score in sorted(scores.items(), key=lambda row: (-row[1], row[0]))
            if score >= THRESHOLD
        ]
        return doc

    def _scores(self, analysis: Analysis) -> dict[str, float]:
        post = analysis.post
        if post.platform in NEWS_PLATFORMS or post.kind == "article":
            return {"news": 0.95}
        if post.is_official:
            return {} if post.is_reply else {"promotion": 0.8}
        acts = dict(speech.acts(analysis, self.language))
        even = {"negative": 1 / 3, "neutral": 1 / 3, "positive": 1 / 3}
        polarity = analysis.labels.get("sentiment", {}).get("probabilities", even)
        acts["complaint"] = (
            min(0.99, polarity["negative"] + 0.05 * acts["complaint"]) if polarity["negative"] >= 0.45 else 0.0
        )
        acts["praise"] = min(0.99, polarity["positive"] + 0.05 * acts["praise"]) if polarity["positive"] >= 0.5 else 0.0
        if speech.closing_of(analysis, self.language) != "none" and post.is_reply:
            acts |= {"praise": 0.0, "complaint": 0.0}  # the last word of a case that is counted already
        return _reconcile(acts, polarity)


def _reconcile(acts: dict[str, float], polarity: dict[str, float]) -> dict[str, float]:
    """Intents that exclude each other: a seller does not complain, leaving and fraud reports are complaints of their own kind."""
    if acts["promotion"] >= 0.65 and acts["leave"] < 0.7 and (polarity["negative"] < 0.8 or acts["promotion"] > 0.85):
        return {"promotion": acts["promotion"]}
    if acts["news"] >= 0.75 and acts["complaint"] < 0.75 and acts["question"] < 0.5:
        return {"news": acts["news"]}
    kept = acts | {"promotion": 0.0, "news": 0.0}
    if kept["consider"] >= THRESHOLD and kept["consider"] >= kept["leave"]:
        kept["leave"] = 0.0  # thinking of leaving one bank for another is choosing
    if max(kept["leave"], kept["fraud_report"]) >= 0.7:
        kept |= {
            "complaint": 0.0,
            "praise": 0.0,
            "request": 0.0,
            "question": kept["question"] if kept["question"] > 0.7 else 0.0,
        }
    if max(kept["consider"], kept["wish"]) >= THRESHOLD:
        kept |= {"praise": 0.0, "request": 0.0, "complaint": kept["complaint"] if kept["complaint"] > 0.9 else 0.0}
    if kept["consider"] >= THRESHOLD:
        kept["question"] = 0.0
    if kept["complaint"] >= 0.75:
        kept |= {
            "request": kept["request"] if kept["request"] > 0.75 else 0.0,
            "question": kept["question"] if kept["question"] > 0.8 else 0.0,
        }
    if kept["request"] >= THRESHOLD and kept["request"] >= kept["question"]:
        kept |= {"question": 0.0, "praise": 0.0}
    if kept["question"] >= THRESHOLD:
        kept["praise"] = 0.0
    return kept
