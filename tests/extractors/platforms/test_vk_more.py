"""VK beside the search: chosen walls, boards, lookups; shapes of older versions, events, execute packs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import responses

from extractors.base import Key, Mention, PlatformError
from extractors.parse import parse_body
from extractors.platforms import vk
from settings import Settings
from tests.extractors.platforms.sandboxed import START, answer_with, forward, mentions, reading, world

DAY, DATE = 86400, 1_772_000_000  # 25 February 2026
EMPTY = {"response": {"items": [], "count": 0, "total_count": 0}}


@pytest.fixture
def network() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def parse(value: Any, url: str | None = None) -> list[Mention]:
    return parse_body("vk", json.dumps(value).encode(), url)


# -- walls and boards ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("walls", "expected"), [(False, set()), (["-5", "short"], {"-101001", "-5", "short"}), (True, {"-101001"})]
)
def test_walls_that_are_read(network: responses.RequestsMock, settings: Settings, walls: Any, expected: set[str]) -> None:
    read: set[str] = set()

    def handler(path: str, query: dict[str, str]) -> Any:
        read.update([query.get("owner_id") or query.get("domain", "")] if path.endswith("wall.get") else [])
        return EMPTY

    answer_with(network, handler)
    list(vk.pages(reading(settings, "vk", {"walls": walls})))
    assert expected == read - {"-101002", "-101003", "-101004", "-101005"}


def board(topics: list[dict[str, Any]], said: dict[int, list[dict[str, Any]]], asked: list[tuple[str, dict[str, str]]]) -> Any:
    def handler(path: str, query: dict[str, str]) -> Any:
        asked.append((path.rpartition(".")[2], query))
        start, size = int(query.get("offset", 0)), int(query.get("count", 0))
        people = {"profiles": [{"id": 7, "first_name": "Ann", "last_name": "B"}], "groups": [{"id": 5, "name": "Club"}]}
        if path.endswith("board.getTopics"):
            return {"response": {"count": len(topics), "items": topics[start : start + size], **people}}
        if path.endswith("board.getComments"):
            listed = said[int(query["topic_id"])]
            listed = listed[::-1] if query["sort"] == "desc" else listed
            if first := int(query.get("start_comment_id", 0)):
                listed = [entry for entry in listed if entry["id"] >= first]
            return {"response": {"count": len(listed), "items": listed[start : start + size], **people}}
        return EMPTY

    return handler


def topic(number: int, updated: int, created: int) -> dict[str, Any]:
    return {
        "id": number,
        "title": f"Topic {number}",
        "created": created,
        "created_by": 7,
        "updated": updated,
        "updated_by": 8,
        "comments": 3,
    }


def said(*numbers: int, start: int = DATE) -> list[dict[str, Any]]:
    return [{"id": n, "from_id": 7, "date": start + 60 * place, "text": f"said {n}"} for place, n in enumerate(numbers)]


def test_boards_are_read_whole_once_and_then_what_is_new(network: responses.RequestsMock, settings: Settings) -> None:
    asked: list[tuple[str, dict[str, str]]] = []
    many = said(*range(1000, 1250))
    topics = [topic(3, many[-1]["date"], DATE), topic(2, DATE - DAY * 400, DATE - DAY * 400)]
    answer_with(network, board(topics, {3: many, 2: said(1, start=DATE - DAY * 400)}, asked))
    pages = [
        page for page in vk.pages(reading(settings, "vk", {"boards": [-5], "walls": False})) if page.stream.startswith("board")
    ]
    found = mentions("vk", pages)
    assert set(found) == {"topic-5_3"} | {f"topic-5_3_{n}" for n in range(1001, 1250)}
    opening, answer = found["topic-5_3"], found["topic-5_3_1001"]
    assert (opening.kind, opening.title, opening.text, opening.author_name) == ("post", "Topic 3", "said 1000", "Ann B")
    assert (opening.url, opening.page_id, opening.page_name) == ("https://vk.com/topic-5_3", "-5", "Club")
    assert (answer.kind, answer.parent_id, answer.conversation_id, answer.in_reply_to_author_id) == (
        "comment",
        "topic-5_3",
        "topic-5_3",
        "7",
    )
    assert (answer.title, answer.url) == (None, "https://vk.com/topic-5_3?post=1001")
    assert not any(query.get("topic_id") == "2" for _, query in asked), "a topic that was last answered before the interval"
    asked.clear()
    cursor = {"board:5": {"watermark": many[-3]["date"]}}
    given = reading(settings, "vk", {"boards": ["5"], "walls": False}, cursors=cursor)
    again = mentions("vk", [page for page in vk.pages(given) if page.stream == "board:5"])
    assert {"topic-5_3_1247", "topic-5_3_1248", "topic-5_3_1249"} <= set(again)
    assert len(again) <= 63, "an hour of overlap, not the whole topic"
    assert sum(name == "getComments" for name, _ in asked) == 1


def test_a_topic_is_no_thread_of_a_wall(network: responses.RequestsMock, settings: Settings) -> None:
    asked = answer_with(network, lambda path, query: EMPTY)
    given = reading(settings, "vk", {"walls": False}, cursors={"a": {"watermark": 1}},
                    recent_threads=lambda kind, since: [("topic-5_3", "7"), ("-9_4", None)])  # fmt: skip
    list(vk.pages(given))
    assert ["post_id=4" in url for url in asked if "getComments" in url] == [True]


# -- lookups ---------------------------------------------------------------------------------------------------------
def test_lookup_in_the_sandbox(network: responses.RequestsMock, settings: Settings) -> None:
    forward(network, "/vk")
    items = [i for i in world().of("vk") if i.at > START.timestamp()]
    chosen = {
        (kind, gone): next(i for i in items if (i.parent is None) == (kind == "post") and i.deleted == gone)
        for kind in ("post", "comment") for gone in (False, True)
        if any((i.parent is None) == (kind == "post") and i.deleted == gone for i in items)
    }  # fmt: skip
    keys = [Key(kind, i.native_id, None, i.conversation_id) for (kind, _), i in chosen.items()]
    pages = list(vk.lookup(reading(settings, "vk", {}), [*keys, Key("post", "-101001_999999999")]))
    found = mentions("vk", pages)
    gone = {(t.kind, t.native_id) for page in pages for t in page.gone}
    assert {i.native_id for (_, is_gone), i in chosen.items() if not is_gone} <= set(found)
    assert gone == {(kind, i.native_id) for (kind, is_gone), i in chosen.items() if is_gone} | {("post", "-101001_999999999")}
    assert len(chosen) >= 3
    live = chosen[("comment", False)]
    assert found[live.native_id].conversation_id == live.conversation_id


def test_lookup_of_boards_and_refusals(network: responses.RequestsMock, settings: Settings) -> None:
    asked: list[tuple[str, dict[str, str]]] = []
    handler = board([], {3: said(10, 11)}, asked)

    def refusing(path: str, query: dict[str, str]) -> Any:
        if path.endswith("wall.getComment"):
            return {"error": {"error_code": 212, "error_msg": "Access to post comments denied"}}
        return handler(path, query)

    answer_with(network, refusing)
    keys = [Key("post", "topic-5_3"), Key("comment", "topic-5_3_11"), Key("comment", "topic-5_3_12"), Key("comment", "-9_4")]
    pages = list(vk.lookup(reading(settings, "vk", {}), keys))
    assert [t.native_id for page in pages for t in page.gone] == ["topic-5_3_12"], "a refusal is no deletion"
    assert set(mentions("vk", pages)) == {"topic-5_3", "topic-5_3_11"}


def test_lookup_asks_for_a_hundred_posts_at_a_time(network: responses.RequestsMock, settings: Settings) -> None:
    sizes: list[int] = []
    answer_with(network, lambda path, query: sizes.append(len(query["posts"].split(","))) or {"response": []})
    pages = list(vk.lookup(reading(settings, "vk", {}), [Key("post", f"-1_{n}") for n in range(1, 131)]))
    assert (sizes, [len(page.gone) for page in pages]) == ([100, 30], [100, 30])


# -- shapes ----------------------------------------------------------------------------------------------------------
def test_versions_before_5() -> None:
    post = {"id": 2, "from_id": 7, "to_id": -1, "date": DATE, "text": "a<br>b", "attachment": {"type": "photo", "photo": {}},
            "comments": {"count": 2}, "likes": {"count": 3}}  # fmt: skip
    repost = {"id": 3, "from_id": 7, "to_id": 7, "date": DATE, "text": "original", "copy_text": "mine", "copy_post_id": 9, "copy_owner_id": -4,
              "copy_post_date": DATE - 5}  # fmt: skip
    people = {"profiles": [{"uid": 7, "first_name": "Ann", "last_name": "B"}], "groups": [{"gid": 1, "name": "Club"}]}
    for body in ({"response": [2, post, repost]}, {"response": {"wall": [2, post, repost], **people}}):
        first, second, original = parse(body)
        assert (first.native_id, first.kind, first.text, first.author_id, first.page_id) == ("-1_2", "post", "a\nb", "7", "-1")
        assert (first.media_count, first.engagement.comments, first.engagement.likes) == (1, 2, 3)
        assert (second.native_id, second.text, second.repost_of_id) == ("7_3", "mine", "-4_9")
        assert (original.native_id, original.text, original.author_id) == ("-4_9", "original", "-4")
    assert (first.author_name, first.page_name) == ("Ann B", "Club")
    answer = {"cid": 5, "uid": 7, "from_id": 7, "date": DATE, "text": "c", "reply_to_uid": 8, "reply_to_cid": 4}
    (comment,) = parse({"response": [1, answer]}, "https://api.vk.com/method/wall.getComments?owner_id=-1&post_id=2")
    assert (comment.kind, comment.native_id, comment.parent_id, comment.conversation_id) == ("comment", "-1_5", "-1_4", "-1_2")
    assert (comment.author_id, comment.in_reply_to_author_id) == ("7", "8")
    (alone,) = parse({"response": [1, answer]})
    assert (alone.kind, alone.native_id, alone.url) == ("comment", "5", None), "the wall is not told: the bare number"
    inlined = {
        "id": 2,
        "owner_id": -1,
        "from_id": -1,
        "date": DATE,
        "text": "x",
        "group": {"gid": 1, "name": "Club", "screen_name": "club"},
    }
    assert parse({"response": [99, inlined]})[0].author_handle == "club"


def test_attachments_as_an_object_and_media_without_text() -> None:
    (photo,) = parse(
        {
            "response": {
                "items": [{"id": 1, "owner_id": -1, "from_id": -1, "date": DATE, "text": "", "attachments": {"type": "video"}}]
            }
        }
    )
    assert (photo.text, photo.media_count) == ("", 1)
    (video,) = parse(
        {
            "response": {
                "items": [
                    {"id": 1, "owner_id": -1, "from_id": -1, "date": DATE, "attachments": [{"type": "video"}, {"type": "poll"}]}
                ]
            }
        }
    )
    assert (video.text, video.media_count) == ("", 1)
    from extractors.parse import parse_with_rejects

    body = {"response": {"items": [{"id": 1, "owner_id": -1, "from_id": -1, "date": DATE}]}}
    assert [r.reason for r in parse_with_rejects("vk", json.dumps(body).encode())[1]] == ["missing text"]


def test_links_in_words_and_paid_posts() -> None:
    text = "see [https://a.example/x|here], [club5|@club] &amp; [id7|Ann] #tag@club"
    donut = {"is_donut": True, "placeholder": {"text": "pay"}}
    body = {"items": [{"id": 1, "owner_id": -5, "from_id": -5, "date": DATE, "text": text, "post_type": "post"},
                      {"id": 2, "owner_id": -5, "from_id": -5, "date": DATE, "text": "only a teaser", "donut": donut}],
            "groups": [{"id": 5, "name": "Club", "screen_name": "club"}]}  # fmt: skip
    shown, paid = parse({"response": body})
    assert shown.text == "see here, @club & Ann #tag@club"
    assert (shown.links, shown.mentions, shown.hashtags, shown.truncated) == (
        ("https://a.example/x",),
        ("club", "id7"),
        ("tag",),
        False,
    )
    assert (paid.truncated, paid.text) == (True, "only a teaser")


def test_posts_and_comments_of_one_list_are_told_apart() -> None:
    original = {"id": 1, "owner_id": -3, "from_id": -3, "date": DATE, "text": "o"}
    post = {"id": 2, "owner_id": -1, "from_id": -1, "date": DATE, "text": "p", "post_type": "post", "copy_history": [original]}
    reply = {
        "id": 4,
        "owner_id": -1,
        "from_id": 7,
        "date": DATE,
        "text": "r",
        "post_type": "reply",
        "post_id": 2,
        "parents_stack": [3],
    }
    found = parse({"response": {"items": [post, reply]}})
    assert [(m.kind, m.native_id, m.parent_id) for m in found] == [
        ("post", "-1_2", None),
        ("post", "-3_1", None),
        ("comment", "-1_4", "-1_3"),
    ]


def test_boards_in_recordings() -> None:
    url = "https://api.vk.com/method/board.getComments?group_id=5&topic_id=3"
    (comment,) = parse({"response": {"count": 1, "items": said(10), "real_offset": 0}}, url)
    assert (comment.kind, comment.native_id, comment.conversation_id) == ("comment", "topic-5_3_10", "topic-5_3")
    assert parse({"response": {"count": 1, "items": said(10)}})[0].native_id == "10"
    url = "https://api.vk.com/method/board.getTopics?group_id=5"
    (opened,) = parse({"response": {"count": 1, "items": [{**topic(3, DATE, DATE), "first_comment": "hello"}]}}, url)
    assert (opened.kind, opened.native_id, opened.title, opened.text) == ("post", "topic-5_3", "Topic 3", "hello")
    assert (opened.author_id, opened.engagement.comments, opened.created_at) == ("7", 3, datetime.fromtimestamp(DATE, UTC))
    older = {
        "response": {
            "topics": [1, {"tid": 3, "title": "T", "created": DATE, "created_by": 7}],
            "users": [{"uid": 7, "first_name": "Ann"}],
        }
    }
    assert [(m.native_id, m.title) for m in parse(older, url)] == [("topic-5_3", "T")]


def event(kind: str, ids: dict[str, int], **more: Any) -> dict[str, Any]:
    author = {"id": 7, "author_url": "https://vk.com/id7", **more.pop("author", {})}
    return {"code": 100, "event": {"event_type": kind, "event_id": ids, "event_url": "https://vk.com/x", "text": "t &amp; u", "creation_time": DATE,
                                   "author": author, "tags": ["1"], **more}}  # fmt: skip


def test_streaming_events() -> None:
    (post,) = parse(event("post", {"post_owner_id": -1, "post_id": 2}, action="update", action_time=DATE + 9))
    assert (post.kind, post.native_id, post.text, post.author_id, post.deleted) == ("post", "-1_2", "t & u", "7", False)
    assert post.edited_at == datetime.fromtimestamp(DATE + 9, UTC)
    (comment,) = parse(event("comment", {"post_owner_id": -1, "post_id": 2, "comment_id": 5}))
    assert (comment.kind, comment.native_id, comment.conversation_id, comment.parent_id) == ("comment", "-1_5", "-1_2", "-1_2")
    (share,) = parse(
        event("share", {"post_owner_id": 7, "post_id": 3, "shared_post_id": 2}, author={"shared_post_author_id": -1})
    )
    assert (share.native_id, share.repost_of_id) == ("7_3", "-1_2")
    (answer,) = parse(event("topic_post", {"topic_owner_id": -5, "topic_id": 3, "topic_post_id": 10}))
    assert (answer.kind, answer.native_id, answer.conversation_id) == ("comment", "topic-5_3_10", "topic-5_3")
    gone = event("post", {"post_owner_id": -1, "post_id": 2}, action="delete")
    assert parse(gone)[0].deleted
    assert [t.native_id for item in vk.items(gone, None, "") for t in vk.tombstones(item)] == ["-1_2"]
    called = {"type": "wall_reply_delete", "object": {"owner_id": -1, "id": 5, "deleter_id": 8, "post_id": 2}, "group_id": 1}
    assert [(m.kind, m.native_id, m.deleted) for m in parse(called)] == [("comment", "-1_5", True)]


def test_execute_packs_and_their_errors() -> None:
    wall = {
        "count": 1,
        "items": [{"id": 2, "owner_id": -1, "from_id": -1, "date": DATE, "text": "p"}],
        "groups": [{"id": 1, "name": "Club"}],
    }
    below = {
        "count": 1,
        "items": [{"id": 5, "owner_id": -1, "post_id": 2, "from_id": 7, "date": DATE, "text": "c", "parents_stack": []}],
    }
    failed = [{"method": "wall.get", "error_code": 18, "error_msg": "Access denied"}]
    for pack in ([wall, below, False], {"posts": wall, "comments": below}):
        found = parse({"response": pack, "execute_errors": failed})
        assert [(m.kind, m.native_id) for m in found] == [("post", "-1_2"), ("comment", "-1_5")]
        assert found[0].author_name == "Club"
    with pytest.raises(PlatformError, match="vk: error 18"):
        parse({"response": [False, False], "execute_errors": failed})


def test_answers_about_accounts_hold_no_mentions() -> None:
    person, club = {"id": 7, "first_name": "Ann", "last_name": "B"}, {"id": 5, "name": "Club", "screen_name": "club"}
    for response in ([person], [club], {"count": 1, "items": [person]}, 1, {"groups": [club], "profiles": []}):
        assert parse({"response": response}) == []


def test_the_token_in_request_params_is_never_shown() -> None:
    error = {
        "error_code": 5,
        "error_msg": "User authorization failed",
        "request_params": [{"key": "access_token", "value": "secret-token"}],
    }
    with pytest.raises(PlatformError) as caught:
        parse({"error": error})
    assert "secret-token" not in str(caught.value)
