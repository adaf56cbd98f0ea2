"""Train the learned head of topics on our own gold texts: `renown train topics` (a few minutes: 468 sentence vectors).

nlp/gold, the half that training may see ──► the rules' scores + sentence vectors ──► nlp/topic_head.py ──► topics_vectors.npz
"""

from __future__ import annotations

from pathlib import Path

from nlp import topic_head
from nlp.components import language as language_component
from nlp.components.topics import TopicsComponent
from nlp.gold import score
from nlp.pipelines import topic_cues
from nlp.records import Post, analyse
from settings import load_settings
from settings.loader import REPOSITORY
from settings.models import LANGUAGES


def train_topics(out: Path) -> Path:
    """Write the head; the same each time. Raises RenownError where the accurate profile cannot run."""
    settings = load_settings(REPOSITORY / "config")
    texts: list[str] = []
    scores: list[dict[str, float]] = []
    truth: list[list[str]] = []
    for language in LANGUAGES:
        component = TopicsComponent(topic_cues(settings, language))
        for item in score.halves(score.items(language))[0]:
            analysis = analyse(Post(item["text"], platform=item["platform"]))
            language_component.decide(analysis, LANGUAGES)  # romanised texts are read in their own script
            texts.append(analysis.text)
            scores.append(component.scores(analysis))
            truth.append(list(item["topics"]))
    return topic_head.train(texts, scores, truth, out)
