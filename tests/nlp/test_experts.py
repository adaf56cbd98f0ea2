"""Experts of a sentiment head, rare buckets, twins: how a head is put together, by hand-made numbers and small sets."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from nlp import datasets, embeddings, experts, polarity, train
from nlp.heads import Head, Layout, load_head, narrow, save_head
from tests.nlp.test_training import labels, made_set


def test_a_head_without_experts_is_left_as_it_is() -> None:
    scores = np.array([[1, 2, 3]], np.float32)
    logits, strange = experts.blend(scores, 3)
    assert logits.tolist() == scores.tolist()
    assert strange.tolist() == [[1.0]]


def test_the_gate_chooses_the_expert_and_tells_what_is_strange() -> None:
    general, first, second = [1, 0, 0], [0, 9, 0], [0, 0, 9]
    sure = 50
    rows = [[*general, *first, *second, *gate] for gate in ([sure, 0, 0], [0, sure, 0], [0, 0, sure])]
    logits, strange = experts.blend(np.array(rows, np.float32), 3)
    rest = 1 - experts.SHARE
    assert logits == pytest.approx(np.array([[rest, 9 * experts.SHARE, 0], [rest, 0, 9 * experts.SHARE], general]), abs=1e-6)
    assert strange == pytest.approx(np.eye(3), abs=1e-6)


def test_narrow_keeps_the_named_buckets_of_each_block() -> None:
    blocks = [csr_matrix(np.array([[1, 0, 2], [0, 3, 0]], np.float32)), csr_matrix(np.array([[4, 5], [0, 6]], np.float32))]
    first, second = narrow(blocks, np.array([0, 1, 4]))
    assert first.toarray().tolist() == [[1, 0], [0, 3]]
    assert second.toarray().tolist() == [[5], [6]]


def test_a_bucket_in_too_few_texts_has_no_weight() -> None:
    texts = ["common rare", "common", "common", "other"] * 2 + ["once"]
    mixed = train.Mixed(texts, np.array([0, 1, 2, 0] * 2 + [1]), np.ones(9), [], [])
    every = train.fit(mixed, "en", Layout(10, 10, 0, least=1), polarity.CLASSES, balanced=True)
    some = train.fit(mixed, "en", Layout(10, 10, 0, least=3), polarity.CLASSES, balanced=True)
    assert some.kept is not None
    assert 0 < len(some.kept) == len(some.idf) < int((every.idf > 0).sum())
    assert every.kept is None


def test_a_narrowed_head_with_experts_survives_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(train, "EXPERT_ROWS", 50)
    head = train.train_sentiment(tmp_path, "en", made_set(tmp_path, "made"))[1]
    assert head.weights.shape[1] == 3 + 3 + 2
    assert labels(head, "excellent, thank you", "useless and rude") == ["positive", "negative"]
    save_head(tmp_path / "head.npz", head)
    loaded = load_head(tmp_path / "head.npz")
    for mine, again in zip(head.read(["excellent service", "zzz"], "en"), loaded.read(["excellent service", "zzz"], "en"), strict=True):
        assert np.abs(mine - again).max() < 0.1


def test_our_own_texts_have_an_expert_however_few(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of the language and those borrowed from the others are one set; without borrowed ones, or beside no large set, there is no such expert."""
    monkeypatch.setattr(train, "EXPERT_ROWS", 50)
    made, own, lent = made_set(tmp_path, "made"), datasets.Source("gold_en"), datasets.Source("gold_ru")
    heads = [train.train_sentiment(tmp_path, "en", sources)[1] for sources in ([*made, own, lent], [*made, own], [own, lent])]
    assert [head.meta["experts"] for head in heads] == [["made", datasets.OWN_SET], ["made"], []]
    assert [head.weights.shape[1] for head in heads] == [3 + 2 * 3 + 3, 3 + 3 + 2, 3]
    assert len(heads[0].temperatures) == 3


def test_what_the_act_says_fades_where_the_set_is_known(tmp_path: Path) -> None:
    """One bucket-less head: the bias alone says that each text is one of its expert's set."""
    bias = np.array([0, 0, 0, 0, 0, 0, 50, 0], np.float32)
    layout = Layout(8, 8, 0, columns=False)
    save_head(tmp_path / "sentiment_zh.npz", Head(polarity.CLASSES, layout, np.zeros((512, 8), np.float32), np.ones(512, np.float32),
                                                  np.zeros((0, 8), np.float32), bias, 1.0, {}))
    extra = np.array([[5, 0, 0], [5, 0, 0]], np.float32)
    faded, full = polarity.probabilities(["好", "好"], "zh", extra, tmp_path, fades=np.array([True, False]))
    assert faded[0] == pytest.approx(1 / 3, abs=1e-3)
    assert full[0] > 0.9


def test_the_twin_sees_no_held_out_row_and_the_shipped_head_all(tmp_path: Path) -> None:
    sources = made_set(tmp_path, "made")
    kept, held = datasets.parts(tmp_path, "made")
    assert held
    mixed = train.mix(tmp_path, sources)
    assert sorted(mixed.texts) == sorted(row["text"] for row in (*kept, *held))
    assert mixed.part(np.flatnonzero(mixed.seen)).texts == [row["text"] for row in kept]
    twin, head = train.train_sentiment(tmp_path, "en", sources)
    assert (twin.meta["rows"], head.meta["rows"]) == (len(kept), len(kept) + len(held))
    assert not np.array_equal(twin.bias, head.bias)
    gold = train.mix(tmp_path, [datasets.Source("gold_en")])
    assert all(gold.seen)
    assert gold.texts == [row["text"] for row in datasets.parts(tmp_path, "gold_en")[0]]


def test_vectors_of_any_mean_and_spread_are_learned_alike() -> None:
    generator = np.random.default_rng(3)
    truth = generator.integers(0, 3, 600)
    rows = generator.normal(0, 1, (600, embeddings.DIMENSIONS)).astype(np.float32)
    rows[np.arange(600), truth] += 4
    plain, moved = (train.vector_regression(some, truth, np.ones(600), 0.01) for some in (rows, rows * 0.03 + 0.5))
    for head, some in ((plain, rows), (moved, rows * 0.03 + 0.5)):
        assert (head.logits(some.astype(np.float32)).argmax(axis=1) == truth).mean() > 0.95
    assert np.abs(plain.logits(rows) - moved.logits((rows * 0.03 + 0.5).astype(np.float32))).max() < 0.05


def test_each_set_has_its_temperature_and_few_rows_lean_on_the_others() -> None:
    generator = np.random.default_rng(5)
    truth = generator.integers(0, 3, 800)
    scores = np.zeros((800, 3), np.float32)
    scores[np.arange(800), truth] = 3.0
    wrong = np.r_[np.zeros(400, bool), generator.random(400) < 0.5]  # the second set's rows are wrong half the time
    scores[wrong] = np.roll(scores[wrong], 1, axis=1)
    sure, unsure, common = train.temperatures(scores, truth, ["a"] * 400 + ["b"] * 400, ["a", "b"])
    assert sure < common < unsure
    few = train.temperatures(scores[395:], truth[395:], ["a"] * 5 + ["b"] * 400, ["a"])
    assert few[0] > (sure + unsure) / 2
    likeness = np.array([[1, 0, 0], [0, 0, 1]], np.float32)
    assert polarity.temperature_of(likeness, (0.5, 2.0, 1.0)).ravel().tolist() == [0.5, 1.0]
    assert polarity.temperature_of(likeness, (0.7,)).ravel() == pytest.approx([0.7, 0.7])
