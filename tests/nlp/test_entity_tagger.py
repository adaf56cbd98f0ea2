"""The CRFs of entities: tokens and their parts, name lists, Viterbi, storage, training, and the split that they are measured on."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from nlp import datasets, entity_crf, entity_training
from nlp.entity_features import columns, feature_ids, templates
from nlp.entity_features_chinese import characters
from nlp.entity_features_lexicon import OUTSIDE, Lexicon, load_lexicon, save_lexicon
from nlp.entity_features_runs import WIDTH, run_hashes, runs, suffix
from nlp.entity_features_words import MAX_TOKENS, cluster_key, hash_of, name_key, normal, tokens
from nlp.entity_spacing import closed_up
from nlp.heads import MODELS
from nlp.manifest import model_versions
from nlp.pipelines import Annotator
from nlp.records import Analysis, Post
from nlp.tagger import CLEAN_CRFS, Crf, best_paths, crf_path, crf_tagger, load_crf, marks, read_spans, save_crf
from nlp.train import mixes
from settings import RenownError, load_settings
from settings.loader import REPOSITORY

LANGUAGES = ("en", "ru", "zh", "ar", "tr")
TEXT = {
    "en": "Angela Merkel met Volkswagen in New York.",
    "ru": "Ангела Меркель приехала в Москву на встречу с Газпромом.",
    "zh": "李明在北京大学学习。",
    "ar": "زار الرئيس محمود عباس مدينة القاهرة",
    "tr": "Mustafa Kemal Atatürk Ankara'da öldü.",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_tokens_are_slices_of_the_text(language: str) -> None:
    text = f"{TEXT[language]} https://t.co/Abc @someone #tag 12,5 % 😀"
    found = tokens(text, language)
    assert all(text[start:end] == word for start, end, word in found)
    assert not {"Abc", "t", "co"} & {word for _, _, word in found}, "links are no tokens"
    assert len(tokens("a " * 1000, language)) == MAX_TOKENS


def test_tokens_of_english_and_turkish_words() -> None:
    assert [w for _, _, w in tokens("U.S. Germany's O'Neil AT&T 1996-08-22", "en")] == ["U.S.", "Germany", "'s", "O'Neil", "AT&T", "1996-08-22"]
    assert [w for _, _, w in tokens("İstanbul'da yaşar", "tr")] == ["İstanbul'da", "yaşar"]


def test_normal_forms() -> None:
    assert (normal("ISPARTA", "tr"), normal("İzmir", "tr"), normal("ISP", "en")) == ("ısparta", "izmir", "isp")
    assert normal("أُسامة", "ar") == normal("اسامة", "ar")
    assert name_key("Москвою", "ru") != name_key("Москва", "ru")
    assert name_key("Москве", "ru") == name_key("Москва", "ru")
    assert name_key("Ankara'da", "tr") == "ankara"
    assert (cluster_key("@Bank", "en"), cluster_key("1996", "en")) == ("xname", "0000")


def test_the_longest_place_wins_and_names_are_marked() -> None:
    places, names = load_lexicon("en").marks(["John", "lives", "in", "New", "York"])
    assert places[3:] == [hash_of("BAm"), hash_of("IAm")]
    assert names[0] == hash_of("FS") != OUTSIDE == names[2]
    nested = Lexicon({hash_of("new york"): "A", hash_of("new york city"): "L"}, {}, "en")
    assert nested.marks(["New", "York", "City"])[0] == [hash_of(mark) for mark in ("BLm", "ILm", "ILm")]


def test_name_lists_come_back_as_they_were_stored(tmp_path: Path) -> None:
    lexicon = Lexicon({hash_of("new york"): "L", hash_of("turkey"): "C"}, {hash_of("john"): "F", hash_of("lee"): "FS"}, "en")
    save_lexicon(lexicon, tmp_path)
    assert load_lexicon("en", tmp_path) == lexicon
    with pytest.raises(RenownError, match="missing"):
        load_lexicon("tr", tmp_path)


def test_characters_stand_in_words() -> None:
    seats = [c.position for c in characters("北京大学好")]
    assert seats == [hash_of(s) for s in "BMMES"]
    assert characters("臺灣銀行")[0].word == characters("台湾银行")[0].word, "Traditional characters are read as Simplified ones"


def test_runs_of_capitalised_words_end_at_a_suffix() -> None:
    text = "Drizzt'e Montolio Debrouchee ile J . Smith Bank of China binasında , Salih Korkut Lisesi'nden geldi"
    words = [word for _, _, word in tokens(text, "tr")]
    found = [" ".join(words[start:end]) for start, end in runs(words)]
    assert found == ["Drizzt'e", "Montolio Debrouchee", "J . Smith Bank of China", "Salih Korkut Lisesi'nden"]
    assert (suffix("İstanbul'dan"), suffix("İzmit'ten"), suffix("Ankara")) == ("dan", "dan", "")
    rows = run_hashes(words, "tr")
    assert {len(row) for row in rows} == {WIDTH}
    school = words.index("Salih")
    assert rows[school][3:] == rows[school + 2][3:], "each token of a run knows its last word"
    assert rows[school][3] == hash_of("llises")
    assert set(rows[words.index("geldi")][1:]) == {0}


def test_chinese_that_a_tool_cut_is_read_as_written() -> None:
    text = "李明 在 北京 大学 学习 Python ， 2008 年 毕业 。"
    closed, places = closed_up(text)
    assert closed == "李明在北京大学学习Python，2008年毕业。"
    assert places is not None
    assert "".join(text[i] for i in places) == closed
    for written in ("李明在北京大学学习 2008年毕业", "New York Times", "北京"):
        assert closed_up(written) == (written, None)
    whole, cut = crf_tagger("zh")([TEXT["zh"], " ".join(TEXT["zh"])])
    assert whole
    assert [(2 * start, 2 * end - 1, label) for start, end, label in whole] == cut


def test_best_paths_are_those_of_all_paths() -> None:
    generator = np.random.default_rng(3)
    lengths, labels = [3, 1, 4, 2], 3
    scores = generator.normal(size=(sum(lengths), labels)).astype(np.float32)
    moves = generator.normal(size=(labels, labels)).astype(np.float32)
    start = 0
    for length, path in zip(lengths, best_paths(scores, lengths, moves), strict=True):
        part = scores[start : start + length]

        def total(p: tuple[int, ...], part: object = part) -> float:
            return float(sum(part[i][k] for i, k in enumerate(p)) + sum(moves[a, b] for a, b in itertools.pairwise(p)))  # type: ignore[index]

        assert tuple(path) == max(itertools.product(range(labels), repeat=length), key=total)
        start += length


def test_errors_are_the_slope_of_the_log_likelihood() -> None:
    generator = np.random.default_rng(0)
    lengths, labels, small = np.array([3, 1, 2]), 3, 1e-4
    scores, moves = generator.normal(size=(6, labels)), generator.normal(size=(labels, labels))
    truth = generator.integers(0, labels, 6)

    def total(part: np.ndarray, path: tuple[int, ...], given: np.ndarray) -> float:
        return float(sum(part[i][k] for i, k in enumerate(path)) + sum(given[a, b] for a, b in itertools.pairwise(path)))

    def loss(given: np.ndarray, steps: np.ndarray) -> float:
        found, start = 0.0, 0
        for length in lengths:
            part, gold = given[start : start + length], tuple(truth[start : start + length])
            paths = itertools.product(range(labels), repeat=int(length))
            found += float(np.log(sum(np.exp(total(part, path, steps)) for path in paths))) - total(part, gold, steps)
            start += length
        return found

    error, move_error = entity_crf._errors(scores.astype(np.float32), truth, lengths, moves.astype(np.float32))
    for slope, value in ((error, scores), (move_error, moves)):
        for place in np.ndindex(value.shape):
            before = loss(scores, moves)
            value[place] += small
            assert slope[place] == pytest.approx((loss(scores, moves) - before) / small, abs=1e-3)
            value[place] -= small


def test_spans_and_tags_lead_to_each_other() -> None:
    found = tokens("Angela Merkel met Volkswagen", "en")
    spans = [(0, 13, "PER"), (18, 28, "ORG")]
    assert entity_training.bio(found, spans) == ["B-PER", "I-PER", "O", "B-ORG"]
    assert list(read_spans(found, entity_training.bio(found, spans))) == spans
    assert list(read_spans(found, ["I-PER", "I-ORG", "O", "B-LOC"])) == [(0, 6, "PER"), (7, 13, "ORG"), (18, 28, "LOC")]
    assert marks(found, spans) == ["BPER", "IPER", "o", "BORG"]


def test_features_of_a_text_do_not_hang_on_its_neighbours() -> None:
    texts = [TEXT["en"], "Paris", "He said so in Berlin ."]
    rows = [columns(text, tokens(text, "en"), "en", {}) for text in texts]
    together = feature_ids(rows, templates("en"))
    alone = np.concatenate([feature_ids([row], templates("en")) for row in rows])
    assert (together == alone).all()
    assert together.max() > 0


def test_a_crf_comes_back_as_it_was_stored(tmp_path: Path) -> None:
    weights = np.array([[0.5, 0, -1.25], [0, 2.0, 0]], np.float32)
    crf = Crf(("O", "B-PER", "I-PER"), np.array([5, 4_000_000]), weights, np.eye(3, dtype=np.float32), {7: (1, 500)}, {"language": "en"})
    save_crf(tmp_path / "crf.npz", crf)
    loaded = load_crf(tmp_path / "crf.npz")
    assert (loaded.labels, loaded.meta, loaded.clusters) == (crf.labels, crf.meta, crf.clusters)
    for name in ("ids", "weights", "transitions"):
        assert (getattr(loaded, name) == getattr(crf, name)).all()
    assert loaded.table()[[5, 4_000_000, 6]].tolist() == [1, 2, 0]
    with pytest.raises(RenownError, match="missing"):
        load_crf(crf_path("en", tmp_path))


@pytest.mark.parametrize("language", LANGUAGES)
def test_taggers_find_plain_names_and_batches_change_nothing(language: str) -> None:
    tagger = crf_tagger(language)
    texts = [TEXT[language], "", "😀", TEXT[language] * 3]
    assert tagger(texts) == [tagger([text])[0] for text in texts]
    assert "PER" in {label for _, _, label in tagger(texts)[0]}
    assert tagger(texts)[1:3] == [[], []]


@pytest.mark.parametrize("language", LANGUAGES)
def test_held_out_parts_come_last_and_have_no_near_duplicate(shared: Path, language: str) -> None:
    part = entity_training.PLANS[language].parts[0]
    rows = entity_training.examples(shared, part.name, language)
    train, test = entity_training.split(rows, part.held)
    assert train == rows[: len(train)]
    assert 0.05 < len(test) / len(rows) < 0.25
    known = [{"text": text} for text, _ in train]
    assert len(datasets.without_near_duplicates(known, [{"text": text} for text, _ in test])) == len(test)
    lost = sum(set(spans) != set(read_spans(cut, entity_training.bio(cut, spans))) for text, spans in test if (cut := tokens(text, language)))
    assert lost < 0.01 * len(test), "run-time tokens end where gold spans end"


def test_kinds_of_the_sets_own_names() -> None:
    assert [entity_training._kind(f"B-{name}", False) for name in ("PERS", "PERSON", "group", "GPE", "FAC", "MISC", "PER.NOM")] == [
        "PER", "PER", "ORG", "LOC", "LOC", "", "",
    ]


def test_every_set_has_the_three_kinds_and_no_nominal_mentions(shared: Path) -> None:
    for language, plan in entity_training.PLANS.items():
        for part in plan.parts:
            spans = [span for _, found in entity_training.examples(shared, part.name, language) for span in found]
            assert {kind for _, _, kind in spans} == {"PER", "ORG", "LOC"}, part.name
    weibo = entity_training.examples(shared, "zh_weibo", "zh")
    assert "女人" not in {text[start:end] for text, spans in weibo for start, end, _ in spans}


def test_training_twice_gives_the_same_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [(TEXT["en"], [(0, 13, "PER"), (18, 28, "ORG"), (32, 40, "LOC")]), ("Paris is big .", [(0, 5, "LOC")])] * 3
    monkeypatch.setattr(entity_training, "_training_rows", lambda *given: rows)
    plan = entity_training.Plan((), epochs=40)
    one, two = (entity_training.train_crf(Path(), "en", plan) for _ in range(2))
    assert one.ids.tolist() == two.ids.tolist()
    assert one.weights.tolist() == two.weights.tolist()
    cut = tokens(rows[0][0], "en")
    rows_of = [columns(rows[0][0], cut, "en", {})]
    scores = np.concatenate([np.zeros((1, len(one.labels)), np.float32), one.weights])[one.table()[feature_ids(rows_of, templates("en"))]].sum(axis=1)
    path = next(best_paths(scores, [len(cut)], one.transitions))
    assert list(read_spans(cut, [one.labels[k] for k in path])) == rows[0][1], "it learns what it was shown"


def test_dropout_and_averages_still_learn_and_repeat() -> None:
    generator = np.random.default_rng(5)
    rows = [generator.integers(1, 60, (6, 8)) for _ in range(80)]
    tags = [(row[:, 0] > 30).astype(np.int64) for row in rows]
    for row, tag in zip(rows, tags, strict=True):
        row[:, 1] = 60 + tag  # each of two columns tells the label
    given = {"averaged": True, "dropout": 0.5}
    one, again = (entity_crf.fit(rows, tags, 62, 2, 8, 0.1, **given) for _ in range(2))  # type: ignore[arg-type]
    assert np.array_equal(one[0], again[0])
    assert one[0][61, 1] - one[0][61, 0] > 0.5 > one[0][60, 1] - one[0][60, 0]
    plain = entity_crf.fit(rows, tags, 62, 2, 8, 0.1)
    assert not np.array_equal(plain[0], one[0])
    scores = one[0][np.concatenate(rows)].sum(axis=1)
    assert (scores.argmax(axis=1) == np.concatenate(tags)).mean() > 0.98
    rare = entity_crf.fit(rows, tags, 62, 2, 8, 0.1, dropout=0.999)
    assert not rare[0][60:].any(), "a template that no step sees learns nothing"
    assert rare[0][1:60].any(), "a step sees one template at least"


def test_several_fits_are_their_mean() -> None:
    generator = np.random.default_rng(5)
    ids = [generator.integers(1, 60, (6, 8)) for _ in range(300)]
    tags = [["B-PER" if row[0] > 30 else "O" for row in sentence] for sentence in ids]
    base = entity_training.Plan((), epochs=2, prune=0.0, dropout=0.5)

    def weights(seed: int, fits: int) -> Crf:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(entity_training, "SEED", seed)
            return entity_training._fit(ids, tags, replace(base, fits=fits), {}, {})

    first, second, both = weights(7, 1), weights(8, 1), weights(7, 2)
    assert not np.allclose(first.weights, second.weights)
    assert np.allclose(both.weights, (first.weights + second.weights) / 2, atol=1e-6)
    assert np.allclose(both.transitions, (first.transitions + second.transitions) / 2, atol=1e-6)


def test_clean_entities_rest_on_clean_sets_alone() -> None:
    assert set(entity_training.CLEAN_PLANS) == set(CLEAN_CRFS)
    for language, plan in entity_training.CLEAN_PLANS.items():
        assert all(part.clean and part.licence != "none stated" for part in plan.parts), language
        unlabelled = {s.name for s in mixes()[language] if s.clean}
        assert set(plan.unlabelled) <= unlabelled, language
    dirty = {part.name for plan in entity_training.PLANS.values() for part in plan.parts if not part.clean}
    for language in CLEAN_CRFS:
        assert not set(load_crf(crf_path(language, MODELS / "clean")).meta["sets"]) & dirty


def test_clean_models_tag_by_clean_weights() -> None:
    settings = load_settings(REPOSITORY / "config")
    clean = settings.model_copy(update={"general": settings.general.model_copy(update={"models": "clean"})})
    assert model_versions(clean)["entities"] != model_versions(settings)["entities"]
    found = {}
    for language in LANGUAGES:
        (result,) = Annotator(clean, tasks=["entities"], language=language).annotate([Post(TEXT[language])])
        assert isinstance(result, Analysis)
        found[language] = [e["label"] for e in result.labels["entities"]]
    assert found["ar"] == found["tr"] == [], "rules alone: no CRF of theirs rests on clean sets alone"
    assert "PER" in found["ru"]
    assert all(found[language] for language in ("en", "zh"))
