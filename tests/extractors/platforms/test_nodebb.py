"""NodeBB: shapes of its published OpenAPI (there is no recording of it), walks over a served forum, errors, deletions, lookup."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import responses

from extractors.base import PlatformError
from extractors.platforms import nodebb
from settings import Settings
from tests.extractors.platforms.served import key_of, keys, mention, parsed, reading, serve

AT = 1_700_000_000_000
WHEN = datetime.fromtimestamp(AT / 1000, UTC)
USER = {"uid": 8, "username": "bob", "displayname": "Bob B", "userslug": "bob", "reputation": 3, "postcount": 12, "picture": None}
POST = {"pid": 102, "tid": 5, "uid": 8, "content": "<p dir=\"auto\">Hi @ann</p>\n", "timestamp": AT, "timestampISO": "2023-11-14T22:13:20.000Z", "deleted": 0,
        "upvotes": 4, "downvotes": 1, "votes": 3, "edited": AT + 60_000, "editedISO": "2023-11-14T22:14:20.000Z", "deleterUid": 0, "toPid": 101,
        "user": USER, "replies": {"hasMore": False, "users": [], "count": 2}, "index": 1}  # fmt: skip
TOPIC = {"tid": 5, "uid": 7, "cid": 2, "title": "Fees &amp; cards", "titleRaw": "Fees & cards", "slug": "5/fees", "mainPid": 101, "postcount": 2,
         "posts": [{**POST, "pid": 101, "uid": 7, "toPid": None, "index": 0, "edited": 0, "editedISO": ""}, POST]}  # fmt: skip


@pytest.fixture
def network() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def read(value: Any) -> list[Any]:
    return parsed("nodebb", value, "https://n.test/community/api/topic/5")


def test_a_topic() -> None:
    one, two = read(TOPIC)
    assert (one.kind, one.native_id, one.parent_id, one.title, one.site) == ("post", "101", None, "Fees & cards", "n.test")
    assert (two.kind, two.native_id, two.parent_id, two.in_reply_to_author_id, two.conversation_id) == (
        "reply",
        "102",
        "101",
        "7",
        "5",
    )
    assert (two.author_id, two.author_handle, two.author_name, two.author_posts) == ("8", "bob", "Bob B", 12)
    assert (two.created_at, two.created_at_raw) == (WHEN, "2023-11-14T22:13:20.000Z")
    assert (one.edited_at, two.edited_at) == (None, datetime.fromtimestamp(AT / 1000 + 60, UTC))
    assert (two.engagement.likes, two.engagement.comments) == (4, 2)
    assert (two.text, two.mentions, two.url) == ("Hi @ann", ("ann",), "https://n.test/community/post/102")


def test_an_answer_to_nobody_answers_the_first_post() -> None:
    (reply,) = read({**TOPIC, "posts": [{**POST, "toPid": None}]})
    assert (reply.kind, reply.parent_id, reply.in_reply_to_author_id) == ("reply", "101", "7")


def test_arrays_searches_lists_and_single_posts() -> None:
    summary = {"pid": 102, "tid": 5, "toPid": None, "url": "https://n.test/post/102", "content": "Hi", "uid": 8, "timestamp": AT, "deleted": False, "upvotes": 0,
               "downvotes": 0, "votes": 0, "timestampISO": "2023-11-14T22:13:20.000Z", "user": USER, "replies": 0, "isMainPost": False,
               "topic": {"uid": 7, "tid": 5, "title": "Fees", "cid": 2, "slug": "5/fees", "mainPid": 101}, "category": {"cid": 2, "name": "General"}}  # fmt: skip
    (recent,) = read([summary])
    (found,) = read({"posts": [summary], "matchCount": 1, "pageCount": 1, "time": "0.01", "title": "[[global:header.search]]"})
    (whole,) = read({"status": {"code": "ok", "message": "OK"}, "response": summary})
    assert recent == found == whole
    assert (recent.kind, recent.parent_id, recent.page_name, recent.url, recent.engagement.likes) == (
        "reply",
        "101",
        "General",
        "https://n.test/post/102",
        0,
    )
    teaser = {"pid": 102, "tid": 5, "uid": 8, "timestamp": AT, "content": "Hi", "user": USER}
    assert [
        m.native_id
        for m in read({"topics": [{**TOPIC, "posts": None, "teaser": teaser}, {"tid": 6, "teaser": None}], "nextStart": 0})
    ] == ["102"]
    bare = {name: POST[name] for name in ("pid", "uid", "tid", "content", "timestamp", "votes", "deleted", "toPid")}
    (single,) = read({"status": {"code": "ok"}, "response": bare})
    assert (single.kind, single.author_name, single.engagement.likes, single.created_at_raw) == ("reply", None, 3, str(AT))
    assert single.created_at == WHEN
    assert [m.native_id for m in read({"status": {"code": "ok"}, "response": {"replies": [bare]}})] == ["102"]


def test_quotes_of_posts_are_not_the_author_s_words() -> None:
    quoted = '<p><a class="mention" href="/user/ann">@ann</a> said in <a href="/post/101">Fees</a>:</p><blockquote><p>Too high</p></blockquote><p>No <img class="emoji emoji--smile" alt="😄"> <a href="/topic/9">see</a></p>'
    (post,) = read([{**POST, "content": quoted}])
    assert (post.text, post.links) == ("No 😄 see", ("https://n.test/topic/9",))
    (kept,) = read([{**POST, "content": "<p>Law says</p><blockquote>pay</blockquote>"}])
    assert "pay" in kept.text


@pytest.mark.parametrize(("deleter", "basis"), [(8, "author"), (1, "page"), (None, "platform")])
def test_deleted_posts(deleter: int | None, basis: str) -> None:
    stub = {**POST, "deleted": 1, "deleterUid": deleter, "content": "[[topic:post-is-deleted]]"}
    (item,) = nodebb.items([stub], None, "n.test")
    assert [grave.basis for grave in nodebb.tombstones(item)] == [basis]
    gone = mention("nodebb", item)
    assert (gone.deleted, gone.text) == (True, None)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"status": {"code": "forbidden", "message": "no"}, "response": {}}, "forbidden"),
        ({"status": {"code": "not-found", "message": "no"}, "response": {}}, "not-found"),
        ({"path": "/topic/1", "title": "[[global:404.title]]", "bodyClass": "x"}, "404"),
        ({"path": "/topic/1", "loggedIn": False, "error": "no", "title": "[[global:403.title]]"}, "403"),
    ],
)
def test_recorded_errors(body: dict[str, Any], code: str) -> None:
    with pytest.raises(PlatformError) as caught:
        read(body)
    assert caught.value.code == code


def test_only_active_topics_are_read_again(settings: Settings, network: responses.RequestsMock) -> None:
    world = serve("nodebb", network)
    list(nodebb.pages(reading(world, settings)))
    world.requests, world.added = 0, 3
    again = list(nodebb.pages(reading(world, settings, {"": {"watermark": "2026-03-01T23:30:00Z"}})))
    assert {"724", "725", "726"} <= {native_id for _, native_id in keys(again)}
    assert world.requests < 8


def test_a_budget_of_pages_is_a_gap_and_the_next_run_goes_on(settings: Settings, network: responses.RequestsMock) -> None:
    world = serve("nodebb", network)
    cursors: dict[str, Any] = {}
    seen: set[tuple[str, str]] = set()
    for run in range(12):
        pages = list(nodebb.pages(reading(world, settings, cursors, options={"max_pages_per_run": 7})))
        cursors |= {page.stream: json.loads(json.dumps(page.cursor)) for page in pages if page.cursor}
        seen |= keys(pages)
        if not any(page.gap for page in pages):
            break
        assert run < 11
    assert seen == world.keys()


def test_official_topics_and_unreadable_ones(settings: Settings, network: responses.RequestsMock) -> None:
    world = serve("nodebb", network)
    pages = list(nodebb.pages(reading(world, settings, pages=["topic/4/name"])))
    official = [mention("nodebb", item) for page in pages if page.stream for item in page.items]
    assert {m.native_id for m in official} == {"704", "705"}
    assert {m.page_id for m in official} == {"topic/4/name"}
    refused = {"path": "/topic", "title": "[[global:403.title]]", "loggedIn": False, "error": "no"}
    world.requests, world.plan = 0, {2: (403, {}, json.dumps(refused).encode())}
    gaps = [page.gap for page in nodebb.pages(reading(world, settings)) if page.gap]
    assert gaps == ["topic 23: nodebb: error 403 (this reader lacks the privilege)"]


def test_lookup(settings: Settings, network: responses.RequestsMock) -> None:
    world = serve("nodebb", network)
    world.gone, world.edited = {5: "author", 9: "platform", 10: "page"}, {4: 1772330000}
    pages = list(nodebb.lookup(reading(world, settings), [key_of(world, n) for n in (4, 5, 9, 10)]))
    assert {(grave.native_id, grave.basis) for page in pages for grave in page.gone} == {
        ("705", "author"),
        ("709", "platform"),
        ("710", "page"),
    }
    (found,) = [mention("nodebb", item) for page in pages for item in page.items]
    assert (found.native_id, found.kind, found.author_handle) == ("704", "post", "user8")
    assert found.edited_at == datetime.fromtimestamp(1772330000, UTC)


def test_deleted_posts_of_a_served_forum(settings: Settings, network: responses.RequestsMock) -> None:
    world = serve("nodebb", network)
    world.gone = {5: "author", 10: "page", 15: "platform"}
    items = [item for page in nodebb.pages(reading(world, settings)) for item in page.items]
    assert {grave.native_id: grave.basis for item in items for grave in nodebb.tombstones(item)} == {
        "705": "author",
        "710": "page",
    }
    assert "715" not in {item.native_id for item in items}


def test_accounts_are_named_as_the_forum_links_them() -> None:
    content = '<p>Hi <a class="mention plugin-mentions-user" href="/user/ann-b">@Ann-B</a><br />\nyes</p>'
    [found] = read([{"pid": 1, "tid": 5, "uid": 7, "content": content, "timestamp": 1772359200000}])
    assert (found.mentions, found.text) == (("Ann-B",), "Hi @Ann-B\nyes")
