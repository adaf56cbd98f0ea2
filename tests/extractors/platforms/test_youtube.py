"""YouTube: no recording exists, so every expectation follows the published discovery document of the Data API v3."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import responses

from extractors.base import Key, PlatformError
from extractors.parse import parse_body
from extractors.platforms import youtube
from extractors.slices import LOOP, REPEATS
from sandbox.plot import Plot, Thing
from sandbox.servers import youtube as server
from settings import Settings
from tests.extractors.platforms import sandboxed
from tests.extractors.platforms.sandboxed import answer_with
from tests.extractors.test_contract_suite import read, reading
from tests.extractors.worlds import TOKEN, PlotWorld

CHANNEL = "UC" + "a" * 22
VIDEO = {
    "kind": "youtube#video", "etag": "x", "id": "dQw4w9WgXcQ",
    "snippet": {"publishedAt": "2026-03-01T10:00:00Z", "channelId": CHANNEL, "title": "Fees &amp; rates", "channelTitle": "Velmora",
                "description": "See https://velmora.example #fees @VelmoraHelp", "tags": ["a"], "defaultAudioLanguage": "de"},
    "statistics": {"viewCount": "1234", "likeCount": "56", "favoriteCount": "0", "commentCount": "7"},
    "recordingDetails": {"location": {"latitude": 52.5, "longitude": 13.4}, "locationDescription": "Berlin"},
}  # fmt: skip


def comment(own: str, **snippet: Any) -> dict[str, Any]:
    basic = {"textDisplay": "shown", "textOriginal": "written 👍", "authorDisplayName": "@ann", "authorChannelId": {"value": "UCann"},
             "authorChannelUrl": "http://www.youtube.com/@ann", "canRate": True, "viewerRating": "none", "likeCount": 3,
             "publishedAt": "2026-03-02T10:00:00Z", "updatedAt": "2026-03-02T10:00:00Z"}  # fmt: skip
    return {"kind": "youtube#comment", "etag": "x", "id": own, "snippet": basic | snippet}


def thread(replies: int = 0, **snippet: Any) -> dict[str, Any]:
    body: dict[str, Any] = {"kind": "youtube#commentThread", "id": "Ugx1", "snippet": {
        "channelId": CHANNEL, "videoId": "dQw4w9WgXcQ", "topLevelComment": comment("Ugx1", **snippet), "canReply": True,
        "totalReplyCount": replies, "isPublic": True}}  # fmt: skip
    if replies:
        body["replies"] = {"comments": [comment("Ugx1.9abc", parentId="Ugx1", authorChannelId={"value": "UCben"})]}
    return body


def parse(value: Any) -> list[dict[str, Any]]:
    return [mention.to_dict() for mention in parse_body("youtube", json.dumps(value).encode())]


@pytest.fixture
def network() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def test_video() -> None:
    [found] = parse({"kind": "youtube#videoListResponse", "items": [VIDEO], "pageInfo": {"totalResults": 1}})
    assert (found["kind"], found["native_id"], found["created_at"]) == ("post", "dQw4w9WgXcQ", "2026-03-01T10:00:00Z")
    assert (found["author_id"], found["author_name"], found["page_id"], found["page_name"]) == (
        CHANNEL,
        "Velmora",
        CHANNEL,
        "Velmora",
    )
    assert found["engagement"] == {"likes": 56, "shares": None, "comments": 7, "views": 1234, "quotes": None}
    assert (found["hashtags"], found["mentions"], found["links"]) == (["fees"], ["VelmoraHelp"], ["https://velmora.example"])
    assert (found["language_hint"], found["latitude"], found["longitude"], found["place_name"]) == ("de", 52.5, 13.4, "Berlin")
    assert not found["truncated"]


def test_video_without_statistics_is_unknown_not_zero() -> None:
    [found] = parse({"items": [{**VIDEO, "statistics": {"viewCount": "5"}}]})
    assert (found["engagement"]["likes"], found["engagement"]["comments"], found["engagement"]["views"]) == (None, None, 5)


def test_thread_and_its_reply() -> None:
    top, reply = parse({"kind": "youtube#commentThreadListResponse", "items": [thread(replies=4)]})
    assert (top["kind"], top["native_id"], top["parent_id"], top["conversation_id"]) == (
        "comment",
        "Ugx1",
        "dQw4w9WgXcQ",
        "dQw4w9WgXcQ",
    )
    assert (top["in_reply_to_author_id"], top["engagement"]["comments"], top["engagement"]["likes"]) == (CHANNEL, 4, 3)
    assert (top["text"], top["author_handle"], top["author_id"]) == ("written 👍", "ann", "UCann")
    assert (reply["kind"], reply["native_id"], reply["parent_id"], reply["conversation_id"]) == (
        "reply",
        "Ugx1.9abc",
        "Ugx1",
        "dQw4w9WgXcQ",
    )
    assert (reply["in_reply_to_author_id"], reply["author_id"], reply["page_id"]) == ("UCann", "UCben", CHANNEL)
    assert top["url"] == "https://www.youtube.com/watch?v=dQw4w9WgXcQ&lc=Ugx1"


def test_replies_by_themselves_know_their_thread() -> None:
    [reply] = parse({"kind": "youtube#commentListResponse", "items": [comment("Ugx1.9abc", parentId="Ugx1")]})
    assert (reply["kind"], reply["parent_id"], reply["conversation_id"]) == ("reply", "Ugx1", None)


def test_older_shapes() -> None:
    old = thread(authorDisplayName="Ann Smith", authorChannelUrl="http://www.youtube.com/channel/UCann", textOriginal=None,
                 textDisplay='a<br>b <a href="https://bank.example/x">x</a> &quot;q&quot;')  # fmt: skip
    del old["snippet"]["topLevelComment"]["snippet"]["authorChannelId"]
    [found] = parse(old)
    assert (found["text"], found["links"]) == ('a\nb x "q"', ["https://bank.example/x"])
    assert (found["author_id"], found["author_handle"], found["author_name"]) == (None, None, "Ann Smith")


def test_edited_only_where_the_moments_differ() -> None:
    assert parse(thread(updatedAt="2026-03-02T10:05:00Z"))[0]["edited_at"] == "2026-03-02T10:05:00Z"
    assert parse(thread(publishedAt="2026-03-02T10:00:00.000Z"))[0]["edited_at"] is None


def test_rejected_comment_is_the_pages_doing() -> None:
    [item] = youtube.items(thread(moderationStatus="rejected"), None, "")
    [grave] = youtube.tombstones(item)
    assert (grave.basis, grave.kind, youtube.to_mention(item, None).deleted) == ("page", "comment", True)
    assert not youtube.tombstones(next(iter(youtube.items(thread(moderationStatus="published"), None, ""))))


def test_search_and_playlist_entries() -> None:
    found = parse({"kind": "youtube#searchListResponse", "items": [
        {"kind": "youtube#searchResult", "id": {"kind": "youtube#video", "videoId": "abc"},
         "snippet": {"publishedAt": "2026-03-01T10:00:00Z", "channelId": CHANNEL, "title": "T", "description": "cut off ..."}},
        {"kind": "youtube#searchResult", "id": {"kind": "youtube#channel", "channelId": CHANNEL}, "snippet": {"title": "a channel"}}]})  # fmt: skip
    assert [(entry["native_id"], entry["truncated"]) for entry in found] == [("abc", True)]
    gone = {"kind": "youtube#playlistItem", "id": "PL1", "snippet": {"title": "Deleted video", "description": "This video is unavailable.",
            "playlistId": "UU1", "resourceId": {"kind": "youtube#video", "videoId": "xyz"}}}  # fmt: skip
    [item] = youtube.items({"items": [gone]}, None, "")
    assert [(grave.native_id, grave.basis) for grave in youtube.tombstones(item)] == [("xyz", "platform")]


@pytest.mark.parametrize(("error", "code", "action"), [
    ({"code": 403, "message": "m", "errors": [{"domain": "youtube.quota", "reason": "quotaExceeded"}]}, "quotaExceeded", "stop"),
    ({"code": 429, "status": "RESOURCE_EXHAUSTED", "errors": [{"reason": "rateLimitExceeded"}], "details": [
        {"reason": "RATE_LIMIT_EXCEEDED", "metadata": {"quota_limit": "defaultPerDayPerProject"}}]}, "quotaExceeded", "stop"),
    ({"code": 429, "status": "RESOURCE_EXHAUSTED", "details": [{"reason": "RATE_LIMIT_EXCEEDED", "metadata": {
        "quota_limit": "defaultPerMinutePerProject"}}]}, "rateLimitExceeded", "wait_until"),
    ({"code": 400, "message": "API key not valid. Please pass a valid API key.", "errors": [{"reason": "badRequest"}],
      "details": [{"reason": "API_KEY_INVALID"}]}, "keyInvalid", "fatal"),
    ({"code": 403, "message": "Method doesn't allow unregistered callers", "errors": [{"reason": "forbidden"}]}, "keyMissing", "fatal"),
    ({"code": 403, "errors": [{"domain": "youtube.commentThread", "reason": "commentsDisabled"}]}, "commentsDisabled", "skip"),
    ({"code": 503, "message": "no reason told"}, "503", "retry"),
])  # fmt: skip
def test_errors_in_googles_forms(error: dict[str, Any], code: str, action: str) -> None:
    with pytest.raises(PlatformError) as caught:
        parse({"error": error})
    assert (caught.value.code, caught.value.action) == (code, action)


class Deep(PlotWorld):
    """Video 1 with a thread (2) of seven replies (3 to 9)."""

    @property
    def plot(self) -> Plot:
        things = [self.thing(number) for number in range(1, 10)]
        for thing in things[1:]:
            thing.parent = 1 if thing.number == 2 else 2
        return Plot([Thing(t.number, t.at, t.text, t.author, t.parent, t.edited_at, self.gone.get(t.number), likes=t.likes) for t in things],
                    int(self.at(100).timestamp()), 3)  # fmt: skip


def test_all_replies_of_a_long_thread(network: responses.RequestsMock, settings: Settings) -> None:
    world = Deep(server)
    world.serve(network)
    _, keys, _ = read(world, reading(world, settings))
    assert {kind for kind, _ in keys} == {"post", "comment", "reply"}
    assert len([key for key in keys if key[0] == "reply"]) == 7


@pytest.mark.parametrize("page", [[comment("Ugx1.9abc")], []], ids=["the same page", "an empty one that leads to itself"])
def test_answers_that_run_in_a_circle_are_an_error(
    network: responses.RequestsMock, settings: Settings, page: list[dict[str, Any]]
) -> None:
    asked = answer_with(network, lambda path, query: {"items": page, "nextPageToken": "again"})
    for read_on in (
        lambda given: youtube._replies(given, {"id": "Ugx1"}),
        lambda given: youtube._all_threads(given, "dQw4w9WgXcQ"),
    ):
        del asked[:]
        with pytest.raises(PlatformError) as caught:
            list(read_on(sandboxed.reading(settings, "youtube", {})))
        assert caught.value.code == LOOP
        assert len(asked) == 1 + REPEATS, "the page, and the same one asked for again"


def test_new_replies_of_young_threads(network: responses.RequestsMock, settings: Settings) -> None:
    world = Deep(server)
    world.serve(network)
    cursors = {
        "threads:" + server.CHANNEL: {"watermark": int(world.at(500).timestamp())},
        "uploads:" + server.CHANNEL: {"watermark": int(world.at(500).timestamp())},
    }
    given = reading(world, settings, cursors)
    given.recent_threads = lambda kind, since: [(server._comment_id(2), None)] if kind == "comment" else []
    assert len([key for key in read(world, given)[1] if key[0] == "reply"]) == 7


def test_one_video_and_one_that_is_not_there(network: responses.RequestsMock, settings: Settings) -> None:
    world = PlotWorld(server)
    world.serve(network)
    given = reading(world, settings)
    given.source = given.source.model_copy(
        update={"options": {"videos": ["https://youtu.be/vid00000019", "aaaaaaaaaaa"], "official": False}}
    )
    pages, keys, _ = read(world, given)
    assert keys == {("post", "vid00000019"), ("comment", server._comment_id(20))}
    assert [page.gap for page in pages if page.gap] == ["video aaaaaaaaaaa: youtube: error videoNotFound (video not found)"]


def test_search_is_off_unless_asked_for(network: responses.RequestsMock, settings: Settings) -> None:
    world = PlotWorld(server)
    world.serve(network)
    read(world, reading(world, settings))
    assert not [url for url in world.urls if "/search" in url]
    given = reading(world, settings)
    given.source = given.source.model_copy(update={"options": {"search": True, "official": False}})
    assert read(world, given)[1] == world.keys()


def test_an_expired_page_token_starts_the_slice_anew(network: responses.RequestsMock, settings: Settings) -> None:
    world = PlotWorld(server)
    world.serve(network)
    reply = server.error("invalidPageToken")
    world.plan = {4: (reply.status, {}, reply.body)}  # channels, playlist, videos, then the second page of the playlist
    assert read(world, reading(world, settings))[1] == world.keys()


def test_the_key_is_sent_and_in_no_cursor(network: responses.RequestsMock, settings: Settings) -> None:
    world = PlotWorld(server)
    world.serve(network)
    cursors = read(world, reading(world, settings))[2]
    assert all(f"key={TOKEN}" in url for url in world.urls)
    assert TOKEN not in repr(cursors)


def test_lookup_by_id(network: responses.RequestsMock, settings: Settings) -> None:
    world = Deep(server)
    world.serve(network)
    world.gone = {9: "author"}
    replies = [f"{server._comment_id(2)}.{number:08d}" for number in (8, 9)]
    keys = [Key("post", "vid00000001"), Key("post", "vid00000077"), Key("comment", server._comment_id(2)),
            *(Key("reply", own, parent_id=server._comment_id(2), conversation_id="vid00000001") for own in replies)]  # fmt: skip
    pages = list(youtube.lookup(reading(world, settings), keys))
    mentions = {item.native_id: youtube.to_mention(item, None) for page in pages for item in page.items}
    assert mentions[replies[0]].conversation_id == "vid00000001"
    assert {grave.native_id for page in pages for grave in page.gone} == {"vid00000077", replies[1]}
