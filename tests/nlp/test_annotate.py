"""`renown enrich FILE`: the shape, bad lines, any Unicode, offsets that slice the given text."""

from __future__ import annotations

import json
import re
import time
from typing import Any

import pytest
from conftest import lines
from hypothesis import HealthCheck, given
from hypothesis import settings as bounds
from hypothesis import strategies as st

from nlp.annotate import annotate
from nlp.pipelines import Annotator
from nlp.records import Analysis, Post
from settings import RenownError, Settings
from settings.loader import REPOSITORY

KEYS = {
    "id", "model_versions", "language", "language_confidence", "sentiment", "entities", "banks", "handles", "topics", "intents",
    "banking_intent", "journey", "urgency", "reply", "moments", "official_kind", "places", "campaigns", "pii", "masked_text", "bot", "duplicate_of",
}  # fmt: skip


def run(demo: Settings, texts: list[str], **options: Any) -> list[dict[str, Any]]:
    return list(annotate(lines(*texts), demo, **options))


def test_every_key_is_there_and_json_can_carry_it(demo: Settings) -> None:
    (found,) = run(demo, ["Velmora card declined"])
    assert set(found) == KEYS
    assert found["id"] == 0
    assert found["language"] == "en"
    assert found["model_versions"]["sentiment"].startswith("sentiment-")
    json.dumps(found)


def test_who_wrote_it_decides_whether_a_text_answers_or_closes(demo: Settings) -> None:
    def reply(text: str, **told: Any) -> tuple[str, str]:
        (found,) = annotate([json.dumps({"id": 1, "text": text, "platform": "x", **told})], demo, tasks=["reply"])
        return found["reply"]["role"], found["reply"]["closing"]

    desk, solved = "Which branch was it, and when?", "Solved, thank you!"
    assert reply(desk, author_handle="velmorahelp", parent_id="7") == ("ask", "none")
    assert reply(desk, author_handle="VelmoraHelp") == ("none", "none")
    assert reply(desk, author_handle="someone", parent_id="7") == ("none", "none")
    assert reply(desk, author_handle="velmorahelp", parent_id="7", platform="telegram") == ("none", "none")
    assert reply(solved, author_id="4711", in_reply_to_author_id="9") == ("none", "confirms")
    assert reply(solved) == ("none", "confirms")
    assert reply(solved, author_handle=None, parent_id=7) == ("none", "confirms")


QUOTING = {"banks", "entities", "handles", "places"}
TOLD = (
    ("Zebulon Quimperley at the Velmora branch on Wolverine Street in Leeds, ask @xylofonist, call +44 7700 900123, they really listened to us, card swallowed",
     ("zebulon", "quimperley", "wolverine", "leeds", "xylofonist", "900123")),
    ("Ферапонт Жмыхов из Самары: банкомат Велмора на улице Пятилеток съел карту, спасибо что не бросили, @жаворонок",
     ("ферапонт", "жмыхов", "самар", "пятилеток", "жаворонок")),
    ("在成都春熙路维摩拉网点找欧阳缈缈，卡被吞了，他们真的变了 @夜航船", ("成都", "春熙", "欧阳", "缈", "夜航船")),
    ("عبد القدوس الزنجبيلي في فرع فيلمورا بالدمام، بلع الصراف بطاقتي وخذلوني @سنجاب", ("القدوس", "الزنجبيلي", "الدمام", "سنجاب")),
    ("Zülfünaz Karaböcek Velmora Kadıköy şubesinde, ATM kartımı yuttu, güvenim kalmadı @mürekkepbalığı", ("zülfünaz", "karaböcek", "kadıköy", "mürekkep")),
)  # fmt: skip


@pytest.mark.parametrize(("text", "theirs"), TOLD)
def test_only_labels_that_the_contract_names_repeat_words_of_a_text(demo: Settings, text: str, theirs: tuple[str, ...]) -> None:
    """docs/contracts.md, "What quotes a person": whoever purges words relies on it."""
    (found,) = Annotator(demo).annotate([Post(text, "x")])
    assert isinstance(found, Analysis)
    kept = {task: json.dumps(label, ensure_ascii=False).lower() for task, label in found.labels.items() if task != "masked_text"}
    quoting = {task for task, label in kept.items() if any(word in label for word in theirs)}
    assert quoting <= QUOTING
    assert {"handles", "entities"} & quoting
    contract = (REPOSITORY / "docs" / "contracts.md").read_text("utf-8")
    named = contract.split("`nlp.annotations` of the tasks", 1)[1].split("(their surfaces)", 1)[0]
    assert set(re.findall(r"`(\w+)`", named)) == QUOTING


def test_lines_that_cannot_be_used_say_so_in_their_place(demo: Settings) -> None:
    given_lines = ['{"id": 1, "text": "ok"}', "{broken", "[]", '{"id": "x"}', "", '{"id": 2, "text": 7}', '{"text": "last"}']
    found = list(annotate(given_lines, demo))
    assert [row.get("error", "").split(":")[0] for row in found] == ["", "line 2", "line 3", "line 4", "line 6", ""]
    assert [row["id"] for row in found] == [1, None, None, "x", 2, 7]
    assert "broken" not in found[1]["error"]


def test_tasks_language_and_explain(demo: Settings) -> None:
    (found,) = run(demo, ["Velmora, thanks!"], tasks=["topics"], language="en", explain=True)
    assert set(found["model_versions"]) == {"topics"}
    assert found["sentiment"] is None
    assert "topics" in found["explain"]
    with pytest.raises(RenownError, match="unknown task nonsense"):
        annotate([], demo, tasks=["nonsense"])
    with pytest.raises(RenownError, match="no pipeline for language 'xx'"):
        annotate([], demo, language="xx")
    with pytest.raises(RenownError, match="profile 'best' is not known"):
        annotate([], demo, profile="best")


def test_long_and_strange_texts(demo: Settings) -> None:
    texts = ["Velmora is bad. " * 6500, "\ud800\udfff Velmora \x00", "👨‍👩‍👧‍👦🏳️‍🌈" * 50, "\u202eVelmora\u202c", "а́" * 3000, "x" * 1_000_001]
    found = run(demo, texts)
    assert len(texts[0]) > 100_000
    assert len(found[0]["banks"]) == 6500
    assert [b["text"] for b in found[1]["banks"]] == ["Velmora"]
    assert [b["text"] for b in found[3]["banks"]] == ["Velmora"]
    assert found[5]["error"] == "line 6: text longer than 1000000 characters"
    assert all("error" not in row for row in found[:5])


# Names, numbers, places and handles of every language, and what shifts offsets: joiners, marks, a surrogate, letters that change their length.
WORDS = [
    "Velmora", "Велморе", "维摩拉", "فيلمورا", "v velmore", "bfilmora", "@VelmoraBank", "@Ve1moraBank", "＠维摩拉银行", "#Velmora", "#维摩拉#", "$VLMR", "velmora.example/x",
    "5000 руб", "£1,240.50", "12 марта", "昨天", "٧٠٠٠ ريال", "Иван Петров", "John Smith", "王小明", "London", "в Казани", "喀山", "الرياض", "İzmir'de",
    "ATM at Kanyon Mall", "metro Taksim", "4111 1111 1111 1111", "٤١١١ ١١١١ ١١١١ ١١١١", "GB82 WEST 1234 5698 7654 32", "+7 916 123-45-67", "a.b@canary.example",
    "ул. Садовая, д. 14", "10000000146", "\u200d", "\u200b", "\u0640", "\u202e", "\u2067", "\ufeff", "\u00ad", "e\u0301", "\ud800", "\udfff", "\x00", "İ", "ß", "ﬁ", "Ⅷ",
    "👨‍👩‍👧‍👦", "🏳️‍🌈", "👍🏽", "🇹🇷", "\\u0041", "\n", "\u2028", "\t", "\r\n",
]  # fmt: skip
SPANS = ("banks", "entities", "places", "pii")


@given(st.lists(st.sampled_from(WORDS) | st.text(max_size=6), max_size=14), st.sampled_from([" ", "", "\u200b"]), st.sampled_from([None, "en", "ru", "zh", "ar", "tr"]))
@bounds(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_offsets_always_slice_the_given_text(annotators: dict[str | None, Annotator], parts: list[str], between: str, language: str | None) -> None:
    """Every component that gives offsets, in every pipeline; handles have none, but stand in the text."""
    text = between.join(parts)
    (found,) = annotators[language].annotate([Post(text)])
    assert isinstance(found, Analysis), found
    for task in SPANS:
        for span in found.labels[task]:
            assert 0 <= span["start"] < span["end"] <= len(text)
            assert span.get("text", text[span["start"] : span["end"]]) == text[span["start"] : span["end"]]
    assert all(handle["handle"] in found.text for handle in found.labels["handles"])
    kept = without_spans(text, found.labels["pii"])
    assert without_spans(found.labels["masked_text"], marks(found.labels["masked_text"], found.labels["pii"])) == kept.translate(UNSAFE)


UNSAFE = dict.fromkeys((0, *range(0xD800, 0xE000)), "\ufffd")


def without_spans(text: str, spans: list[dict[str, Any]]) -> str:
    """What is left of a text around non-overlapping spans."""
    return "".join("" if any(s["start"] <= i < s["end"] for s in spans) else c for i, c in enumerate(text))


def marks(masked: str, spans: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Where each span's mark, "[kind]", stands in the masked text: in the same order, each where what came before it puts it."""
    found, shift = [], 0
    for span in sorted(spans, key=lambda s: s["start"]):
        start = span["start"] + shift
        length = len(span["kind"]) + 2
        assert masked[start : start + length] == f"[{span['kind']}]"
        found.append({"start": start, "end": start + length})
        shift += length - (span["end"] - span["start"])
    return found


@pytest.fixture(scope="module")
def annotators(demo: Settings) -> dict[str | None, Annotator]:
    """One that detects, one forced to each language; their pipelines are built once."""
    return {code: Annotator(demo, language=code) for code in (None, "en", "ru", "zh", "ar", "tr")}


@pytest.mark.parametrize(("part", "language"), [
    ("Velmora ", None), ("Иван ", "ru"), ("@a", "en"), ("#", "ru"), ("4111 1111 1111 1111 ", "tr"), ("维", "zh"), ("ا", "ar"), ("\u200b", None), ("\ud800", None),
    ("👨‍👩‍👧‍👦", "en"), ("((((", "tr"), ("https://", "ar"),
])  # fmt: skip
def test_a_hundred_kilobytes_of_anything_is_read(annotators: dict[str | None, Annotator], part: str, language: str | None) -> None:
    text = part * (100_000 // len(part.encode("utf-8", "replace")) + 1)
    started = time.process_time()
    (found,) = annotators[language].annotate([Post(text)])
    assert isinstance(found, Analysis), found
    assert time.process_time() - started < 8  # seconds: 1 to 2 on an idle core, and nothing grows with the square of the length
