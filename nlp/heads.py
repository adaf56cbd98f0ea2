"""Hashed n-gram heads: text ──► 2^17 character + 2^17 word hashes ──► TF-IDF ──► int8 logistic regression ──► probabilities.

Recipe: Weinberger et al. 2009 (feature hashing) and Wang & Manning 2012 (n-gram linear sentiment). No text can be read back from the weights.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import HashingVectorizer

from nlp.text import head_text
from settings import RenownError

Floats = npt.NDArray[np.float32]
MODELS = Path(__file__).resolve().parent / "models"
BUCKETS = 2**17
MAX_CHARACTERS = 4000  # a longer post leans the way its beginning does, and cost stays bounded


@dataclass(frozen=True)
class Head:
    """Weights of one head: `weights` (2·BUCKETS, classes), `idf` (2·BUCKETS), `bias` and `temperature`; `meta` says how it was made."""

    classes: tuple[str, ...]
    weights: Floats
    idf: Floats
    bias: Floats
    temperature: float
    meta: dict[str, Any]

    def logits(self, texts: Sequence[str], language: str) -> Floats:
        """(len(texts), classes) scores before any prior and temperature."""
        if not texts:
            return np.zeros((0, len(self.classes)), np.float32)
        rows = weigh(count(texts, language), self.idf)
        return np.asarray(rows @ self.weights, np.float32) + self.bias


@cache
def _vectorizers(language: str) -> tuple[HashingVectorizer, HashingVectorizer]:
    common: dict[str, Any] = {
        "n_features": BUCKETS,
        "norm": None,
        "alternate_sign": False,
        "lowercase": False,
        "dtype": np.float32,
    }
    characters = (1, 4) if language == "zh" else (2, 5)
    return (
        HashingVectorizer(analyzer="char_wb", ngram_range=characters, **common),
        HashingVectorizer(analyzer="word", ngram_range=(1, 2), token_pattern=r"\w+|[^\w\s]", **common),
    )


def count(texts: Sequence[str], language: str) -> csr_matrix:
    """Hashed n-gram counts, (len(texts), 2·BUCKETS); texts as given, normalised here."""
    ready = [head_text(text[:MAX_CHARACTERS]) for text in texts]
    return csr_matrix(hstack([vectorizer.transform(ready) for vectorizer in _vectorizers(language)], format="csr"))


def weigh(counts: csr_matrix, idf: Floats) -> csr_matrix:
    """Rows of (1 + ln tf)·idf at length 1."""
    rows = counts.copy()
    rows.data = (1.0 + np.log(rows.data)) * idf[rows.indices]
    lengths = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1)).ravel())
    rows.data /= np.repeat(np.where(lengths > 0, lengths, 1), np.diff(rows.indptr))
    return rows


def softmax(logits: Floats, temperature: float = 1.0) -> Floats:
    """Rows of probabilities."""
    scaled = logits / temperature
    powers = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), np.float32)


def save_head(path: Path, head: Head) -> None:
    """Write int8 weights and uint8 idf, compressed; unseen buckets are zero."""
    scale = np.abs(head.weights).max(axis=0) / 127.0
    quantised = np.round(head.weights / scale).astype(np.int8)
    idf_scale = float(head.idf.max()) / 255.0
    quantised[head.idf <= 0] = 0
    np.savez_compressed(
        path,
        weights=quantised,
        scale=scale.astype(np.float32),
        idf=np.round(head.idf / idf_scale).astype(np.uint8),
        idf_scale=np.float32(idf_scale),
        bias=head.bias,
        temperature=np.float32(head.temperature),
        meta=np.frombuffer(json.dumps({"classes": head.classes} | head.meta, sort_keys=True).encode(), np.uint8),
    )


@cache
def load_head(path: Path) -> Head:
    """A head as save_head() wrote it. Raises RenownError where the file is missing."""
    if not path.exists():
        raise RenownError(f"weights {path} are missing", "run 'python -m nlp.train --shared DIR --out nlp/models'")
    with np.load(path) as stored:
        meta = json.loads(stored["meta"].tobytes())
        return Head(
            classes=tuple(meta.pop("classes")),
            weights=stored["weights"].astype(np.float32) * stored["scale"],
            idf=stored["idf"].astype(np.float32) * float(stored["idf_scale"]),
            bias=stored["bias"],
            temperature=float(stored["temperature"]),
            meta=meta,
        )


@cache
def file_digest(path: Path) -> str:
    """The first 12 hex digits of a weight file's sha256."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]
