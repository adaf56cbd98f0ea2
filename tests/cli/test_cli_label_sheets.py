"""`renown label export, import, agreement, rows` and `evaluate --human`, as people call them."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import psycopg
import pytest

from tests.cli.calling import Renown, one_clear_line

WORLD = """
insert into nlp.manifests (pipeline_version, models, is_active) values ('p1', '{"sentiment": "s1", "language": "l1"}', true);
insert into core.mentions (mention_id, version, platform, kind, native_id, source_id, text, event_at, event_at_basis,
                           content_sha256, payload_sha256, batch_id, first_seen_at)
select core.mention_id('x', '', 'post', n::text), 1, 'x', 'post', n::text, 'x', md5(n::text) || ' ' || md5((n + 500)::text), now(), 'created_at',
       n::text::bytea, 'b', gen_random_uuid(), now() from generate_series(1, 40) as n;
insert into nlp.annotations (mention_id, mention_version, task, model_version, label)
select mention_id, 1, 'sentiment', 's1', '{"label": "negative", "probabilities": {"negative": 0.6, "neutral": 0.3, "positive": 0.1}}' from core.mentions;
insert into nlp.annotations (mention_id, mention_version, task, model_version, label)
select mention_id, 1, 'language', 'l1', '{"language": "en"}' from core.mentions
"""


@pytest.fixture
def world(warehouse_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Forty mentions that the model calls negative."""
    monkeypatch.setenv("RENOWN_WAREHOUSE_URL", warehouse_url)
    with psycopg.connect(warehouse_url) as connection:
        connection.execute(WORLD)
    return warehouse_url


def fill(path: Path, out: Path, answers: list[str]) -> None:
    """The sheet with its sentiment cells filled, as a spreadsheet would save it."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.reader(stream))
    head = next(i for i, row in enumerate(rows) if row[0] == "id")
    place = rows[head].index("sentiment")
    for row, answer in zip(rows[head + 1 :], answers, strict=False):
        row[place] = answer
    with out.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(rows)


def test_sheets_of_two_people_from_export_to_training_rows(renown: Renown, world: str, tmp_path: Path) -> None:
    for who, answers in (("ann", ["negative"] * 10 + ["neutral"] * 10), ("ben", ["negative"] * 8 + ["neutral"] * 12)):
        sheet = tmp_path / f"{who}.csv"
        exported = renown("label", "export", "--size", "20", "--annotator", who, "--seed", "4", "--out", str(sheet))
        assert exported.code == 0
        assert "20 rows (10 uncertain; 8 spread; 2 random), seed 4" in exported.err
        fill(sheet, tmp_path / "filled.csv", answers)
        assert "imported 20 labels" in renown("label", "import", str(tmp_path / "filled.csv")).err
        assert "imported 0 labels" in renown("label", "import", str(tmp_path / "filled.csv")).err
    with psycopg.connect(world) as connection:
        found = connection.execute(
            "select model_version, label ->> 'label', count(*) from nlp.annotations where model_version like 'human:%' group by 1, 2 order by 1, 2").fetchall()
    assert found == [("human:ann", "negative", 10), ("human:ann", "neutral", 10), ("human:ben", "negative", 8), ("human:ben", "neutral", 12)]
    told = json.loads(renown("label", "agreement", "--json").out)
    assert {row["measure"]: round(row["value"], 6) for row in told["agreement"]} == {"percent_agreement": 90.0, "cohen_kappa": 0.8}
    assert len(told["disagreements"]) == 2
    assert "text" not in told["disagreements"][0]
    shown = renown("label", "agreement", "--texts").out
    assert "cohen_kappa" in shown
    assert told["disagreements"][0]["id"] in shown.replace("\n", "")
    measured = json.loads(renown("evaluate", "--human", "--json").out)["evaluations"]
    accuracy = next(row for row in measured if (row["language"], row["metric"]) == ("all", "accuracy"))
    assert accuracy["n"] == 20
    assert accuracy["detail"]["lower"] < accuracy["value"] < accuracy["detail"]["upper"]
    assert "macro_f1" in renown("evaluate", "--human", "--language", "en").out
    out = tmp_path / "rows.jsonl"
    assert "20 rows" in renown("label", "rows", "--out", str(out)).err
    assert {tuple(json.loads(line)) for line in out.read_text("utf-8").splitlines()} == {("text", "language", "label")}


def test_texts_are_shown_only_when_asked_for(renown: Renown, world: str) -> None:
    with psycopg.connect(world) as connection:
        for who, label in (("ann", "neutral"), ("ben", "positive")):
            connection.execute(
                "insert into nlp.annotations (mention_id, mention_version, task, model_version, label)"
                " select mention_id, 1, 'sentiment', %s, jsonb_build_object('label', %s::text) from core.mentions where native_id = '7'",
                [f"human:{who}", label])
        (text,) = connection.execute("select text from core.mentions where native_id = '7'").fetchone() or ("",)
    assert text[:32] not in renown("label", "agreement", "--json").out
    assert text in json.loads(renown("label", "agreement", "--json", "--texts").out)["disagreements"][0]["text"]


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--out", "sheet.ods"), "let it end in .csv or .xlsx"),
        (("--out", "sheet.csv", "--task", "weather"), "no sheet for task 'weather'"),
        (("--out", "sheet.csv", "--annotator", "Ann Lee"), "is not a name"),
        (("--out", "sheet.csv", "--language", "tr"), "no mention with a sentiment label in tr"),
    ],
)
def test_wrong_exports_are_told(renown: Renown, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], words: str) -> None:
    monkeypatch.chdir(tmp_path)
    assert words in one_clear_line(renown("label", "export", *arguments))
    assert list(tmp_path.glob("sheet.*")) == []


def test_a_wrong_sheet_is_one_line_and_changes_nothing(renown: Renown, world: str, tmp_path: Path) -> None:
    sheet = tmp_path / "a.csv"
    renown("label", "export", "--size", "5", "--out", str(sheet))
    assert "exists" in one_clear_line(renown("label", "export", "--out", str(sheet)))
    fill(sheet, tmp_path / "b.csv", ["negative", "negativ", "neutral"])
    assert "sentiment has no 'negativ'" in one_clear_line(renown("label", "import", str(tmp_path / "b.csv")))
    with psycopg.connect(world) as connection:
        assert connection.execute("select count(*) from nlp.annotations where model_version like 'human:%'").fetchone() == (0,)
