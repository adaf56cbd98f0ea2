"""The gold set keeps its promises, and the check of them notices each way to break one."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from nlp.gold import validate
from nlp.gold.digits import digits_agree
from nlp.gold.validate import FOLDER, LANGUAGES, Item, Minima, item_problems, main, problems, read, set_problems, span
from settings import RenownError

NOTHING_WANTED = Minima(items=0, topic=0, intent=0, two_banks=0, places=0, pii=0, hard=0)
ITEM: Item = {
    "id": "en-001",
    "text": "Velmora in Leeds lost my transfer from 4111 1111 1111 1111. Velmora!",
    "platform": "x",
    "language": "en",
    "hard": ["numbers"],
    "sentiment": "negative",
    "banks": [
        {"bank_id": "velmora", "text": "Velmora", "sentiment": "negative"},
        {"bank_id": "velmora", "text": "Velmora", "nth": 2, "sentiment": "negative"},
    ],
    "topics": ["transfers"],
    "intents": ["complaint"],
    "journey": {"stage": "use", "channel": None},
    "urgency": None,
    "places": [{"text": "Leeds", "kind": "city"}],
    "pii": [{"text": "4111 1111 1111 1111", "kind": "card"}],
    "entities": [{"text": "Leeds", "label": "LOC"}],
}


def test_the_shipped_set_has_no_problems(capsys: pytest.CaptureFixture[str]) -> None:
    assert problems() == []
    assert main([]) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == list(LANGUAGES)


def test_a_sound_item_passes() -> None:
    assert list(item_problems(ITEM, "en")) == []


BREAKS: dict[str, tuple[Callable[[Item], object], str]] = {
    "key missing": (lambda i: i.pop("urgency"), "keys missing or unknown: urgency"),
    "key unknown": (lambda i: i.update(note="x"), "keys missing or unknown: note"),
    "language": (lambda i: i.update(language="ru"), "language or id"),
    "id": (lambda i: i.update(id="ru-001"), "language or id"),
    "platform": (lambda i: i.update(platform="myspace"), "platform 'myspace'"),
    "sentiment": (lambda i: i.update(sentiment="mixed"), "sentiment 'mixed'"),
    "stage": (lambda i: i["journey"].update(stage="end"), "stage 'end'"),
    "channel": (lambda i: i["journey"].update(channel="fax"), "channel 'fax'"),
    "journey": (lambda i: i.update(journey={"stage": "use"}), "journey"),
    "urgency": (lambda i: i.update(urgency="soon"), "urgency 'soon'"),
    "topic": (lambda i: i["topics"].append("weather"), "topics 'weather'"),
    "topic twice": (lambda i: i["topics"].append("transfers"), "topics 'transfers twice'"),
    "intent": (lambda i: i["intents"].append("rant"), "intents 'rant'"),
    "hard": (lambda i: i["hard"].append("odd"), "hard 'odd'"),
    "bank": (lambda i: i["banks"][0].update(bank_id="nobank"), "banks 'nobank'"),
    "bank sentiment": (lambda i: i["banks"][0].update(sentiment="bad"), "sentiment 'bad'"),
    "bank's keys": (lambda i: i["banks"][0].pop("sentiment"), "banks 1 has the keys"),
    "place kind": (lambda i: i["places"][0].update(kind="planet"), "places 'planet'"),
    "pii kind": (lambda i: i["pii"][0].update(kind="secret"), "pii 'secret'"),
    "entity label": (lambda i: i["entities"][0].update(label="GPE"), "entities 'GPE'"),
    "surface": (lambda i: i["places"][0].update(text="York"), "places 1 does not occur"),
    "nth": (lambda i: i["places"][0].update(nth=2), "places 1 does not occur"),
    "marked twice": (lambda i: i["banks"][1].pop("nth"), "banks 2 is marked twice"),
    "check digits": (lambda i: i.update(text="4111 1111 1111 1112 Velmora Leeds Velmora", pii=[{"text": "4111 1111 1111 1112", "kind": "card"}]), "check digits of a card"),
}


@pytest.mark.parametrize("case", BREAKS)
def test_a_broken_item_is_told_without_its_text(case: str) -> None:
    item = copy.deepcopy(ITEM)
    breaking, expected = BREAKS[case]
    breaking(item)
    found = list(item_problems(item, "en"))
    assert len(found) == 1
    assert expected in found[0]
    assert "lost my transfer" not in found[0]


def test_repeats_are_told() -> None:
    twin = {**ITEM, "id": "en-002", "text": ITEM["text"].replace("Leeds", "Hull")}
    other = {**ITEM, "id": "en-003", "text": "Where is the nearest cash machine that gives small notes?"}
    assert list(set_problems([ITEM, twin, other], "en", NOTHING_WANTED)) == ["en-002: nearly repeats en-001"]
    assert "en-003: the id is used 2 times" in list(set_problems([other, {**other, "text": "Ten o'clock"}], "en", NOTHING_WANTED))


@pytest.mark.parametrize(
    ("minima", "expected"),
    [
        (Minima(2, 0, 0, 0, 0, 0, 0), "en: items 1 times, needs 2"),
        (Minima(0, 0, 0, 1, 0, 0, 0), "en: two_banks 0 times, needs 1"),
        (Minima(0, 0, 0, 0, 2, 0, 0), "en: places 1 times, needs 2"),
        (Minima(0, 0, 0, 0, 0, 2, 0), "en: pii 1 times, needs 2"),
        (Minima(0, 0, 0, 0, 0, 0, 2), "en: hard 1 times, needs 2"),
        (Minima(0, 1, 0, 0, 0, 0, 0), "en: topic:cards 0 times, needs 1"),
        (Minima(0, 0, 1, 0, 0, 0, 0), "en: intent:wish 0 times, needs 1"),
    ],
)
def test_what_is_too_rare_is_told(minima: Minima, expected: str) -> None:
    assert expected in list(set_problems([ITEM], "en", minima))


def test_two_banks_count_only_when_they_are_seen_differently() -> None:
    def seen(bank: str, sentiment: str) -> Item:
        return {**ITEM, "banks": [ITEM["banks"][0], {"bank_id": bank, "text": "x", "sentiment": sentiment}]}

    assert [validate.counts([seen(*pair)])["two_banks"] for pair in (("nimbra", "positive"), ("nimbra", "negative"), ("velmora", "positive"))] == [1, 0, 0]


def test_span_counts_occurrences() -> None:
    text = "chase the Chase, chase"
    assert span(text, {"text": "chase"}) == (0, 5)
    assert span(text, {"text": "chase", "nth": 2}) == (17, 22)
    assert span(text, {"text": "chase", "nth": 3}) is None
    assert span(text, {"text": ""}) is None


@pytest.mark.parametrize(
    ("kind", "surface", "language"),
    [
        ("card", "4111 1111 1111 1111", "en"),
        ("card", "٤١١١ ١١١١ ١١١١ ١١١١", "ar"),
        ("iban", "GB82 WEST 1234 5698 7654 32", "en"),
        ("iban", "ＴＲ３３ 0006 1005 1978 6457 8413 26", "tr"),
        ("national_id", "10000000146", "tr"),
        ("national_id", "112-233-445 95", "ru"),
        ("national_id", "500100732259", "ru"),
        ("national_id", "11010519491231002X", "zh"),
    ],
)
def test_published_examples_agree_and_one_changed_digit_does_not(kind: str, surface: str, language: str) -> None:
    assert digits_agree(kind, surface, language)
    for place in [i for i, c in enumerate(surface) if c.isdigit()]:
        changed = surface[:place] + str((int(surface[place]) + 1) % 10) + surface[place + 1 :]
        assert not digits_agree(kind, changed, language)


def test_ids_without_a_known_rule_pass() -> None:
    assert digits_agree("national_id", "QQ 12 34 56 C", "en")


def test_read_keeps_line_separators_inside_a_text(tmp_path: Path) -> None:
    path = tmp_path / "en.jsonl"
    path.write_text(json.dumps({**ITEM, "text": "one\u2028two"}, ensure_ascii=False) + "\n", "utf-8")
    assert [item["text"] for item in read(path)] == ["one\u2028two"]


def test_a_line_that_is_no_object_is_named(tmp_path: Path) -> None:
    path = tmp_path / "en.jsonl"
    path.write_text("{}\n[1]\n", "utf-8")
    with pytest.raises(RenownError, match=r"en\.jsonl:2: not a JSON object"):
        read(path)


def test_main_tells_problems_and_missing_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path)]) == 1
    assert "en.jsonl is missing" in capsys.readouterr().out
    for language in LANGUAGES:
        (tmp_path / f"{language}.jsonl").write_text((FOLDER / f"{language}.jsonl").read_text("utf-8"), "utf-8")
    (tmp_path / "tr.jsonl").write_text(json.dumps({**ITEM, "id": "tr-001", "language": "tr"}) + "\n", "utf-8")
    assert main([str(tmp_path)]) == 1
    assert "tr: items 1 times, needs 150" in capsys.readouterr().out
