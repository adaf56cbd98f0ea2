"""Our own gold texts as a test: no task falls below its recorded interval, and the measures are what they say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from conftest import Read  # type: ignore[import-not-found]

from nlp import datasets, evaluate, topic_head
from nlp.embeddings import PACKAGE, processor_flags
from nlp.gold import score
from nlp.heads import MODELS
from nlp.pipelines import Annotator
from nlp.records import Analysis, Post
from settings import RenownError, Settings
from settings.models import LANGUAGES


def stored(dataset: str) -> dict[str, dict[str, Any]]:
    rows = json.loads((MODELS / "metrics.json").read_text("utf-8"))["evaluations"]
    return {row["task"]: row for row in rows if row["dataset"] == dataset and row["task"] not in score.OTHERS}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_task_falls_below_its_recorded_interval(language: str) -> None:
    """After a change that is meant: `renown evaluate --measure` records the new figures."""
    recorded = stored(datasets.OWN + language)
    fresh = {row["task"]: row for row in score.rows(language)}
    assert set(fresh) == set(recorded) == set(score.TASKS) - set(score.OTHERS)
    fallen = {task: (row["value"], recorded[task]["detail"]["interval"]) for task, row in fresh.items()
              if row["value"] < recorded[task]["detail"]["interval"][0]}
    assert fallen == {}


def test_the_halves_are_those_of_training() -> None:
    for language in LANGUAGES:
        seen, measuring = score.halves(score.items(language))
        trained = {row["text"] for row in datasets.parts(Path(), datasets.OWN + language)[0]}
        assert {item["text"] for item in seen} == trained
        assert not trained & {item["text"] for item in measuring}
        assert len(measuring) >= 60


def test_measures_of_a_hand_made_case() -> None:
    """Two items: one hit, one miss and one extra; macro-F1 is the mean over labels that are expected."""
    pairs = [({"a"}, {"a"}), ({"b"}, {"c"})]
    assert score.f1(score.counts(pairs, "f1")) == pytest.approx(2 * 1 / (2 + 2))
    sides = [({("x", "positive")}, {("x", "positive")}), ({("x", "negative")}, {("x", "positive")})]
    assert score.f1(score.counts(sides, "macro_f1")) == pytest.approx((2 / 3 + 0) / 2)
    assert score.f1(score.counts([(set(), set())], "f1")) == 1.0


def test_all_right_is_not_certain() -> None:
    """Every bootstrap draw of a perfect set is perfect: its interval comes from the number of labels instead (Wilson: 25 of 25 → 0.867)."""
    row = score.row_of("f1", [({"a"}, {"a"})] * 25 + [(set(), set())] * 100)
    assert row["value"] == 1.0
    assert row["detail"]["interval"] == pytest.approx([0.8668, 1.0], abs=1e-4)
    assert score.row_of("f1", [({"a"}, set())] * 25)["detail"]["interval"] == pytest.approx([0.0, 0.1332], abs=1e-4)


def test_misses_of_what_measures_are_not_shown() -> None:
    seen = {item["id"] for item in score.halves(score.items("tr"))[0]}
    assert {name for name, _, _ in score.misses("tr", "urgency")} <= seen


def test_measuring_replaces_its_own_rows_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = {"language": "en", "task": "sentiment", "dataset": "gold_en", "metric": "macro_f1", "value": 0.5, "n": 1, "model_version": "v"}
    old = kept | {"task": "topics", "metric": "f1"}
    other = old | {"dataset": "gold_en (accurate)"}
    (tmp_path / "metrics.json").write_text(json.dumps({"evaluations": [kept, old, other]}), "utf-8")
    monkeypatch.setattr(evaluate, "gold_rows", lambda: [old | {"value": 0.7}])
    assert [row["value"] for row in evaluate.measure(None, out=tmp_path)] == [0.7]
    found = json.loads((tmp_path / "metrics.json").read_text("utf-8"))["evaluations"]
    assert [(row["task"], row["dataset"], row["value"]) for row in found] == [
        ("sentiment", "gold_en", 0.5), ("topics", "gold_en (accurate)", 0.5), ("topics", "gold_en", 0.7)]


def accurate(demo: Settings) -> Annotator:
    general = demo.general.model_copy(update={"nlp_profile": "accurate"})
    return Annotator(demo.model_copy(update={"general": general}), tasks=["topics"], language="en")


@pytest.mark.skipif("avx2" not in processor_flags(), reason="the accurate profile needs AVX2")
def test_the_learned_head_finds_what_no_cue_says(demo: Settings, read: Read) -> None:
    pytest.importorskip(PACKAGE)
    text = "The woman at window three explained everything twice and even brought my mother a chair"
    (found,) = accurate(demo).annotate([Post(text)])
    assert isinstance(found, Analysis)
    assert "staff" not in {row["topic_id"] for row in read(text).labels["topics"]}
    assert "staff" in {row["topic_id"] for row in found.labels["topics"]}
    assert all(topic_head.THRESHOLD <= row["score"] <= 1 for row in found.labels["topics"])


@pytest.mark.skipif("avx2" not in processor_flags(), reason="the accurate profile needs AVX2")
def test_a_topic_that_the_head_never_saw_is_left_to_the_rules(demo: Settings) -> None:
    pytest.importorskip(PACKAGE)
    own = demo.topics.topics[0].model_copy(update={"id": "parking", "cues": {"en": ["car park"]}})
    mine = demo.model_copy(update={"topics": demo.topics.model_copy(update={"topics": [own]})})
    (found,) = accurate(mine).annotate([Post("The car park of the branch is closed and the ATM swallowed my card")])
    assert isinstance(found, Analysis)
    assert [row["topic_id"] for row in found.labels["topics"]] == ["parking"]


def test_recorded_gain_of_the_learned_head() -> None:
    """Recall of the measuring half rises over the five languages and precision does not fall: what it ships for."""
    by_rule, by_head = ([stored(datasets.OWN + code + ending)["topics"]["detail"] for code in LANGUAGES] for ending in ("", " (accurate)"))

    def pooled(details: list[dict[str, Any]]) -> tuple[float, float]:
        hits = sum(d["recall"] * d["expected"] for d in details)
        return hits / sum(d["expected"] for d in details), hits / sum(d["recall"] * d["expected"] / d["precision"] for d in details)

    recall, precision = pooled(by_rule)
    learned_recall, learned_precision = pooled(by_head)
    assert learned_recall > recall + 0.02
    assert learned_precision >= precision


def test_missing_weights_of_the_head_say_so(tmp_path: Path) -> None:
    with pytest.raises(RenownError, match="are missing"):
        topic_head.probabilities(["x"], [{}], tmp_path)
