"""Names of banks that are also words, and names that stand in the middle of Chinese text."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from nlp.gazetteer import Gazetteer
from nlp.records import Post, analyse
from nlp.romanised_names import pattern
from settings.loader import REPOSITORY, load_file
from settings.models import Banks

GOLD: Path = REPOSITORY / "nlp" / "gold" / "banks.yml"


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return Gazetteer(load_file(GOLD, Banks).banks)


@pytest.mark.parametrize(("text", "banks"), [
    ("请问Chase的借记卡能在这里取现吗", ["chase"]),
    ("从Сбер往国内转账要几天", ["sber"]),
    ("xChase card", []),
    ("Opened a card with Chase last week", ["chase"]),
    ("I had to chase the courier about my parcel", []),
    ("Which is open, Chase or the credit union?", ["chase"]),
    ("Хочу открыть счёт в ВТБ", ["vtb"]),
    ("Карта банка Открытие не прошла", ["otkritie"]),
    ("Перевёл из ВТБ на карту открытия", ["vtb", "otkritie"]),
    ("Завтра открытие нового парка", []),
    ("garanti süresi bitti, halk ekmek aldım", []),
    ("the cashier had to chase me down the street", []),
    ("halkbanktan garantiye eft yapılmıyor", ["halkbank", "garanti"]),
    ("@velmorabank a walk along the Garanti pier", ["velmora"]),
    ("velmora answers sooner than Garanti does", ["velmora", "garanti"]),
    ("香港石硖尾那家店", []),
    ("本店急招行政前台", []),
    ("用招行转账很快", ["cmb"]),
])  # fmt: skip
def test_a_word_is_a_bank_only_where_it_is_meant(gazetteer: Gazetteer, text: str, banks: list[str]) -> None:
    folded = analyse(Post(text)).folded
    found = gazetteer.find(folded.text, lambda start, end: text[slice(*folded.span(start, end))])
    assert [hit.bank_id for hit in found] == banks


@pytest.mark.parametrize(("text", "language", "names"), [
    ("v sberbanke ochered, u sberbanka net deneg", "ru", ["sberbanke", "sberbanka"]), ("vtb i sber molchat", "ru", ["vtb", "sber"]),
    ("perevel iz vtbshki na karty tarnvika", "ru", ["vtbshki", "tarnvika"]), ("Kharborstoune ili harborstounom, vse odno", "ru", ["Kharborstoune", "harborstounom"]),
    ("Kal'deris ili u kalderisa", "ru", ["Kal'deris", "kalderisa"]), ("@kalderisom kalderisnik", "ru", []),
    ("el rag7y mafish 7ad byrod, el bank zeft", "ar", ["el rag7y"]), ("bfilmora el khedma kwayesa", "ar", ["bfilmora"]), ("ya rab mn el nas", "ar", []),
])  # fmt: skip
def test_names_of_another_script_in_latin_letters(gazetteer: Gazetteer, text: str, language: str, names: list[str]) -> None:
    folded = analyse(Post(text)).folded
    found = gazetteer.find(folded.text, None, language)
    assert [text[slice(*folded.span(hit.start, hit.end))] for hit in found] == names


def test_only_romanised_texts_are_read_so(gazetteer: Gazetteer) -> None:
    text = "kalderise, tarnvika, filmora"
    assert gazetteer.find(text) == []
    assert [hit.bank_id for hit in gazetteer.find(text, None, "ru")] == ["calderis", "tarnwick"]


def test_lost_soft_signs_and_short_names() -> None:
    assert re.fullmatch(pattern("тинькофф", "ru") or "", "tinkoffom")
    assert re.fullmatch(pattern("открытие", "ru") or "", "otkrytii")
    assert [pattern("втб", "ru"), pattern("الميناء", "ar"), pattern("velmora", "ru"), pattern("招商银行", "ar")] == [None] * 4
