"""Fit a linear-chain CRF to hashed features: mini-batches of sentences of like length, Adagrad (Duchi et al. 2011), fixed seed.

ids (tokens, templates) + tags ──► scores ──► forward-backward (batch at once) ──► expected minus seen ──► steps ──► weights
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

Floats = npt.NDArray[np.float32]
Numbers = npt.NDArray[np.int64]
BATCH = 32
SEED = 1


def fit(
    rows: Sequence[Numbers], tags: Sequence[Numbers], features: int, labels: int, epochs: int, rate: float, *,
    averaged: bool = False, dropout: float = 0.0, seed: int = SEED,
) -> tuple[Floats, Floats]:
    """(features, labels) weights and (from, to) transitions; `rows`: feature numbers a token, 0 for none; `tags`: label numbers.

    `averaged`: the mean of the weights after each pass but the first, steadier than the last ones (Polyak & Juditsky 1992). `dropout`: the share
    of the templates (columns of `rows`) that a step does not see, so that none is relied on alone (Srivastava et al. 2014). `seed`: of the order of
    the steps and of what they do not see.
    """
    state = _State.zeros(features, labels)
    sums, move_sums = np.zeros_like(state.weights), np.zeros_like(state.moves)
    generator = np.random.default_rng(seed)
    order = np.argsort([len(row) for row in rows], kind="stable")
    batches = [order[i : i + BATCH] for i in range(0, len(order), BATCH)]
    for done in range(epochs):
        for place in generator.permutation(len(batches)):
            chosen = batches[place]
            seen = np.concatenate([rows[i] for i in chosen])
            if dropout:
                kept = np.flatnonzero(generator.random(seen.shape[1]) >= dropout)
                seen = seen[:, kept if len(kept) else [0]]
            _step(state, seen, [tags[i] for i in chosen], rate, 1 / (1 - dropout))
        if done:
            sums += state.weights
            move_sums += state.moves
    if averaged and epochs > 1:
        return np.divide(sums, epochs - 1, dtype=np.float32), np.divide(move_sums, epochs - 1, dtype=np.float32)
    return state.weights, state.moves


@dataclass
class _State:
    """Weights, transitions, and the sums of their squared slopes that Adagrad divides by."""

    weights: Floats
    moves: Floats
    seen: Floats
    moved: Floats

    @classmethod
    def zeros(cls, features: int, labels: int) -> _State:
        shape, square = (features, labels), (labels, labels)
        return cls(np.zeros(shape, np.float32), np.zeros(square, np.float32), np.full(shape, 0.1, np.float32), np.full(square, 0.1, np.float32))


def _step(state: _State, rows: Numbers, tags: Sequence[Numbers], rate: float, scale: float) -> None:
    """One Adagrad step on the tokens of a batch, each feature counted `scale` times; row 0 ("no feature") keeps its zeros."""
    used, counts = _counts(rows)
    counts.data *= np.float32(scale)
    lengths = np.array([len(sentence) for sentence in tags])
    error, move_error = _errors(counts @ state.weights[used], np.concatenate(tags), lengths, state.moves)
    step = counts.T @ error
    step[used == 0] = 0
    state.seen[used] += step * step
    state.weights[used] -= rate * step / np.sqrt(state.seen[used])
    state.moved += move_error * move_error
    state.moves -= rate * move_error / np.sqrt(state.moved)


def _counts(ids: Numbers) -> tuple[Numbers, csr_matrix]:
    """The features of a batch and how often each token has each of them."""
    used, inverse = np.unique(ids, return_inverse=True)
    starts = np.arange(0, ids.size + 1, ids.shape[1])
    return used, csr_matrix((np.ones(ids.size, np.float32), inverse.ravel(), starts), (len(ids), len(used)))


def _errors(scores: Floats, truth: Numbers, lengths: Numbers, moves: Floats) -> tuple[Floats, Floats]:
    """Expected minus seen counts: (tokens, labels) and (from, to)."""
    inside = np.arange(int(lengths.max())) < lengths[:, None]
    padded, gold = np.zeros((*inside.shape, scores.shape[1]), np.float32), np.zeros(inside.shape, np.int64)
    padded[inside], gold[inside] = scores, truth
    likely = np.exp(padded - padded.max(axis=2, keepdims=True))
    move = np.exp(moves - moves.max())
    forward, backward = _sums(likely, lengths, move)
    marginal = forward * backward
    error = (marginal / marginal.sum(axis=2, keepdims=True))[inside]
    error[np.arange(len(error)), truth] -= 1
    onward = np.einsum("bti,btj->btij", forward[:, :-1], likely[:, 1:] * backward[:, 1:]) * move
    onward /= onward.sum(axis=(2, 3), keepdims=True)
    pairs = inside[:, 1:]
    expected = onward[pairs].sum(axis=0)
    np.subtract.at(expected, (gold[:, :-1][pairs], gold[:, 1:][pairs]), 1)
    return error, expected


def _sums(likely: Floats, lengths: Numbers, move: Floats) -> tuple[Floats, Floats]:
    """Forward and backward sums, scaled to 1 at each step instead of taken as logarithms: one product a step for the whole batch."""
    forward, backward = np.empty_like(likely), np.ones_like(likely)
    forward[:, 0] = likely[:, 0] / likely[:, 0].sum(axis=1, keepdims=True)
    for t in range(1, likely.shape[1]):
        now = (forward[:, t - 1] @ move) * likely[:, t]
        forward[:, t] = now / now.sum(axis=1, keepdims=True)
    for t in range(likely.shape[1] - 2, -1, -1):
        now = (likely[:, t + 1] * backward[:, t + 1]) @ move.T
        backward[:, t] = np.where((t + 1 >= lengths)[:, None], 1.0, now / now.sum(axis=1, keepdims=True))
    return forward, backward
