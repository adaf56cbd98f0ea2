"""Bluesky: the AppView's recorded answers, shapes of the lexicons that they lack, the cap, threads, accounts, sessions, lookup."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import responses

from extractors.base import PlatformError
from extractors.parse import parse_body, parse_with_rejects
from extractors.platforms import bluesky
from sandbox.servers import bluesky as server
from settings import Settings
from tests.extractors.platforms.served import key_of, keys, mention, parsed, reading, serve
from tests.extractors.worlds import TOKEN

DID = "did:plc:ann"


@pytest.fixture
def network() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def uri(key: str, did: str = DID) -> str:
    return f"at://{did}/app.bsky.feed.post/{key}"


def post(key: str, record: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    record = {"$type": "app.bsky.feed.post", "text": f"text {key}", "createdAt": "2026-03-01T10:00:00.000Z", **(record or {})}
    return {"uri": uri(key), "cid": "bafy", "author": {"did": DID, "handle": "ann.example"}, "record": record,
            "indexedAt": "2026-03-01T10:00:01.000Z", **more}  # fmt: skip


def test_recorded_search_page_and_errors(shared_data: Path) -> None:
    folder = shared_data / "payloads" / "bluesky"
    first, second = parse_body("bluesky", (folder / "local_searchPosts_p1.json").read_bytes())
    did = "did:plc:cwwgeezkuc3cypzkdsena43g"
    assert first.native_id == f"at://{did}/app.bsky.feed.post/3n2tpppdtg223"
    assert second.native_id == f"at://{did}/app.bsky.feed.post/3n2tpppcv5c23"
    assert (first.author_id, first.author_handle, first.language_hint, first.kind) == (did, "ivan.test", "en", "post")
    assert first.url == "https://bsky.app/profile/ivan.test/post/3n2tpppdtg223"
    assert first.created_at == datetime(2026, 11, 21, 18, 20, 45, 546000, tzinfo=UTC)
    assert (first.engagement.likes, first.engagement.comments, first.engagement.views) == (0, 0, None)
    assert first.conversation_id == first.native_id
    for name in ("error_403_authmissing.json", "local_error_401.json"):
        with pytest.raises(PlatformError, match=r"bluesky: error AuthMissing .*: set RENOWN_BLUESKY_HANDLE"):
            parse_body("bluesky", (folder / name).read_bytes())


def facet(text: str, words: str, feature: str, **more: Any) -> dict[str, Any]:
    start = len(text[: text.index(words)].encode())
    return {"index": {"byteStart": start, "byteEnd": start + len(words.encode())},
            "features": [{"$type": f"app.bsky.richtext.facet#{feature}", **more}]}  # fmt: skip


def test_facets_count_bytes() -> None:
    text = "Привет 😀 @bob.example смотри example.com/lo… #Банк"
    facets = [facet(text, "@bob.example", "mention", did="did:plc:bob"), facet(text, "#Банк", "tag", tag="Банк"),
              facet(text, "example.com/lo…", "link", uri="https://example.com/long")]  # fmt: skip
    (found,) = parsed(
        "bluesky", {"posts": [post("1", {"text": text, "facets": facets, "tags": ["extra"], "langs": ["ru", "en"]})]}
    )
    assert found.text == text
    assert (found.mentions, found.links, found.language_hint) == (("bob.example",), ("https://example.com/long",), "ru")
    assert set(found.hashtags) == {"Банк", "extra"}


def test_older_entities_and_bare_text() -> None:
    text = "😀 @bob.example hi"
    old = {"text": text, "entities": [{"index": {"start": 3, "end": 15}, "type": "mention", "value": "did:plc:bob"},
                                      {"index": {"start": 0, "end": 1}, "type": "link", "value": "https://a.example/"}]}  # fmt: skip
    (found,) = parsed("bluesky", post("1", old))
    assert (found.mentions, found.links) == (("bob.example",), ("https://a.example/",))
    (found,) = parsed("bluesky", post("1", {"text": "see https://b.example/x #fees @ann.example"}))
    assert (found.links, found.hashtags, found.mentions) == (("https://b.example/x",), ("fees",), ("ann.example",))


@pytest.mark.parametrize(
    ("created", "indexed", "expected"),
    [("2026-03-01T10:00:00Z", "2026-03-01T11:00:00Z", 10), ("2027-01-01T00:00:00Z", "2026-03-01T11:00:00Z", 11),
     ("2026-03-01T12:00:00+03:00", "2026-03-01T11:00:00Z", 9), ("nonsense", "2026-03-01T11:00:00Z", 11)],
)  # fmt: skip
def test_the_clients_clock_may_lie(created: str, indexed: str, expected: int) -> None:
    (found,) = parsed("bluesky", post("1", {"createdAt": created}, indexedAt=indexed))
    assert found.created_at == datetime(2026, 3, 1, expected, tzinfo=UTC)
    assert found.created_at_raw == created


def test_replies_name_parent_root_and_whom_they_answer() -> None:
    reply = {"root": {"uri": uri("1", "did:plc:bob"), "cid": "x"}, "parent": {"uri": uri("2", "did:plc:cem"), "cid": "x"}}
    (found,) = parsed("bluesky", {"posts": [post("3", {"reply": reply})]})
    assert (found.kind, found.parent_id, found.conversation_id) == ("reply", uri("2", "did:plc:cem"), uri("1", "did:plc:bob"))
    assert found.in_reply_to_author_id == "did:plc:cem"


def test_embeds() -> None:
    quoted = {"$type": "app.bsky.embed.record#viewRecord", "uri": uri("q"), "cid": "x", "author": {"did": DID, "handle": "handle.invalid"},
              "value": {"$type": "app.bsky.feed.post", "text": "quoted", "createdAt": "2026-02-01T00:00:00Z"}, "likeCount": 4,
              "indexedAt": "2026-02-01T00:00:00Z"}  # fmt: skip
    record = {"embed": {"$type": "app.bsky.embed.record", "record": {"uri": uri("q"), "cid": "x"}}}
    first, original = parsed("bluesky", post("1", record, embed={"$type": "app.bsky.embed.record#view", "record": quoted}))
    assert (first.quote_of_id, original.native_id, original.text, original.engagement.likes) == (uri("q"), uri("q"), "quoted", 4)
    assert original.author_handle is None
    both = {"embed": {"$type": "app.bsky.embed.recordWithMedia", "record": {"record": {"uri": uri("q"), "cid": "x"}},
                      "media": {"$type": "app.bsky.embed.images", "images": [{}, {}]}}}  # fmt: skip
    view = {"$type": "app.bsky.embed.recordWithMedia#view", "record": {"record": quoted}, "media": {}}
    first, original = parsed("bluesky", post("1", both, embed=view))
    assert (first.quote_of_id, first.media_count, original.native_id) == (uri("q"), 2, uri("q"))
    gone = {
        "$type": "app.bsky.embed.record#view",
        "record": {"$type": "app.bsky.embed.record#viewNotFound", "uri": uri("q"), "notFound": True},
    }
    first, deleted = parsed("bluesky", post("1", record, embed=gone))
    assert (first.deleted, deleted.native_id, deleted.deleted) == (False, uri("q"), True)
    external = {"embed": {"$type": "app.bsky.embed.external", "external": {"uri": "https://news.example/a", "title": "t"}}}
    assert parsed("bluesky", post("1", external))[0].links == ("https://news.example/a",)
    assert parsed("bluesky", post("1", {"text": "", "embed": {"$type": "app.bsky.embed.video", "video": {}}}))[0].media_count == 1
    feed = {"embed": {"$type": "app.bsky.embed.record", "record": {"uri": f"at://{DID}/app.bsky.feed.generator/x", "cid": "x"}}}
    assert parsed("bluesky", post("1", feed))[0].quote_of_id is None


def test_author_feed_with_reposts_and_what_is_answered() -> None:
    repost = {"$type": "app.bsky.feed.defs#reasonRepost", "by": {"did": "did:plc:bob", "handle": "bob.example"},
              "uri": "at://did:plc:bob/app.bsky.feed.repost/1", "indexedAt": "2026-03-02T00:00:00Z"}  # fmt: skip
    above = {"root": post("3"), "parent": {"uri": uri("4"), "notFound": True}}
    feed = [{"post": post("1"), "reason": repost}, {"post": post("2", {"reply": {"root": {"uri": uri("3")}, "parent": {"uri": uri("4")}}}), "reply": above},
            {"post": post("5"), "reason": {"$type": "app.bsky.feed.defs#reasonPin"}}]  # fmt: skip
    found = {m.native_id: m for m in parsed("bluesky", {"feed": feed, "cursor": "x"})}
    shared = found["at://did:plc:bob/app.bsky.feed.repost/1"]
    assert (shared.repost_of_id, shared.author_handle, shared.created_at) == (
        uri("1"),
        "bob.example",
        datetime(2026, 3, 2, tzinfo=UTC),
    )
    assert shared.engagement.likes is None
    assert set(found) == {shared.native_id, *(uri(n) for n in "12345")}
    assert found[uri("4")].deleted


def test_thread_trees_old_and_new() -> None:
    answer = {"post": post("2", {"reply": {"root": {"uri": uri("1")}, "parent": {"uri": uri("1")}}}), "replies": []}
    tree = {"post": post("1"), "parent": {"post": post("0"), "parent": {"uri": uri("z"), "notFound": True}},
            "replies": [answer, {"uri": uri("n"), "notFound": True}, {"uri": uri("b"), "blocked": True, "author": {"did": DID}}]}  # fmt: skip
    found = {m.native_id: m.deleted for m in parsed("bluesky", {"thread": tree})}
    assert found == {uri("0"): False, uri("z"): True, uri("1"): False, uri("2"): False, uri("n"): True}
    listed = [{"uri": uri("1"), "depth": 0, "value": {"$type": "app.bsky.unspecced.defs#threadItemPost", "post": post("1")}},
              {"uri": uri("2"), "depth": 1, "value": {"$type": "app.bsky.unspecced.defs#threadItemNotFound"}}]  # fmt: skip
    assert {m.native_id: m.deleted for m in parsed("bluesky", {"thread": listed, "hasOtherReplies": False})} == {
        uri("1"): False,
        uri("2"): True,
    }
    assert [m.native_id for m in parsed("bluesky", {"thread": {"uri": uri("n"), "notFound": True}})] == [uri("n")]


def test_records_notifications_and_stream_lines() -> None:
    record = {"$type": "app.bsky.feed.post", "text": "raw", "createdAt": "2026-03-01T10:00:00Z"}
    (found,) = parsed("bluesky", {"uri": uri("1"), "cid": "x", "value": record})
    assert (found.text, found.author_id, found.url) == ("raw", DID, f"https://bsky.app/profile/{DID}/post/1")
    like = {"uri": f"at://{DID}/app.bsky.feed.like/1", "record": {"$type": "app.bsky.feed.like"}}
    assert [m.native_id for m in parsed("bluesky", {"notifications": [post("2"), like]})] == [uri("2")]
    lines = (b'{"did":"did:plc:ann","time_us":1772359200000000,"kind":"commit","commit":{"operation":"create","collection":"app.bsky.feed.post",'
             b'"rkey":"3","record":{"$type":"app.bsky.feed.post","text":"live","createdAt":"2026-03-01T09:59:59Z"}}}\n'
             b'{"did":"did:plc:ann","kind":"commit","commit":{"operation":"delete","collection":"app.bsky.feed.post","rkey":"4"}}')  # fmt: skip
    new, gone = parsed("bluesky", lines)
    assert (new.native_id, new.text, gone.native_id, gone.deleted) == (uri("3"), "live", uri("4"), True)


def test_missing_fields_and_verification() -> None:
    mentions, rejects = parse_with_rejects(
        "bluesky", b'{"posts":[{"uri":"","record":{"text":"a"}},{"uri":"at://x/app.bsky.feed.post/1"}]}'
    )
    assert mentions == []
    assert [reject.reason for reject in rejects] == ["missing id", "missing text"]
    checked = {
        "did": DID,
        "handle": "ann.example",
        "verification": {"verifiedStatus": "valid", "trustedVerifierStatus": "none"},
        "followersCount": 5,
    }
    (found,) = parsed("bluesky", post("1", author=checked))
    assert (found.author_verified, found.author_followers) == (True, 5)
    assert parsed("bluesky", post("1"))[0].author_verified is None


def test_reset_header_of_the_at_protocol() -> None:
    error = bluesky.error_of({"error": "RateLimitExceeded", "message": "x"}, 429, {"RateLimit-Reset": str(int(time.time()) + 30)})
    assert error is not None
    assert error.action == "wait_until"
    assert error.wait_seconds is not None
    assert 25 < error.wait_seconds < 35


def test_the_cap_is_passed_by_asking_below(
    network: responses.RequestsMock, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = serve("bluesky", network)
    monkeypatch.setattr(server, "CAP", 10)
    assert keys(bluesky.pages(reading(world, settings, options={"cap": 10}))) == world.keys()
    assert len(keys(bluesky.pages(reading(world, settings)))) < len(world.keys())  # believing in a higher cap loses what is below


def test_deep_threads_are_read_on(network: responses.RequestsMock, settings: Settings) -> None:
    world = serve("bluesky", network)
    thing = world.thing
    monkey = {n: n - 1 for n in (2, 3, 4)}
    world.thing = lambda n: _chained(thing(n), monkey.get(n))  # type: ignore[method-assign]
    given = reading(world, settings, {"x": {"watermark": 1}}, options={"thread_depth": 1})
    found = {item.native_id for item in bluesky._Network(given).replies({"uri": server.uri_of(world.thing(1))})}
    assert found == {server.uri_of(world.thing(n)) for n in (2, 3, 4, 5)}


def _chained(thing: Any, parent: int | None) -> Any:
    thing.parent = parent or thing.parent
    return thing


def test_accounts_are_read_whole(network: responses.RequestsMock, settings: Settings) -> None:
    world = serve("bluesky", network)
    found = [
        page
        for page in bluesky.pages(reading(world, settings, handles=["@u7.example", "gone.example"]))
        if page.stream[:7] == "account"
    ]
    mine = {world.key(n) for n in world.numbers() if world.thing(n).author == 7}
    assert mine < keys(found)
    assert world.key(14) in keys(found)  # what thing 15 of this account answers
    assert [page.gap for page in found if page.gap] == ["account gone.example cannot be read (InvalidRequest)"]


def test_an_expired_session_logs_in_again_once(network: responses.RequestsMock, settings: Settings) -> None:
    world = serve("bluesky", network)
    status, headers, body = world.error("ExpiredToken")
    world.plan = {4: (status, headers, body)}
    given = reading(world, settings)
    assert keys(bluesky.pages(given)) == world.keys()
    assert sum("createSession" in url for url in world.urls) == 2
    assert any(secret != TOKEN and "sandbox.session" in secret for secret in given.http.all_secrets())


def test_lookup_names_what_is_gone(network: responses.RequestsMock, settings: Settings) -> None:
    world = serve("bluesky", network)
    world.gone[3] = "author"
    wanted = [key_of(world, n) for n in world.numbers()] + [key_of(world, 3)] * 5
    found = list(bluesky.lookup(reading(world, settings), wanted))
    assert [len(page.items) for page in found] == [22, 0]
    assert {(grave.kind, grave.native_id, grave.basis) for page in found for grave in page.gone} == {(*world.key(3), "platform")}
    assert mention("bluesky", found[0].items[0]).engagement.likes is not None
    world.plan = dict.fromkeys(range(1, 40), (200, {}, b'{"odd": 1}'))
    world.requests = 0
    with pytest.raises(PlatformError):
        list(bluesky.lookup(reading(world, settings), wanted))
