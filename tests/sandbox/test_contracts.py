"""Each platform's contract: default fields, pages, caps, windows, and its own forms of error."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from html import unescape
from typing import Any
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient

from sandbox.app import create_app
from sandbox.servers.matching import words
from sandbox.servers.x_query import QueryError, evaluate
from sandbox.world.model import CLOCK_END, CLOCK_START, Item, World
from tests.sandbox.walk import vk

ALL = "/x/2/tweets/search/all"
RECENT = "/x/2/tweets/search/recent"


def x(client: TestClient, path: str = ALL, **params: Any) -> dict[str, Any]:
    body: dict[str, Any] = client.get(path, params={"query": "velmora", **params}).raise_for_status().json()
    return body


# -- X ---------------------------------------------------------------------------------------------------------------
def test_x_gives_only_default_fields_unless_asked(client: TestClient) -> None:
    assert {frozenset(tweet) for tweet in x(client)["data"]} == {frozenset({"id", "text", "edit_history_tweet_ids"})}
    body = x(client, expansions="author_id", **{"tweet.fields": "author_id,created_at", "user.fields": "location"})
    assert set(body["data"][0]) == {"id", "text", "edit_history_tweet_ids", "author_id", "created_at"}
    assert {tweet["author_id"] for tweet in body["data"]} == {user["id"] for user in body["includes"]["users"]}
    assert "public_metrics" not in body["includes"]["users"][0]


def test_x_without_results_has_no_data(client: TestClient) -> None:
    assert x(client, query="nosuchbankanywhere") == {"meta": {"result_count": 0}}


def test_x_pages_are_disjoint_newest_first_and_complete(client: TestClient) -> None:
    window = {"start_time": "2026-01-05T00:00:00Z", "end_time": "2026-03-29T00:00:00Z"}
    whole = [tweet["id"] for tweet in x(client, max_results=500, **window)["data"]]
    paged: list[str] = []
    token: dict[str, str] = {}
    while True:
        body = x(client, max_results=50, **window, **token)
        paged += [tweet["id"] for tweet in body["data"]]
        assert body["meta"]["result_count"] == len(body["data"])
        if "next_token" not in body["meta"]:
            break
        token = {"next_token": body["meta"]["next_token"]}
    assert paged[:500] == whole
    assert paged == sorted(set(paged), key=int, reverse=True)


def test_x_windows_are_inclusive_at_the_start_and_exclusive_at_the_end(client: TestClient, world: World) -> None:
    sayings = [i for i in world.of("x") if "velmora" in words(i.text) and not i.deleted]
    item = next(i for i in sayings if i.at > CLOCK_START + 9e5)
    start, after = (f"{moment}Z" for moment in map(_iso, (item.at, item.at + 1)))
    assert item.native_id in {t["id"] for t in x(client, start_time=start, end_time=after).get("data", [])}
    earlier = x(client, start_time="2026-01-05T00:00:00Z", end_time=start, max_results=500).get("data", [])
    assert item.native_id not in {t["id"] for t in earlier}
    since = x(client, since_id=item.native_id, max_results=500)["data"]
    assert all(int(tweet["id"]) > int(item.native_id) for tweet in since)


def _iso(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).replace(tzinfo=None).isoformat()


@pytest.mark.parametrize(
    ("path", "params", "parameter"),
    [
        (ALL, {"query": "a" * 1025}, "query"),
        (RECENT, {"query": "a" * 513}, "query"),
        (ALL, {"query": "(velmora"}, "query"),
        (ALL, {"query": "nosuch:operator"}, "query"),
        (ALL, {"max_results": 501}, "max_results"),
        (RECENT, {"max_results": 101}, "max_results"),
        (ALL, {"max_results": 9}, "max_results"),
        (ALL, {"end_time": "2026-03-30T00:00:00Z"}, "end_time"),
        (ALL, {"start_time": "yesterday"}, "start_time"),
        (RECENT, {"start_time": "2026-03-01T00:00:00Z"}, "start_time"),
        (ALL, {"next_token": "made-up"}, "next_token"),
    ],
)
def test_x_refuses_in_its_own_form(client: TestClient, path: str, params: dict[str, Any], parameter: str) -> None:
    answer = client.get(path, params={"query": "velmora", **params})
    assert answer.status_code == 400
    assert answer.json()["title"] == "Invalid Request"
    assert list(answer.json()["errors"][0]["parameters"]) == [parameter]


def test_x_wants_a_bearer_token_and_tells_its_limits(client: TestClient, world: World) -> None:
    bare = TestClient(create_app(world))
    assert bare.get(ALL, params={"query": "velmora"}).json()["status"] == 401
    headers = client.get(ALL, params={"query": "velmora"}).headers
    assert {"x-rate-limit-limit", "x-rate-limit-remaining", "x-rate-limit-reset"} <= set(headers)


def test_x_serves_the_newest_edit_and_reports_what_is_gone(client: TestClient, world: World) -> None:
    edited = next(item for item in world.of("x") if item.earlier_ids and not item.deleted)
    ids = f"conversation_id:{edited.native_id}"
    found = x(client, query=ids, start_time="2026-01-05T00:00:00Z", max_results=100)["data"]
    tweet = next(tweet for tweet in found if tweet["id"] == edited.native_id)
    assert tweet["edit_history_tweet_ids"] == [*edited.earlier_ids, edited.native_id]
    orphan = next(i for i in world.of("x") if i.parent and i.parent.deleted and not i.deleted)
    body = x(
        client, query=f"conversation_id:{orphan.conversation_id}", start_time="2026-01-05T00:00:00Z",
        expansions="referenced_tweets.id",
    )  # fmt: skip
    assert body["errors"][0]["resource_id"] == str(orphan.parent and orphan.parent.native_id)


def test_x_operators(client: TestClient, world: World) -> None:
    span = {"start_time": "2026-01-05T00:00:00Z", "max_results": 500, "tweet.fields": "author_id,in_reply_to_user_id"}
    officials = {a.account_id for a in world.accounts["x"].values() if a.handle == "VelmoraHelp"}
    sent = x(client, query="from:VelmoraHelp", **span)["data"]
    assert {tweet["author_id"] for tweet in sent} == officials
    replies = x(client, query="to:VelmoraHelp is:reply", **span)["data"]
    assert {tweet["in_reply_to_user_id"] for tweet in replies} == officials
    either = {t["id"] for t in x(client, query="(velmora OR tarnwick) -from:VelmoraHelp", **span)["data"]}
    assert either
    assert not either & {tweet["id"] for tweet in sent}
    assert all("维摩拉" in tweet["text"] for tweet in x(client, query="维摩拉", **span)["data"])


def test_query_language_binds_and_before_or() -> None:
    places = {"a": frozenset({1, 2}), "b": frozenset({2, 3}), "c": frozenset({4}), "b c": frozenset({5})}
    everything = frozenset(range(6))

    def run(query: str) -> set[int]:
        return set(evaluate(query, everything, lambda operator, value: places[value]))

    assert run("a b OR c") == {2, 4}
    assert run("a (b OR c)") == {2}
    assert run("-a") == {0, 3, 4, 5}
    assert run('"b c"') == {5}
    assert run("a -(b OR c)") == {1}
    for broken in ("a OR", "(a", "a)", "a AND b", '"a', "()"):
        with pytest.raises(QueryError):
            run(broken)


# -- VK --------------------------------------------------------------------------------------------------------------
def test_vk_errors_come_with_http_200(client: TestClient, world: World) -> None:
    bare = TestClient(create_app(world))

    def code(**params: str) -> int:
        method = params.pop("method", "newsfeed.search")
        answer = bare.get(f"/vk/method/{method}", params=params)
        assert answer.status_code == 200
        assert "secret" not in answer.text
        return int(answer.json()["error"]["error_code"])

    assert code(v="5.199") == 15
    assert code(access_token="secret") == 8
    assert code(access_token="secret", v="5.199", method="wall.unknown") == 3
    assert code(access_token="secret", v="5.199", method="wall.getComments") == 100


def test_vk_search_pages_until_there_is_no_next_from(client: TestClient) -> None:
    span = {"q": "Велмора", "start_time": CLOCK_START, "count": 20}
    first = vk(client, "newsfeed.search", **span)
    assert first["total_count"] > 20
    seen, page = list(first["items"]), first
    while "next_from" in page:
        page = vk(client, "newsfeed.search", **span, start_from=page["next_from"])
        seen += page["items"]
    assert len({(item["owner_id"], item["id"]) for item in seen}) == len(seen) == first["total_count"]
    assert [item["date"] for item in seen] == sorted((item["date"] for item in seen), reverse=True)
    past = vk(client, "newsfeed.search", **span, start_from="1000/-1_1")
    assert past["items"] == []
    assert "next_from" not in past
    assert past["total_count"] == first["total_count"]


def test_vk_shows_the_first_thousand_only(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sandbox.servers.vk._WINDOW", 25)
    page = vk(client, "newsfeed.search", q="Велмора", start_time=CLOCK_START, count=20)
    assert (page["count"], page["total_count"] > 25) == (25, True)
    last = vk(client, "newsfeed.search", q="Велмора", start_time=CLOCK_START, count=20, start_from=page["next_from"])
    assert len(last["items"]) == 5
    assert "next_from" not in last


def test_vk_default_window_is_the_last_day(client: TestClient) -> None:
    for item in vk(client, "newsfeed.search", q="Велмора", count=200)["items"]:
        assert item["date"] >= CLOCK_END - 86_400


def test_vk_comments_have_two_levels(client: TestClient, world: World) -> None:
    deep = next(i for i in world.of("vk") if i.parent and i.parent.parent and not i.deleted)
    owner, _, post_id = str(deep.conversation_id).partition("_")
    page = vk(
        client, "wall.getComments", owner_id=owner, post_id=post_id, thread_items_count=10, extended=1, count=100
    )  # fmt: skip
    below = [comment for top in page["items"] for comment in top["thread"]["items"]]
    found = next(comment for comment in below if comment["id"] == deep.number)
    assert found["parents_stack"]
    assert str(found["reply_to_user"]) == deep.parent.author.account_id  # type: ignore[union-attr]
    assert page["current_level_count"] == len(page["items"]) < page["count"]
    people = {p["id"] for p in page["profiles"]} | {-g["id"] for g in page["groups"]}
    assert {comment["from_id"] for comment in [*page["items"], *below]} <= people


def test_vk_reposts_entities_and_edits(client: TestClient, world: World) -> None:
    posts = [item for item in world.of("vk") if item.parent is None and not item.deleted]

    def served(item: Item) -> dict[str, Any]:
        owner = item.native_id.partition("_")[0]
        wall = vk(client, "wall.get", owner_id=owner, count=100)["items"]
        found: dict[str, Any] = next(post for post in wall if post["id"] == item.number)
        return found

    repost = next(item for item in posts if item.repost_of)
    original = served(repost)["copy_history"][0]
    assert f"{original['owner_id']}_{original['id']}" == repost.repost_of.native_id  # type: ignore[union-attr]
    edited = next(item for item in posts if item.edited_at)
    assert served(edited)["edited"] == edited.edited_at
    escaped = next(item for item in posts if set("\"'&🙂😡🙃🙏😤👎") & set(item.text) and item.number % 4 == 0)
    assert "&" in served(escaped)["text"]
    assert unescape(served(escaped)["text"]) == escaped.text
    called = next(item for item in posts if item.mentions and item.number % 4)
    assert f"|@{called.mentions[0]}]" in served(called)["text"]


# -- Weibo -----------------------------------------------------------------------------------------------------------
def test_weibo_search_is_a_bare_array_unless_counted(client: TestClient) -> None:
    path, params = "/weibo/2/search/statuses.json", {"q": "维摩拉", "access_token": "any", "count": "80"}
    bare = client.get(path, params=params).json()
    counted = client.get(path, params={**params, "needcount": "true"}).json()
    assert isinstance(bare, list)
    assert len(bare) == 50
    assert counted["statuses"] == bare
    assert counted["total_number"] >= 50
    assert bare[0]["created_at"].split()[4] == "+0800"
    span = {"starttime": str(CLOCK_START), "endtime": str(CLOCK_START + 7 * 86_400)}
    early = client.get(path, params={**params, **span}).json()
    assert 0 < len(early) < 50


@pytest.mark.parametrize(
    ("path", "params", "code"),
    [
        ("search/statuses", {"q": "维摩拉"}, 10006),
        ("search/statuses", {"access_token": "any"}, 10016),
        ("comments/show", {"access_token": "any", "id": "1"}, 20101),
    ],
)
def test_weibo_errors(world: World, path: str, params: dict[str, str], code: int) -> None:
    answer = TestClient(create_app(world)).get(f"/weibo/2/{path}.json", params=params)
    assert answer.status_code >= 400
    assert answer.json()["error_code"] == code
    assert answer.json()["request"] == f"/2/{path}.json"


def test_weibo_comments_name_what_they_answer(client: TestClient, world: World) -> None:
    reply = next(i for i in world.of("weibo") if i.parent and i.parent.parent and not i.deleted)
    params = {"access_token": "any", "id": str(reply.conversation_id), "count": "200"}
    page = client.get("/weibo/2/comments/show.json", params=params).json()
    found = next(comment for comment in page["comments"] if comment["idstr"] == reply.native_id)
    assert found["reply_comment"]["idstr"] == reply.parent.native_id  # type: ignore[union-attr]
    assert found["status"]["idstr"] == reply.conversation_id
    assert page["total_number"] == len(page["comments"])


# -- Discourse -------------------------------------------------------------------------------------------------------
def test_forum_topic_streams_twenty_posts_and_gives_the_rest_by_id(client: TestClient, world: World) -> None:
    sizes = {item.topic_number: item.post_number for item in sorted(world.of("discourse"), key=lambda i: i.number)}
    number = max(sizes, key=lambda topic: sizes[topic])
    topic = client.get(f"/discourse/t/{number}.json").json()
    stream = topic["post_stream"]["stream"]
    assert len(stream) == sizes[number] == topic["posts_count"]
    assert len(topic["post_stream"]["posts"]) == min(20, len(stream))
    some = client.get(f"/discourse/t/{number}/posts.json", params={"post_ids[]": stream[-2:]}).json()
    assert [post["id"] for post in some["post_stream"]["posts"]] == stream[-2:]


def test_forum_marks_edits_titles_mentions_and_unknown_topics(client: TestClient, world: World) -> None:
    edited = next(item for item in world.of("discourse") if item.edited_at and not item.deleted)
    page = client.get("/discourse/posts.json", params={"before": edited.number}).json()["latest_posts"]
    assert page[0]["id"] == edited.number
    assert page[0]["version"] == 2
    assert page[0]["updated_at"] > page[0]["created_at"]
    assert client.get("/discourse/t/1.json").json()["error_type"] == "not_found"
    latest = client.get("/discourse/latest.json").json()["topic_list"]
    assert len(latest["topics"]) == latest["per_page"]
    assert "more_topics_url" in latest


# -- news ------------------------------------------------------------------------------------------------------------
def test_feed_answers_304_and_404(client: TestClient) -> None:
    first = client.get("/news/feed.xml")
    assert first.headers["content-type"].startswith("application/rss+xml")
    parsedate_to_datetime(first.headers["last-modified"])
    tag = {"If-None-Match": first.headers["etag"]}
    assert client.get("/news/feed.xml", headers=tag).status_code == 304
    since = {"If-Modified-Since": first.headers["last-modified"]}
    assert client.get("/news/feed.xml", headers=since).status_code == 304
    assert client.get("/news/feed.xml", headers={"If-None-Match": '"other"'}).status_code == 200
    assert client.get("/news/feed.xml?page=999").status_code == 404


def test_unknown_words_find_nothing_anywhere(client: TestClient) -> None:
    word = quote("нетакогобанка")
    assert client.get(f"/weibo/2/search/statuses.json?access_token=a&q={word}").json() == []
    assert vk(client, "newsfeed.search", q="нетакогобанка", start_time=CLOCK_START)["total_count"] == 0
