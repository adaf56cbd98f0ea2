"""Campaigns in posts: by hashtag and wording, in their own days, and which bank's they are."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from conftest import Read  # type: ignore[import-not-found]

from nlp.annotate import annotate
from nlp.manifest import model_versions
from settings import ConfigError, Settings, load_settings

SPRING, WELCOME = "velmora_free_spring", "tarnwick_welcome_200"


def ids(read: Read, text: str, **known: Any) -> list[str]:
    return [row["campaign_id"] for row in read(text, **known).labels["campaigns"]]


@pytest.mark.parametrize(("text", "campaign"), [
    ("#VelmoraSpring got me, opened an account", SPRING), ("no fees until summer at Velmora, is that real?", SPRING),
    ("Весна без комиссий от Велморы, кто уже попробовал?", SPRING), ("#零手续费之春# 有人参加吗", SPRING), ("维摩拉三个月免手续费是真的吗", SPRING),
    ("شفتوا عرض فيلمورا ربيع بلا رسوم؟", SPRING), ("#ربيع_فيلمورا حلو", SPRING), ("Velmora'nın masrafsız bahar kampanyası gerçek mi", SPRING),
    ("tempted by Tarnwick's switching bonus", WELCOME), ("#tarnwick200 arrived on day one", WELCOME), ("Тарнвик даёт 200 евро за переход, подвох?", WELCOME),
    ("塔恩维克转行送200，值得吗", WELCOME), ("مكافأة نقل الراتب عند تارنويك وصلت", WELCOME), ("Tarnwick geçiş bonusu yattı mı size?", WELCOME),
])  # fmt: skip
def test_by_hashtag_and_wording(read: Read, text: str, campaign: str) -> None:
    assert ids(read, text) == [campaign]


@pytest.mark.parametrize("text", [
    "Spring in the park", "#VelmoraSpringer", "200 euro at Tarnwick", "Весна, комиссия 200", "春天来了，手续费真高", "الربيع جميل", "Bahar geldi, masraf çok",
    "Nimbra has a switching bonus as well",
])  # fmt: skip
def test_what_only_resembles_one(read: Read, text: str) -> None:
    assert ids(read, text) == []


def test_only_while_it_runs_where_the_day_is_known(read: Read) -> None:
    text = "#VelmoraSpring"
    assert ids(read, text) == [SPRING]
    for moment, runs in (
        (datetime(2026, 2, 1, 22, 59, tzinfo=UTC), False),
        (datetime(2026, 2, 1, 23, 1, tzinfo=UTC), True),  # already the 2nd in Berlin
        (datetime(2026, 4, 12, 21, 59, tzinfo=UTC), True),
        (datetime(2026, 4, 12, 22, 1, tzinfo=UTC), False),
    ):
        assert bool(ids(read, text, created_at=moment)) is runs, moment


def test_hashtag_is_surer_than_wording_and_a_named_bank_helps(read: Read) -> None:
    def score(text: str) -> float:
        return float(read(text).labels["campaigns"][0]["score"])

    assert score("no fees until summer") < score("Velmora: no fees until summer") < score("#VelmoraSpring")
    assert read("#VelmoraSpring").evidence["campaigns"] == [f"{SPRING}: #velmoraspring"]


def test_printed_and_versioned(demo: Settings) -> None:
    (found,) = annotate(['{"id": 1, "text": "Thinking about #Tarnwick200"}'], demo)
    assert found["campaigns"][0]["campaign_id"] == WELCOME
    fewer = demo.model_copy(update={"campaigns": demo.campaigns.model_copy(update={"campaigns": demo.campaigns.campaigns[:1]})})
    before, after = model_versions(demo), model_versions(fewer)
    assert {task for task in before if before[task] != after[task]} == {"campaigns"}


def folder(tmp_path: Path, campaigns: str) -> Path:
    (tmp_path / "banks.yml").write_text("home: a\nbanks: [{id: a, name: A}]\n", "utf-8")
    (tmp_path / "campaigns.yml").write_text(campaigns, "utf-8")
    return tmp_path


@pytest.mark.parametrize(("campaigns", "complaint"), [
    ("campaigns:\n- {id: c, name: C, bank: b, starts: 2026-01-01, ends: 2026-01-02}\n", "unknown bank id 'b'"),
    ("campaigns:\n- {id: c, name: C, bank: a, starts: 2026-01-03, ends: 2026-01-02}\n", "ends before it starts"),
    ("campaigns:\n- {id: c, name: C, bank: a, starts: soon, ends: 2026-01-02}\n", "starts"),
])  # fmt: skip
def test_the_loader_names_file_line_and_mend(tmp_path: Path, campaigns: str, complaint: str) -> None:
    with pytest.raises(ConfigError, match=complaint) as error:
        load_settings(folder(tmp_path, campaigns), home=tmp_path)
    assert error.value.path.name == "campaigns.yml"
    assert error.value.line == 2


def test_check_warns_of_campaigns_that_nothing_finds(tmp_path: Path) -> None:
    from cli.check import findings

    text = (
        "campaigns:\n- {id: c, name: C, bank: a, starts: 2026-01-01, ends: 2026-01-05}\n"
        "- {id: d, name: D, bank: a, starts: 2026-01-01, ends: 2026-01-05, hashtags: ['#Tag', Shared]}\n"
        "- {id: d, name: D, bank: a, starts: 2026-01-05, ends: 2026-01-09, hashtags: [shared]}\n"
    )
    told = {finding.what for finding in findings(folder(tmp_path, text)) if finding.path.name == "campaigns.yml"}
    assert told == {
        "campaign c has neither hashtags nor wording",
        "hashtag '#Tag' is no bare word",
        "hashtag 'shared' is d's at the same time",
        "id 'd' appears twice",
    }
