"""Taggers behind the entities component: CRFs over hashed features (nlp/entity_features.py), for Russian stacked on Natasha's slovnet.

texts ──► tokens ──► feature ids ──► weights added up ──► best tags (Viterbi) ──► spans, a batch of texts at once
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from nlp.entity_features import BUCKETS, Ids, columns, feature_ids, templates
from nlp.entity_features_clusters import Clusters
from nlp.entity_features_words import Token, tokens
from nlp.entity_spacing import closed_up, given_spans
from nlp.heads import MODELS
from nlp.polarity import CLEAN, models_of
from settings import RenownError

Span = tuple[int, int, str]
Tagger = Callable[[Sequence[str]], list[list[Span]]]
Floats = npt.NDArray[np.float32]
KINDS = ("PER", "ORG", "LOC")
STACKED = ("ru",)  # languages whose CRF reads what Natasha says
CLEAN_CRFS = ("en", "zh")  # languages with a CRF that rests on sets with a licence that allows it
BATCH = 64


@dataclass(frozen=True)
class Crf:
    """A linear-chain CRF (Lafferty et al. 2001): `ids` of features with weights, `weights` (ids, labels), `transitions` (from, to)."""

    labels: tuple[str, ...]
    ids: Ids
    weights: Floats
    transitions: Floats
    clusters: Clusters
    meta: dict[str, Any]

    def table(self) -> npt.NDArray[np.int32]:
        """Bucket → row of the weights with one row of zeros before them."""
        rows = np.zeros(BUCKETS, np.int32)
        rows[self.ids] = np.arange(1, len(self.ids) + 1)
        return rows


def natasha_tagger() -> Tagger:
    """Russian persons, organisations, places by slovnet (news model that ships in the wheel); nothing is fetched."""
    from natasha import NewsEmbedding, NewsNERTagger

    model = NewsNERTagger(NewsEmbedding())

    def tag(texts: Sequence[str]) -> list[list[Span]]:
        # A model batch is padded to its longest text: sort by length so that padding is little.
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        found: list[list[Span]] = [[] for _ in texts]
        filled = [i for i in order if texts[i].strip()]
        for i, markup in zip(filled, model.map([texts[i] for i in filled]), strict=True):
            found[i] = [(span.start, span.stop, span.type) for span in markup.spans if span.type in KINDS]
        return found

    return tag


def crf_path(language: str, models: Path = MODELS) -> Path:
    """Where a language's CRF lies."""
    return models / f"entities_{language}.npz"


def save_crf(path: Path, crf: Crf) -> None:
    """Sorted ids as differences, weights that are not zero in half precision, a bit a label for where they stand."""
    present = crf.weights != 0
    np.savez_compressed(
        path,
        ids=np.diff(crf.ids, prepend=0).astype(np.uint32),
        present=(present @ (1 << np.arange(len(crf.labels)))).astype(np.uint16),
        weights=crf.weights[present].astype(np.float16),
        transitions=crf.transitions.astype(np.float16),
        cluster_words=np.array(sorted(crf.clusters), np.uint32),
        clusters=np.array([crf.clusters[word] for word in sorted(crf.clusters)], np.uint16).reshape(-1, 2),
        meta=np.array(json.dumps({"labels": crf.labels} | crf.meta, sort_keys=True)),
    )


def load_crf(path: Path) -> Crf:
    """The inverse of save_crf. Raises RenownError where the file is missing."""
    if not path.exists():
        raise RenownError(
            f"weights {path} are missing",
            "run 'renown train entities --data DIR' or set backend: rules",
        )
    with np.load(path) as stored:
        meta = json.loads(str(stored["meta"]))
        labels = tuple(meta.pop("labels"))
        present = (stored["present"][:, None] >> np.arange(len(labels))) & 1 == 1
        weights = np.zeros(present.shape, np.float32)
        weights[present] = stored["weights"]
        clusters = dict(zip(stored["cluster_words"].tolist(), map(tuple, stored["clusters"].tolist()), strict=True))
        ids = np.cumsum(stored["ids"].astype(np.int64))
        return Crf(labels, ids, weights, stored["transitions"].astype(np.float32), clusters, meta)


def tagger_of(language: str, models: str) -> Tagger | None:
    """The tagger for config/renown.yml's `models`. clean: a CRF of sets whose licence allows it, for Russian slovnet alone (MIT), else None: rules.

    Raises RenownError where weights are missing.
    """
    if models != CLEAN:
        return crf_tagger(language)
    if language in CLEAN_CRFS:
        return crf_tagger(language, models_of(CLEAN))
    return natasha_tagger() if language in STACKED else None


@cache
def crf_tagger(language: str, models: Path = MODELS) -> Tagger:
    """A language's CRF as a tagger. Raises RenownError where the weights or the name lists are missing."""
    crf = load_crf(crf_path(language, models))
    outer = natasha_tagger() if language in STACKED else None
    chosen = templates(language, stacked=language in STACKED)
    table, weights = crf.table(), np.concatenate([np.zeros((1, len(crf.labels)), np.float32), crf.weights])

    def tag_batch(texts: Sequence[str]) -> list[list[Span]]:
        cut = [tokens(text, language) for text in texts]
        filled = [i for i, found in enumerate(cut) if found]
        spans: list[list[Span]] = [[] for _ in texts]
        if filled:
            ready = [cut[i] for i in filled]
            says = outer([texts[i] for i in filled]) if outer else None
            rows = encode([texts[i] for i in filled], ready, language, crf.clusters, says)
            scores = weights[table[feature_ids(rows, chosen)]].sum(axis=1)
            for i, path in zip(filled, best_paths(scores, [len(c) for c in ready], crf.transitions), strict=True):
                found = read_spans(cut[i], [crf.labels[label] for label in path])
                spans[i] = [span for span in found if span[2] in KINDS]
        return spans

    def tag(texts: Sequence[str]) -> list[list[Span]]:
        if language != "zh":
            return [spans for i in range(0, len(texts), BATCH) for spans in tag_batch(texts[i : i + BATCH])]
        closed = [closed_up(text) for text in texts]
        found = [spans for i in range(0, len(texts), BATCH) for spans in tag_batch([text for text, _ in closed[i : i + BATCH]])]
        return [given_spans(spans, places) for spans, (_, places) in zip(found, closed, strict=True)]

    return tag


def encode(
    texts: Sequence[str],
    cut: Sequence[Sequence[Token]],
    language: str,
    clusters: Clusters,
    says: Sequence[Sequence[Span]] | None = None,
) -> list[npt.NDArray[np.uint64]]:
    """Columns of each text; `says`: the spans of the outer tagger, as one mark a token."""
    outer: list[list[str] | None] = [None for _ in texts] if says is None else [marks(c, spans) for c, spans in zip(cut, says, strict=True)]
    return [columns(t, c, language, clusters, o) for t, c, o in zip(texts, cut, outer, strict=True)]


def marks(found: Sequence[Token], spans: Sequence[Span]) -> list[str]:
    """What an outer tagger says of each token: B or I and the kind, "o" outside."""
    said = ["o"] * len(found)
    for start, end, kind in reversed(spans):
        for i, (s, e, _) in enumerate(found):
            if s < end and e > start:
                said[i] = ("B" if s <= start else "I") + kind
    return said


def best_paths(scores: Floats, lengths: Sequence[int], transitions: Floats) -> Iterator[list[int]]:
    """Viterbi over all texts at once: `scores` (tokens of all texts, labels), `transitions` (from, to); label numbers a text, in order."""
    starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
    order = np.argsort(lengths, kind="stable")[::-1]
    size = np.asarray(lengths)[order]
    best = scores[starts[order]]
    back = np.zeros((max(lengths), len(lengths), scores.shape[1]), np.int8)
    for step in range(1, max(lengths)):
        alive = int((size > step).sum())
        onward = best[:alive, :, None] + transitions
        back[step, :alive] = onward.argmax(axis=1)
        best[:alive] = onward.max(axis=1) + scores[starts[order[:alive]] + step]
    paths: list[list[int]] = [[] for _ in lengths]
    for row, text in enumerate(order):
        label = int(best[row].argmax())
        path = [label]
        for step in range(lengths[text] - 1, 0, -1):
            label = int(back[step, row, label])
            path.append(label)
        paths[text] = path[::-1]
    yield from paths


def read_spans(found: Sequence[Token], tags: Sequence[str]) -> Iterator[Span]:
    """BIO tags as spans; an I that continues nothing begins a span."""
    start, end, label = 0, 0, ""
    for token, tag in zip(found, tags, strict=True):
        if tag[:2] == "I-" and tag[2:] == label:
            end = token[1]
            continue
        if label:
            yield start, end, label
        start, end, label = (token[0], token[1], tag[2:]) if tag != "O" else (0, 0, "")
    if label:
        yield start, end, label
