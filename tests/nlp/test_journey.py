"""Stage and channel of sentences written for these tests."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable

import pytest
from conftest import Read  # type: ignore[import-not-found]
from told import LANGUAGES, measured, told  # type: ignore[import-not-found]

from nlp.components.journey import CHANNELS, STAGES
from nlp.cues import load_cues
from nlp.pipelines import Annotator
from nlp.records import Analysis, Post
from settings import Settings


def wanted(said: str) -> Counter[Hashable]:
    stage, channel = said.split(" / ")
    return Counter([("stage", stage)] * (stage != "-") + [("channel", channel)] * (channel != "-"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_precision_and_recall(demo: Settings, language: str) -> None:
    annotator = Annotator(demo, tasks=["journey"], language=language)

    def found(text: str) -> Counter[Hashable]:
        (result,) = annotator.annotate([Post(text)])
        assert isinstance(result, Analysis), result
        return Counter((key, value) for key, value in result.labels["journey"].items() if value)

    rows = told("journey")[language]
    precision, recall, missed = measured(rows, wanted, found)
    assert len(rows) >= 25
    assert precision >= 0.95, missed
    assert recall >= 0.95, missed


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_stage_and_channel_has_cues(language: str) -> None:
    cues = load_cues("journey")[language]
    assert set(cues["stage"]) == set(STAGES) - {"use"}  # use is what is left
    assert set(cues["channel"]) == set(CHANNELS)


def test_news_and_official_accounts_stand_nowhere(read: Read) -> None:
    nowhere = {"stage": None, "channel": None}
    text = "The Velmora app crashed and customers queue at the branch"
    assert read(text).labels["journey"]["channel"] is not None
    assert read(text, platform="rss", kind="article").labels["journey"] == nowhere
    assert read(text, is_official=True, official_of="velmora").labels["journey"] == nowhere
    assert read(text, is_official=True, official_of="velmora", is_reply=True).labels["journey"] == nowhere  # has no intent that says so


def test_evidence_names_the_cues(read: Read) -> None:
    assert "mobile_app: =app" in read("The app crashes every morning").evidence["journey"]
