"""Which of the 77 banking requests of BANKING77 (Casanueva et al. 2020) an English text makes: a hashed head, joined with sentence vectors.

fast: hashed n-grams ──► logistic regression; accurate: its logits and those of a head on sentence vectors
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from nlp.heads import MODELS, Floats, file_digest, load_head, softmax

LANGUAGE = "en"  # the set is English; other languages have no head and get null


def head_path(models: Path = MODELS) -> Path:
    """Where the weights of the hashed head lie."""
    return models / "banking_intent.npz"


def vector_head_path(models: Path = MODELS) -> Path:
    """Where the weights of the head on sentence vectors lie."""
    return models / "banking_intent_vectors.npz"


def weights(profile: str) -> list[str]:
    """Digests of the weights that a profile uses."""
    paths = [head_path()] + [vector_head_path()] * (profile == "accurate")
    return [file_digest(path) for path in paths if path.exists()]


def probabilities(texts: Sequence[str], profile: str = "fast", models: Path = MODELS) -> tuple[tuple[str, ...], Floats]:
    """(classes, (len(texts), 77)). Raises RenownError where weights, or what the accurate profile needs, are missing."""
    head = load_head(head_path(models))
    scores, temperature = head.logits(texts, LANGUAGE), head.temperature
    path = vector_head_path(models)
    if profile == "accurate" and path.exists():
        from nlp.embeddings import load_vector_head  # the fast profile never imports it

        vector_head = load_vector_head(path)
        scores, temperature = vector_head.joined(scores, texts), vector_head.temperature
    return head.classes, softmax(scores, temperature)
