"""Replies: what a bank's reply does, what its own posts are, and how customers close; a customer is no desk whatever the words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from conftest import Read  # type: ignore[import-not-found]

from nlp import manifest
from settings import Settings

DESK = {"is_official": True, "is_reply": True, "official_of": "velmora"}


def role(read: Read, text: str, **known: Any) -> str:
    return str(read(text, **known).labels["reply"]["role"])


@pytest.mark.parametrize("text", [
    "Çözüldü, teşekkürler", "Solved, thank you!", "Решено, спасибо", "已解决，谢谢", "تم الحل، شكراً لكم", "sorted, cheers", "Sorun çözüldü sağ olun", "Все решили, спасибо!",
])  # fmt: skip
@pytest.mark.parametrize("known", [{"is_official": None}, {"is_official": False, "is_reply": True}])
def test_a_strangers_closing_is_no_banks_answer(read: Read, text: str, known: dict[str, Any]) -> None:
    found = read(text, **known).labels["reply"]
    assert (found["role"], found["closing"]) == ("none", "confirms")


@pytest.mark.parametrize("text", ["Sorry for the trouble, we've checked it: please try again now", "Приносим извинения, мы всё исправили, попробуйте ещё раз"])
def test_an_unknown_author_with_a_desks_wording_is_a_desk(read: Read, text: str) -> None:
    assert role(read, text) == "answer"
    assert role(read, text, is_official=False, is_reply=True) == "none"


@pytest.mark.parametrize("text", [
    "The fee was refunded this morning and shows in your balance. If it isn't there by Friday, send us a private message.",
    "Комиссия вернулась на карту сегодня утром, проверьте выписку. Если не поможет, напишите нам в личные сообщения.",
    "手续费今天早上已经退回您的卡里，请刷新一下余额。还有不明白的请私信我们。",
    "Kesilen ücret bu sabah kartınıza iade edildi, bakiyenizi yenileyin. Başka bir sorunuz olursa DM'den yazabilirsiniz.",
])  # fmt: skip
def test_an_answer_that_offers_more_in_private_diverts_nobody(read: Read, text: str) -> None:
    assert role(read, text, **DESK) == "answer"


@pytest.mark.parametrize("text", [
    "If it isn't working, send us a private message.", "Sorry. If not, please DM us your number so that we can look.", "Если не поможет, напишите нам в личные сообщения.",
    "Sorry to hear that, we want to help. Please send us a private message with your number.",
])  # fmt: skip
def test_an_offer_without_an_answer_diverts(read: Read, text: str) -> None:
    assert role(read, text, **DESK) == "divert"


@pytest.mark.parametrize(("text", "expected"), [
    ("Was that at the station or at the harbour?", "ask"), ("Это было у вокзала или у моря?", "ask"), ("是车站那台还是海边那台？", "ask"), ("عند المحطة ولا عند البحر؟", "ask"),
    ("Sahildeki mi yoksa istasyondaki mi?", "ask"), ("Sorry! Was that at the station or at the harbour?", "ask"),
    ('You asked "why was I charged twice?": one of the two vanishes tonight.', "answer"), ("«Почему два раза?» Потому что одна из сумм исчезнет ночью.", "answer"),
])  # fmt: skip
def test_a_question_asks_unless_it_is_the_customers(read: Read, text: str, expected: str) -> None:
    assert role(read, text, **DESK) == expected


@pytest.mark.parametrize(("text", "kind"), [
    ("Card payments are failing for some of you. We know the cause and expect to be back by 3 pm.", "help"),
    ("От нашего имени рассылают письма. Это не мы, ссылку не открывайте.", "help"), ("系统维护期间部分业务暂时无法办理，预计15点恢复", "help"),
    ("Notice of the annual general meeting of shareholders on 4 May", "other"), ("深切哀悼遇难者", "other"), ("Olağan genel kurul pay sahiplerimize duyurulur", "other"),
    ("Introducing our new card, join us and win", "pr"), ("How our new system stopped 91 % of scams: an interview. Don't click away, it is a story of our award", "pr"),
])  # fmt: skip
def test_kinds_of_a_banks_own_posts(read: Read, text: str, kind: str) -> None:
    assert read(text, is_official=True, official_of="velmora").labels["official_kind"] == {"kind": kind}


@pytest.mark.parametrize(("text", "closing"), [
    ("What type of card is it?", "none"), ("We landed in Leeds and the machine is on the left", "none"), ("今天好冷[呵呵]", "none"), ("ty", "thanks"), ("ta very much", "thanks"), ("Money's just landed", "confirms"), ("Money arrived, but nobody answers my other question", "still_angry"),
    ("деньги дошли", "confirms"), ("никто не отвечает, трубку не берут", "still_angry"), ("钱到了", "confirms"), ("还在等，没人理", "still_angry"), ("متشكر", "thanks"),
    ("نزل المبلغ", "confirms"), ("لسه محدش بيرد", "still_angry"), ("hallolmuş", "confirms"), ("okuyan yok", "still_angry"),
])  # fmt: skip
def test_closings(read: Read, text: str, closing: str) -> None:
    assert read(text, is_official=False, is_reply=True).labels["reply"]["closing"] == closing


def test_changed_wordings_of_closings_are_a_new_version_of_sentiment(demo: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """A closing speaks for a sentiment (speech.prior), so its cues are part of that model."""
    before, digest = manifest.model_versions(demo), manifest.file_digest

    def changed(path: Path) -> str:
        return "changed" if path.name == "replies.yml" else digest(path)

    monkeypatch.setattr(manifest, "file_digest", changed)
    after = manifest.model_versions(demo)
    assert {task for task in before if before[task] != after[task]} >= {"sentiment", "reply", "official_kind", "banks"}
    assert before["language"] == after["language"]


def test_a_handle_in_traditional_characters_looks_alike(read: Read) -> None:
    assert read("@維摩拉銀行 你好", platform="weibo").labels["handles"] == [{"handle": "維摩拉銀行", "status": "look_alike", "looks_like": "velmora"}]
