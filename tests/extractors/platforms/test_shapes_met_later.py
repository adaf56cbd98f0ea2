"""Further shapes of the documents and of public recordings that the parsers had not met: one short synthetic body for each."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from extractors.base import Mention, PlatformError, Tombstone
from extractors.emoji_names import to_emoji
from extractors.parse import parse_body, parse_with_rejects
from extractors.platforms import mastodon, wordpress
from extractors.text import html_to_text


def read(platform: str, value: Any, url: str | None = None) -> list[Mention]:
    return parse_body(platform, json.dumps(value).encode(), url)


# -- emoji -------------------------------------------------------------------------------------------------------------
def test_forum_emoji_by_their_forums_names() -> None:
    image = '<img src="/e.png" title="{0}" class="emoji" alt="{0}">'
    shown = "".join(image.format(f":{name}:") for name in ("slight_smile", "wave:t3", "flag_tr", "heart"))
    assert html_to_text(f"<p>hi {shown}</p>") == "hi 🙂👋🏼🇹🇷❤️"
    assert to_emoji(":no_such_name: 10:30:") == ":no_such_name: 10:30:"


def test_control_characters_are_no_words() -> None:
    assert html_to_text("<p>a\x01b\x0b\tc\x7f\r\nd\u200d</p>") == "ab\tc\nd\u200d"
    body = b'{"articles": [{"url": "https://n.example/1", "title": "Ca\x01rd", "seendate": "20240101T101500Z"}]}'
    assert [m.title for m in parse_body("gdelt", body)] == ["Card"]


# -- nodebb ------------------------------------------------------------------------------------------------------------
def topic(posts: int, **more: Any) -> dict[str, Any]:
    teaser = {"pid": 5, "uid": 3, "tid": 2, "content": "newest", "timestamp": 1600000000000}
    return {"topics": [{"tid": 2, "uid": 1, "title": "T", "postcount": posts, "teaser": teaser, **more}]}


def test_nodebb_the_newest_post_of_a_topic_is_a_reply_unless_it_is_the_only_one() -> None:
    assert [read("nodebb", topic(posts))[0].kind for posts in (1, 2)] == ["post", "reply"]
    assert read("nodebb", topic(1, mainPid=4))[0].kind == "reply"


def test_nodebb_a_topic_tells_its_category() -> None:
    category = {"cid": 7, "name": "Cards", "topic_count": 99}
    [found] = read("nodebb", topic(2, cid=7, category=category))
    assert (found.page_id, found.page_name) == ("7", "Cards")


# -- youtube, reddit, vk, facebook ---------------------------------------------------------------------------------------
def test_youtube_an_upload_among_a_channels_activities_is_its_video() -> None:
    snippet = {"publishedAt": "2026-01-01T00:00:00Z", "channelId": "UC1", "title": "T", "description": "d", "channelTitle": "Bank"}
    entries = [
        {"kind": "youtube#activity", "id": "a1", "snippet": {**snippet, "type": "upload"}, "contentDetails": {"upload": {"videoId": "v1"}}},
        {"kind": "youtube#activity", "id": "a2", "snippet": {**snippet, "type": "like"}, "contentDetails": {"like": {"resourceId": {}}}},
    ]
    [found] = read("youtube", {"kind": "youtube#activityListResponse", "items": entries})
    assert (found.native_id, found.kind, found.text, found.author_id) == ("v1", "post", "d", "UC1")


def test_reddit_an_archives_page_of_bare_objects() -> None:
    assert parse_with_rejects("reddit", b'{"data": [{"id": "ann_1", "body": "news of the site"}]}') == ([], [])
    bare = {"id": "abc", "title": "T", "selftext": "x", "author": "ann", "created_utc": 1600000000, "subreddit": "banks"}
    comment = {"id": "c1", "body": "y", "author": "bo", "created_utc": 1600000001, "link_id": "t3_abc", "parent_id": "t3_abc"}
    assert [(m.native_id, m.kind) for m in read("reddit", {"data": [bare, comment]})] == [("t3_abc", "post"), ("t1_c1", "comment")]


def test_weibo_ok_in_every_form_of_yes() -> None:
    card = {"card_type": 9, "mblog": {"id": "5", "text": "hi", "created_at": "Sat Jun 15 10:00:00 +0800 2019", "user": {"id": 7}}}
    for yes in (1, "1", True):
        assert [m.native_id for m in read("weibo", {"ok": yes, "data": {"cards": [card]}})] == ["5"]
    with pytest.raises(PlatformError, match="ok=0"):
        read("weibo", {"ok": "0", "data": {"x": 1}})


def test_vk_a_callback_names_the_wall_of_a_comment() -> None:
    event = {"type": "wall_reply_new", "group_id": 5, "object": {
        "id": 21, "from_id": 7, "date": 1600000000, "text": "hi", "post_owner_id": -5, "post_id": 11}}  # fmt: skip
    [found] = read("vk", event)
    assert (found.native_id, found.parent_id, found.conversation_id) == ("-5_21", "-5_11", "-5_11")


@pytest.mark.parametrize(
    ("kind", "fields", "thread", "page"),
    [
        ("photo", {"photo_owner_id": -5, "photo_id": 9}, "photo-5_9", "photo-5_9"),
        ("video", {"video_owner_id": -5, "video_id": 9}, "video-5_9", "video-5_9"),
        ("market", {"market_owner_id": -5, "item_id": 9}, "market-5_9", "product-5_9"),
        ("photo", {"owner_id": -5, "photo_id": 9}, "photo-5_9", "photo-5_9"),
    ],
)
def test_vk_comments_under_media_are_counted_apart(kind: str, fields: dict[str, int], thread: str, page: str) -> None:
    event = {"type": f"{kind}_comment_new", "group_id": 5, "object": {"id": 1, "from_id": 7, "date": 1600000000, "text": "hi", **fields}}
    [found] = read("vk", event)
    assert (found.native_id, found.parent_id, found.conversation_id) == (f"{thread}_1", thread, thread)
    assert (found.kind, found.url, found.page_id) == ("comment", f"https://vk.com/{page}?reply=1", "-5")
    [gone] = read("vk", {**event, "type": f"{kind}_comment_delete"})
    assert gone.deleted


def test_vk_private_messages_are_no_mentions() -> None:
    message = {"id": 5, "date": 1600000000, "from_id": 7, "peer_id": 7, "conversation_message_id": 2, "text": "secret"}
    older = {"mid": 5, "id": 5, "uid": 7, "date": 1400000000, "read_state": 1, "text": "secret", "out": 0}
    for value in ({"type": "message_new", "object": {"message": message}, "group_id": 5}, {"response": {"count": 1, "items": [message]}},
                  message, {"response": [1, older]}):  # fmt: skip
        assert parse_with_rejects("vk", json.dumps(value).encode()) == ([], [])


def test_facebook_a_tag_without_further_fields_has_the_time_of_the_tag() -> None:
    [found] = read("facebook", {"data": [{"id": "55_66", "message": "hi", "tagged_time": "2021-07-04T19:50:58+0000"}]})
    assert found.created_at == datetime(2021, 7, 4, 19, 50, 58, tzinfo=UTC)


# -- wordpress ---------------------------------------------------------------------------------------------------------
def test_wordpress_the_bin_and_the_answer_to_a_deletion() -> None:
    post = {"id": 5, "date_gmt": "2024-01-01T09:00:00", "title": {"rendered": "T"}, "content": {"rendered": "x"}, "status": "publish"}
    comment = {"id": 8, "post": 5, "content": {"rendered": "spam"}, "status": "spam"}
    assert [read("wordpress", value)[0].deleted for value in (post, {**post, "status": "trash"}, {"deleted": True, "previous": post})] == [
        False, True, True]  # fmt: skip
    [item] = wordpress.items([comment], None, "b.example")
    assert list(wordpress.tombstones(item)) == [Tombstone("8", "comment", "page")]
    assert list(wordpress.tombstones(next(wordpress.items(post, None, "b.example")))) == []


# -- telegram ----------------------------------------------------------------------------------------------------------
def test_telegram_a_member_whose_account_is_hidden_is_not_the_group() -> None:
    page = (
        '<div class="tgme_widget_message" data-post="bank_chat/44"><div class="tgme_widget_message_author">'
        '<span class="tgme_widget_message_author_name">Ann</span></div><div class="tgme_widget_message_text js-message_text">hi</div>'
        '<time datetime="2026-03-01T10:00:00+00:00"></time></div>'
    )
    [found] = parse_body("telegram", page.encode())
    assert (found.author_id, found.author_handle, found.author_name, found.page_id) == (None, None, "Ann", "bank_chat")


# -- x -----------------------------------------------------------------------------------------------------------------
def test_x_posts_of_a_collection_by_id() -> None:
    users = {"9": {"id": 9, "id_str": "9", "screen_name": "ann", "name": "Ann"}}
    tweet = {"id": 1, "id_str": "1", "text": "hi", "created_at": "Sun Jan 10 13:43:29 +0000 2021"}
    posts = {"1": {**tweet, "user": {"id_str": "9"}}, "2": {**tweet, "id_str": "2", "user_id_str": "9"}}
    for name in ("objects", "globalObjects"):
        found = read("x", {name: {"tweets": posts, "users": users}, "response": {"timeline": []}})
        assert [(m.native_id, m.author_handle, m.author_id) for m in found] == [("1", "ann", "9"), ("2", "ann", "9")]
    [inside] = read("x", {"for_user": 3, "message": {**tweet, "user": users["9"]}})
    assert inside.author_handle == "ann"


def test_x_an_author_whose_id_is_a_number() -> None:
    post = {"id": "1", "text": "hi", "author_id": "9"}
    [found] = read("x", {"data": [post], "includes": {"users": [{"id": 9, "username": "ann"}]}})
    assert (found.author_handle, found.author_id) == ("ann", "9")


# -- mastodon ----------------------------------------------------------------------------------------------------------
HOST = "https://m.example"
NOTE: dict[str, Any] = {
    "@context": "https://www.w3.org/ns/activitystreams", "type": "Note", "id": f"{HOST}/users/ann/statuses/7",
    "inReplyTo": f"{HOST}/users/bo/statuses/3", "attributedTo": f"{HOST}/users/ann", "published": "2026-03-01T10:00:00Z",
    "content": "<p>hi</p>", "contentMap": {"tr": "<p>hi</p>"}, "url": f"{HOST}/@ann/7",
    "tag": [{"type": "Mention", "name": "@bank@b.example"}, {"type": "Hashtag", "name": "#card"}],
}  # fmt: skip


def test_mastodon_a_note_as_servers_exchange_it() -> None:
    [found] = read("mastodon", NOTE)
    assert (found.native_id, found.site, found.kind, found.parent_id) == ("7", "m.example", "reply", "3")
    assert (found.text, found.author_handle, found.language_hint, found.created_at) == ("hi", "ann", "tr", datetime(2026, 3, 1, 10, tzinfo=UTC))
    assert (found.mentions, found.hashtags) == (("bank@b.example",), ("card",))
    [far] = read("mastodon", {**NOTE, "inReplyTo": "https://far.example/users/x/statuses/1"})
    assert far.parent_id == "https://far.example/users/x/statuses/1"


def test_mastodon_an_outbox_and_what_is_gone() -> None:
    announce = {"type": "Announce", "id": "a", "object": "https://far.example/1"}
    outbox = {"type": "OrderedCollectionPage", "id": f"{HOST}/users/ann/outbox?page=true", "orderedItems": [
        {"type": "Create", "id": "c", "object": NOTE}, announce]}  # fmt: skip
    assert [m.native_id for m in read("mastodon", outbox)] == ["7"]
    for gone in ({"type": "Tombstone", "id": NOTE["id"]}, {"type": "Delete", "id": "d", "object": NOTE["id"]}):
        [item] = mastodon.items(gone, None, "")
        assert [(t.native_id, t.basis) for t in mastodon.tombstones(item)] == [("7", "platform")]
        assert item.site == ("m.example" if gone["type"] == "Tombstone" else "")


# -- livejournal -------------------------------------------------------------------------------------------------------
def rpc(name: str, *structs: str) -> bytes:
    values = "".join(f"<value><struct>{struct}</struct></value>" for struct in structs)
    inner = f"<member><name>{name}</name><value><array><data>{values}</data></array></value></member>"
    return f'<?xml version="1.0"?><methodResponse><params><param><value><struct>{inner}</struct></value></param></params></methodResponse>'.encode()


def member(name: str, value: str) -> str:
    return f"<member><name>{name}</name><value>{value}</value></member>"


def test_livejournal_events_of_the_older_interface() -> None:
    told = {"itemid": "<int>5</int>", "anum": "<int>12</int>", "subject": "<base64>VMOk</base64>", "event": "<string>hi &lt;b&gt;x&lt;/b&gt;</string>",
            "eventtime": "<string>2015-06-25 18:15:00</string>", "url": "https://ann.livejournal.com/1292.html",
            "reply_count": "<int>0</int>", "poster": "ann"}  # fmt: skip
    [found] = parse_body("livejournal", rpc("events", "".join(member(*pair) for pair in told.items())))
    assert (found.native_id, found.site, found.title, found.text) == ("1292", "ann.livejournal.com", "Tä", "hi x")
    assert (found.created_at, found.created_at_raw) == (None, "2015-06-25 18:15:00")  # its author's local time
    assert (found.author_handle, found.engagement.comments) == ("ann", 0)


def test_livejournal_comments_of_the_older_interface_and_its_faults() -> None:
    child = member("dtalkid", "<int>501</int>") + member("state", "D") + member("body", "")
    below = member("children", f"<array><data><value><struct>{child}</struct></value></data></array>")
    parent = member("dtalkid", "<int>500</int>") + member("postername", "bo") + member("body", "hi") + member("datepostunix", "<int>1704103200</int>")
    first, second = parse_body("livejournal", rpc("comments", parent + below))
    assert (first.native_id, first.author_handle, first.created_at) == ("500", "bo", datetime(2024, 1, 1, 10, tzinfo=UTC))
    assert (second.native_id, second.parent_id, second.deleted) == ("501", "500", True)
    fault = f"<struct>{member('faultCode', '<int>101</int>')}{member('faultString', 'Invalid password')}</struct>"
    with pytest.raises(PlatformError, match=r"error 101 \(Invalid password\)"):
        parse_body("livejournal", f"<methodResponse><fault><value>{fault}</value></fault></methodResponse>".encode())
    assert parse_with_rejects("livejournal", rpc("events")) == ([], [])
