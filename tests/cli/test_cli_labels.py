"""`renown enrich`, `evaluate` and `label import`: the command's side of them (what the models say is nlp's to test)."""

from __future__ import annotations

import gzip
import io
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import psycopg
import pytest

from cli import enrich
from nlp import evaluate as measuring
from nlp import model_card
from settings import Settings
from tests.cli.calling import Renown, one_clear_line

LINES = '{"id": "1", "text": "первый"}\n\n{"id": "2", "text": "second"}\n'


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What the annotator was asked, with one in the models' place that knows broken lines."""
    calls: list[dict[str, Any]] = []

    def annotate(lines: Iterable[str], settings: Settings, **options: Any) -> Iterator[dict[str, Any]]:
        calls.append({**options, "home": settings.banks.home})
        for number, line in enumerate(lines, 1):
            if line.strip():
                yield json.loads(line) if line.startswith("{") else {"id": None, "error": f"line {number}: not JSON"}

    module = ModuleType("nlp.annotate")
    module.annotate = annotate  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "nlp.annotate", module)
    return calls


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    """Two texts."""
    path = tmp_path / "texts.jsonl"
    path.write_text(LINES, "utf-8")
    return path


def test_one_object_a_line_with_the_configured_defaults(
    renown: Renown, texts: Path, asked: list[dict[str, Any]]
) -> None:
    outcome = renown("enrich", str(texts))
    assert (outcome.code, outcome.err) == (0, "")
    assert [json.loads(line)["id"] for line in outcome.out.splitlines()] == ["1", "2"]
    assert "первый" in outcome.out
    assert asked == [{"profile": "fast", "language": None, "tasks": None, "explain": False, "home": "velmora"}]


def test_options_reach_the_pipeline(renown: Renown, texts: Path, tmp_path: Path, asked: list[dict[str, Any]]) -> None:
    (tmp_path / "others.yml").write_text("home: alpha\nbanks: [{id: alpha, name: Alpha}]\n", "utf-8")
    renown(
        "enrich",
        str(texts),
        "--language",
        "ru",
        "--tasks",
        "sentiment, entities",
        "--explain",
        "--profile",
        "accurate",
        "--banks",
        str(tmp_path / "others.yml"),
    )
    assert asked == [
        {"profile": "accurate", "language": "ru", "tasks": ["sentiment", "entities"], "explain": True, "home": "alpha"}
    ]


@pytest.mark.usefixtures("asked")
def test_gzip_and_standard_input_are_read(renown: Renown, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packed = tmp_path / "texts.jsonl.gz"
    packed.write_bytes(gzip.compress(LINES.encode()))
    assert len(renown("enrich", str(packed)).out.splitlines()) == 2
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(LINES.encode())))
    assert len(renown("enrich", "-").out.splitlines()) == 2


@pytest.mark.usefixtures("asked")
def test_a_broken_line_is_told_and_the_rest_is_printed(renown: Renown, texts: Path) -> None:
    texts.write_text(LINES + "broken\n" + LINES, "utf-8")
    outcome = renown("enrich", str(texts))
    assert len(outcome.out.splitlines()) == 5
    assert "1 of 5 lines could not be used (first: line 4: not JSON)" in one_clear_line(outcome)
    assert outcome.code == 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("FILE", "--profile", "best"), "--profile best: unknown: use one of fast, accurate"),
        (("FILE", "--language", "xx"), "--language xx: unknown: use one of en, ru, zh, ar, tr"),
        (("FILE", "--banks", "/no/banks.yml"), "/no/banks.yml: file is missing"),
        (("/no/texts.jsonl",), "/no/texts.jsonl: no such file: check the path"),
    ],
)
def test_wrong_arguments_are_told_before_models_load(
    renown: Renown, texts: Path, asked: list[dict[str, Any]], arguments: tuple[str, ...], words: str
) -> None:
    outcome = renown("enrich", *(str(texts) if word == "FILE" else word for word in arguments))
    assert words in one_clear_line(outcome)
    assert outcome.code == 2
    assert asked == []


@pytest.mark.usefixtures("asked")
def test_a_line_that_is_not_utf8_is_named(renown: Renown, texts: Path) -> None:
    texts.write_bytes(LINES.encode() + b'{"id": "3", "text": "\xff"}\n')
    assert "texts.jsonl:4: not UTF-8 at byte 21" in one_clear_line(renown("enrich", str(texts)))


def test_measured_quality_is_a_table(renown: Renown, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "metrics.json"
    path.write_text(
        json.dumps(
            [
                {
                    "language": "ru",
                    "task": "sentiment",
                    "dataset": "d",
                    "metric": "macro_f1",
                    "value": 0.712345,
                    "n": 10,
                },
                {"language": "en", "task": "sentiment", "dataset": "d", "metric": "macro_f1", "value": 0.6, "n": 20},
            ]
        ),
        "utf-8",
    )
    monkeypatch.setattr(enrich, "METRICS", str(path))
    shown = renown("evaluate").out
    assert "0.7123" in shown
    assert "macro_f1" in shown
    only = renown("evaluate", "--language", "en").out
    assert "0.6" in only
    assert "0.7123" not in only
    assert json.loads(renown("evaluate", "--json").out)[0]["value"] == 0.712345
    path.unlink()
    assert "is missing" in one_clear_line(renown("evaluate"))


INSERT = """
insert into core.mentions (mention_id, version, platform, kind, native_id, source_id, text, event_at, event_at_basis,
                           content_sha256, payload_sha256, batch_id, first_seen_at)
select core.mention_id('x', '', 'post', '1'), 1, 'x', 'post', '1', 'x', 'words', now(), 'created_at', 'a', 'b',
       gen_random_uuid(), now()
"""


@pytest.mark.timeout(60)
def test_human_labels_are_added_once(
    renown: Renown, warehouse_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RENOWN_WAREHOUSE_URL", warehouse_url)
    with psycopg.connect(warehouse_url) as connection:
        connection.execute(INSERT)
    path = tmp_path / "labels.jsonl"
    path.write_text(
        '{"platform": "x", "site": "", "kind": "post", "native_id": "1", "labels": {"sentiment": '
        '{"label": "negative", "probabilities": {"positive": 0, "neutral": 0, "negative": 1}}}}\n',
        "utf-8",
    )
    assert renown("label", "import", str(path), "--labeller", "ann").code == 0
    assert renown("label", "import", str(path), "--labeller", "ann").code == 0
    with psycopg.connect(warehouse_url) as connection:
        rows = connection.execute("select task, model_version, label ->> 'label' from nlp.annotations").fetchall()
    assert rows == [("sentiment", "human:ann", "negative")]


def test_labels_that_cannot_be_read_are_one_line(
    renown: Renown, warehouse_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RENOWN_WAREHOUSE_URL", warehouse_url)
    assert "no such file" in one_clear_line(renown("label", "import", "/no/labels.jsonl"))
    path = tmp_path / "labels.jsonl"
    path.write_text("broken\n", "utf-8")
    assert "1" in one_clear_line(renown("label", "import", str(path)))


def test_measuring_anew_writes_metrics_and_card(renown: Renown, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, card, called = tmp_path / "metrics.json", [], []
    row = {"language": "en", "task": "topics", "dataset": "gold_en", "metric": "f1", "value": 0.5, "n": 9, "detail": {"interval": [0.4, 0.6]}}

    def measured(shared: Path | None, only: object) -> list[dict[str, object]]:
        called.append((shared, tuple(only)))  # type: ignore[call-overload]
        path.write_text(json.dumps({"evaluations": [row]}), "utf-8")
        return [row]

    monkeypatch.setattr(enrich, "METRICS", str(path))
    monkeypatch.setattr(measuring, "measure", measured)
    monkeypatch.setattr(model_card, "write", lambda: card.append(1))
    monkeypatch.delenv("RENOWN_WAREHOUSE_URL", raising=False)
    outcome = renown("evaluate", "--measure", "--task", "gold")
    assert (called, card, outcome.code) == ([(None, ("gold",))], [1], 0)
    assert "0.400 to 0.600" in outcome.out
    assert "not in nlp.evaluations until the next run" in outcome.err
    assert "--data" in one_clear_line(renown("evaluate", "--measure", "--task", "language"))
    assert "unknown" in one_clear_line(renown("evaluate", "--measure", "--task", "vibes"))
