"""Places in sentences written for these tests: what is found, with offsets and ids, and what is no place."""

from __future__ import annotations

import time
import tracemalloc
from collections import Counter
from collections.abc import Hashable

import pytest
import spacy
from conftest import Read  # type: ignore[import-not-found]
from told import LANGUAGES, measured, told  # type: ignore[import-not-found]

from nlp.components.places import PlacesComponent
from nlp.pipelines import Annotator
from nlp.places.table import declined, table
from nlp.records import Analysis, Post, analyse
from settings import Settings


def wanted(said: str) -> Counter[Hashable]:
    return Counter() if said == "-" else Counter(tuple(part.strip().split(": ", 1)) for part in said.split(";"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_precision_and_recall(demo: Settings, language: str) -> None:
    annotator = Annotator(demo, tasks=["places"], language=language)

    def found(text: str) -> Counter[Hashable]:
        (result,) = annotator.annotate([Post(text)])
        assert isinstance(result, Analysis), result
        label = result.labels["places"]
        assert all(text[p["start"] : p["end"]] == p["text"] for p in label)
        assert len(result.evidence["places"]) == len(label)
        return Counter((p["kind"], p["text"]) for p in label)

    rows = told("places")[language]
    precision, recall, missed = measured(rows, wanted, found)
    assert len(rows) >= 40
    assert precision >= 0.97, missed
    assert recall >= 0.97, missed


def alone(text: str, language: str) -> list[tuple[str, str, str | None]]:
    """What the component finds without a bank or a person found before it."""
    doc = spacy.blank("xx").make_doc(text)
    doc._.analysis = analyse(Post(text))
    PlacesComponent(language)(doc)
    return [(p["kind"], p["text"], p["place_id"]) for p in doc._.analysis.labels["places"]]


@pytest.mark.parametrize(("text", "language", "place_id"), [
    ("stuck in Kazan", "en", "geonames:551487"), ("в Казани", "ru", "geonames:551487"), ("Moskova'dayım", "tr", "geonames:524901"),
    ("在喀山出差", "zh", "geonames:551487"), ("انا بالرياض", "ar", "geonames:108410"), ("Riyad'dan", "tr", "geonames:108410"),
    ("北京市朝阳区", "zh", "geonames:1816670"), ("Londra'daki", "tr", "geonames:2643743"), ("القَاهِرَة", "ar", "geonames:360630"),
    ("臺北市", "zh", "geonames:1668341"), ("in NYC", "en", "geonames:5128581"), ("из Нижнего Новгорода", "ru", "geonames:520555"),
])  # fmt: skip
def test_one_id_in_every_language(text: str, language: str, place_id: str) -> None:
    assert alone(text, language)[0][2] == place_id


def test_what_the_gazetteer_does_not_hold_has_no_id() -> None:
    assert alone("branch on Baker Street", "en") == [("branch", "Baker Street", None)]
    assert alone("в районе Хамовники", "ru") == [("district", "Хамовники", None)]


@pytest.mark.parametrize(("text", "language"), [
    ("Reading the terms, of course, nice", "en"), ("in reading your terms", "en"), ("Буду рад помочь", "ru"), ("орёл и решка", "ru"),
    ("kabul ettim, diliniz güzel", "tr"), ("ordu gibi", "tr"), ("北京银行利率", "zh"), ("南京路很长", "zh"), ("كان عندي حساب", "ar"),
    ("بنك الرياض", "ar"), ("see https://x.example/London and mail a@moscow.example, @Berlin", "en"), ("Bank of London", "en"), ("", "en"),
])  # fmt: skip
def test_words_links_and_banks_are_no_places(text: str, language: str) -> None:
    assert alone(text, language) == []


def test_persons_and_banks_found_before_take_their_names_away(read: Read) -> None:
    assert read("Jack London wrote to my bank about the card", language_hint="en").labels["places"] == []
    places = read("Velmora branch in Leeds, Tarnwick Bank branch in York").labels["places"]
    assert [(p["kind"], p["text"]) for p in places] == [("city", "Leeds"), ("city", "York")]


def test_russian_declensions() -> None:
    stem, endings = declined("казань")
    assert {stem + ending for ending in ("ь", "и", "ью")} <= {stem + ending for ending in endings}
    assert declined("москва")[0] == "москв"
    assert "ого" in declined("грозный")[1]


def test_the_fallback_reads_names_of_every_script() -> None:
    assert [text for _, text, _ in alone("London, Москва, 北京, القاهرة", "und")] == ["London", "Москва", "北京", "القاهرة"]


def test_no_text_breaks_it_and_offsets_slice_the_given_text() -> None:
    for text in ("\u202eLondon\u202c in Ka\u00adzan", "в\u200bКазани и в Каза\u0301ни", "İ İzmir'de", "ٱلرياض", "'", "ш" * 5000, "北" * 5000, "A " * 5000):
        for language in (*LANGUAGES, "und"):
            doc = spacy.blank("xx").make_doc(text)
            doc._.analysis = analyse(Post(text))
            PlacesComponent(language)(doc)
            assert all(text[p["start"] : p["end"]] == p["text"] != "" for p in doc._.analysis.labels["places"])


@pytest.mark.parametrize(("text", "language", "found"), [
    ("\u202eLondon\u202c in Ka\u00adzan", "en", ["London", "Ka\u00adzan"]), ("\ufeff\u200fв Казани", "ru", ["Казани"]), ("\u200b我在\u200b喀山", "zh", ["喀山"]),
    ("\u200fانا في القَاهِرَة", "ar", ["القَاهِرَة"]), ("\u2066İzmir'de\u2069 yim", "tr", ["İzmir"]),
])  # fmt: skip
def test_invisible_characters_shift_nothing(text: str, language: str, found: list[str]) -> None:
    assert [name for _, name, _ in alone(text, language)] == found


@pytest.mark.parametrize("language", LANGUAGES)
def test_fast_enough_for_a_stream(language: str) -> None:
    component, nlp = PlacesComponent(language), spacy.blank("xx")
    texts = [text for text, _ in told("places")[language]] * 10
    docs = [nlp.make_doc(text) for text in texts]
    for doc, text in zip(docs, texts, strict=True):
        doc._.analysis = analyse(Post(text))
    component(docs[0])
    started = time.process_time()
    for doc in docs:
        component(doc)
    assert len(docs) / (time.process_time() - started) >= 1_500  # 3,000 and more on an idle core


def test_the_gazetteer_is_small() -> None:
    table.cache_clear()
    tracemalloc.start()
    try:
        sizes = [len(table(script).by_key) for script in ("latin", "tr", "cyrillic", "han", "arabic")]
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert sum(sizes) > 30_000
    assert held < 100_000_000
