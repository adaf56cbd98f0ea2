"""Hashed n-gram heads: text ──► hashed character, word and negated-word counts ──► TF-IDF a block (+ columns of nlp/features.py) ──► int8
logistic regression ──► probabilities.

Recipe: Weinberger et al. 2009 (feature hashing) and Wang & Manning 2012 (n-gram linear sentiment). No text can be read back from the weights.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import HashingVectorizer

from nlp import experts, features
from nlp.text import head_text
from settings import RenownError

Floats = npt.NDArray[np.float32]
Integers = npt.NDArray[np.int64]
MODELS = Path(__file__).resolve().parent / "models"
MAX_CHARACTERS = 4000  # a longer post leans the way its beginning does, and cost stays bounded


@dataclass(frozen=True)
class Layout:
    """Which n-grams a head counts and into how many buckets (powers of two); negated_bits 0: none; columns: those of nlp/features.py too;

    least: texts that a bucket must be in. Rare n-grams say little and fill a row's length: without them Chinese gains two points of macro-F1.
    """

    character_bits: int = 17
    word_bits: int = 17
    negated_bits: int = 15
    columns: bool = True
    least: int = 1

    @property
    def widths(self) -> list[int]:
        """Buckets of each block."""
        return [2**bits for bits in (self.character_bits, self.word_bits, self.negated_bits) if bits]


@dataclass(frozen=True)
class Head:
    """Weights of one head: `weights` (kept, outputs), `idf` (kept), `columns` (columns, outputs), `bias`; `meta` says how it was made.

    `kept`: the buckets that have weights, ascending; None: all. Outputs are the classes, or what nlp/experts.py makes them from.
    `temperatures`: of each expert's set, then of other texts; empty: `temperature` for all.
    """

    classes: tuple[str, ...]
    layout: Layout
    weights: Floats
    idf: Floats
    columns: Floats
    bias: Floats
    temperature: float
    meta: dict[str, Any]
    kept: Integers | None = None
    temperatures: tuple[float, ...] = ()

    def logits(self, texts: Sequence[str], language: str) -> Floats:
        """(len(texts), classes) scores before any prior and temperature."""
        return self.read(texts, language)[0]

    def read(self, texts: Sequence[str], language: str) -> tuple[Floats, Floats]:
        """logits(), and (len(texts), sets + 1) how much each text is like each expert's set, last: none of them."""
        if not texts:
            return np.zeros((0, len(self.classes)), np.float32), np.zeros((0, max(1, len(self.temperatures))), np.float32)
        rows = weigh(narrow(count(texts, language, self.layout), self.kept), self.idf)
        scores = np.asarray(rows @ self.weights, np.float32) + self.bias
        if self.layout.columns:
            scores = scores + features.columns(texts, language)[:, : len(self.columns)] @ self.columns  # older heads know fewer
        return experts.blend(scores, len(self.classes))


@cache
def _vectorizers(language: str, layout: Layout) -> list[HashingVectorizer]:
    common: dict[str, Any] = {"norm": None, "alternate_sign": False, "lowercase": False, "dtype": np.float32}
    characters = (1, 4) if language == "zh" else (2, 5)
    found = [
        HashingVectorizer(analyzer="char_wb", ngram_range=characters, n_features=2**layout.character_bits, **common),
        HashingVectorizer(
            analyzer="word", ngram_range=(1, 2), token_pattern=r"\w+|[^\w\s]", n_features=2**layout.word_bits, **common
        ),
    ]
    if layout.negated_bits:
        found.append(HashingVectorizer(analyzer=_negated(language), n_features=2**layout.negated_bits, **common))
    return found


def _negated(language: str) -> Callable[[str], list[str]]:
    return lambda text: list(features.negated(text, language))


def count(texts: Sequence[str], language: str, layout: Layout) -> list[csr_matrix]:
    """Hashed n-gram counts, one matrix (len(texts), buckets) a block; texts as given, normalised here."""
    ready = [head_text(text[:MAX_CHARACTERS]) for text in texts]
    return [csr_matrix(vectorizer.transform(ready)) for vectorizer in _vectorizers(language, layout)]


def narrow(counts: Sequence[csr_matrix], kept: Integers | None) -> list[csr_matrix]:
    """The columns of those buckets, numbered over all blocks, that are in `kept`."""
    if kept is None:
        return list(counts)
    edges = np.cumsum([0, *(block.shape[1] for block in counts)])
    return [_narrow(block, kept[(kept >= s) & (kept < e)] - s) for block, s, e in zip(counts, edges, edges[1:], strict=False)]


def _narrow(block: csr_matrix, kept: Integers) -> csr_matrix:
    """Faster than block[:, kept]: every bucket is looked up among the kept ones."""
    places = np.searchsorted(kept, block.indices)
    held = np.append(kept, -1)[places] == block.indices
    ends = np.append(0, np.cumsum(held))[block.indptr]
    return csr_matrix((block.data[held], places[held], ends), shape=(block.shape[0], len(kept)))


def weigh(counts: Sequence[csr_matrix], idf: Floats) -> csr_matrix:
    """Rows of (1 + ln tf)·idf, each block at length 1."""
    edges = np.cumsum([0, *(block.shape[1] for block in counts)])
    blocks = [_weigh(block, idf[s:e]) for block, s, e in zip(counts, edges, edges[1:], strict=False)]
    return csr_matrix(hstack(blocks, format="csr"))


def _weigh(counts: csr_matrix, idf: Floats) -> csr_matrix:
    rows = counts.copy()
    rows.data = (1.0 + np.log(rows.data)) * idf[rows.indices]
    lengths = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1)).ravel())
    rows.data /= np.repeat(np.where(lengths > 0, lengths, 1), np.diff(rows.indptr))
    return rows


def softmax(logits: Floats, temperature: float | Floats = 1.0) -> Floats:
    """Rows of probabilities; one temperature, or one a row (n, 1)."""
    scaled = logits / temperature
    powers = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), np.float32)


def save_head(path: Path, head: Head) -> None:
    """Write int8 weights and uint8 idf, compressed; unseen buckets are zero."""
    scale = np.maximum(np.abs(head.weights).max(axis=0), 1e-6) / 127.0
    quantised = np.round(head.weights / scale).astype(np.int8)
    idf_scale = max(float(head.idf.max()), 1e-6) / 255.0
    quantised[head.idf <= 0] = 0
    meta = {"classes": head.classes, "layout": asdict(head.layout)} | head.meta
    np.savez_compressed(
        path,
        weights=quantised,
        scale=scale.astype(np.float32),
        idf=np.round(head.idf / idf_scale).astype(np.uint8),
        idf_scale=np.float32(idf_scale),
        columns=head.columns.astype(np.float32),
        bias=head.bias,
        temperature=np.float32(head.temperature),
        meta=np.frombuffer(json.dumps(meta, sort_keys=True).encode(), np.uint8),
        temperatures=np.array(head.temperatures, np.float32),
        gaps=np.zeros(0, np.int32) if head.kept is None else np.diff(head.kept, prepend=0).astype(np.int32),
    )


@cache
def load_head(path: Path) -> Head:
    """A head as save_head() wrote it. Raises RenownError where the file is missing."""
    if not path.exists():
        raise RenownError(f"weights {path} are missing", "run 'renown train TASK --data DIR'")
    with np.load(path) as stored:
        meta = json.loads(stored["meta"].tobytes())
        return Head(
            classes=tuple(meta.pop("classes")),
            layout=Layout(**meta.pop("layout")),
            weights=stored["weights"].astype(np.float32) * stored["scale"],
            idf=stored["idf"].astype(np.float32) * float(stored["idf_scale"]),
            columns=stored["columns"],
            bias=stored["bias"],
            temperature=float(stored["temperature"]),
            meta=meta,
            kept=np.cumsum(stored["gaps"], dtype=np.int64) if "gaps" in stored and len(stored["gaps"]) else None,
            temperatures=tuple(map(float, stored["temperatures"])) if "temperatures" in stored else (),
        )


@cache
def file_digest(path: Path) -> str:
    """The first 12 hex digits of a weight file's sha256."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]
