"""Words in others' bytes: found in each spelling, masked alone, and never others' own."""

from __future__ import annotations

import html
import json

import pytest

from warehouse.purge_bodies import Sought, needles, without

WORDS = "Fees & <queues> went up again, and nobody at the branch could tell me why"
MASKED = "*" * len(WORDS)


def told(value: object, own: tuple[str, ...] = (), words: str = WORDS) -> object:
    """What is left of a JSON body; None where it held nothing."""
    kept = without(json.dumps(value).encode(), needles([words, None]), own)
    return None if kept is None else json.loads(kept)


def test_words_go_wherever_they_stand_and_the_rest_stays() -> None:
    body = {"id": 7, "text": "so true", "deep": [{"quoted": WORDS, "n": 1.5, "is": None}], "preview": f"Ann: {WORDS} (12)"}
    assert told(body) == {"id": 7, "text": "so true", "deep": [{"quoted": MASKED, "n": 1.5, "is": None}], "preview": f"Ann: {MASKED} (12)"}
    assert told({"text": "so true"}) is None


@pytest.mark.parametrize("spelt", [
    "<p>Fees &amp; &lt;queues&gt; went <b>up</b> again,\n and nobody at the branch could tell me why</p>", WORDS.upper(), WORDS[:65] + "…",
])  # fmt: skip
def test_another_spelling_goes_as_a_whole(spelt: str) -> None:
    assert told({"html": spelt, "text": "so true"}) == {"html": "*" * len(spelt), "text": "so true"}


def test_words_of_their_own_stay() -> None:
    assert told({"text": f"RT: {WORDS}", "quoted": WORDS}, own=(f"RT: {WORDS}",)) is None


def test_a_common_word_is_found_only_alone() -> None:
    assert told({"text": "I thank you", "parent": {"text": "Thank you"}}, words="thank you") == {"text": "I thank you", "parent": {"text": "*" * 9}}
    assert without(b"<p>thank you all</p>", needles(["thank you"])) is None


@pytest.mark.parametrize(("body", "kept"), [
    (f"<p>{WORDS}</p> others", f"<p>{MASKED}</p> others"),
    (f"<p>{html.escape(WORDS)}</p> others", f"<p>{'*' * len(html.escape(WORDS))}</p> others"),
    (f'not quite JSON {{"text": {json.dumps(WORDS)}}}', f'not quite JSON {{"text": "{MASKED}"}}'),
    (f"<p>{html.escape(WORDS).replace('went', '<b>went</b>')}</p> others", ""),
    ("<p>others</p>", None),
])  # fmt: skip
def test_of_what_is_no_json_the_words_go_or_all_of_it(body: str, kept: str | None) -> None:
    assert without(body.encode(), needles([WORDS])) == (None if kept is None else kept.encode())


def test_bytes_of_any_kind_are_read() -> None:
    assert without(b"\xff\xfe\x00 not a text", needles([WORDS])) is None
    assert without(b"", needles([WORDS])) is None
    assert without(b'{"a": 1}', needles([None, "", "  "])) is None


@pytest.mark.parametrize("key", ["type", "message_type", "contentType", "status", "lang", "id"])
def test_a_common_word_that_the_platform_says_itself_stays(key: str) -> None:
    assert told({key: "photo", "media": [{key: "photo"}], "full_text": "photo", "textOriginal": "photo"}, words="photo") == {
        key: "photo", "media": [{key: "photo"}], "full_text": "*" * 5, "textOriginal": "*" * 5}  # fmt: skip


@pytest.mark.parametrize("depth", [10, 500, 5000, 100_000])
def test_a_body_of_any_depth_loses_the_words(depth: int) -> None:
    body = b'{"a":' * depth + json.dumps(WORDS).encode() + b"}" * depth
    kept = without(body, needles([WORDS]))
    assert kept is not None
    assert WORDS.encode() not in kept
    assert Sought(needles([WORDS])).is_in(body)
    assert without(b"[" * depth + b"]" * depth, needles([WORDS])) is None


def test_many_words_are_found_at_once_and_common_ones_not() -> None:
    sought = Sought(needles([*(f"{number} complaints about the queues" for number in range(1000)), "thank you"]))
    assert sought.is_in(b'{"a": [{"b": "so: 777 <b>complaints</b> about the queues!"}]}')
    assert sought.is_in(b"<p>777 Complaints about the queues</p>")
    assert not sought.is_in(b'{"text": "thank you"}')
    assert not sought.is_in(b'{"text": "777 complaints about the fees"}')
    assert not Sought(needles(["thank you"]))
