"""Shapes that the recordings do not show, built from the platforms' documents: optional fields missing, older and newer forms."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from extractors.base import Mention, PlatformError
from extractors.parse import parse_body, parse_with_rejects
from extractors.registry import PLATFORMS
from settings import RenownError


def one(platform: str, value: Any, url: str | None = None) -> Mention:
    mentions = parse_body(
        platform, value if isinstance(value, bytes) else json.dumps(value).encode(), url, datetime(2026, 3, 1, tzinfo=UTC)
    )
    assert len(mentions) == 1
    return mentions[0]


def test_x_long_post_place_and_partial_errors() -> None:
    tweet = {"id": "5", "text": "short &amp; cut…", "note_tweet": {"text": "the whole &lt;long&gt; text", "entities": {"hashtags": [{"tag": "t"}]}},
             "geo": {"place_id": "p", "coordinates": {"type": "Point", "coordinates": [30.5, 50.4]}}, "edit_history_tweet_ids": ["3", "5"],
             "referenced_tweets": [{"type": "quoted", "id": "2"}], "created_at": "2026-01-01T00:00:00.000Z"}  # fmt: skip
    body = {"data": [tweet], "includes": {"places": [{"id": "p", "full_name": "Kyiv", "country_code": "UA"}]}, "meta": {"result_count": 1},
            "errors": [{"resource_type": "tweet", "resource_id": "2", "title": "Not Found Error", "parameter": "referenced_tweets.id"}]}  # fmt: skip
    long, gone = parse_body("x", json.dumps(body).encode())
    assert long.text == "the whole <long> text"
    assert (long.country, long.place_name, long.latitude, long.longitude) == ("UA", "Kyiv", 50.4, 30.5)
    assert long.quote_of_id == "2"
    assert long.edited_at is not None
    assert gone.deleted
    items = list(PLATFORMS["x"].items(body, None, ""))
    assert [(t.native_id, t.basis) for t in PLATFORMS["x"].tombstones(items[0])] == [("3", "superseded")]
    assert [(t.native_id, t.kind, t.basis) for t in PLATFORMS["x"].tombstones(items[1])] == [("2", None, "platform")]


def test_x_empty_page_single_post_and_only_partial_errors() -> None:
    assert parse_body("x", b'{"meta":{"result_count":0}}') == []
    assert one("x", {"data": {"id": "9", "text": "one"}}).native_id == "9"
    with pytest.raises(PlatformError, match="x: error resource-not-found"):
        parse_body("x", b'{"errors":[{"resource_type":"user","title":"Not Found Error","value":"1"}]}')
    with pytest.raises(PlatformError, match="x: error 88"):
        parse_body("x", b'{"errors":[{"code":88,"message":"Rate limit exceeded"}]}')
    with pytest.raises(PlatformError, match="x: error 400"):
        parse_body("x", b'{"errors":[{"message":"bad"}],"title":"Invalid Request","type":"t","detail":"d","status":400}')


def test_x_flattened_by_twarc() -> None:
    quoted = {"id": "2", "type": "quoted", "text": "original", "author": {"id": "8", "username": "bob"}, "author_id": "8"}
    tweet = {"id": "5", "text": "mine", "author_id": "7", "author": {"id": "7", "username": "ann"}, "referenced_tweets": [quoted],
             "geo": {"place_id": "p", "id": "p", "full_name": "Kyiv", "country_code": "UA"}, "attachments": {"media": [{}, {}]}}  # fmt: skip
    mine, original = parse_body("x", json.dumps(tweet).encode() + b"\n")
    assert (mine.author_handle, mine.place_name, mine.country, mine.media_count, mine.quote_of_id) == (
        "ann",
        "Kyiv",
        "UA",
        2,
        "2",
    )
    assert (original.native_id, original.author_handle, original.text) == ("2", "bob", "original")


def test_vk_comment_thread_repost_and_deletion() -> None:
    thread = {"count": 1, "items": [{"id": 4, "from_id": -1, "date": 1700000100, "text": "[id5|Ann], hi", "owner_id": -1, "post_id": 2,
                                     "parents_stack": [3], "reply_to_user": 5, "reply_to_comment": 3}]}  # fmt: skip
    top = {
        "id": 3,
        "from_id": 5,
        "date": 1700000000,
        "text": "help",
        "owner_id": -1,
        "post_id": 2,
        "parents_stack": [],
        "thread": thread,
    }
    gone = {"id": 6, "from_id": 0, "date": 1700000200, "deleted": True, "owner_id": -1, "post_id": 2, "parents_stack": []}
    people = {
        "profiles": [{"id": 5, "first_name": "Ann", "last_name": "B", "screen_name": "annb"}],
        "groups": [{"id": 1, "name": "Bank", "screen_name": "bank"}],
    }
    first, answer, deleted = parse_body("vk", json.dumps({"response": {"count": 3, "items": [top, gone], **people}}).encode())[:3]
    assert (first.kind, first.native_id, first.parent_id, first.conversation_id) == ("comment", "-1_3", "-1_2", "-1_2")
    assert (first.author_handle, first.author_name, first.page_name) == ("annb", "Ann B", "Bank")
    assert first.engagement.comments == 1
    assert (answer.parent_id, answer.in_reply_to_author_id, answer.author_id) == ("-1_3", "5", "-1")
    assert answer.text == "Ann, hi"
    assert answer.mentions == ("annb",)
    assert deleted.deleted


def test_vk_older_shapes() -> None:
    post = {"id": 2, "owner_id": 7, "from_id": 7, "date": 1700000000, "text": "a&lt;b<br>c", "edited": 1700000500,
            "geo": {"type": "point", "coordinates": "55.67 37.87", "place": {"title": "Moscow"}},
            "copy_history": [{"id": 1, "owner_id": -3, "from_id": -3, "date": 1600000000, "text": "original"}],
            "attachments": [{"type": "link", "link": {"url": "https://a.example/x"}}, {"type": "photo", "photo": {}}]}  # fmt: skip
    repost, original = parse_body("vk", json.dumps({"response": [post]}).encode())
    assert repost.text == "a<b\nc"
    assert (repost.repost_of_id, original.native_id) == ("-3_1", "-3_1")
    assert (repost.latitude, repost.longitude, repost.place_name) == (55.67, 37.87, "Moscow")
    assert (repost.links, repost.media_count) == (("https://a.example/x",), 1)
    assert repost.edited_at is not None
    assert one("vk", {"response": {"items": [{"id": 3, "from_id": 5, "date": 1700000000, "text": "x"}]}}).engagement.likes is None


def test_vk_comment_takes_its_wall_from_the_url() -> None:
    url = "https://api.vk.com/method/wall.getComments?owner_id=-1&post_id=2"
    found = one(
        "vk", {"response": {"items": [{"id": 3, "from_id": 5, "date": 1700000000, "text": "x", "thread": {"count": 0}}]}}, url
    )
    assert (found.native_id, found.conversation_id) == ("-1_3", "-1_2")


def test_weibo_truncation_completion_deletion_and_bare_array() -> None:
    long = {
        "id": 1,
        "idstr": "1",
        "created_at": "5分钟前",
        "text": "开头<a href='/status/1'>...全文</a>",
        "isLongText": True,
        "user": {"id": 2},
    }
    cut = one("weibo", [long])
    assert cut.truncated
    assert cut.text == "开头..."
    assert cut.created_at == datetime(2026, 2, 28, 23, 55, tzinfo=UTC)
    whole = one("weibo", [{**long, "longText": {"longTextContent": "开头和结尾"}}])
    assert (whole.truncated, whole.text) == (False, "开头和结尾")
    gone = [{"id": 3, "idstr": "3", "created_at": "Tue May 31 17:46:55 +0800 2011", "text": "抱歉", "deleted": "1"}]
    assert one("weibo", gone).deleted


def test_weibo_open_comments() -> None:
    above = {"id": 10, "text": "a", "user": {"id": 77}}
    comment = {"id": 11, "created_at": "Tue May 31 17:46:55 +0800 2011", "text": "b", "user": {"id": 5, "screen_name": "ann"},
               "status": {"id": 9, "user": {"id": 66}}, "reply_comment": above}  # fmt: skip
    found = one("weibo", {"comments": [comment], "total_number": 1})
    assert (found.kind, found.parent_id, found.conversation_id, found.in_reply_to_author_id) == ("comment", "10", "9", "77")
    del comment["reply_comment"]
    found = one("weibo", {"comments": [comment], "total_number": 1})
    assert (found.parent_id, found.in_reply_to_author_id) == ("9", "66")


def test_weibo_mobile_errors_and_empty_pages() -> None:
    assert parse_body("weibo", '{"ok":0,"msg":"这里还没有内容","data":{"cards":[]}}'.encode()) == []
    with pytest.raises(PlatformError, match="ok=-100"):
        parse_body("weibo", b'{"ok":-100,"url":"https://passport.weibo.com/"}')


def test_discourse_deletion_quotes_and_unknown_parent() -> None:
    post = {"id": 8, "topic_id": 4, "post_number": 3, "user_id": 2, "username": "ann", "created_at": "2026-01-01T00:00:00.000Z", "version": 1,
            "cooked": '<aside class="quote"><blockquote>his words</blockquote></aside><p>mine <img class="emoji" alt=":heart:"></p>',
            "actions_summary": [{"id": 2, "count": 4}], "reply_to_post_number": 2, "updated_at": "2026-01-02T00:00:00.000Z"}  # fmt: skip
    found = one("discourse", {"latest_posts": [post]})
    assert found.text == "mine ❤️"
    assert found.engagement.likes == 4
    assert (found.parent_id, found.in_reply_to_author_id, found.edited_at) == (None, None, None)
    assert one("discourse", {"latest_posts": [{**post, "reply_to_user": {"id": 6}}]}).in_reply_to_author_id == "6"
    assert one("discourse", {"latest_posts": [{**post, "user_deleted": True}]}).deleted
    item = next(
        iter(PLATFORMS["discourse"].items({"latest_posts": [{**post, "deleted_at": "2026-01-03T00:00:00.000Z"}]}, None, ""))
    )
    assert [(t.basis, t.deleted_at is not None) for t in PLATFORMS["discourse"].tombstones(item)] == [("page", True)]
    with pytest.raises(PlatformError, match="discourse: error rate_limit"):
        parse_body("discourse", b'{"errors":["slow"],"error_type":"rate_limit","extras":{"wait_seconds":9}}')


def test_feed_shapes() -> None:
    head = '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>T</title><link>https://n.example/</link>'
    entry = "<item><title>A &amp;amp; B</title><link>/a</link><description>sum</description>"
    entry += "<content:encoded><![CDATA[<p>full <b>text</b></p>]]></content:encoded>"
    wrong = "<pubDate>2016/6/29 15:07:41</pubDate></item></channel></rss>"
    found = one("rss", (head + entry + wrong).encode())
    assert (found.title, found.text, found.site) == ("A & B", "full text", "n.example")
    assert (found.created_at, found.created_at_raw) == (None, "2016/6/29 15:07:41")
    assert one("rss", gzip.compress((head + entry + wrong).encode())).text == "full text"
    assert one("rss", (head + "<item><title>no id</title></item></channel></rss>").encode()).native_id.startswith("sha256:")
    with pytest.raises(PlatformError, match="declares XML entities"):
        parse_body(
            "rss", b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss><channel>&x;</channel></rss>'
        )
    with pytest.raises(PlatformError, match="not a feed"):
        parse_body("rss", b"<html><body>captcha</body></html>")


def test_items_that_cannot_be_understood_are_rejects() -> None:
    mentions, rejects = parse_with_rejects("x", b'{"data":[{"id":"1","text":"ok"},{"text":"no id"},{"id":"2"}]}')
    assert [m.native_id for m in mentions] == ["1"]
    assert [r.reason for r in rejects] == ["missing id", "missing text"]


@pytest.mark.parametrize("body", [b"", b"   ", b"\x00\x01", b"<<<", b"[1,2", b'"word"', b"12"])
@pytest.mark.parametrize("platform", sorted(PLATFORMS))
def test_bytes_that_are_no_body(platform: str, body: bytes) -> None:
    with pytest.raises(RenownError) as caught:
        parse_body(platform, body)
    assert caught.value.exit_code == 2
    assert len(str(caught.value).splitlines()) == 1
    with pytest.raises(RenownError, match="unknown platform 'nope'"):
        parse_body("nope", body)
