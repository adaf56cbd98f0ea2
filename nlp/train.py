"""`renown train TASK --data DIR`: every head that Renown ships, from labelled sets, the same each time.

DIR/data ──► mix (nlp/mixes.yml) [+ a bank's own labels] ──► train part ──► hashed TF-IDF + columns ──► logistic regression ──► temperature on
held-out rows ──► int8 weights;  accurate: sentence vectors ──► logistic regression ──► joined with the hashed logits on held-out rows
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(_variable, "1")

import numpy as np  # noqa: E402
import numpy.typing as npt  # noqa: E402
import yaml  # noqa: E402
from scipy.sparse import csr_matrix, hstack  # noqa: E402
from sklearn.linear_model import LogisticRegression  # noqa: E402

from nlp import datasets, embeddings, features, polarity  # noqa: E402
from nlp.heads import MODELS, Floats, Head, Layout, count, save_head, softmax, weigh  # noqa: E402
from settings import RenownError  # noqa: E402
from settings.models import LANGUAGES  # noqa: E402

MIXES = Path(__file__).resolve().parent / "mixes.yml"
TASKS = ("sentiment", "banking_intent", "entities")
STRENGTH = 1.5  # inverse of the L2 penalty
COLUMNS_SCALE = 0.3  # a column beside n-grams of length 1: its weight may grow, its penalty is smaller than an n-gram's
OWN_LABELS_WEIGHT = 3.0  # a row of a bank's own labels against a public one
TEMPERATURES = np.exp(np.linspace(np.log(0.3), np.log(4.0), 80))
SHARES = (0.25, 0.5, 0.75, 1.0, 1.5, 2.0)
VECTOR_STRENGTH = 30.0
HELD_VECTORS = 600  # held-out rows embedded a language
Integers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Mixed:
    """Training rows of one language, what each counts, and the held-out rows that calibrate."""

    texts: list[str]
    labels: Integers
    weights: npt.NDArray[np.float64]
    held: list[dict[str, Any]]
    vectors: list[bool]
    held_weights: list[float] = field(default_factory=list)


def mixes(models: str = "all", task: str = "sentiment") -> dict[str, list[datasets.Source]]:
    """Language → its training sets, the one whose class balance counts first; `clean`: only those whose licence allows it."""
    stored = yaml.safe_load(MIXES.read_text("utf-8"))
    found = {language: [datasets.Source(**entry) for entry in entries] for language, entries in stored[task].items()}
    if models != polarity.CLEAN:
        return found
    borrowed = {language: [datasets.Source(name, 0.5, clean=True, licence="our own", origin="nlp/gold") for name in names]
                for language, names in stored["clean_borrows"].items()}
    return {language: [replace(s, calibrate=s.calibrate or s.name.startswith(datasets.OWN)) for s in sources if s.clean]
            + borrowed.get(language, []) for language, sources in found.items()}


def own_labels(path: Path, known: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """Language → rows of a bank's own labels, JSON lines {text, language, label}. Raises RenownError naming the first bad line."""
    found: dict[str, list[dict[str, Any]]] = {}
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except json.JSONDecodeError:
            row = None
        text, language, label = (row.get(key) for key in ("text", "language", "label")) if isinstance(row, dict) else (None,) * 3
        if not isinstance(text, str) or language not in LANGUAGES or label not in known:
            raise RenownError(f"{path}, line {number}: not {{text, language, label}}",
                              f"languages {', '.join(LANGUAGES)}; labels {', '.join(list(known)[:5])}{' …' if len(known) > 5 else ''}")
        found.setdefault(language, []).append({"text": text, "label": label})
    return found


def train_sentiment(shared: Path, language: str, sources: Sequence[datasets.Source], own: Sequence[dict[str, Any]] = ()) -> Head:
    """One language's hashed head: all sets of its mix at their weights, classes balanced over the whole."""
    mixed = mix(shared, sources, own)
    layout = Layout(negated_bits=15 if language in ("en", "ru", "ar") else 0)
    head = fit(mixed, language, layout, polarity.CLASSES, balanced=True)
    meta = {"language": language, "sets": {s.name: s.weight for s in sources}, "rows": len(mixed.texts), "own_labels": len(own)}
    scores = head.logits([row["text"] for row in mixed.held], language)
    return replace(head, temperature=calibrated(scores, _truth(mixed.held), mixed.held_weights) if mixed.held else 1.0, meta=meta)


def mix(shared: Path, sources: Sequence[datasets.Source], own: Sequence[dict[str, Any]] = ()) -> Mixed:
    """The rows of all sets, then a bank's own."""
    rows: list[tuple[dict[str, Any], float, bool]] = []
    held: list[dict[str, Any]] = []
    held_weights: list[float] = []
    for source in sources:
        train, test = datasets.parts(shared, source.name)
        chosen = datasets.spread(train, source.limit)
        embedded = {id(row) for row in datasets.varied(chosen, source.vectors)}
        rows += [(row, source.weight, id(row) in embedded) for row in chosen]
        if source.calibrate:
            part = datasets.calibration_part(datasets.spread(test, 3000))
            held += part
            held_weights += [1.0 / len(part)] * len(part)  # each set says as much as any other
    rows += [({"text": row["text"], "label": row["label"][:3]}, OWN_LABELS_WEIGHT, True) for row in own]
    labels = np.array([datasets.POLARITY[row["label"]] for row, _, _ in rows], np.int64)
    weights = np.array([weight for _, weight, _ in rows])
    return Mixed([row["text"] for row, _, _ in rows], labels, weights, held, [flag for _, _, flag in rows], held_weights)


def fit(mixed: Mixed, language: str, layout: Layout, classes: tuple[str, ...], *, balanced: bool, strength: float = STRENGTH) -> Head:
    """A hashed head of these rows, without temperature."""
    counts = count(mixed.texts, language, layout)
    idf = np.concatenate([_idf(block) for block in counts])
    rows = weigh(counts, idf)
    if layout.columns:
        rows = csr_matrix(hstack([rows, csr_matrix(features.columns(mixed.texts, language) * COLUMNS_SCALE)], format="csr"))
    model = LogisticRegression(C=strength, max_iter=80, tol=1e-4)
    model.fit(rows, mixed.labels, sample_weight=mixed.weights * (_balance(mixed) if balanced else 1.0))
    weights = np.ascontiguousarray(model.coef_.T, np.float32)
    edge = len(idf)
    return Head(classes, layout, weights[:edge], idf, weights[edge:] * COLUMNS_SCALE, model.intercept_.astype(np.float32), 1.0, {})


def _balance(mixed: Mixed) -> npt.NDArray[np.float64]:
    """What makes all classes weigh the same over the whole mix."""
    totals = np.bincount(mixed.labels, mixed.weights)
    factors: npt.NDArray[np.float64] = (totals.sum() / (len(totals) * np.maximum(totals, 1e-9)))[mixed.labels]
    return factors


def _idf(counts: csr_matrix) -> Floats:
    """ln((1 + n)/(1 + df)) + 1 as in scikit-learn, 0 for buckets never seen."""
    seen = np.bincount(counts.indices, minlength=counts.shape[1])
    idf = np.log((1 + counts.shape[0]) / (1 + seen)) + 1.0
    return np.where(seen > 0, idf, 0.0).astype(np.float32)


def _truth(held: Sequence[dict[str, Any]]) -> Integers:
    return np.array([datasets.POLARITY[row["label"]] for row in held], np.int64)


def calibrated(scores: Floats, truth: Integers, weights: Sequence[float] | None = None) -> float:
    """The temperature whose confidence in the chosen label has the least log loss on held-out rows (Guo et al. 2017, for one label)."""
    right = scores.argmax(axis=1) == truth
    losses = []
    for temperature in TEMPERATURES:
        sure = np.clip(softmax(scores, float(temperature)).max(axis=1), 1e-6, 1 - 1e-6)
        losses.append(np.average(-np.where(right, np.log(sure), np.log(1 - sure)), weights=weights))
    return float(TEMPERATURES[int(np.argmin(losses))])


def train_vectors(
    shared: Path, language: str, sources: Sequence[datasets.Source], head: Head, own: Sequence[dict[str, Any]] = (), known_only: bool = False
) -> embeddings.VectorHead | None:
    """The head on sentence vectors that joins `head`; `known_only`: only rows whose vectors were recalled. None where those are too few."""
    mixed = mix(shared, sources, own)
    places = [i for i, chosen in enumerate(mixed.vectors) if (embeddings.is_known(mixed.texts[i]) if known_only else chosen)]
    held = [row for row in mixed.held if embeddings.is_known(row["text"])] if known_only else datasets.spread(mixed.held, HELD_VECTORS)
    if len(places) < 100 or len(held) < 50:
        return None
    chosen = Mixed([mixed.texts[i] for i in places], mixed.labels[places], mixed.weights[places], held, [])
    model = LogisticRegression(C=VECTOR_STRENGTH, max_iter=300, tol=1e-4)
    model.fit(embeddings.vectors(chosen.texts), chosen.labels, sample_weight=chosen.weights * _balance(chosen))
    texts = [row["text"] for row in held]
    bare = embeddings.VectorHead(np.ascontiguousarray(model.coef_.T, np.float32), model.intercept_.astype(np.float32), (1.0, 1.0), 1.0, {})
    return _join(bare, head.logits(texts, language), bare.logits(embeddings.vectors(texts)), _truth(held), len(places))


def _join(bare: embeddings.VectorHead, hashed: Floats, own: Floats, truth: Integers, rows: int) -> embeddings.VectorHead:
    """The share of the vectors' logits with the least class-balanced log loss on held-out rows, then the temperature."""
    balance = 1.0 / np.maximum(np.bincount(truth, minlength=own.shape[1]), 1)[truth]
    losses = {}
    for share in SHARES:
        scores = hashed + share * own
        fitted = min(float(-(balance * np.log(softmax(scores, float(t))[np.arange(len(truth)), truth] + 1e-9)).sum()) for t in TEMPERATURES[::4])
        losses[share] = fitted
    best = min(losses, key=lambda share: losses[share])
    scores = np.asarray(hashed + best * own, np.float32)
    return replace(bare, shares=(1.0, best), temperature=calibrated(scores, truth), meta={"rows": rows, "held_out": len(truth)})


def run(
    task: str,
    data: Path,
    out: Path = MODELS,
    *,
    languages: Sequence[str] = (),
    labels: Path | None = None,
    models: str = "all",
    profile: str = "fast",
    vectors: Path | None = None,
    known_only: bool = False,
    seed: int = 0,
) -> list[Path]:
    """Train one task's heads into `out` and return the files written. `profile` accurate trains the heads on sentence vectors beside the hashed ones
    that lie there; `vectors` is a folder that keeps them. Raises RenownError where a set is missing.
    """
    np.random.seed(seed)  # every draw here is by hash; the seed holds what a library may draw
    out.mkdir(parents=True, exist_ok=True)
    if vectors is not None:
        embeddings.recall(vectors)
    if task == "entities":
        from nlp.entity_training import train_entities

        return train_entities(data, out, languages, models)
    if task == "banking_intent":
        from nlp.banking_training import train_banking

        return train_banking(data, out, labels, profile, known_only)
    own = own_labels(labels, polarity.CLASSES) if labels else {}
    folder = polarity.models_of(models, out)
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for language, sources in mixes(models).items():
        if languages and language not in languages:
            continue
        written += _train_language(data, folder, language, sources, own.get(language, []), profile, known_only, vectors)
    return written


def _train_language(
    data: Path, folder: Path, language: str, sources: Sequence[datasets.Source], own: Sequence[dict[str, Any]], profile: str,
    known_only: bool, vectors: Path | None,
) -> list[Path]:
    if profile == "fast":
        path = polarity.head_path(language, folder)
        save_head(path, train_sentiment(data, language, sources, own))
        return [path]
    if vectors is not None and not known_only:
        mixed = mix(data, sources, own)
        embeddings.keep(vectors, [text for text, chosen in zip(mixed.texts, mixed.vectors, strict=True) if chosen]
                        + [row["text"] for row in datasets.spread(mixed.held, HELD_VECTORS)])
    head = train_vectors(data, language, sources, polarity.head_of(language, folder), own, known_only)
    if head is None:
        return []
    path = polarity.vector_head_path(language, folder)
    embeddings.save_vector_head(path, head)
    return [path]
