"""Moments of truth: what turned a customer's view of the bank, in five languages; denied, wished-for and look-alike wordings are none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import Read, lines  # type: ignore[import-not-found]

from nlp import manifest
from nlp.annotate import annotate
from nlp.cues import load_cues
from nlp.label_values import parts
from nlp.labels import TASKS
from settings import Settings
from settings.models import LANGUAGES


def moments(read: Read, text: str, **known: object) -> list[str]:
    return [row["moment"] for row in read(text, **known).labels["moments"]]


@pytest.mark.parametrize(("text", "moment"), [
    ("They have listened to us about the opening hours, at last", "listened"), ("Tarnwick took my suggestion on board, chapeau", "listened"),
    ("Банк нас услышал: меня услышали и вернули старый шрифт", "listened"), ("Учли мои замечания, приятно", "listened"), ("我提的意见被采纳了，开心", "listened"),
    ("أخذوا ملاحظتي بجدية وعدلوا الخطأ", "listened"), ("Önerimi dikkate almışlar, düğme yerine gelmiş", "listened"),
    ("Velmora has changed for the better since spring", "changed"), ("Банк заметно изменился к лучшему за год", "changed"), ("塔恩维克今非昔比，点个赞", "changed"),
    ("البنك تحسن كثير بعد الإدارة الجديدة", "changed"), ("Tarnwick gerçekten değişmiş, şaşırdım", "changed"),
    ("They were there for me the week my mother was in hospital", "stood_by"), ("Спасибо, что не бросили после пожара", "stood_by"), ("台风那几天他们雪中送炭", "stood_by"),
    ("وقفوا معي يوم الحريق", "stood_by"), ("Deprem günü bizi yalnız bırakmadılar", "stood_by"),
    ("Lost all trust in this bank today", "let_down"), ("Больше не доверяю им ни копейки", "let_down"), ("太让人寒心了，转走", "let_down"), ("خذلوني بعد عشر سنين", "let_down"),
    ("Bizi yüzüstü bıraktılar, bitti", "let_down"),
])  # fmt: skip
def test_moments(read: Read, text: str, moment: str) -> None:
    assert moments(read, text) == [moment]


@pytest.mark.parametrize("text", [
    "They have not listened to us once", "Nobody listened to me at the desk", "Have they really changed for the better?", "If they took my suggestion on board I would stay",
    "They changed the password rules and the logo", "I listened to their podcast on the train", "Нас не услышали и в этот раз", "Если бы нас услышали, я бы остался",
    "Банк изменил тарифы с первого числа", "意见没有被采纳", "要是被采纳就好了", "银行变更了营业时间", "ما سمعوا كلامنا", "لو سمعوا كلامنا كان أحسن", "تغير رقم الحساب", "Keşke önerimi dikkate alsalar",
    "Hiç değişmiş değil, aynı", "Müziği dinledim, sıra bekledim",
    "Free coffee on board the night train", "Идите лучше в другой банк", "Сбер подвёл итоги конкурса", "喝了一杯透心凉的柠檬水", "ما أثقل هذه الحقيبة", "Aldığım mouse tam bir hayal kırıklığı",
])  # fmt: skip
def test_what_is_denied_wished_for_or_only_called_alike_is_none(read: Read, text: str) -> None:
    assert moments(read, text) == []


def test_not_letting_down_is_standing_by(read: Read) -> None:
    assert moments(read, "They didn't let me down") == ["stood_by"]
    assert moments(read, "They let me down") == ["let_down"]
    assert moments(read, "yarı yolda bırakmadılar") == ["stood_by"]
    assert moments(read, "yarı yolda bıraktılar") == ["let_down"]


def test_a_denial_in_another_clause_denies_nothing(read: Read) -> None:
    assert moments(read, "I doubted, why not, they listened to us") == ["listened"]
    assert moments(read, "ничего нет, нас услышали") == ["listened"]


def test_several_moments_and_more_cues_are_surer(read: Read) -> None:
    found = read("They actually listened to us, took it seriously, and the bank has changed for the better").labels["moments"]
    assert [row["moment"] for row in found] == ["listened", "changed"]
    assert 1 > found[0]["score"] > found[1]["score"] > 0.5


def test_the_bank_and_the_press_have_no_moments(read: Read) -> None:
    text = "You asked, we listened: they listened to us, customers say"
    assert moments(read, text, is_official=True, official_of="velmora") == []
    assert moments(read, text, platform="rss", kind="article") == []
    assert moments(read, text) == ["listened"]


def test_enrich_prints_moments_and_explains_them(demo: Settings) -> None:
    (found,) = annotate(lines("They really listened to us, thank you Velmora"), demo, explain=True)
    assert found["moments"] == [{"moment": "listened", "score": 0.6}]
    assert "listened: they really listened" in found["explain"]["moments"]
    assert found["model_versions"]["moments"].startswith("moments-1-")
    (only,) = annotate(lines("They really listened to us"), demo, tasks=["moments"])
    assert (only["moments"], only["topics"]) == (found["moments"], [])
    json.dumps(found)


def test_every_language_has_every_list() -> None:
    lists = load_cues("moments")
    assert set(lists) == set(LANGUAGES)
    assert {frozenset(keys) for keys in lists.values()} == {frozenset({"listened", "changed", "stood_by", "let_down", "negators", "unreal"})}


def test_changed_cues_are_a_new_version_of_moments_alone(demo: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    before, digest = manifest.model_versions(demo), manifest.file_digest

    def changed(path: Path) -> str:
        return "changed" if path.name == "moments.yml" else digest(path)

    monkeypatch.setattr(manifest, "file_digest", changed)
    after = manifest.model_versions(demo)
    assert {task for task in before if before[task] != after[task]} == {"moments"}


def test_people_may_label_moments_and_they_compare() -> None:
    assert "moments" in TASKS
    assert parts("moments", [{"moment": "listened", "score": 0.6}]) == {"listened": "listened"}
