"""topics: what a text is about, several at once, by the cues of config/topics.yml."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc

from nlp.cues import CueMatcher, Hit
from nlp.records import analysis_of

VERSION = "1"
MAX_CHARACTERS = 20_000
WEAK = 0.3  # what a `~cue` is worth: nothing beside a plain one, the topic where it stands alone


@Language.factory("renown_topics", default_config={"cues": {}, "strong": 0.5, "threshold": 0.4, "share": 0.65})
def make_topics(
    nlp: Language, name: str, cues: dict[str, list[str]], strong: float, threshold: float, share: float
) -> TopicsComponent:
    """`cues`: topic id → cues in this pipeline's language. A score below `threshold`, or below `share` of the best, is left out."""
    return TopicsComponent(cues, strong, threshold, share)


class TopicsComponent:
    """Sets labels["topics"]: score 1 − Π(1 − w) over distinct cues, w = `strong`, and more for a phrase than for a word."""

    def __init__(self, cues: dict[str, list[str]], strong: float, threshold: float, share: float) -> None:
        self.matcher = CueMatcher(cues)
        self.strong, self.threshold, self.share = strong, threshold, share

    def __call__(self, doc: Doc) -> Doc:
        analysis = analysis_of(doc)
        missing: dict[str, float] = defaultdict(lambda: 1.0)
        seen: set[tuple[str, str]] = set()
        for hit in self.matcher.find(analysis.reading[:MAX_CHARACTERS]):
            for topic in hit.keys:
                if (topic, hit.cue) not in seen:
                    seen.add((topic, hit.cue))
                    missing[topic] *= 1.0 - self._worth(topic, hit)
        analysis.labels["topics"] = self._kept({topic: round(1.0 - rest, 4) for topic, rest in missing.items()})
        analysis.evidence["topics"] = sorted(f"{topic}: {cue}" for topic, cue in seen)
        return doc

    def _worth(self, topic: str, hit: Hit) -> float:
        return WEAK if self.matcher.is_weak(topic, hit) else self.strong + (0.2 if " " in hit.cue else 0.0)

    def _kept(self, scores: dict[str, float]) -> list[dict[str, Any]]:
        """Topics above the threshold and not far below the best one; where there is none, the best of the weakly hinted ones."""
        best = max(scores.values(), default=0.0)
        floor = max(self.threshold, self.share * best) if best >= self.threshold else max(best, WEAK)
        return [
            {"topic_id": topic, "score": score}
            for topic, score in sorted(scores.items(), key=lambda row: (-row[1], row[0]))
            if score >= floor
        ]


def settings_part(topics: Any) -> list[dict[str, Any]]:
    """What of the configuration a change of which makes a new model version."""
    return [topic.model_dump(mode="json", include={"id", "cues"}) for topic in topics]
