"""topics: what a text is about, several at once, by the cues of config/topics.yml; in the accurate profile a learned head decides with them.

cues ──► a score a topic ──► fast: those above the threshold;  accurate: nlp/topic_head.py weighs them with the sentence's vector
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc

from nlp import topic_head
from nlp.cues import CueMatcher, Hit
from nlp.records import Analysis, analysis_of

VERSION = "2"
MAX_CHARACTERS = 20_000
WEAK = 0.3  # what a `~cue` is worth: nothing beside a plain one, the topic where it stands alone


@Language.factory(
    "renown_topics", default_config={"cues": {}, "strong": 0.5, "threshold": 0.4, "share": 0.65, "profile": "fast", "batch_size": 128}
)
def make_topics(
    nlp: Language, name: str, cues: dict[str, list[str]], strong: float, threshold: float, share: float, profile: str, batch_size: int
) -> TopicsComponent:
    """`cues`: topic id → cues in this pipeline's language. A rule's score below `threshold`, or below `share` of the best, is left out."""
    return TopicsComponent(cues, strong, threshold, share, profile, batch_size)


class TopicsComponent:
    """Sets labels["topics"]: score 1 − Π(1 − w) over distinct cues, w = `strong`, and more for a phrase than for a word; or the head's probability."""

    def __init__(
        self, cues: dict[str, list[str]], strong: float = 0.5, threshold: float = 0.4, share: float = 0.65, profile: str = "fast", batch_size: int = 128
    ) -> None:
        self.matcher = CueMatcher(cues)
        self.known = frozenset(cues)
        self.strong, self.threshold, self.share = strong, threshold, share
        self.learned = profile == "accurate" and topic_head.head_path().exists()
        self.batch_size = batch_size

    def __call__(self, doc: Doc) -> Doc:
        return next(self.pipe([doc]))

    def pipe(self, stream: Iterable[Doc], batch_size: int = 128) -> Iterator[Doc]:
        """A whole batch goes through the head at once."""
        remaining = iter(stream)
        while batch := list(islice(remaining, self.batch_size)):
            analyses = [analysis_of(doc) for doc in batch]
            scores = [self.scores(analysis) for analysis in analyses]
            learned = topic_head.probabilities([a.text for a in analyses], scores) if self.learned else [{}] * len(batch)
            for analysis, by_rule, by_head in zip(analyses, scores, learned, strict=True):
                analysis.labels["topics"] = self._decided(by_rule, by_head)
            yield from batch

    def scores(self, analysis: Analysis) -> dict[str, float]:
        """The rules' score of each topic that any cue speaks for; the cues become the evidence."""
        missing: dict[str, float] = defaultdict(lambda: 1.0)
        seen: set[tuple[str, str]] = set()
        for hit in self.matcher.find(analysis.reading[:MAX_CHARACTERS]):
            for topic in hit.keys:
                if (topic, hit.cue) not in seen:
                    seen.add((topic, hit.cue))
                    missing[topic] *= 1.0 - self._worth(topic, hit)
        analysis.evidence["topics"] = sorted(f"{topic}: {cue}" for topic, cue in seen)
        return {topic: round(1.0 - rest, 4) for topic, rest in missing.items()}

    def _decided(self, by_rule: dict[str, float], by_head: dict[str, float]) -> list[dict[str, Any]]:
        """The head's word on the topics that it knows, the rules' on a bank's own; without a head the rules' on all."""
        own = [row for row in self._kept(by_rule) if row["topic_id"] not in by_head]
        found = [{"topic_id": topic, "score": round(p, 4)} for topic, p in by_head.items() if p >= topic_head.THRESHOLD and topic in self.known]
        return sorted(found + own, key=lambda row: (-row["score"], row["topic_id"]))

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
