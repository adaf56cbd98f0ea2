"""Sheets for people: what is drawn and why, the files, the way back, and what human labels are worth."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import psycopg
import pytest

from nlp.agreement import agreements, cohen_kappa, disagreements, human_answers, krippendorff_alpha
from nlp.human_evaluation import evaluate_human
from nlp.intervals import effective_n, wilson
from nlp.label_sheet import label_sheet, margin
from nlp.label_values import from_cell, said, vocabulary
from nlp.labels import human_version, training_rows, write_human
from nlp.sampling import Candidate, draw
from nlp.sheet_import import import_sheet
from nlp.sheets import Sheet, read_sheet, rows_of, write_sheet
from settings import RenownError, Settings
from warehouse.connection import connect

MODELS = {"sentiment": "sentiment-1", "language": "language-1", "banks": "banks-1", "topics": "topics-1"}
FILLERS = ("queue", "card", "app", "cash", "loan", "rate", "desk", "fee", "chat", "gate", "hall", "line", "note", "pin", "sum", "tax")


def words(number: int) -> str:
    """A text that is unlike every other one."""
    rng = random.Random(number)
    return " ".join(rng.choice(FILLERS) + str(rng.randrange(10_000)) for _ in range(12))


@pytest.fixture
def warehouse(warehouse_url: str) -> Iterator[psycopg.Connection[Any]]:
    """300 mentions: sure positives in Russian, unsure negatives in English, on two platforms; every tenth is nearly undecided."""
    with connect(warehouse_url) as connection:
        connection.execute(
            "insert into nlp.manifests (pipeline_version, models, is_active) values ('p1', %s, true)",
            [psycopg.types.json.Jsonb(MODELS)],
        )
        for number in range(300):
            mention(connection, number, 0.34 + 0.002 * (number % 10) if number % 10 == 0 else 0.9)
        yield connection


def mention(connection: psycopg.Connection[Any], number: int, top: float, text: str | None = None) -> str:
    """One mention with its model labels; its id."""
    row = connection.execute(
        "insert into core.mentions (mention_id, version, platform, kind, native_id, source_id, text, event_at, event_at_basis,"
        " content_sha256, payload_sha256, batch_id, first_seen_at) select core.mention_id(%(p)s, '', 'post', %(n)s), 1, %(p)s, 'post',"
        " %(n)s, 't', %(text)s, now(), 'created_at', %(n)s::bytea, 'b', gen_random_uuid(), now() returning mention_id::text",
        {"p": ("x", "vk")[number % 3 == 0], "n": str(number), "text": text or words(number)},
    ).fetchone()
    assert row
    label = "positive" if number % 2 else "negative"
    rest = (1 - top) / 2
    values = {name: top if name == label else rest for name in ("positive", "neutral", "negative")}
    for task, value in (
        ("sentiment", {"label": label, "probabilities": values}),
        ("language", {"language": "ru" if number % 2 else "en", "confidence": 1}),
    ):
        connection.execute(
            "insert into nlp.annotations values (%s, 1, %s, %s, %s)", [row[0], task, MODELS[task], psycopg.types.json.Jsonb(value)]
        )
    return str(row[0])


def candidates(count: int) -> list[Candidate]:
    return [Candidate(f"{i:05}", 1, (("en", "ru")[i % 2], ("x", "vk", "rss")[i % 3], ("pos", "neg")[i % 5 == 0]), (i * 7919 % count) / count) for i in range(count)]


def plain(candidate: Candidate) -> str:
    return words(int(candidate.mention_id))


def test_half_is_by_uncertainty_a_tenth_at_random_and_every_stratum_is_there() -> None:
    population = candidates(2000)
    drawn = draw(population, 100, 7, plain)
    assert Counter(d.part for d in drawn) == {"uncertain": 50, "spread": 40, "random": 10}
    assert len({d.candidate.mention_id for d in drawn}) == 100
    unsure = [d.candidate for d in drawn if d.part == "uncertain"]
    assert max(c.margin for c in unsure) < 0.08  # 3 × 50 of 2000
    assert {c.stratum for c in unsure} == {c.stratum for c in population}
    assert {d.candidate.stratum for d in drawn if d.part == "spread"} == {c.stratum for c in population}
    assert Counter(d.part for d in drawn[:50]) == {"uncertain": 25, "spread": 20, "random": 5}


def test_the_same_seed_draws_the_same_and_another_one_not_the_random_part() -> None:
    population = candidates(500)
    assert draw(population, 50, 1, plain) == draw(list(reversed(population)), 50, 1, plain)
    ids = [{d.candidate.mention_id for d in draw(population, 50, seed, plain) if d.part == "random"} for seed in (1, 2)]
    assert ids[0] != ids[1]


def test_weights_add_up_to_the_population_and_estimate_without_bias() -> None:
    """The model is right on 90 % of the sure and on 30 % of the unsure: the weighted share is right, the plain one far too low."""
    population = candidates(3000)
    right = {c.mention_id: random.Random(c.mention_id).random() < (0.3 if c.margin < 0.1 else 0.9) for c in population}
    truth = sum(right.values()) / len(right)
    weighted, unweighted = [], []
    for seed in range(40):
        drawn = draw(population, 120, seed, plain)
        assert sum(d.weight for d in drawn) == pytest.approx(3000)
        weighted.append(sum(d.weight * right[d.candidate.mention_id] for d in drawn) / 3000)
        unweighted.append(sum(right[d.candidate.mention_id] for d in drawn) / len(drawn))
    assert sum(weighted) / 40 == pytest.approx(truth, abs=0.02)
    assert sum(unweighted) / 40 < truth - 0.15


def test_near_repeats_are_asked_once() -> None:
    drawn = draw(candidates(400), 60, 3, lambda c: words(int(c.mention_id) % 40))
    texts = [words(int(d.candidate.mention_id) % 40) for d in drawn]
    assert len(texts) == len(set(texts)) == 40


def test_what_an_annotator_has_done_comes_again_only_by_chance() -> None:
    population = candidates(500)
    done = {d.candidate.mention_id for d in draw(population, 60, 1, plain)}
    again = draw(population, 60, 2, plain, done)
    assert not done & {d.candidate.mention_id for d in again if d.part == "uncertain"}
    assert sum(d.weight for d in again) == pytest.approx(500)


def test_more_strata_than_places_leave_no_stratum_out() -> None:
    population = [Candidate(f"{i:05}", 1, (str(i % 50), "x", "p"), i / 500) for i in range(500)]
    drawn = draw(population, 20, 1, plain)
    assert len(drawn) == 20
    assert sum(d.weight for d in drawn) == pytest.approx(500)


def test_margins_are_of_the_two_best() -> None:
    assert margin("sentiment", {"probabilities": {"a": 0.5, "b": 0.3, "c": 0.2}}) == pytest.approx(0.2)
    two = [{"sentiment": {"probabilities": {"a": 0.9, "b": 0.1}}}, {"sentiment": {"probabilities": {"a": 0.55, "b": 0.45}}}]
    assert margin("banks", two) == pytest.approx(0.1)
    assert margin("topics", [{"score": 0.9}, {"score": 0.45}]) == pytest.approx(0.1)


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_sheet_goes_out_and_comes_back(warehouse: psycopg.Connection[Any], settings: Settings, tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"sheet.{ending}"
    mention(warehouse, 1000, 0.35, '=HYPERLINK("http://evil")\nпишите anna.k@example.org')
    write_sheet(path, label_sheet(warehouse, settings, ["sentiment", "topics"], size=301, annotator="ann", seed=5))
    sheet = read_sheet(path)
    assert sheet.columns == ["id", "version", "text", "sentiment", "topics", "sampling_weight"]
    assert sheet.about["seed"] == "5"
    assert sheet.about["annotator"] == "ann"
    assert "negative | neutral | positive" in sheet.about["sentiment"]
    assert len(sheet.rows) == 301
    assert all(row["sentiment"] == row["topics"] == "" for _, row in sheet.rows)
    strange = next(row for _, row in sheet.rows if "HYPERLINK" in row["text"])
    assert strange["text"].startswith("'=") if ending == "csv" else strange["text"].startswith("=")
    assert "anna.k" not in strange["text"]
    with pytest.raises(RenownError, match="exists, and may hold somebody's labels"):
        write_sheet(path, sheet)


def test_xlsx_cells_are_text_and_offer_the_words(warehouse: psycopg.Connection[Any], settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "sheet.xlsx"
    mention(warehouse, 1000, 0.35, '=HYPERLINK("http://evil")')
    write_sheet(path, label_sheet(warehouse, settings, ["sentiment"], size=301, seed=5))
    page = openpyxl.load_workbook(path)["labels"]
    assert {cell.data_type for row in page.iter_rows(min_row=2) for cell in row if cell.value} == {"s"}
    assert '"negative,neutral,positive"' in {rule.formula1 for rule in page.data_validations.dataValidation}


def test_the_models_label_is_hidden_unless_asked_for(warehouse: psycopg.Connection[Any], settings: Settings) -> None:
    hidden = label_sheet(warehouse, settings, ["sentiment"], size=20, seed=1)
    shown = label_sheet(warehouse, settings, ["sentiment"], size=20, seed=1, show_model=True)
    assert "model_sentiment" not in hidden.columns
    assert {row["model_sentiment"] for _, row in shown.rows} == {"positive", "negative"}
    assert [row["id"] for _, row in hidden.rows] == [row["id"] for _, row in shown.rows]


def test_uncertain_ones_come_first_over_the_warehouse(warehouse: psycopg.Connection[Any], settings: Settings) -> None:
    sheet = label_sheet(warehouse, settings, ["sentiment"], size=20, seed=1)
    unsure = {row[0] for row in warehouse.execute("select mention_id::text from core.mentions where native_id like '%0'")}
    assert len(unsure) == 30
    assert len(unsure & {row["id"] for _, row in sheet.rows}) >= 10
    only = label_sheet(warehouse, settings, ["sentiment"], size=20, seed=1, language="ru")
    assert {row["id"] for _, row in only.rows} <= {
        r[0] for r in warehouse.execute("select mention_id::text from core.mentions where native_id::int % 2 = 1")}
    with pytest.raises(RenownError, match="no mention with a topics label"):
        label_sheet(warehouse, settings, ["topics"], size=20)


def filled(warehouse: psycopg.Connection[Any], numbers: range, answer: str, **more: str) -> Sheet:
    """A sheet over these mentions with one sentiment throughout."""
    ids = dict(warehouse.execute("select native_id, mention_id::text from core.mentions").fetchall())
    rows = [{"id": ids[str(n)], "version": "1", "text": "-", "sentiment": answer, "sampling_weight": "2.5"} for n in numbers]
    return Sheet({"annotator": "ann", "sheet": "s1"} | more, ["id", "version", "text", "sentiment", "sampling_weight"], rows_of(rows))


def put(warehouse: psycopg.Connection[Any], settings: Settings, path: Path, sheet: Sheet, who: str | None = None) -> int:
    path.unlink(missing_ok=True)
    write_sheet(path, sheet)
    with warehouse.transaction():
        return import_sheet(warehouse, path, settings, who)


def rows(warehouse: psycopg.Connection[Any]) -> list[tuple[Any, ...]]:
    return warehouse.execute(
        "select model_version, revision, label ->> 'label', count(*) from nlp.annotations where model_version like 'human:%' group by 1, 2, 3 order by 1, 2, 3"
    ).fetchall()


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_importing_twice_adds_nothing_and_a_changed_mind_a_newer_row(
    warehouse: psycopg.Connection[Any], settings: Settings, tmp_path: Path, ending: str
) -> None:
    path = tmp_path / f"sheet.{ending}"
    sheet = filled(warehouse, range(10), "Neutral")
    assert put(warehouse, settings, path, sheet) == 10
    assert put(warehouse, settings, path, sheet) == 0
    assert rows(warehouse) == [("human:ann", 1, "neutral", 10)]
    sheet.rows[3][1]["sentiment"] = "negative"
    assert put(warehouse, settings, path, sheet) == 1
    assert rows(warehouse) == [("human:ann", 1, "neutral", 10), ("human:ann", 2, "negative", 1)]
    counted = warehouse.execute(
        "select label ->> 'label', count(*) from nlp.current_annotations where task = 'sentiment' and model_version = 'human:ann' group by 1 order by 1"
    ).fetchall()
    assert counted == [("negative", 1), ("neutral", 9)]
    assert warehouse.execute("select distinct sheet, weight, count(*) from nlp.label_samples group by 1, 2").fetchall() == [("s1", 2.5, 11)]


def test_wrong_rows_are_named_and_nothing_is_imported(warehouse: psycopg.Connection[Any], settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "sheet.csv"
    sheet = filled(warehouse, range(8), "neutral")
    sheet.rows[1][1]["id"] = "00000000-0000-0000-0000-000000000000"
    sheet.rows[2][1]["sentiment"] = "angry"
    sheet.rows[4][1]["sampling_weight"] = "-1"
    sheet.rows[5][1]["id"] = sheet.rows[0][1]["id"]
    for statement in (
        "insert into core.mentions select (m).* from (select jsonb_populate_record(c, '{\"version\": 2, \"content_sha256\": \"new\"}') as m from core.mentions c where native_id = '3') x",
        "insert into core.deletions (mention_id, observed_at, basis) select mention_id, now(), 'author' from core.mentions where native_id = '6'",
    ):
        warehouse.execute(statement.encode())
    with pytest.raises(RenownError) as caught:
        put(warehouse, settings, path, sheet)
    told = str(caught.value)
    assert "nothing imported, 6 findings" in told
    for words_told in ("row 5: unknown id 00000000", "row 6: sentiment has no 'angry'", "row 7: ", "was edited meanwhile (version 1, now 2)",
                       "row 8: sampling_weight is not a positive number", "row 9: id ", "stands in row 4 too", "and 1 more"):
        assert words_told in told
    assert rows(warehouse) == []


def test_a_sheet_saved_with_semicolons_and_moved_comments_is_read(warehouse: psycopg.Connection[Any], settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "sheet.csv"
    sheet = filled(warehouse, range(2), "positive")
    lines = ["# annotator: ben;;;;", "# sheet: s9;;;;", ";".join(sheet.columns)] + [";".join(row.values()) for _, row in sheet.rows]
    path.write_text("﻿" + "\r\n".join(lines), "utf-8")
    with warehouse.transaction():
        assert import_sheet(warehouse, path, settings) == 2
    assert rows(warehouse) == [("human:ben", 1, "positive", 2)]


@pytest.mark.parametrize(
    ("body", "words_told"),
    [("", "no row with column names"), ("a,b\n1,2\n", "no column 'id'"), ("id,version\n1,2\n", "no column of a task")],
)
def test_what_is_no_sheet_is_told(warehouse: psycopg.Connection[Any], settings: Settings, tmp_path: Path, body: str, words_told: str) -> None:
    path = tmp_path / "sheet.csv"
    path.write_text(body, "utf-8")
    with pytest.raises(RenownError, match=words_told):
        import_sheet(warehouse, path, settings)
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(b"no zip")
    with pytest.raises(RenownError, match="cannot be read as a sheet"):
        import_sheet(warehouse, broken, settings)


def test_cells_become_labels(settings: Settings) -> None:
    words_of = vocabulary(settings)
    assert from_cell("banks", "Velmora=negative; tarnwick", words_of, "positive") == [
        {"bank_id": "velmora", "sentiment": {"label": "negative"}}, {"bank_id": "tarnwick", "sentiment": {"label": "positive"}}]
    assert from_cell("banks", "none", words_of) == []
    assert from_cell("topics", "cards、cards", words_of) == [{"topic_id": "cards", "score": 1.0}]
    assert from_cell("urgency", "none", words_of) is None
    assert from_cell("urgency", "money_locked", words_of) == "money_locked"
    assert said("banks", from_cell("banks", "velmora=negative", words_of)) == "velmora=negative"
    for task, cell in (("sentiment", "none"), ("sentiment", "positive; negative"), ("banks", "velmora"), ("banks", "ghost=neutral"), ("intents", "hope")):
        with pytest.raises(ValueError, match=task):
            from_cell(task, cell, words_of)


# The worked examples: Cohen's 2 × 2 table of 50 items (20, 5, 10, 15): p_o 0.7, p_e 0.5, kappa 0.4; Krippendorff 2011, nominal data of four observers: 0.743.
COHEN = [("y", "y")] * 20 + [("y", "n")] * 5 + [("n", "y")] * 10 + [("n", "n")] * 15
KRIPPENDORFF = ("1***", "11*1", "22*2", "3333", "3232")
OBSERVERS = ("12332142111*"[:12], "123324121252"[:12], "*33322123115"[:12], "123324121152"[:12])


def test_kappa_and_alpha_of_the_published_examples() -> None:
    assert cohen_kappa(COHEN) == pytest.approx(0.4)
    assert cohen_kappa([("y", "y")] * 5) is None
    a = [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None]
    b = [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3]
    c = [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None]
    d = [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None]
    units = [[str(v) for v in unit if v is not None] for unit in zip(a, b, c, d, strict=True)]
    assert krippendorff_alpha([unit for unit in units if len(unit) > 1]) == pytest.approx(0.743, abs=0.0005)
    assert krippendorff_alpha([["y", "y"]] * 3) is None


def test_agreement_over_the_warehouse(warehouse: psycopg.Connection[Any], settings: Settings, tmp_path: Path) -> None:
    for who, answers in (("ann", ("positive", "negative")), ("ben", ("positive", "neutral")), ("cem", ("positive", "negative"))):
        put(warehouse, settings, tmp_path / "a.csv", filled(warehouse, range(12), answers[0]), who)
        put(warehouse, settings, tmp_path / "a.csv", filled(warehouse, range(12, 20), answers[1]), who)
    answers_given = human_answers(warehouse)
    found = {(one.measure, one.annotators): one for one in agreements(answers_given)}
    assert found["percent_agreement", ("ann", "ben")].value == 60
    kappa = found["cohen_kappa", ("ann", "ben")]
    assert kappa.value == pytest.approx((0.6 - 0.36) / (1 - 0.36))
    assert kappa.lower is not None
    assert kappa.upper is not None
    assert kappa.lower < kappa.value < kappa.upper
    assert found["cohen_kappa", ("ann", "cem")].value == 1
    assert found["krippendorff_alpha", ("ann", "ben", "cem")].items == 20
    apart = disagreements(answers_given)
    assert len(apart) == 8
    assert apart[0].answers == {"ann": "negative", "ben": "neutral", "cem": "negative"}


def test_human_labels_measure_the_active_model_by_their_weights(warehouse: psycopg.Connection[Any], settings: Settings, tmp_path: Path) -> None:
    """Model: even ones negative, odd ones positive. People: 0–9 all negative (half right) at weight 2.5, 10–19 positive at weight 1."""
    put(warehouse, settings, tmp_path / "a.csv", filled(warehouse, range(10), "negative"))
    second = filled(warehouse, range(10, 14), "positive", sheet="s2")
    for _, row in second.rows:
        row["sampling_weight"] = "10" if row == second.rows[1][1] else "1"
    put(warehouse, settings, tmp_path / "a.csv", second)
    found = {(row["language"], row["metric"]): row for row in evaluate_human(warehouse)}
    accuracy = found["all", "accuracy"]
    assert accuracy["value"] == pytest.approx((5 * 2.5 + 10 + 1) / (25 + 13))
    assert accuracy["n"] == 14
    detail = accuracy["detail"]
    assert detail["effective_n"] == pytest.approx(38**2 / (10 * 2.5**2 + 100 + 3))
    assert (detail["lower"], detail["upper"]) == pytest.approx(wilson(accuracy["value"], detail["effective_n"]))
    assert found["ru", "accuracy"]["n"] == 7
    assert ("ru", "se_negative") not in found  # too few to correct the marts by
    stored = warehouse.execute("select value from nlp.evaluations where dataset = 'human' and language = 'all' and metric = 'accuracy'").fetchall()
    assert stored == [(pytest.approx(accuracy["value"]),)]


def test_sensitivity_is_written_once_it_rests_on_enough(warehouse: psycopg.Connection[Any], settings: Settings) -> None:
    ids = warehouse.execute("select native_id::int, mention_id::text from core.mentions where native_id::int % 2 = 0 order by 1").fetchall()
    labels = [(mention_id, 1, "sentiment", {"label": "negative" if number < 160 else "positive"}) for number, mention_id in ids]
    write_human(warehouse, labels, human_version("ann"))
    found = {(row["language"], row["metric"]): row for row in evaluate_human(warehouse)}
    assert found["en", "se_negative"]["value"] == 1
    assert found["en", "sp_negative"]["value"] == 0
    assert found["en", "se_negative"]["n"] == 80
    assert ("all", "se_negative") not in found


def test_banks_are_judged_by_name_and_their_sentiment_apart(warehouse: psycopg.Connection[Any]) -> None:
    (mention_id,) = warehouse.execute("select mention_id::text from core.mentions where native_id = '0'").fetchone() or ("",)
    model = [{"bank_id": "velmora", "sentiment": {"label": "neutral"}}, {"bank_id": "tarnwick", "sentiment": {"label": "neutral"}}]
    warehouse.execute("insert into nlp.annotations values (%s, 1, 'banks', 'banks-1', %s)", [mention_id, psycopg.types.json.Jsonb(model)])
    write_human(warehouse, [(mention_id, 1, "banks", [{"bank_id": "velmora", "sentiment": {"label": "negative"}}])], human_version("ann"))
    found = {row["metric"]: row["value"] for row in evaluate_human(warehouse, store=False) if row["language"] == "all"}
    assert found == {"accuracy": 0, "micro_f1": pytest.approx(2 / 3), "sentiment_accuracy": 0}


def test_a_bank_has_figures_of_its_own_once_they_rest_on_enough(warehouse: psycopg.Connection[Any]) -> None:
    """Of the 100 English texts people call 60 negative towards velmora, the model 30 of those and 10 others; tarnwick is named in 40, all neutral."""
    ids = warehouse.execute("select mention_id::text from core.mentions where native_id::int % 2 = 0 order by native_id::int limit 100").fetchall()
    assert len(ids) == 100
    for place, (mention_id,) in enumerate(ids):
        others = [{"bank_id": "tarnwick", "sentiment": {"label": "neutral"}}] if place < 40 else []
        found = "negative" if place < 30 or place >= 90 else "neutral"
        model = [{"bank_id": "velmora", "sentiment": {"label": found}}, *others]
        warehouse.execute("insert into nlp.annotations values (%s, 1, 'banks', 'banks-1', %s)", [mention_id, psycopg.types.json.Jsonb(model)])
        said = "negative" if place < 60 else "positive"
        write_human(warehouse, [(mention_id, 1, "banks", [{"bank_id": "velmora", "sentiment": {"label": said}}, *others])], human_version("ann"))
    rows = {(row["language"], row["metric"]): (row["value"], row["n"]) for row in evaluate_human(warehouse) if row["bank_id"] == "velmora"}
    assert rows == {("en", "se_negative"): (0.5, 60), ("en", "sp_negative"): (0.75, 40), ("en", "se_positive"): (0, 40), ("en", "sp_positive"): (1, 60)}
    stored = warehouse.execute("select distinct bank_id from nlp.evaluations where dataset = 'human' order by 1").fetchall()
    assert stored == [("",), ("velmora",)]


def test_training_rows_are_the_newest_human_sentiments_of_what_is_still_there(warehouse: psycopg.Connection[Any], settings: Settings, tmp_path: Path) -> None:
    put(warehouse, settings, tmp_path / "a.csv", filled(warehouse, range(4), "neutral"))
    put(warehouse, settings, tmp_path / "a.csv", filled(warehouse, range(2), "negative"))
    warehouse.execute("insert into core.deletions (mention_id, observed_at, basis) select mention_id, now(), 'author' from core.mentions where native_id = '3'")
    found = {row["text"]: (row["language"], row["label"]) for row in training_rows(warehouse)}
    assert found == {words(0): ("en", "negative"), words(1): ("ru", "negative"), words(2): ("en", "neutral")}


def test_kish() -> None:
    import numpy as np

    assert effective_n(np.array([1.0, 1.0, 2.0])) == pytest.approx(16 / 6)
