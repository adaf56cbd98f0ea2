"""Shapes that recordings of public client libraries showed and the parsers had not met: one short synthetic body for each."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from extractors.base import Mention, PlatformError
from extractors.parse import parse_body, parse_with_rejects
from extractors.platforms import mastodon

POST = "app.bsky.feed.post"


def read(platform: str, value: Any, url: str | None = None) -> list[Mention]:
    return parse_body(platform, json.dumps(value).encode(), url)


# -- mastodon ----------------------------------------------------------------------------------------------------------
def status(number: str, **more: Any) -> dict[str, Any]:
    account = {"id": "9", "acct": "ann@far.example", "display_name": "Ann"}
    return {
        "id": number,
        "created_at": "2026-03-01T10:00:00.000Z",
        "content": f"<p>text {number}</p>",
        "account": account,
        **more,
    }


def test_mastodon_answer_to_a_deletion_is_a_deleted_status() -> None:
    inner = {"state": "accepted", "quoted_status": {**status("2"), "text": "inner"}}
    inner["quoted_status"].pop("content")  # type: ignore[attr-defined]
    answer = {**status("1"), "text": "as typed\r\nhttps://b.example/x", "quote": inner}
    answer.pop("content")
    removed, quoted = read("mastodon", answer)
    assert (removed.deleted, removed.text, removed.links) == (True, "as typed\nhttps://b.example/x", ("https://b.example/x",))
    assert (quoted.deleted, quoted.text) == (False, "inner")
    [item, other] = mastodon.items(answer, None, "")
    assert [(t.native_id, t.basis) for t in mastodon.tombstones(item)] == [("1", "author")]
    assert list(mastodon.tombstones(other)) == []
    assert mastodon.to_mention(mastodon.make_item(item.value, ""), None).deleted  # and so at a replay


def test_mastodon_history_is_the_newest_version() -> None:
    versions = [{"content": f"<p>{n}</p>", "created_at": f"2026-03-0{n}T10:00:00.000Z", "account": {"id": "9"}} for n in (1, 2)]
    [found] = read("mastodon", versions, "https://m.example/api/v1/statuses/77/history")
    assert (found.native_id, found.text) == ("77", "2")
    assert (found.created_at, found.edited_at) == (datetime(2026, 3, 1, 10, tzinfo=UTC), datetime(2026, 3, 2, 10, tzinfo=UTC))
    [first] = read("mastodon", versions[:1], "https://m.example/api/v1/statuses/77/history")
    assert first.edited_at is None


def test_mastodon_stream_as_it_flows() -> None:
    lines = [":)", "event: update", f"data: {json.dumps(status('1'))}", "", ":thump", "event: delete", "data: 5", ""]
    found = parse_body("mastodon", "\r\n".join(lines).encode(), "https://m.example/api/v1/streaming/public")
    assert [(m.native_id, m.deleted, m.site) for m in found] == [("1", False, "m.example"), ("5", True, "m.example")]


def test_mastodon_one_status_of_several_notifications_comes_once() -> None:
    grouped = {"notification_groups": [], "statuses": [{**status("1"), "quote": {"quoted_status": status("2")}}, status("2")]}
    assert [m.native_id for m in read("mastodon", grouped)] == ["1", "2"]


def test_mastodon_papers_of_an_instance_are_no_statuses() -> None:
    for paper in ({"id": "1", "content": "x", "published_at": "2026"}, {"content": "x", "updated_at": "2026"}):
        assert parse_with_rejects("mastodon", json.dumps([paper]).encode()) == ([], [])
    filters = [{"id": "3", "title": "t", "statuses": [{"id": "1", "status_id": "2"}]}]
    assert parse_with_rejects("mastodon", json.dumps(filters).encode()) == ([], [])


def test_mastodon_bridged_quote_line_is_left_out() -> None:
    line = '<span class="quote-inline"><br>RE: <a href="https://q.example/1">q</a></span>'
    [found] = read("mastodon", {**status("1"), "content": f"<p>mine{line}</p>", "quote": {"quoted_status_id": "8"}})
    assert (found.text, found.links, found.quote_of_id) == ("mine", (), "8")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"error": "Validation failed: Text"}, "mastodon: error 422"),
        ({"error": "Throttled"}, "mastodon: error 429"),
        ({"error": "invalid_grant", "error_description": "it is expired"}, "mastodon: error invalid_grant (it is expired)"),
        ({"error": "Zurückgewiesen"}, "Zurückgewiesen"),
    ],
)
def test_mastodon_errors_say_which(body: dict[str, str], words: str) -> None:
    with pytest.raises(PlatformError) as caught:
        read("mastodon", body)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


# -- bluesky -----------------------------------------------------------------------------------------------------------
def uri(key: str) -> str:
    return f"at://did:plc:ann/{POST}/{key}"


def record(key: str) -> dict[str, Any]:
    return {"$type": POST, "text": f"text {key}", "createdAt": "2026-03-01T10:00:00Z"}


def view(key: str, **more: Any) -> dict[str, Any]:
    return {
        "uri": uri(key),
        "cid": f"c{key}",
        "author": {"did": "did:plc:ann", "handle": "ann.example"},
        "record": record(key),
        **more,
    }


def quoting(key: str, *inner: dict[str, Any]) -> dict[str, Any]:
    return {"record": {"uri": uri(key), "cid": f"c{key}", "value": record(key), "embeds": list(inner)}}


def test_bluesky_quotes_inside_quotes_come_along() -> None:
    found = read("bluesky", {"posts": [view("1", embed=quoting("2", quoting("3")))]})
    assert [m.native_id for m in found] == [uri("1"), uri("2"), uri("3")]


def test_bluesky_a_post_of_a_feed_comes_once_and_whole() -> None:
    feed = [
        {"post": view("1", embed=quoting("2"))},
        {"post": view("2", likeCount=4), "reply": {"root": view("1"), "parent": view("1")}},
    ]
    found = read("bluesky", {"feed": feed})
    assert [m.native_id for m in found] == [uri("1"), uri("2")]
    assert (found[1].engagement.likes, found[1].author_handle) == (4, "ann.example")


def test_bluesky_what_is_no_post() -> None:
    like = {"uri": "at://did:plc:ann/app.bsky.feed.like/1", "cid": "c", "value": {"$type": "app.bsky.feed.like"}}
    for value in (like, [like], {"uri": uri("1"), "likes": []}, {"uri": "at://x/app.bsky.graph.list/1", "creator": {}}):
        assert parse_with_rejects("bluesky", json.dumps(value).encode()) == ([], [])


def test_bluesky_bare_thread_and_bookmarks() -> None:
    thread = {"post": view("2"), "parent": {"post": view("1")}, "replies": [{"post": view("3"), "replies": []}]}
    assert {m.native_id for m in read("bluesky", thread)} == {uri("1"), uri("2"), uri("3")}
    assert [m.native_id for m in read("bluesky", {"bookmarks": [{"item": view("1"), "subject": {"uri": uri("1")}}]})] == [
        uri("1")
    ]


# -- reddit ------------------------------------------------------------------------------------------------------------
def test_reddit_collection_is_its_posts() -> None:
    post = {"kind": "t3", "data": {"name": "t3_a", "id": "a", "title": "t", "selftext": "s"}}
    links = {"kind": "Listing", "data": {"children": [post]}}
    collection = {"collection_id": "c", "permalink": "https://reddit.example/c", "title": "all", "sorted_links": links}
    assert [m.native_id for m in read("reddit", collection)] == ["t3_a"]
    assert read("reddit", [{**collection, "sorted_links": None}]) == []


def test_reddit_comments_of_an_inbox_and_of_before_2017() -> None:
    inbox = {"name": "t1_b", "id": "b", "body": "x", "parent_id": "t1_a", "context": "/r/bank/comments/p1/title/b/?context=3"}
    older = {"name": "t1_c", "id": "c", "body": "x", "parent_id": "t3_p2", "link_id": "t3_p2"}
    bare = {"name": "t1_d", "id": "d", "body": "x", "parent_id": "t3_p3"}
    listing = {"kind": "Listing", "data": {"children": [{"kind": "t1", "data": data} for data in (inbox, older, bare)]}}
    found = read("reddit", listing)
    assert [m.conversation_id for m in found] == ["t3_p1", "t3_p2", "t3_p3"]
    assert [m.url for m in found] == [
        "https://www.reddit.com/r/bank/comments/p1/title/b/",
        "https://www.reddit.com/comments/p2/_/c/",
        "https://www.reddit.com/comments/p3/_/d/",
    ]


def test_reddit_entries_of_a_broken_kind_are_told() -> None:
    data = {"name": "t3_a", "id": "a", "title": "t", "selftext": "s"}
    children = [{"kind": None, "data": data}, {"kind": 5, "data": 5}, {"kind": "t5", "data": {"name": "t5_x"}}]
    mentions, rejects = parse_with_rejects("reddit", json.dumps({"kind": "Listing", "data": {"children": children}}).encode())
    assert ([m.native_id for m in mentions], [r.reason for r in rejects]) == (["t3_a"], ["missing id"])


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"json": {"errors": [["BAD_OPTION", "not valid", "x"]]}}, "reddit: error BAD_OPTION (not valid)"),
        (
            {"fields": ["a"], "explanation": "too long", "message": "Bad Request", "reason": "TOO_LONG"},
            "reddit: error TOO_LONG (too long)",
        ),
        ({"explanation": "none left", "reason": "NO_CREDIT"}, "reddit: error NO_CREDIT (none left)"),
    ],
)
def test_reddit_errors_by_name(body: dict[str, Any], words: str) -> None:
    with pytest.raises(PlatformError) as caught:
        read("reddit", body)
    assert str(caught.value).startswith(words)


def test_reddit_people_are_no_talk_and_repeats_come_once() -> None:
    data = {"name": "t3_a", "id": "a", "title": "t", "selftext": "s"}
    children = [
        {"kind": "t3", "data": data},
        {"kind": "t3", "data": {**data, "score": 3}},
        {"name": "ann", "id": "t2_a", "date": 1.0},
    ]
    mentions, rejects = parse_with_rejects("reddit", json.dumps({"kind": "Listing", "data": {"children": children}}).encode())
    assert ([m.native_id for m in mentions], rejects) == (["t3_a"], [])


# -- youtube -----------------------------------------------------------------------------------------------------------
def test_youtube_search_escapes_what_it_shows() -> None:
    snippet = {"title": "Tom &amp; &#39;Ann&#39;", "description": "a &lt; b", "channelTitle": "R&amp;D", "channelId": "UCx"}
    found = {"kind": "youtube#searchResult", "id": {"kind": "youtube#video", "videoId": "abcdefghijk"}, "snippet": snippet}
    whole = {"kind": "youtube#video", "id": "abcdefghijk", "snippet": {**snippet, "title": "AT&amp;T"}}
    searched, listed = read("youtube", {"items": [found, whole]})
    assert (searched.title, searched.text, searched.author_name) == ("Tom & 'Ann'", "a < b", "R&D")
    assert listed.title == "AT&amp;T"  # as its author wrote it


def test_youtube_other_resources_are_no_talk() -> None:
    kinds = ("channelSection", "caption", "i18nRegion", "member", "videoAbuseReportReason")
    entries = [{"kind": f"youtube#{kind}", "id": "x", "snippet": {"title": "t"}} for kind in kinds]
    assert parse_with_rejects("youtube", json.dumps({"items": entries}).encode()) == ([], [])


# -- stores, gdelt, review sites ---------------------------------------------------------------------------------------
def test_google_play_lists_of_public_clients() -> None:
    review = {"id": "gp:1", "userName": "A", "date": "2020-01-02T03:04:05.123Z", "score": 4, "text": "hi", "thumbsUp": 3, "replyText": "ok",
              "url": "https://play.google.com/store/apps/details?id=com.x&reviewId=gp:1"}  # fmt: skip
    found, reply = read("google_play", {"data": [review], "nextPaginationToken": "t"})
    assert (found.native_id, found.page_id, found.engagement.likes) == ("gp:1", "com.x", 3)
    assert (reply.parent_id, reply.author_id) == ("gp:1", "com.x")
    assert read("google_play", review)[0].native_id == "gp:1"


def test_google_play_stars_without_words() -> None:
    [found] = read("google_play", [{"reviewId": "a", "content": None, "score": 5, "at": "2020-11-24T12:34:00Z"}])
    assert (found.text, found.rating) == ("", 5.0)


def test_app_store_connect_names_its_app() -> None:
    review = {
        "type": "customerReviews",
        "id": "r",
        "attributes": {"rating": 5, "body": "b", "createdDate": "2024-01-02T11:19:36-07:00"},
    }
    links = {"self": "https://api.appstoreconnect.apple.com/v1/apps/6777469778/customerReviews?sort=-createdDate"}
    assert read("app_store", {"data": [review], "links": links})[0].page_id == "6777469778"


def test_app_store_end_of_the_feed_in_words() -> None:
    with pytest.raises(PlatformError, match="app_store: error 400"):
        parse_body("app_store", b"CustomerReviews RSS page depth is limited to 10")


def test_gdelt_csv() -> None:
    lines = [
        "URL,MobileURL,Date,Title",
        'https://a.example/1,,2023-09-18 03:15:00,"A, b"',
        "https://a.example/2,,2023-09-18 03:30:00,C",
    ]
    found = parse_body("gdelt", ("\ufeff" + "\r\n".join(lines)).encode())
    assert [(m.native_id, m.title) for m in found] == [("https://a.example/1", "A, b"), ("https://a.example/2", "C")]
    assert found[0].created_at == datetime(2023, 9, 18, 3, 15, tzinfo=UTC)
    assert found[0].created_at_raw == "2023-09-18 03:15:00"


def test_review_site_graph_names_things_by_their_id() -> None:
    graph = [{"@type": "Organization", "@id": "#org", "name": "A Bank"}, {"@type": "Person", "@id": "#p1", "name": "Jo"},
             {"@type": "Review", "@id": "#r1", "itemReviewed": {"@id": "#org"}, "author": {"@id": "#p1"}, "reviewBody": "b"}]  # fmt: skip
    page = f'<script type="application/ld+json">{json.dumps({"@graph": graph})}</script>'
    [found] = parse_body("review_site", page.encode(), "https://r.example/x")
    assert (found.page_name, found.author_name) == ("A Bank", "Jo")


def test_news_time_with_colons_in_its_name() -> None:
    head = (
        '<meta property="article:published:time" content="2024-10-23T15:48:15+00:00"><meta property="og:type" content="article">'
    )
    body = "".join(f"<p>{'A sentence of the article that is long enough to count. ' * 4}</p>" for _ in range(4))
    page = f"<html><head><title>T</title>{head}</head><body><article><h1>T</h1>{body}</article></body></html>"
    [found] = parse_body("news", page.encode(), "https://n.example/a")
    assert found.created_at == datetime(2024, 10, 23, 15, 48, 15, tzinfo=UTC)
