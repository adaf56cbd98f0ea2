"""X beside the search: timelines, conversations, lookups, compliance; shapes of v1.1, streams, partial errors."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import responses

from extractors.base import Key, Mention, PlatformError
from extractors.parse import parse_body
from extractors.platforms import x
from settings import Settings
from tests.extractors.platforms.sandboxed import END, answer_with, forward, mentions, reading, world

ACCOUNT = {"id": "7", "username": "VelmoraBank", "name": "Velmora"}


@pytest.fixture
def network() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def parse(value: Any) -> list[Mention]:
    return parse_body("x", value if isinstance(value, bytes) else json.dumps(value).encode())


# -- what the options add --------------------------------------------------------------------------------------------
def test_timelines_hold_all_that_the_accounts_wrote(network: responses.RequestsMock, settings: Settings) -> None:
    asked = forward(network, "/x")
    given = reading(settings, "x", {"timelines": True, "mentions": True}, query="nosuchword", end=END)
    found = mentions("x", list(x.pages(given)))
    mine = [i for i in world().of("x") if i.official_of and not i.deleted and i.at < END.timestamp() - 20]
    assert {item.native_id for item in mine} <= set(found)
    assert any(found[item.native_id].kind == "reply" for item in mine)
    naming = [i for i in world().of("x") if "VelmoraHelp" in i.mentions and not i.deleted and i.at < END.timestamp() - 20]
    assert naming
    assert {item.native_id for item in naming} <= set(found)
    assert ("GET", "/2/users/by") in asked


def test_a_timeline_that_ends_at_its_cap_is_a_gap_and_unknown_accounts_too(
    network: responses.RequestsMock, settings: Settings
) -> None:
    def handler(path: str, query: dict[str, str]) -> Any:
        if path == "/2/users/by":
            return {"data": [ACCOUNT]}
        if path == "/2/users/7/tweets":
            page = int(query.get("pagination_token", "0"))
            data = [{"id": str(100 - 5 * page - n), "text": "t", "author_id": "7"} for n in range(5)]
            return {"data": data, "meta": {"result_count": 5} | ({"next_token": str(page + 1)} if page < 1 else {})}
        return {"meta": {"result_count": 0}}

    answer_with(network, handler)
    pages = list(x.pages(reading(settings, "x", {"timelines": True, "timeline_caps": {"tweets": 10}})))
    gaps = [page.gap for page in pages if page.gap]
    assert gaps[-1] == "the timeline of account 7 gives its newest 10 posts only"
    assert "accounts do not exist" in gaps[0]
    pages = list(x.pages(reading(settings, "x", {"timelines": True, "timeline_caps": {"tweets": 11}})))
    assert [page.gap for page in pages if page.gap] == gaps[:1]


def test_young_conversations_are_asked_together_and_leave_no_cursor(network: responses.RequestsMock, settings: Settings) -> None:
    queries: list[dict[str, str]] = []

    def handler(path: str, query: dict[str, str]) -> Any:
        queries.append(query)
        data = [
            {"id": "91", "text": "answer", "conversation_id": "51", "referenced_tweets": [{"type": "replied_to", "id": "51"}]}
        ]
        return (
            {"data": data, "meta": {"result_count": 1}} if "conversation_id" in query["query"] else {"meta": {"result_count": 0}}
        )

    answer_with(network, handler)
    given = reading(settings, "x", {"conversations": True, "query_limit": 60}, cursors={"other": {"watermark": 1}},
                    recent_threads=lambda kind, since: [(str(n), None) for n in range(51, 56)])  # fmt: skip
    pages = [page for page in x.pages(given) if page.stream == "threads"]
    asked = [query["query"] for query in queries if "conversation_id" in query["query"]]
    assert sorted(part for text in asked for part in text.split(" OR ")) == [f"conversation_id:{n}" for n in range(51, 56)]
    assert all(len(text) <= 60 for text in asked)
    assert len(asked) == 3
    assert {query["start_time"] for query in queries if "conversation_id" in query["query"]} == {"2026-03-26T23:49:50Z"}
    assert all(page.cursor is None for page in pages)
    assert mentions("x", pages)["91"].parent_id == "51"


def test_recent_search_stays_within_its_week_and_names_what_is_out_of_reach(
    network: responses.RequestsMock, settings: Settings
) -> None:
    asked: list[dict[str, str]] = []
    answer_with(network, lambda path, query: asked.append(query) or {"meta": {"result_count": 0}})
    given = reading(settings, "x", {"search": "recent"})
    pages = list(x.pages(given))
    assert min(query["start_time"] for query in asked) == "2026-03-22T23:54:50Z"
    assert not any(page.gap for page in pages)
    stream = pages[-1].stream
    old = int((END - timedelta(days=9)).timestamp())
    again = list(x.pages(reading(settings, "x", {"search": "recent"}, cursors={stream: {"watermark": old}})))
    assert [page.gap for page in again if page.gap] == [
        "48 hours before 2026-03-22T23:54:50Z are older than search/recent reaches"
    ]


# -- what became of posts --------------------------------------------------------------------------------------------
def test_lookup_in_the_sandbox(network: responses.RequestsMock, settings: Settings) -> None:
    forward(network, "/x")
    items = world().of("x")
    live, gone = next(i for i in items if not i.deleted), next(i for i in items if i.deleted)
    keys = [Key("post", live.native_id), Key("reply", gone.native_id)]
    (page,) = x.lookup(reading(settings, "x", {}), keys)
    assert live.native_id in mentions("x", [page])
    assert [(t.native_id, t.kind, t.basis, t.reason) for t in page.gone] == [(gone.native_id, "reply", "platform", "not_found")]


def test_lookup_tells_why_and_takes_no_error_for_a_deletion(network: responses.RequestsMock, settings: Settings) -> None:
    base = {"parameter": "ids", "resource_type": "tweet"}
    problem = "https://api.twitter.com/2/problems/"
    errors = [
        {**base, "resource_id": "1", "title": "Not Found Error", "type": f"{problem}resource-not-found", "detail": "Could not find"},
        {**base, "resource_id": "2", "title": "Authorization Error", "type": f"{problem}not-authorized-for-resource", "detail": "Sorry"},
        {**base, "resource_id": "3", "title": "Forbidden", "type": f"{problem}resource-not-found", "detail": "User has been suspended: [9]."},
        {**base, "resource_id": "5", "title": "Odd", "type": f"{problem}operational", "detail": "later"},
    ]  # fmt: skip
    answers: list[Any] = [
        {"data": [{"id": "4", "text": "here"}], "errors": errors},
        {"errors": errors[:3]},
        {"errors": errors[3:]},
    ]
    answer_with(network, lambda path, query: answers.pop(0))
    keys = [Key("post", str(n)) for n in range(1, 7)]
    (page,) = x.lookup(reading(settings, "x", {}), keys)
    expected = [("1", "not_found"), ("2", "protected"), ("3", "suspended")]
    assert [(t.native_id, t.reason) for t in page.gone] == expected
    assert [item.native_id for item in page.items] == ["4"]
    (page,) = x.lookup(reading(settings, "x", {}), keys)
    assert [(t.native_id, t.reason) for t in page.gone] == expected
    with pytest.raises(PlatformError):
        list(x.lookup(reading(settings, "x", {}), keys))


def test_lookup_asks_for_a_hundred_at_a_time(network: responses.RequestsMock, settings: Settings) -> None:
    sizes: list[int] = []
    answer_with(network, lambda path, query: sizes.append(len(query["ids"].split(","))) or {"data": []})
    list(x.lookup(reading(settings, "x", {}), [Key("post", str(n)) for n in range(1, 251)]))
    assert sizes == [100, 100, 50]


def test_compliance_job_in_the_sandbox(network: responses.RequestsMock, settings: Settings) -> None:
    asked = forward(network, "/x")
    items = world().of("x")
    gone = [i.native_id for i in items if i.deleted]
    keys = [Key("reply" if i.parent else "post", i.native_id) for i in items]
    given = reading(settings, "x", {})
    pages = list(x.comply(given, keys))
    assert {t.native_id for page in pages for t in page.gone} == set(gone)
    assert {(t.basis, t.reason) for page in pages for t in page.gone} == {("compliance", "deleted")}
    assert [method for method, _ in asked] == ["POST", "PUT", "GET", "GET"]
    upload = next(call.request for call in network.calls if call.request.method == "PUT")
    assert upload.body == "\n".join(key.native_id for key in keys).encode()
    assert upload.headers["Content-Type"] == "text/plain"
    assert "Authorization" not in upload.headers


def test_compliance_job_that_does_not_end_stops(network: responses.RequestsMock, settings: Settings) -> None:
    job = {
        "id": "5",
        "status": "in_progress",
        "upload_url": "https://platform.test/up",
        "download_url": "https://platform.test/down",
    }
    polls: list[str] = []
    answer_with(network, lambda path, query: polls.append(path) or {"data": job})
    network.add(responses.POST, "https://platform.test/2/compliance/jobs", json={"data": job})
    network.add(responses.PUT, "https://platform.test/up")
    with pytest.raises(PlatformError) as caught:
        list(x.comply(reading(settings, "x", {"compliance_wait": 45}), [Key("post", "1")]))
    assert (caught.value.action, len(polls)) == ("stop", 3)
    assert list(x.comply(reading(settings, "x", {}), [])) == []


# -- shapes ----------------------------------------------------------------------------------------------------------
LEGACY = {
    "created_at": "Tue May 31 17:46:55 +0000 2011", "id": 2**60 + 1, "id_str": str(2**60 + 1), "full_text": "RT @bob: a &amp; b…", "truncated": False,
    "user": {"id": 5, "id_str": "5", "screen_name": "ann", "name": "Ann", "followers_count": 3, "friends_count": 4, "statuses_count": 9,
             "created_at": "Mon May 30 00:00:00 +0000 2011", "verified": False, "location": ""},
    "retweeted_status": {"created_at": "Tue May 31 17:00:00 +0000 2011", "id_str": "41", "text": "a &amp; b and…", "truncated": True,
                         "extended_tweet": {"full_text": "a &amp; b and c", "entities": {"hashtags": [{"text": "long"}], "urls": [], "user_mentions": []}},
                         "user": {"id_str": "6", "screen_name": "bob"}, "in_reply_to_status_id_str": "40", "in_reply_to_user_id_str": "8",
                         "favorite_count": 2, "reply_count": 1},
    "entities": {"user_mentions": [{"screen_name": "bob"}], "hashtags": [], "urls": [{"url": "https://t.co/1", "expanded_url": "https://a.example/"}]},
    "extended_entities": {"media": [{"type": "photo"}, {"type": "photo"}]}, "coordinates": None, "geo": {"type": "Point", "coordinates": [50.4, 30.5]},
    "place": {"full_name": "Kyiv", "country_code": "UA"}, "retweet_count": 7, "favorite_count": 0, "lang": "en",
}  # fmt: skip


@pytest.mark.parametrize(
    "wrap", [lambda post: post, lambda post: [post], lambda post: {"statuses": [post], "search_metadata": {}}]
)
def test_posts_of_v1(wrap: Any) -> None:
    repost, original = parse(wrap(LEGACY))
    assert (repost.native_id, repost.author_id, repost.author_handle) == ("1152921504606846977", "5", "ann")
    assert (repost.author_followers, repost.author_following, repost.author_posts) == (3, 4, 9)
    assert repost.created_at == datetime(2011, 5, 31, 17, 46, 55, tzinfo=UTC)
    assert repost.created_at_raw == LEGACY["created_at"]
    assert (repost.text, repost.truncated, repost.repost_of_id) == ("RT @bob: a & b…", True, "41")
    assert (repost.mentions, repost.links, repost.media_count) == (("bob",), ("https://a.example/",), 2)
    assert (repost.latitude, repost.longitude, repost.country, repost.place_name) == (50.4, 30.5, "UA", "Kyiv")
    assert (repost.engagement.likes, repost.engagement.shares, repost.engagement.comments) == (0, 7, None)
    assert (original.native_id, original.text, original.truncated, original.hashtags) == ("41", "a & b and c", False, ("long",))
    assert (original.kind, original.parent_id, original.in_reply_to_author_id) == ("reply", "40", "8")


def test_a_cut_post_of_v1_is_truncated() -> None:
    (cut,) = parse(
        {"id_str": "1", "text": "so l…", "truncated": True, "user": {"id_str": "2"}, "created_at": LEGACY["created_at"]}
    )
    assert cut.truncated


def test_streams_and_delete_events() -> None:
    posted = {
        "data": {"id": "1", "text": "t", "author_id": "7"},
        "includes": {"users": [ACCOUNT]},
        "matching_rules": [{"id": "3", "tag": "x"}],
    }
    removed = {"delete": {"status": {"id": 9, "id_str": "9", "user_id_str": "7"}, "timestamp_ms": "1700000000000"}}
    newer = {"data": {"delete": {"tweet": {"id": "8", "author_id": "7"}, "event_at": "2026-01-01T00:00:00.000Z"}}}
    lines = b"\n".join(json.dumps(value).encode() for value in (posted, removed, newer)) + b"\n"
    first, second, third = parse(lines)
    assert (first.native_id, first.author_handle, first.deleted) == ("1", "VelmoraBank", False)
    assert [(m.native_id, m.deleted) for m in (second, third)] == [("9", True), ("8", True)]
    (grave,) = [t for item in x.items(removed, None, "") for t in x.tombstones(item)]
    assert (grave.basis, grave.deleted_at) == ("compliance", datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC))


def test_compliance_lines_in_both_formats_and_scrubbed_places() -> None:
    line = {
        "id": "5",
        "action": "delete",
        "created_at": "2021-06-01T00:00:00+00:00",
        "reason": "suspended",
        "redacted_at": "2021-07-01T00:00:00.000Z",
    }
    (mention,) = parse(line)
    assert (mention.deleted, mention.created_at) == (True, datetime(2021, 6, 1, tzinfo=UTC))
    (item,) = x.items(line, None, "")
    (grave,) = x.tombstones(item)
    assert (grave.native_id, grave.basis, grave.reason, grave.deleted_at) == (
        "5",
        "compliance",
        "suspended",
        datetime(2021, 7, 1, tzinfo=UTC),
    )
    (scrubbed,) = x.items({**line, "action": "scrub_geo", "reason": "geo"}, None, "")
    assert list(x.tombstones(scrubbed)) == []
    (located,) = x.items({**line, "reason": "geo"}, None, "")
    assert list(x.tombstones(located)) == [], "only its place is to be forgotten"


def test_errors_alone_are_errors_and_beside_data_they_are_not() -> None:
    problem = {"resource_type": "tweet", "resource_id": "2", "parameter": "id", "detail": "Sorry, you are not authorized to see the Tweet",
               "title": "Authorization Error", "type": "https://api.twitter.com/2/problems/not-authorized-for-resource"}  # fmt: skip
    with pytest.raises(PlatformError, match="x: error not-authorized-for-resource") as caught:
        parse({"errors": [problem]})
    assert (caught.value.exit_code, caught.value.action) == (2, "skip")
    with pytest.raises(PlatformError, match="x: error 400"):
        parse({"errors": [{"parameters": {"query": ["a"]}, "message": "bad"}], "title": "Invalid Request", "detail": "d",
               "type": "https://api.twitter.com/2/problems/invalid-request"})  # fmt: skip
    post, gone = parse({"data": {"id": "1", "text": "t"}, "errors": [problem]})
    assert (post.deleted, gone.native_id, gone.deleted) == (False, "2", True)
    unrelated = {**problem, "resource_type": "user", "parameter": "entities.mentions.username"}
    assert [m.native_id for m in parse({"data": [{"id": "1", "text": "t"}], "errors": [unrelated]})] == ["1"]


def test_polls_withheld_posts_and_lists_of_accounts() -> None:
    post = {
        "id": "1",
        "text": "ask",
        "attachments": {"poll_ids": ["4"]},
        "withheld": {"copyright": False, "country_codes": ["TR"]},
    }
    (item,) = x.items({"data": [post], "includes": {"polls": [{"id": "4", "options": [{"label": "yes"}]}]}}, None, "")
    assert item.value["includes"]["polls"][0]["options"] == [{"label": "yes"}]
    assert item.value["item"]["withheld"]["country_codes"] == ["TR"]
    assert x.to_mention(item, None).media_count == 0
    assert parse({"data": [ACCOUNT]}) == []
    assert parse({"data": [{"start": "a", "end": "b", "tweet_count": 3}], "meta": {"total_tweet_count": 3}}) == []
    (verified,) = parse(
        {"data": {"id": "1", "text": "t", "author_id": "7"}, "includes": {"users": [{**ACCOUNT, "verified_type": "business"}]}}
    )
    assert verified.author_verified is True
