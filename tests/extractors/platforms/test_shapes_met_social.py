"""X, VK, Weibo, Odnoklassniki, Facebook: shapes that recordings of public client libraries showed; one short synthetic body for each."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from extractors.base import Mention, PlatformError
from extractors.parse import parse_body, parse_with_rejects
from settings import RenownError

STAMP = "Tue May 31 17:46:55 +0000 2011"


def read(platform: str, value: Any, url: str | None = None) -> list[Mention]:
    return parse_body(platform, json.dumps(value).encode(), url)


def ids(platform: str, value: Any, url: str | None = None) -> list[tuple[str, str]]:
    return [(m.kind, m.native_id) for m in read(platform, value, url)]


def code(platform: str, value: Any) -> str | None:
    with pytest.raises(PlatformError) as caught:
        read(platform, value)
    return caught.value.code


# -- bodies of many lines ----------------------------------------------------------------------------------------------
LINES = [{"data": {"id": "1", "text": "a"}}, {"data": {"id": "2", "text": "b"}}]


def test_a_line_cut_off_in_writing_is_a_reject_and_costs_no_other() -> None:
    whole = "\n".join(map(json.dumps, LINES)).encode()
    mentions, rejects = parse_with_rejects("x", whole + b'\n{"data": {"id": "3", "te')
    assert [m.native_id for m in mentions] == ["1", "2"]
    assert [(r.reason, r.item.raw) for r in rejects] == [("line 3 is not JSON", b'{"data": {"id": "3", "te')]
    with pytest.raises(RenownError, match="not JSON"):  # a document that breaks off is no file of lines
        parse_with_rejects("x", json.dumps(LINES[0], indent=1).encode()[:-4])


def test_an_error_among_lines_is_a_reject_and_alone_it_is_the_error() -> None:
    limit = {"title": "Too Many Requests", "detail": "x", "type": "about:blank", "status": 429}
    mentions, [reject] = parse_with_rejects("x", "\n".join(map(json.dumps, [LINES[0], limit])).encode())
    assert [m.native_id for m in mentions] == ["1"]
    assert reject.reason.startswith("x: error 429 ")
    with pytest.raises(PlatformError):
        parse_with_rejects("x", "\n".join(map(json.dumps, [limit, limit])).encode())


def test_what_two_lines_say_in_the_same_words_comes_once() -> None:
    body = "\n".join(map(json.dumps, [LINES[0], LINES[0], {"data": {"id": "1", "text": "other"}}])).encode()
    assert [(m.native_id, m.text) for m in parse_with_rejects("x", body)[0]] == [("1", "a"), ("1", "other")]


# -- x -----------------------------------------------------------------------------------------------------------------
def legacy(number: str, **more: Any) -> dict[str, Any]:
    return {
        "id_str": number,
        "text": f"text {number}",
        "created_at": STAMP,
        "user": {"id_str": "5", "screen_name": "ann"},
        **more,
    }


def account(number: str, **more: Any) -> dict[str, Any]:
    return {"id_str": number, "screen_name": f"user{number}", "name": "Ann", "followers_count": 3, **more}


def last(number: str) -> dict[str, Any]:
    return {name: told for name, told in legacy(number).items() if name != "user"}


@pytest.mark.parametrize(
    "answer",
    [
        {"results": [legacy("1"), legacy("2")], "next": "x", "requestParameters": {}},  # premium and enterprise search
        {"id": {"1": legacy("1"), "2": legacy("2"), "3": None}},  # statuses/lookup with map=true
        [account("5", status=last("1")), account("6", status=last("2")), account("7")],  # users/lookup, users/search
        {"users": [account("5", status=last("1")), account("6", status=last("2"))], "next_cursor": 0},  # followers/list
    ],
)
def test_x_answers_of_v1_that_hold_posts(answer: Any) -> None:
    first, second = read("x", answer)
    assert (first.native_id, second.native_id, first.author_id) == ("1", "2", "5")
    assert first.author_handle in ("ann", "user5")
    assert first.created_at == datetime(2011, 5, 31, 17, 46, 55, tzinfo=UTC)


def test_x_search_of_before_v1_names_its_author_beside_the_text() -> None:
    found = {"from_user": "ann", "from_user_id_str": "5", "from_user_name": "Ann", "id_str": "1", "text": "a", "to_user_id_str": "8",
             "created_at": "Tue, 31 May 2011 17:46:55 +0000", "iso_language_code": "pt"}  # fmt: skip
    [post] = read("x", {"results": [found], "completed_in": 0.1})
    assert (post.author_id, post.author_handle, post.author_name, post.language_hint) == ("5", "ann", "Ann", "pt")
    assert (post.in_reply_to_author_id, post.created_at) == ("8", datetime(2011, 5, 31, 17, 46, 55, tzinfo=UTC))


def test_x_original_of_many_reposts_comes_once() -> None:
    original = legacy("1")
    assert ids("x", [legacy("2", retweeted_status=original), legacy("3", retweeted_status=original)]) == [
        ("post", "2"), ("post", "1"), ("post", "3"),
    ]  # fmt: skip


def test_x_includes_alone_hold_posts() -> None:
    [post] = read("x", {"users": [{"id": "7", "username": "bob"}], "tweets": [{"id": "1", "text": "a", "author_id": "7"}]})
    assert (post.native_id, post.author_handle) == ("1", "bob")


@pytest.mark.parametrize(
    "answer",
    [
        {"id_str": "1", "text": "private", "sender_id": 5, "recipient_id": 6, "sender": account("5"), "recipient": account("6")},
        {"data": [{"id": "1", "text": "private", "event_type": "MessageCreate"}]},
        account("5"),
        {"id_str": "1", "name": "list", "member_count": 3, "user": account("5")},
        {"data": [{"id": "1", "name": "list"}, {"id": "2", "state": "live"}, {"id": "3", "value": "rule", "tag": "t"}]},
        {"data": {"liked": True}},
    ],
)
def test_x_private_messages_and_what_is_no_post_are_no_mentions(answer: Any) -> None:
    assert read("x", answer) == []


def test_x_post_without_text_is_still_a_reject() -> None:
    [legacy_reject] = parse_with_rejects("x", json.dumps({k: v for k, v in legacy("1").items() if k != "text"}).encode())[1]
    [reject] = parse_with_rejects("x", json.dumps({"data": [{"id": "1", "author_id": "2"}]}).encode())[1]
    assert (legacy_reject.reason, reject.reason) == ("missing text", "missing text")


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({"error": "Not Found", "request": "/1/statuses/show/1.json"}, "34"),
        ({"error": "Rate limit exceeded. Clients may not …", "request": "/1/x.json"}, "88"),
        ({"errors": "Sorry, no such thing"}, "error"),
    ],
)
def test_x_errors_of_v1_without_codes(answer: Any, expected: str) -> None:
    assert code("x", answer) == expected


# -- vk ----------------------------------------------------------------------------------------------------------------
TOPIC = {"id": 3, "tid": 3, "title": "T", "created": 1600000000, "created_by": 7, "updated": 1600000001, "updated_by": 8,
         "is_closed": 0, "is_fixed": 0, "comments": 4}  # fmt: skip


def test_vk_topics_that_tell_whether_they_are_closed_are_topics() -> None:
    [topic] = read("vk", {"response": {"count": 1, "items": [TOPIC]}}, "https://api.vk.com/method/board.getTopics?group_id=1")
    assert (topic.native_id, topic.title, topic.page_id, topic.engagement.comments) == ("topic-1_3", "T", "-1", 4)


def test_vk_boards_of_before_version_5_are_named_by_gid_and_tid() -> None:
    address = "https://api.vk.com/method/board.getComments?gid=1&tid=3"
    [found] = read("vk", {"response": {"comments": [1, {"id": 2, "from_id": 7, "date": 1600000100, "text": "x"}]}}, address)
    assert (found.native_id, found.parent_id, found.conversation_id) == ("topic-1_3_2", "topic-1_3", "topic-1_3")


def test_vk_news_are_by_their_source() -> None:
    entry = {"type": "post", "source_id": -1, "post_id": 5, "date": 1600000000, "text": "t"}
    [post] = read("vk", {"response": {"items": [entry], "groups": [{"id": 1, "name": "Bank"}]}})
    assert (post.native_id, post.author_id, post.author_name, post.page_id) == ("-1_5", "-1", "Bank", "-1")


def test_vk_stored_events_of_the_stream_and_no_photo_for_a_post() -> None:
    photo = {"type": "photo", "photo": {"id": 9, "owner_id": -1, "date": 1, "text": "caption"}}
    event = {"action": "new", "event_type": "post", "event_id": {"post_owner_id": -1, "post_id": 5}, "author": {"id": -1},
             "creation_time": 1600000000, "text": "a<br>b", "attachments": [photo]}  # fmt: skip
    [post] = read("vk", [event])
    assert (post.native_id, post.text, post.media_count) == ("-1_5", "a\nb", 1)
    assert read("vk", {"response": {"something": {"attachments": [photo], "photos": {"items": [photo["photo"]]}}}}) == []


# -- weibo -------------------------------------------------------------------------------------------------------------
STATUS = {"id": 11, "idstr": "11", "text": "status", "created_at": "Tue May 31 17:46:55 +0800 2011", "user": {"id": 9}}
COMMENT = {"id": 21, "text": "said", "created_at": "Tue May 31 18:46:55 +0800 2011", "user": {"id": 7}}


def test_weibo_bare_list_of_comments_holds_comments_and_not_their_status() -> None:
    [found] = read("weibo", [{**COMMENT, "status": STATUS}])
    assert (found.kind, found.native_id, found.text, found.conversation_id) == ("comment", "21", "said", "11")
    assert (found.parent_id, found.in_reply_to_author_id) == ("11", "9")


@pytest.mark.parametrize("who", [{"user": 1404376560}, {"uid": "1404376560"}])
def test_weibo_trimmed_author_is_an_id(who: dict[str, Any]) -> None:
    entry = {name: told for name, told in STATUS.items() if name != "user"}
    assert read("weibo", {"statuses": [{**entry, **who}]})[0].author_id == "1404376560"


def test_weibo_answers_to_a_comment_lie_under_its_status() -> None:
    root = {**COMMENT, "rootid": 21, "like_counts": 0, "analysis_extra": "|author_uid:9|mid:11"}
    child = {**COMMENT, "id": 22, "rootid": 21, "like_counts": 0}
    address = "https://weibo.com/ajax/statuses/buildComments?is_mix=1&fetch_level=1&id=21"
    first, second = read("weibo", {"ok": 1, "rootComment": [root], "data": [child]}, address)
    assert (first.native_id, first.parent_id, first.conversation_id, first.in_reply_to_author_id) == ("21", "11", "11", "9")
    assert (second.native_id, second.parent_id, second.conversation_id) == ("22", "21", None)


def test_weibo_no_comment_yet_is_no_error() -> None:
    assert read("weibo", {"ok": 0, "msg": "快来发表你的评论吧"}) == []


# -- odnoklassniki -----------------------------------------------------------------------------------------------------
def test_ok_names_within_a_text_are_shown_and_other_braces_kept() -> None:
    [post] = read(
        "odnoklassniki",
        {"media_topics": [{"id": "1", "created_ms": 1, "media": [{"type": "text", "text": "{user:5}Ann{user} {x}"}]}]},
    )
    [comment] = read("odnoklassniki", {"comments": [{"id": "2", "text": "{group:5}Bank{group}: {no}", "author_id": "5"}]})
    assert (post.text, comment.text) == ("Ann {x}", "Bank: {no}")


def test_ok_batch_of_errors_is_an_error() -> None:
    assert code("odnoklassniki", [{"error_code": 102, "error_msg": "x"}, {"error_code": 104, "error_msg": "x"}]) == "102"


# -- facebook ----------------------------------------------------------------------------------------------------------
def test_facebook_comments_alone_of_a_post() -> None:
    inner = {
        "data": [{"id": "2_3", "message": "said", "created_time": "2020-01-16T14:03:36+0000"}],
        "summary": {"total_count": 1},
    }
    [found] = read("facebook", {"comments": inner, "likes": {"data": []}, "id": "1_2"})
    assert (found.kind, found.native_id, found.parent_id, found.conversation_id) == ("comment", "2_3", "1_2", "1_2")


def test_facebook_comment_that_names_its_photo() -> None:
    [found] = read("facebook", {"message": "said", "object": {"id": "2", "created_time": "x"}, "id": "2_3"})
    assert (found.kind, found.parent_id) == ("comment", "2")


def test_facebook_list_of_which_one_shows_that_it_is_of_comments() -> None:
    plain = {"id": "2_3", "message": "said", "created_time": "2011-01-17T16:02:09+0000"}
    assert ids("facebook", {"data": [plain, {**plain, "id": "2_4", "like_count": 1}]}) == [("comment", "2_3"), ("comment", "2_4")]
    assert ids("facebook", {"data": [plain, {**plain, "id": "2_4", "shares": {"count": 1}}]}) == [
        ("post", "2_3"),
        ("post", "2_4"),
    ]


def test_facebook_comment_of_v1_names_page_and_post_in_its_id() -> None:
    [found] = read("facebook", {"data": [{"id": "1_2_3", "message": "said", "created_time": "2011-01-17T16:02:09+0000"}]})
    assert (found.kind, found.parent_id, found.conversation_id, found.page_id) == ("comment", "1_2", "1_2", "1")


def test_facebook_pages_and_private_messages_are_no_mentions() -> None:
    page = {"id": "1", "name": "Bank", "category": "Bank", "link": "https://b.example", "picture": "x", "is_published": True}
    message = {"id": "m_1", "message": "private", "created_time": "2020-01-16T14:03:36+0000", "from": {"id": "5"}}
    conversation = {"id": "t_1", "link": "/b/inbox/1", "updated_time": "2020-01-16T14:03:36+0000"}
    thread = {"id": "9", "unread": 1, "to": {"data": []}, "comments": {"data": [{"id": "9_1", "message": "private"}]}}
    assert [read("facebook", value) for value in (page, message, conversation, thread)] == [[], [], [], []]


def test_facebook_post_of_a_link_alone_is_empty_and_an_album_is_not_one() -> None:
    told = {"created_time": "2020-01-16T14:03:36+0000", "link": "https://b.example/", "type": "link"}
    [post] = read("facebook", {"data": [{"id": "1_2", **told}]})
    assert (post.text, post.links) == ("", ("https://b.example/",))
    assert [r.reason for r in parse_with_rejects("facebook", json.dumps({"id": "3", "name": "Album", **told}).encode())[1]] == [
        "missing text"
    ]


def test_facebook_captions_of_photos_and_videos() -> None:
    photo = {"id": "1", "name": "caption", "images": [{"source": "x"}], "created_time": "2020-01-16T14:03:36+0000"}
    video = {"id": "2", "description": "shown", "length": 9.5, "embed_html": "<iframe>", "creation_time": "2020-01-16T14:03:36+0000",
             "permalink_url": "/bank/videos/2/"}  # fmt: skip
    first, second = read("facebook", {"data": [photo, video]})
    assert (first.media_count, second.media_count) == (1, 1)
    assert (first.text, second.text, second.url) == ("caption", "shown", "https://www.facebook.com/bank/videos/2/")
    assert first.created_at == second.created_at == datetime(2020, 1, 16, 14, 3, 36, tzinfo=UTC)


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("(#341) Feed action limit", "341"),
        ("Error validating access token: x", "190"),
        ("(#299) Requires", "200"),
        ("else", "OAuthException"),
    ],
)
def test_facebook_errors_of_before_v2_have_their_code_in_the_message(message: str, expected: str) -> None:
    assert code("facebook", {"error": {"type": "OAuthException", "message": message}}) == expected
