"""What cannot wait, and what only sounds like it: denied, past, solved, supposed, or told by news and officials."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable

import pytest
from conftest import Read  # type: ignore[import-not-found]
from told import LANGUAGES, measured, told  # type: ignore[import-not-found]

from nlp.cues import load_cues
from nlp.pipelines import Annotator
from nlp.records import Analysis, Post
from settings import Settings

KEYS = {"money_locked", "card_swallowed", "fraud_in_progress", "stranded", "stuck", "abroad", "helpless", "past", "solved", "still", "unreal", "general", "negators"}  # fmt: skip


def wanted(said: str) -> Counter[Hashable]:
    return Counter() if said == "-" else Counter([said])


@pytest.mark.parametrize("language", LANGUAGES)
def test_precision_and_recall(demo: Settings, language: str) -> None:
    annotator = Annotator(demo, tasks=["urgency"], language=language)

    def found(text: str) -> Counter[Hashable]:
        (result,) = annotator.annotate([Post(text)])
        assert isinstance(result, Analysis), result
        return wanted(result.labels["urgency"] or "-")

    rows = told("urgency")[language]
    precision, recall, missed = measured(rows, wanted, found)
    assert len(rows) >= 25
    assert precision >= 0.95, missed
    assert recall >= 0.95, missed


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_knows_every_kind_of_cue(language: str) -> None:
    assert set(load_cues("urgency")[language]) == KEYS


def test_the_most_urgent_wins_and_the_evidence_lists_all(read: Read) -> None:
    found = read("The ATM swallowed my card and now someone is using my card")
    assert found.labels["urgency"] == "fraud_in_progress"
    assert [entry.split(":")[0] for entry in found.evidence["urgency"]] == ["card_swallowed", "fraud_in_progress"]


def test_only_the_one_whom_it_strikes(read: Read) -> None:
    text = "The ATM swallowed my card just now"
    assert read(text).labels["urgency"] == "card_swallowed"
    assert read(text, platform="rss", kind="article").labels["urgency"] is None
    assert read(text, is_official=True, official_of="velmora").labels["urgency"] is None


@pytest.mark.parametrize(("text", "urgency"), [
    ("my account was not blocked, all good", None), ("My account was blocked", "money_locked"),
    ("They swallowed my card last year", None), ("The ATM swallowed my card last month and they still have not returned it", "card_swallowed"),
    ("What if the ATM swallows my card?", None), ("The ATM swallowed my card. What if I need cash?", "card_swallowed"),
    ("Застрял в лифте, карта не работает", None), ("Застрял в Дубае, карта не работает", "stranded_abroad"),
    ("Пришло смс «ваш счёт заблокируют»", None),
])  # fmt: skip
def test_what_keeps_and_what_takes_away(read: Read, text: str, urgency: str | None) -> None:
    assert read(text).labels["urgency"] == urgency
