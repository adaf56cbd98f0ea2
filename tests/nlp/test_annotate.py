"""`renown enrich FILE`: the shape, bad lines, any Unicode, offsets that slice the given text."""

from __future__ import annotations

import json
from typing import Any

import pytest
from conftest import lines
from hypothesis import HealthCheck, given
from hypothesis import settings as bounds
from hypothesis import strategies as st

from nlp.annotate import annotate
from settings import RenownError, Settings

KEYS = {
    "id", "model_versions", "language", "language_confidence", "sentiment", "entities", "banks", "handles", "topics", "intents",
    "banking_intent", "journey", "urgency", "reply", "official_kind", "places", "campaigns", "pii", "masked_text", "bot", "duplicate_of",
}  # fmt: skip


def run(demo: Settings, texts: list[str], **options: Any) -> list[dict[str, Any]]:
    return list(annotate(lines(*texts), demo, **options))


def test_every_key_is_there_and_json_can_carry_it(demo: Settings) -> None:
    (found,) = run(demo, ["Velmora card declined"])
    assert set(found) == KEYS
    assert found["id"] == 0
    assert found["language"] == "en"
    assert found["model_versions"]["sentiment"].startswith("sentiment-")
    json.dumps(found)


def test_lines_that_cannot_be_used_say_so_in_their_place(demo: Settings) -> None:
    given_lines = ['{"id": 1, "text": "ok"}', "{broken", "[]", '{"id": "x"}', "", '{"id": 2, "text": 7}', '{"text": "last"}']
    found = list(annotate(given_lines, demo))
    assert [row.get("error", "").split(":")[0] for row in found] == ["", "line 2", "line 3", "line 4", "line 6", ""]
    assert [row["id"] for row in found] == [1, None, None, "x", 2, 7]
    assert "broken" not in found[1]["error"]


def test_tasks_language_and_explain(demo: Settings) -> None:
    (found,) = run(demo, ["Velmora, thanks!"], tasks=["topics"], language="en", explain=True)
    assert set(found["model_versions"]) == {"topics"}
    assert found["sentiment"] is None
    assert "topics" in found["explain"]
    with pytest.raises(RenownError, match="unknown task nonsense"):
        annotate([], demo, tasks=["nonsense"])
    with pytest.raises(RenownError, match="no pipeline for language 'xx'"):
        annotate([], demo, language="xx")
    with pytest.raises(RenownError, match="profile 'best' is not known"):
        annotate([], demo, profile="best")


def test_long_and_strange_texts(demo: Settings) -> None:
    texts = ["Velmora is bad. " * 6500, "\ud800\udfff Velmora \x00", "👨‍👩‍👧‍👦🏳️‍🌈" * 50, "\u202eVelmora\u202c", "а́" * 3000, "x" * 1_000_001]
    found = run(demo, texts)
    assert len(texts[0]) > 100_000
    assert len(found[0]["banks"]) == 6500
    assert [b["text"] for b in found[1]["banks"]] == ["Velmora"]
    assert [b["text"] for b in found[3]["banks"]] == ["Velmora"]
    assert found[5]["error"] == "line 6: text longer than 1000000 characters"
    assert all("error" not in row for row in found[:5])


WORDS = ["Velmora", "Велморе", "维摩拉", "فيلمورا", "@VelmoraBank", "#Velmora", "$VLMR", "5000 руб", "12 марта", "\u200d", "\u0640", "\ud800", "İ", "Иван Петров", "London"]


@given(st.lists(st.sampled_from(WORDS) | st.text(max_size=6), max_size=14))
@bounds(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_offsets_always_slice_the_given_text(demo: Settings, parts: list[str]) -> None:
    text = " ".join(parts)
    (found,) = run(demo, [text])
    assert "error" not in found
    for span in [*found["banks"], *found["entities"]]:
        assert text[span["start"] : span["end"]] == span["text"]
        assert span["text"]
