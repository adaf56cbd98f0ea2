"""Names of banks that are also words, and names that stand in the middle of Chinese text."""

from __future__ import annotations

from pathlib import Path

import pytest

from nlp.gazetteer import Gazetteer
from nlp.records import Post, analyse
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
