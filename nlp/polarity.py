"""Sentiment of a stretch of text: the language's hashed head, the service lexicon as prior, temperature: calibrated probabilities."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from nlp.heads import MODELS, Floats, Head, load_head, softmax
from nlp.lexicon import Leaning, leaning
from nlp.text import fold, safe

CLASSES = ("negative", "neutral", "positive")
FALLBACK = "en"  # heads are a language's own; an unknown language borrows none and gets the prior alone
GAIN = 0.9  # logits that one leaning word is worth; saturates
NEUTRAL_GAIN = 0.3


def head_path(language: str, models: Path = MODELS) -> Path:
    """Where the sentiment weights of a language lie."""
    return models / f"sentiment_{language}.npz"


def prior(lean: Leaning) -> list[float]:
    """Logits from the lexicon for (negative, neutral, positive): each saturates at twice the gain."""
    return [GAIN * _saturate(lean.negative), NEUTRAL_GAIN * _saturate(lean.neutral), GAIN * _saturate(lean.positive)]


def _saturate(amount: float) -> float:
    return 2.0 * (1.0 - math.pow(0.5, amount))


def logits(head: Head, texts: Sequence[str], language: str) -> Floats:
    """(len(texts), 3) logits with the lexicon's prior added; texts as given."""
    priors = np.array([prior(leaning(fold(safe(text[:4000])).text, language)) for text in texts], np.float32)
    return head.logits(texts, language) + priors.reshape(-1, 3)


def head_of(language: str, models: Path = MODELS) -> Head:
    """A language's head. Raises RenownError where weights are missing."""
    return load_head(head_path(language, models))


def probabilities(texts: Sequence[str], language: str, extra: Floats | None = None, models: Path = MODELS) -> Floats:
    """(len(texts), 3) probabilities in the order of CLASSES; `extra` logits say what else is known of each text."""
    head = head_of(language, models)
    scores = logits(head, texts, language)
    return softmax(scores if extra is None else scores + extra, head.temperature)
