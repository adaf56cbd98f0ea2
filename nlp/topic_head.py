"""The learned head of topics, for the accurate profile: one for all five languages, on sentence vectors beside the rules' own scores.

text ──► 384 numbers (nlp/embeddings.py) ─┐
rules ──► a score a topic ────────────────┴──► a logistic regression a topic ──► the topics whose probability reaches the threshold

Trained on the half of our own gold texts that training may see, so it is the same under `models: clean`. `python -m nlp.topic_head` trains it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from nlp.heads import MODELS, Floats, file_digest

STRENGTH = 30.0  # inverse of the L2 penalty
RULES_SHARE = 0.3  # what a rule's score is beside a vector of length 1
THRESHOLD = 0.24  # the lowest at which cross-validation on the training half is as precise as the rules alone
LEAST = 2  # texts of a topic without which it is left to the rules
Scores = Mapping[str, float]


def head_path(models: Path = MODELS) -> Path:
    """Where the weights lie."""
    return models / "topics_vectors.npz"


def weights(profile: str) -> list[str]:
    """Digests of the weights that a profile uses."""
    return [file_digest(head_path())] if profile == "accurate" and head_path().exists() else []


def features(texts: Sequence[str], scores: Sequence[Scores], topics: Sequence[str]) -> Floats:
    """(len(texts), 384 + topics): sentence vectors and the rules' scores. Raises RenownError where vectors cannot be made."""
    from nlp.embeddings import vectors  # the fast profile never imports it

    said = np.array([[RULES_SHARE * found.get(topic, 0.0) for topic in topics] for found in scores], np.float32)
    return np.hstack([vectors(texts), said.reshape(len(texts), len(topics))])


def probabilities(texts: Sequence[str], scores: Sequence[Scores], models: Path = MODELS) -> list[dict[str, float]]:
    """A text's probability of each topic that the head knows; `scores` are what the rules found in it."""
    from nlp.embeddings import load_vector_head

    head = load_vector_head(head_path(models))
    topics = list(head.meta["topics"])
    rows = 1.0 / (1.0 + np.exp(-head.logits(features(texts, scores, topics))))
    return [dict(zip(topics, row.tolist(), strict=True)) for row in rows]


def train(texts: Sequence[str], scores: Sequence[Scores], truth: Sequence[Sequence[str]], out: Path = MODELS) -> Path:
    """Fit a logistic regression a topic and write the weights in half precision. Raises RenownError where vectors cannot be made."""
    from sklearn.linear_model import LogisticRegression

    from nlp.embeddings import VectorHead, save_vector_head

    topics = sorted({t for row in truth for t in row if sum(t in other for other in truth) >= LEAST})
    rows = features(texts, scores, topics)
    fitted = [LogisticRegression(C=STRENGTH, max_iter=300).fit(rows, [topic in row for row in truth]) for topic in topics]
    coefficients = np.ascontiguousarray(np.vstack([model.coef_[0] for model in fitted]).T, np.float32)
    bias = np.array([model.intercept_[0] for model in fitted], np.float32)
    save_vector_head(head_path(out), VectorHead(coefficients, bias, (0.0, 1.0), 1.0, {"topics": topics, "rows": len(texts)}))
    return head_path(out)
