"""Choosing a bank, in five languages: whoever asks which bank to take, in whatever order the words come; what only sounds like it is none."""

from __future__ import annotations

import pytest
from conftest import Read  # type: ignore[import-not-found]


def intents(read: Read, text: str) -> set[str]:
    return {row["intent"] for row in read(text).labels["intents"]}


@pytest.mark.parametrize("text", [
    "想换银行了，大家觉得哪家好？", "工资卡想换个银行，有没有建议", "请问存款放哪家利率高", "刚毕业，信用卡办哪家合适", "有没有境外手续费低的账户，求银行推荐", "想換銀行，邊間銀行好啲？", "房贷哪家银行好批",
    "ايش افضل بنك للطلاب؟", "وش أحسن بنك حالياً", "شو افضل بنك بعمان؟", "مين احسن بنك في الخدمة؟", "محتاج بنك محترم، رشحولي", "أبغى بنك ما فيه رسوم، ترشحون مين؟", "أدور على بنك غير بنكي",
    "What's the best bank for a small shop?", "New in town and I need a bank, suggestions?", "Who do you bank with and are you happy?", "Leaning towards Nimbra for my savings",
    "Где лучше открыть счёт ипэшнику?", "Нужен новый банк, этот достал", "Вы в каком банке держите зарплату?", "Имеет смысл переходить в Нимбру?",
    "Esnaf için en iyi banka hangisi?", "Banka lazım bana, önerisi olan var mı?", "Bankalardan hangisi öğrenciden aidat almıyor?", "Mevduat için hangisi daha iyi, Nimbra mı Calderis mi?",
])  # fmt: skip
def test_choosing_a_bank(read: Read, text: str) -> None:
    assert "consider" in intents(read, text)


@pytest.mark.parametrize("text", [
    "银行对面哪家奶茶好喝", "哪个网点人少", "这是我用过最好的银行", "他们家的App比别家好", "机场换汇在几号口", "推荐大家看这部电影", "وش أحسن وقت أزور الفرع؟", "أفضل بنك في البلد بلا منافس", "ايش رقم خدمة العملاء", "وين أقرب صراف",
    "Which bank of the Thames has the better pubs?", "Best bank I ever had", "Which branch is open on Saturday?", "Лучший банк, спасибо", "В каком отделении можно забрать карту?", "На каком этаже у вас касса?",
    "En iyi banka sizsiniz", "Hangi şube cumartesi açık?", "Bankada sıra bekliyorum yine", "Calderis is a better bank", "هذا البنك زين", "Nimbra iyi bir banka", "Fizik mi kimya mı, hangisi daha iyi?",
])  # fmt: skip
def test_what_only_sounds_like_choosing(read: Read, text: str) -> None:
    assert "consider" not in intents(read, text)


def test_thinking_of_another_bank_is_choosing_not_leaving(read: Read) -> None:
    assert intents(read, "عايز أغير البنك، حد يرشحلي؟") == {"consider"}
    assert intents(read, "想换银行，哪家银行好") == {"consider"}
