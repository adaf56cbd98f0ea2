"""The shipped weights: small, measured, better than chance on held-out rows, and the same when trained again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nlp import datasets, entity_training, polarity, quality
from nlp.evaluate import POOLED, _span_f1, pooled_rows, store_evaluations
from nlp.features import names
from nlp.heads import MODELS, Head, Layout, load_head, save_head, softmax
from nlp.intervals import bootstrap
from nlp.pipelines import Annotator
from nlp.quality import macro_f1
from nlp.records import Analysis, Post
from nlp.train import mixes
from settings import load_settings
from settings.loader import REPOSITORY
from warehouse.connection import connect

LANGUAGES = ("en", "ru", "zh", "ar", "tr")
FLOORS = {"en": 0.58, "ru": 0.60, "zh": 0.62, "ar": 0.66, "tr": 0.52}  # macro-F1 of the first set of each mix, less its interval

SAMPLE = 400
ENTITY_FLOORS = {"en": 0.88, "ru": 0.80, "zh": 0.58, "ar": 0.66, "tr": 0.73}  # exact spans on the last part of the first set of each plan


def evaluations() -> list[dict[str, object]]:
    return list(json.loads((MODELS / "metrics.json").read_text("utf-8"))["evaluations"])


def test_weights_are_small() -> None:
    sizes = {path.name: path.stat().st_size for path in MODELS.iterdir()}
    assert {f"sentiment_{language}.npz" for language in LANGUAGES} <= sizes.keys()
    assert all(size < 1_500_000 for name, size in sizes.items() if name.startswith("sentiment"))
    assert max(sizes.values()) < 8_000_000
    assert sum(path.stat().st_size for path in MODELS.rglob("*.*") if path.parent.name != polarity.TWIN) < 40_000_000


@pytest.mark.parametrize(("label", "texts"), [("negative", 100), ("positive", 20)])
def test_every_language_has_se_and_sp_of_what_is_corrected(label: str, texts: int) -> None:
    found = {(row["language"], row["metric"]): row for row in evaluations() if row["dataset"] == POOLED}
    for language in LANGUAGES:
        se, sp = found[language, f"se_{label}"], found[language, f"sp_{label}"]
        assert float(str(se["value"])) + float(str(sp["value"])) > 1.1
        assert int(str(se["n"])) > texts


def test_pooled_figures_are_of_the_sets_that_stand_beside_them() -> None:
    shipped, sources = evaluations(), mixes()
    confusions: dict[tuple[object, object], Any] = {
        (row["language"], row["dataset"]): row["detail"]["confusion"]  # type: ignore[index]
        for row in shipped if row["task"] == "sentiment" and row["metric"] == "macro_f1"}
    found = {(row["language"], row["metric"]): (row["value"], row["n"]) for row in shipped if row["dataset"] == POOLED}
    for language in LANGUAGES:
        pooled = pooled_rows([confusions[language, source.name] for source in sources[language] if source.calibrate and (language, source.name) in confusions])
        assert {row["metric"]: (round(row["value"], 4), row["n"]) for row in pooled} == {metric: told for (spoken, metric), told in found.items() if spoken == language}


def test_sensitivity_is_of_texts_of_the_kind_and_specificity_of_the_others() -> None:
    confusions = [{"negative→negative": 6, "negative→neutral": 2, "neutral→neutral": 5, "neutral→positive": 1}, {"negative→positive": 2, "positive→positive": 3, "positive→negative": 1}]
    assert {row["metric"]: (row["value"], row["n"]) for row in pooled_rows(confusions)} == {
        "se_negative": (0.6, 10), "sp_negative": (0.9, 10), "se_positive": (0.75, 4), "sp_positive": (1 - 3 / 16, 16)}


def test_measured_quality_holds_its_floors() -> None:
    found = {(row["language"], row["dataset"]): row["value"] for row in evaluations() if row["metric"] == "macro_f1"}
    for language, sources in mixes().items():
        assert float(str(found[language, sources[0].name])) >= FLOORS[language]


def test_entities_hold_their_floors_and_tell_their_intervals() -> None:
    found = {(row["language"], row["dataset"]): row for row in evaluations() if row["task"] == "entities"}
    for language, plan in entity_training.PLANS.items():
        row = found[language, plan.parts[0].name]
        low, high = row["detail"]["interval"]  # type: ignore[index]
        assert float(str(row["value"])) >= ENTITY_FLOORS[language]
        assert low < float(str(row["value"])) < high < low + 0.15


def test_shipped_crf_still_reaches_its_stored_figure(shared: Path) -> None:
    stored = next(row for row in evaluations() if row["dataset"] == "ar_anercorp")
    test = entity_training.split(entity_training.examples(shared, "ar_anercorp", "ar"), 0.2)[1]
    annotator = Annotator(load_settings(REPOSITORY / "config"), tasks=["entities"], language="ar")
    assert _span_f1(test, annotator)["value"] == pytest.approx(float(str(stored["value"])), abs=0.002)


def test_storing_evaluations_twice_writes_once(warehouse_url: str) -> None:
    with connect(warehouse_url) as connection:
        assert store_evaluations(connection) == len(evaluations())
    with connect(warehouse_url) as connection:
        assert store_evaluations(connection) == 0


def test_a_head_survives_quantisation(tmp_path: Path) -> None:
    generator, layout = np.random.default_rng(1), Layout(17, 17, 15)
    buckets = sum(layout.widths)
    idf = np.where(generator.random(buckets) < 0.3, generator.uniform(1, 9, buckets), 0).astype(np.float32)
    weights = (generator.normal(0, 1, (buckets, 3)) * (idf > 0)[:, None]).astype(np.float32)
    columns = generator.normal(0, 1, (len(names("en")), 3)).astype(np.float32)
    head = Head(polarity.CLASSES, layout, weights, idf, columns, np.array([0.1, 0.2, -0.3], np.float32), 1.5, {"language": "en"})
    save_head(tmp_path / "head.npz", head)
    loaded = load_head(tmp_path / "head.npz")
    texts = ["the card was declined again", "thank you, solved"]
    assert np.abs(softmax(head.logits(texts, "en")) - softmax(loaded.logits(texts, "en"))).max() < 0.02
    assert loaded.temperature == pytest.approx(1.5)


def test_test_rows_have_no_near_duplicate_in_train(shared: Path) -> None:
    rows = datasets.polarity_rows(shared, "ru_sentirueval16_banks")
    train, test = datasets.split(rows)
    assert max(int(r["date"]) for r in train) <= min(int(r["date"]) for r in test)
    assert len(datasets.without_near_duplicates(train, test)) == len(test)
    assert datasets.without_near_duplicates(train, train[:50]) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_shipped_pipeline_still_reaches_its_stored_figure(shared: Path, language: str) -> None:
    """A sample of the first set's held-out rows, measured anew: no further below metrics.json than the sample's own interval."""
    source = mixes()[language][0]
    stored = next(r for r in evaluations() if (r["dataset"], r["metric"]) == (source.name, "macro_f1"))
    test = datasets.spread(datasets.parts(shared, source.name)[1], SAMPLE)
    annotator = Annotator(load_settings(REPOSITORY / "config"), tasks=["sentiment"], language=language)
    labels = [r.labels["sentiment"]["label"][:3] for r in annotator.annotate([Post(row["text"]) for row in test]) if isinstance(r, Analysis)]
    truth, found = (np.array([datasets.POLARITY[label] for label in side]) for side in ([row["label"] for row in test], labels))
    span = bootstrap(lambda places: macro_f1(truth[places], found[places]), len(truth))
    assert span is not None
    assert macro_f1(truth, found) >= float(str(stored["value"])) - (span[1] - span[0]) / 2


def test_intervals_stand_beside_the_figures() -> None:
    """Without them nobody can tell a worse head from chance."""
    stored = next(r for r in evaluations() if (r["dataset"], r["metric"]) == ("en_semeval17_task4a", "macro_f1"))
    detail = stored["detail"]
    assert isinstance(detail, dict)
    low, high = detail["interval"]
    assert low < float(str(stored["value"])) < high
    assert high - low < 0.1


def test_a_calibration_error_is_told_from_chance() -> None:
    """Heads that are right exactly as often as they say: the error of few rows is large, that of many small, and 95 of 100 are below the edge."""
    generator = np.random.default_rng(4)

    def honest(n: int) -> tuple[Any, Any]:
        rows = generator.dirichlet((1.0, 1.0, 1.0), n).astype(np.float32)
        return np.array([generator.choice(3, p=row / row.sum()) for row in rows]), rows

    errors = [(quality.calibration_error(*given), quality.error_by_chance(given[1])) for given in (honest(120) for _ in range(60))]
    assert np.mean([error for error, _ in errors]) == pytest.approx(np.mean([mean for _, (mean, _) in errors]), abs=0.008)
    assert 50 <= sum(error <= edge for error, (_, edge) in errors) <= 60
    assert quality.error_by_chance(honest(6000)[1])[1] < 0.03 < errors[0][1][0]
    truth, rows = honest(4000)
    boasting = (rows > 0.5) * 0.98 + 0.01
    assert quality.calibration_error(truth, boasting.astype(np.float32)) > 2 * quality.error_by_chance(boasting.astype(np.float32))[1]
