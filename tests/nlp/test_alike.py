"""Near-duplicates and templates among the lines of one file."""

from __future__ import annotations

import json
from pathlib import Path

from nlp.alike import Alike
from nlp.annotate import annotate
from settings import load_settings
from settings.loader import REPOSITORY

SPAM = "Зарабатывай 5000 рублей в день не выходя из дома, пиши в личку прямо сейчас"


def test_a_near_duplicate_names_the_first_of_its_kind() -> None:
    alike = Alike()
    marks = [alike.mark(n, text) for n, text in enumerate([SPAM, "Всё работает, спасибо", SPAM + " 🔥", SPAM + "!", "", ""])]
    assert [mark["duplicate_of"] for mark in marks] == [None, None, 0, 0, None, None]
    scores = [mark["bot"]["score"] for mark in marks]
    assert scores[3] > scores[1]
    assert {"template", "shared_template"} <= set(marks[3]["bot"]["reasons"])
    assert marks[1]["bot"]["reasons"] == []


def test_lines_are_compared_within_reach_only() -> None:
    alike = Alike(reach=2)
    assert [alike.mark(n, SPAM)["duplicate_of"] for n in range(4)] == [None, 0, None, 2]


def test_enrich_says_it_of_each_line(tmp_path: Path) -> None:
    settings = load_settings(REPOSITORY / "config", home=tmp_path)
    lines = [json.dumps({"id": name, "text": text}) for name, text in (("a", SPAM), ("b", SPAM + "!"), ("c", "Спасибо за помощь"))]
    found = {item["id"]: item for item in annotate(lines, settings)}
    assert {name: item["duplicate_of"] for name, item in found.items()} == {"a": None, "b": "a", "c": None}
    assert found["c"]["bot"] == {"score": found["c"]["bot"]["score"], "reasons": []}
    assert [item["bot"] for item in annotate(lines, settings, tasks=["language"])] == [None, None, None]
