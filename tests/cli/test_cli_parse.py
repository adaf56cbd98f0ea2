"""`renown parse`: a recorded body in, JSON Lines out; error bodies and broken input are one line and exit code 2."""

from __future__ import annotations

import gzip
import io
import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.calling import Renown, one_clear_line

POST: dict[str, Any] = {
    "id": 7,
    "owner_id": -5,
    "from_id": 11,
    "date": 1767607200,
    "text": "Карта &#128522; работает",
    "comments": {"count": 2},
    "likes": {"count": 3},
    "reposts": {"count": 1},
    "views": {"count": 90},
}


def body(*posts: dict[str, Any]) -> bytes:
    """A newsfeed.search answer."""
    answer = {"response": {"items": list(posts), "count": len(posts), "total_count": len(posts)}}
    return json.dumps(answer).encode()


@pytest.fixture
def recorded(tmp_path: Path) -> Path:
    """A recorded answer with two posts."""
    path = tmp_path / "page.json"
    path.write_bytes(body(POST, {**POST, "id": 8, "text": "second"}))
    return path


def test_each_mention_is_one_line(renown: Renown, recorded: Path) -> None:
    outcome = renown("parse", "vk", str(recorded))
    assert (outcome.code, outcome.err) == (0, "")
    first, second = (json.loads(line) for line in outcome.out.splitlines())
    assert (first["platform"], first["native_id"], first["kind"]) == ("vk", "-5_7", "post")
    assert first["text"] == "Карта 😊 работает"
    assert "Карта 😊" in outcome.out  # readable, not escaped
    assert first["created_at"] == "2026-01-05T10:00:00Z"
    assert first["engagement"]["likes"] == 3
    assert second["text"] == "second"


def test_gzip_and_standard_input_are_read(
    renown: Renown, recorded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = renown("parse", "vk", str(recorded)).out
    packed = tmp_path / "page.json.gz"
    packed.write_bytes(gzip.compress(recorded.read_bytes()))
    assert renown("parse", "vk", str(packed)).out == plain
    for content in (recorded.read_bytes(), packed.read_bytes()):
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(content)))
        assert renown("parse", "vk", "-").out == plain


def test_half_a_surrogate_pair_does_not_stop_the_printing(renown: Renown, tmp_path: Path) -> None:
    path = tmp_path / "cut.json"
    path.write_text(
        '{"response": {"items": [{"id": 7, "owner_id": -5, "from_id": 11, "date": 1767607200,'
        ' "text": "cut \\ud83d"}], "count": 1, "total_count": 1}}'
    )
    outcome = renown("parse", "vk", str(path))
    assert outcome.code == 0
    assert json.loads(outcome.out)["text"].startswith("cut")


def test_items_that_are_not_understood_are_told(renown: Renown, tmp_path: Path) -> None:
    path = tmp_path / "page.json"
    path.write_bytes(body(POST, {**POST, "id": None}))
    outcome = renown("parse", "vk", str(path))
    assert outcome.code == 0
    assert len(outcome.out.splitlines()) == 1
    assert "1 of 2 items were not understood: " in outcome.err


def test_a_relative_date_needs_the_time_of_fetching(renown: Renown, tmp_path: Path) -> None:
    path = tmp_path / "weibo.json"
    path.write_text(
        json.dumps(
            {
                "statuses": [
                    {
                        "id": 5,
                        "idstr": "5",
                        "mid": "5",
                        "text": "卡",
                        "created_at": "5分钟前",
                        "user": {"id": 9, "screen_name": "a"},
                    }
                ],
                "total_number": 1,
            }
        )
    )
    fetched = renown("parse", "weibo", str(path), "--fetched-at", "2026-01-05T10:00:00+03:00")
    assert json.loads(fetched.out)["created_at"] == "2026-01-05T06:55:00Z"
    naive = renown("parse", "weibo", str(path), "--fetched-at", "2026-01-05T10:00:00")
    assert json.loads(naive.out)["created_at"] == "2026-01-05T09:55:00Z"


def test_a_recorded_error_names_the_mend(renown: Renown, tmp_path: Path) -> None:
    path = tmp_path / "error.json"
    path.write_text('{"error": {"error_code": 5, "error_msg": "User authorization failed: invalid access_token (4)."}}')
    outcome = renown("parse", "vk", str(path))
    assert one_clear_line(outcome) == "renown: vk: error 5 (user authorization failed): set RENOWN_VK_TOKEN"
    assert outcome.code == 2
    assert outcome.out == ""


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b'{"response": {"items": [', "page.json: not JSON"),
        (b"<html>gateway</html>", "page.json: not JSON"),
        (b"", "the body is empty"),
        (b"\xff\xfe\x00", "page.json: "),
        (b"3", "page.json: vk: the body is a bare int"),
        (b"\x1f\x8b\x08\x00broken", "broken gzip file"),
    ],
)
def test_a_malformed_body_is_one_line(renown: Renown, tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "page.json"
    path.write_bytes(content)
    outcome = renown("parse", "vk", str(path))
    assert words in one_clear_line(outcome)
    assert outcome.code == 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("orkut", "FILE"), "unknown platform 'orkut': use one of"),
        (("vk", "/no/such/file"), "/no/such/file: no such file: check the path"),
        (("vk", "FILE", "--fetched-at", "yesterday"), "--fetched-at 'yesterday' is not an ISO 8601 instant"),
    ],
)
def test_wrong_arguments_are_one_line(renown: Renown, recorded: Path, arguments: tuple[str, ...], words: str) -> None:
    outcome = renown("parse", *(str(recorded) if word == "FILE" else word for word in arguments))
    assert words in one_clear_line(outcome)
    assert outcome.code == 2


def test_the_research_payloads_parse_or_tell(renown: Renown, shared_data: Path) -> None:
    errors = {"error_5_invalid_token.json": "error 5", "error_15_token_required.json": "error 15"}
    for name, words in errors.items():
        assert words in one_clear_line(renown("parse", "vk", str(shared_data / "payloads" / "vk" / name)))
    assert renown("parse", "vk", str(shared_data / "payloads" / "vk" / "newsfeed_search.json")).out.count("\n") > 0


def test_a_body_without_mentions_says_what_it_holds(renown: Renown, tmp_path: Path) -> None:
    path = tmp_path / "latest.json"
    path.write_text('{"users": [], "topic_list": {"topics": [{"id": 5, "title": "x"}], "per_page": 30}}')
    outcome = renown("parse", "discourse", str(path))
    assert (outcome.code, outcome.out) == (0, "")
    assert "no mentions: the body holds users (0), topic_list.topics (1)" in outcome.err


def test_bytes_that_are_no_feed_name_the_file_and_a_mend_that_can_be_done(renown: Renown, tmp_path: Path) -> None:
    (tmp_path / "posts.parquet").write_bytes(b"PAR1\x15\x04PAR1")
    outcome = renown("parse", "rss", str(tmp_path / "posts.parquet"))
    line = one_clear_line(outcome)
    assert "posts.parquet: rss: an answer is not a feed (10 bytes): give the body as it came from the platform" in line
    assert outcome.code == 2
