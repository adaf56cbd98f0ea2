"""Sentiment of a stretch of text: the language's head (n-grams, lexicon and acts weighed together) ──► temperature ──► calibrated probabilities.

fast: hashed head alone; accurate: its logits and those of a head on sentence vectors (nlp/embeddings.py), weighed on held-out rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from nlp.heads import MODELS, Floats, Head, load_head, softmax

CLASSES = ("negative", "neutral", "positive")
CLEAN = "clean"  # folder of the heads that rest only on sets whose licence allows it
TWIN = "twin"  # folder of the heads that saw no held-out row: what figures are taken with, never shipped


def head_path(language: str, models: Path = MODELS) -> Path:
    """Where the sentiment weights of a language lie."""
    return models / f"sentiment_{language}.npz"


def vector_head_path(language: str, models: Path = MODELS) -> Path:
    """Where the weights of the head on sentence vectors lie."""
    return models / f"sentiment_vectors_{language}.npz"


def models_of(choice: str, models: Path = MODELS) -> Path:
    """The folder of weights for config/renown.yml's `models`: all or clean; with " twin" after it, for measuring, that of the twins."""
    folder = models / CLEAN if choice.startswith(CLEAN) else models
    return folder / TWIN if choice.endswith(TWIN) else folder


def head_of(language: str, models: Path = MODELS) -> Head:
    """A language's head. Raises RenownError where weights are missing."""
    return load_head(head_path(language, models))


def probabilities(
    texts: Sequence[str],
    language: str,
    extra: Floats | None = None,
    models: Path = MODELS,
    profile: str = "fast",
    fades: npt.NDArray[np.bool_] | None = None,
) -> Floats:
    """(len(texts), 3) probabilities in the order of CLASSES; `extra` logits say what else is known of each text.

    Where `fades`, `extra` counts as far as the text is unlike the sets that have experts: in a text like theirs the head has learned what the
    words are worth. Raises RenownError where weights, or what the accurate profile needs, are missing.
    """
    head = head_of(language, models)
    scores, likeness = head.read(texts, language)
    temperatures = head.temperatures or (head.temperature,)
    path = vector_head_path(language, models)
    if profile == "accurate" and path.exists():
        from nlp.embeddings import load_vector_head  # the fast profile never imports it

        vector_head = load_vector_head(path)
        scores, temperatures = vector_head.joined(scores, texts), vector_head.temperatures or (vector_head.temperature,)
    if extra is not None:
        scores = scores + (extra if fades is None else np.where(fades, likeness[:, -1], 1.0)[:, None] * extra).astype(np.float32)
    return softmax(scores, temperature_of(likeness, temperatures))


def temperature_of(likeness: Floats, temperatures: Sequence[float]) -> Floats:
    """(n, 1): each text at the temperature of the sets that it is like; (n, sets + 1) and as many temperatures, or one."""
    known = np.array(temperatures, np.float32)
    mixed = likeness @ known if len(known) == likeness.shape[1] else np.full(len(likeness), known[-1])
    return np.asarray(mixed[:, None], np.float32)
