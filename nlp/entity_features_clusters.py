"""Word clusters from texts without labels: words that stand between the same neighbours share a number, two grains of it.

texts ──► counts of neighbours within two ──► PPMI ──► truncated SVD ──► k-means (64 and 512) ──► hash of the word → two numbers
Recipe: Levy & Goldberg 2014 (PPMI and SVD); clusters as features of a tagger: Turian et al. 2010. Only hashes are kept.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from scipy.sparse import coo_matrix, csr_matrix

from nlp.entity_features_words import cluster_key, hash_of, tokens

Clusters = dict[int, tuple[int, int]]
GRAINS = (64, 512)
MIN_COUNT = 4
CONTEXTS = 2000  # the commonest words; one more for the edge of a text, one for every other word
DIMENSIONS = 80
_OFFSETS = (-1, 1, -2, 2)


def build_clusters(texts: Iterable[str], language: str) -> Clusters:
    """Clusters of the words that occur MIN_COUNT times; the same texts in the same order give the same clusters."""
    from sklearn.cluster import MiniBatchKMeans
    from sklearn.utils.extmath import randomized_svd

    sentences = [[cluster_key(word, language) for _, _, word in tokens(text, language)] for text in texts]
    counts = Counter(word for sentence in sentences for word in sentence)
    words = [word for word, n in counts.most_common() if n >= MIN_COUNT]
    left, values, _ = randomized_svd(_ppmi(_neighbours(sentences, words)), DIMENSIONS, n_iter=4, random_state=0)
    vectors = left * np.sqrt(values)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True) + 1e-9
    grains = [MiniBatchKMeans(n, random_state=0, n_init=2, batch_size=4096, max_iter=60).fit_predict(vectors) for n in GRAINS]
    return {hash_of(word): (int(grains[0][i]), int(grains[1][i])) for i, word in enumerate(words)}


def _neighbours(sentences: Sequence[Sequence[str]], words: Sequence[str]) -> csr_matrix:
    """(words, offsets × contexts) counts."""
    places = {word: i for i, word in enumerate(words)}
    pairs = [pair for sentence in sentences for pair in _pairs([places.get(word, -2) for word in sentence])]
    rows, columns = zip(*pairs, strict=True)
    shape = (len(words), len(_OFFSETS) * (CONTEXTS + 2))
    return csr_matrix((np.ones(len(rows), np.float32), (rows, columns)), shape)


def _pairs(sentence: list[int]) -> Iterator[tuple[int, int]]:
    edged = [-1, *sentence, -1]
    for i, word in enumerate(edged):
        for block, offset in enumerate(_OFFSETS):
            if word >= 0 and 0 <= i + offset < len(edged):
                near = edged[i + offset]
                context = CONTEXTS if near == -1 else CONTEXTS + 1 if near == -2 or near >= CONTEXTS else near
                yield word, block * (CONTEXTS + 2) + context


def _ppmi(counts: csr_matrix) -> csr_matrix:
    """Positive pointwise mutual information, contexts smoothed by the power 0.75."""
    by_word = np.asarray(counts.sum(axis=1)).ravel()
    by_context = np.asarray(counts.sum(axis=0)).ravel() ** 0.75
    by_context /= by_context.sum()
    cells: Any = coo_matrix(counts)
    information = np.log(cells.data / (by_word[cells.row] * by_context[cells.col]))
    found = csr_matrix((np.maximum(information, 0).astype(np.float32), (cells.row, cells.col)), counts.shape)
    found.eliminate_zeros()
    return found
