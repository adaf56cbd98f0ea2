"""Odnoklassniki: the recorded comment, shapes of the documentation that recordings lack, signed calls, Moscow's time, groups, lookup."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import responses

from extractors.base import Key, PlatformError
from extractors.parse import parse_body
from extractors.platforms import odnoklassniki
from extractors.slices import LOOP
from sandbox.servers import odnoklassniki as server
from settings import Settings
from tests.extractors.platforms.served import keys, mention, parsed, reading, serve
from tests.extractors.worlds import TOKEN, PlotWorld

GROUPS = {"groups": [server.GROUP]}


@pytest.fixture
def network() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def topic(number: str, **more: Any) -> dict[str, Any]:
    return {"id": number, "media": [{"type": "text", "text": f"topic {number}"}], "created_ms": 1772359200123, "author_ref": "user:7",
            "owner_ref": "group:55", **more}  # fmt: skip


def asked(world: PlotWorld, method: str) -> list[dict[str, str]]:
    queries = [{name: told[0] for name, told in parse_qs(urlsplit(address).query).items()} for address in world.urls]
    return [query for query in queries if query["method"] == method]


# -- recorded ----------------------------------------------------------------------------------------------------------
def test_recorded_comment_is_in_moscow_time(shared_data: Path) -> None:
    (found,) = parse_body("odnoklassniki", (shared_data / "payloads/ok/comment.json").read_bytes())
    assert (found.kind, found.native_id) == ("comment", "MTM5NzIwNjM4MjQ3MTotMTU5NDE6MTM5NzIwNjM4MjQ3MTo2MjUwMzkyOTY2MjMyMDox")
    assert found.created_at == datetime(2014, 4, 11, 8, 53, 2, tzinfo=UTC), (
        "Moscow was at +04:00 in 2014, as the id's milliseconds say"
    )
    assert found.created_at_raw == "2014-04-11 12:53:02"
    assert (found.author_id, found.in_reply_to_author_id) == ("538901295641", "134519031824")
    assert found.parent_id == "MTM5NzIwNjMzNjI2MTotODE0MzoxMzk3MjA2MzM2MjYxOjYyNTAzOTI5NjYyMzIwOjE="
    assert (found.conversation_id, found.engagement.likes, found.engagement.comments) == ("62503929662320", 123, None)
    assert str(found.text).startswith("наверное и я")


def test_recorded_error(shared_data: Path) -> None:
    with pytest.raises(PlatformError) as caught:
        parse_body("odnoklassniki", (shared_data / "payloads/ok/error_102.json").read_bytes())
    assert (caught.value.action, caught.value.code) == ("fatal", "102")
    assert "RENOWN_ODNOKLASSNIKI_TOKEN" in str(caught.value)


# -- shapes --------------------------------------------------------------------------------------------------------------
def test_a_discussion_with_its_entities() -> None:
    given = {
        "discussion": {
            "object_id": "622", "object_type": "GROUP_TOPIC", "owner_uid": "7", "creation_date": "2013-10-12 14:29:26", "like_count": 1,
            "title": "Where is {user:3}Ann{user}?", "message": "Topic in the {group:55}Velmora{group} group", "total_comments_count": 137,
            "ref_objects": [{"id": "55", "type": "GROUP"}],
        },
        "entities": {
            "groups": [{"uid": "55", "name": "Velmora", "members_count": 4200}], "themes": [{"id": "622", "title": "x", "images": []}],
            "users": [{"uid": "7", "first_name": "Ann", "last_name": "Lee", "location": {"city": "Kazan"}}],
        },
    }  # fmt: skip
    (found,) = parsed("odnoklassniki", given)
    assert (found.native_id, found.kind, found.conversation_id) == ("622", "post", "622")
    assert (found.title, found.text) == ("Where is Ann?", "Where is Ann?")
    assert (found.author_id, found.author_name, found.author_location) == ("7", "Ann Lee", "Kazan")
    assert (found.page_id, found.page_name, found.page_followers) == ("55", "Velmora", 4200)
    assert (found.engagement.likes, found.engagement.comments) == (1, 137)
    assert found.created_at == datetime(2013, 10, 12, 10, 29, 26, tzinfo=UTC)
    assert found.url == "https://ok.ru/group/55/topic/622"
    listed = parsed("odnoklassniki", {"discussions": [given["discussion"]], "anchor": "x"})
    assert [m.native_id for m in listed] == ["622"]


def test_a_stream_joins_feeds_and_topics_and_brings_originals() -> None:
    shared = topic(
        "2", media=[{"type": "text", "text": "look"}, {"type": "topic", "reshare": True, "media_topic_refs": ["media_topic:1"]}]
    )
    feeds = [
        {"pattern": "POST", "date": "2026-03-01 13:00:00", "target_refs": ["media_topic:2"]},
        {"pattern": "POST", "date": "2014-07-01 13:00:00", "message": "{media_topic:3}told{media_topic}"},
        {"pattern": "POST", "date_ms": 1772359200000, "message_tokens": [{"text": "a photo"}], "target_refs": ["group_photo:4"]},
    ]
    second, third, photo, original = parsed(
        "odnoklassniki", {"feeds": feeds, "entities": {"media_topics": [shared, topic("1")]}, "anchor": "a"}
    )
    assert (second.native_id, second.text, second.repost_of_id) == ("2", "look", "1")
    assert (original.native_id, original.repost_of_id) == ("1", None)
    assert (third.native_id, third.text, third.created_at) == ("3", "told", datetime(2014, 7, 1, 9, tzinfo=UTC))
    assert (photo.native_id, photo.text) == ("4", "a photo")
    assert second.created_at == datetime(2026, 3, 1, 10, 0, 0, 123000, tzinfo=UTC)


def test_every_block_of_a_topic() -> None:
    media = [
        {"type": "text", "text": "Fees #rates &amp; more https://a.example/x"},
        {"type": "link", "url": "https://bank.example/y", "title": "t"},
        {"type": "photo", "photo_refs": ["group_photo:1", "group_photo:2"]},
        {"type": "movie", "movie_refs": ["movie:3"]},
        {"type": "poll", "poll_refs": ["poll:9"]},
        {"type": "text", "text_tokens": [{"text": "see "}, {"text": "here", "link": "https://c.example/z"}]},
    ]
    summaries = {
        "like_summary": {"count": 3},
        "reshare_summary": {"count": 0},
        "discussion_summary": {"comments_count": 5},
        "views_count": 9,
    }
    given = {"media_topics": [topic("1", media=media, **summaries)], "entities": {"polls": [{"id": "9", "question": "Which?"}]}}
    (found,) = parsed("odnoklassniki", given)
    assert found.text == "Fees #rates & more https://a.example/x\nsee here\nWhich?"
    assert found.links == ("https://a.example/x", "https://bank.example/y", "https://c.example/z")
    assert (found.hashtags, found.media_count, found.author_id, found.page_id) == (("rates",), 3, "7", "55")
    engagement = found.engagement
    assert (engagement.likes, engagement.shares, engagement.comments, engagement.views) == (3, 0, 5, 9)


def test_media_alone_is_an_empty_text_and_a_cut_topic_is_truncated() -> None:
    (photo,) = parsed("odnoklassniki", {"media_topics": [topic("1", media=[{"type": "photo", "photo_refs": ["photo:1"]}])]})
    assert (photo.text, photo.media_count, photo.truncated) == ("", 1, False)
    assert [
        m.truncated for m in parsed("odnoklassniki", {"media_topics": [topic("1", has_more=True), topic("2", is_text_cut=True)]})
    ] == [True, True]


def test_comments_with_their_discussion_and_people() -> None:
    comments = [
        {"id": "a", "author_id": "7", "text": "hi", "date": "2026-03-01 13:00:00", "date_ms": 1772359200000},
        {"id": "b", "author_ref": "group:55", "author_name": "Velmora", "author_type": "GROUP", "text": "yes", "reply_to_comment_id": "a",
         "reply_to_id": "7", "date": "2026-03-01 13:01:00", "attachments": [{"type": "PHOTO", "id": "1"}]},
        {"id": "c", "author_id": "8", "text": "", "type": "REMOVED_MESSAGE", "date": "2026-03-01 13:02:00"},
    ]  # fmt: skip
    given = {"comments": comments, "discussionId": "622", "has_more": False, "entities": {"users": [{"uid": "7", "name": "Ann"}]}}
    first, second, third = parsed("odnoklassniki", given)
    assert (first.parent_id, first.conversation_id, first.author_name, first.in_reply_to_author_id) == ("622", "622", "Ann", None)
    assert first.created_at == datetime(2026, 3, 1, 10, tzinfo=UTC)
    assert (second.author_id, second.author_name, second.parent_id, second.in_reply_to_author_id) == ("55", "Velmora", "a", "7")
    assert (second.media_count, third.deleted) == (1, True)
    by_url = parsed("odnoklassniki", comments[:1], "https://api.ok.ru/fb.do?method=discussions.getComments&discussionId=9")
    assert by_url[0].conversation_id == "9"
    removed = [grave.basis for item in odnoklassniki.items(given, None, "") for grave in odnoklassniki.tombstones(item)]
    assert removed == ["page"]


def test_a_batch_holds_answers_of_several_methods() -> None:
    batch = {"mediatopic_getByIds_response": {"media_topics": [topic("1")]}, "discussions_getComments_response": {
        "discussionId": "1", "comments": [{"id": "a", "text": "hi", "author_id": "7", "date": "2026-03-01 13:00:00"}]}}  # fmt: skip
    assert [(m.kind, m.native_id) for m in parsed("odnoklassniki", batch)] == [("post", "1"), ("comment", "a")]
    assert parsed("odnoklassniki", {"comment": {"id": "a", "text": "hi", "date": "2026-03-01 13:00:00"}})[0].native_id == "a"
    assert parsed("odnoklassniki", {"available": True}) == []


def test_error_forms() -> None:
    def told(value: Any, status: int = 200) -> tuple[str, str | None]:
        found = odnoklassniki.error_of(value, status, {})
        assert found is not None
        return found.action, found.code

    assert told({"error_code": 2, "error_msg": "SERVICE : down"}) == ("retry", "2")
    assert told({"error_code": 11}) == ("stop", "11")
    assert told({"error_code": 99999}) == ("fatal", "99999")
    assert told({"error": "invalid_token", "error_description": "x"}) == ("fatal", "invalid_token")
    assert told([], 502) == ("retry", "HTTP 502")
    assert odnoklassniki.error_of({"feeds": []}, 200, {}) is None


# -- collecting ---------------------------------------------------------------------------------------------------------------
def test_signature_of_the_documentation() -> None:
    params = {
        "method": "stream.get",
        "gid": "1",
        "application_key": "KEY",
        "format": "json",
        "access_token": "never",
        "sig": "never",
    }
    joined = "application_key=KEYformat=jsongid=1method=stream.getSECRET"
    assert odnoklassniki.signature(params, "SECRET") == hashlib.md5(joined.encode(), usedforsecurity=False).hexdigest()


def test_a_wrong_secret_or_no_session_is_refused(network: responses.RequestsMock, settings: Settings) -> None:
    world = serve("odnoklassniki", network)
    given = reading(world, settings, options=GROUPS)
    given.http.secrets[odnoklassniki.SESSION_SECRET] = "another secret"
    with pytest.raises(PlatformError) as caught:
        list(odnoklassniki.pages(given))
    assert (caught.value.code, caught.value.mend) == ("104", odnoklassniki.CONTRACT.rule("104").mend)  # type: ignore[union-attr]
    with pytest.raises(PlatformError) as caught:
        list(odnoklassniki.pages(reading(world, settings, options=GROUPS, token=None)))
    assert caught.value.code == "103"


def test_groups_of_banks_options_and_searches(network: responses.RequestsMock, settings: Settings) -> None:
    world = serve("odnoklassniki", network)
    assert keys(odnoklassniki.pages(reading(world, settings, pages=[server.GROUP]))) == world.keys()
    assert keys(odnoklassniki.pages(reading(world, settings, options={"search": ["velmora", "nobody"]}))) == world.keys()
    assert list(odnoklassniki.pages(reading(world, settings))) == []
    pages = list(odnoklassniki.pages(reading(world, settings, options={"groups": ["1", server.GROUP]})))
    assert keys(pages) == world.keys()
    assert [page.gap for page in pages if page.gap] == ["group 1 cannot be read: odnoklassniki: error 160 (no such group)"]


def test_cut_topics_come_whole(network: responses.RequestsMock, settings: Settings) -> None:
    world = serve("odnoklassniki", network)
    items = {
        item.native_id: item for page in odnoklassniki.pages(reading(world, settings, options=GROUPS)) for item in page.items
    }
    found = mention("odnoklassniki", items[world.key(7)[1]])
    assert (found.text, found.truncated, found.page_name) == ("Velmora 7", False, "Velmora Bank")
    assert {query["topic_ids"] for query in asked(world, "mediatopic.getByIds")} == {world.key(n)[1] for n in (7, 14, 21)}


def test_comments_know_topic_author_and_group(network: responses.RequestsMock, settings: Settings) -> None:
    world = serve("odnoklassniki", network)
    items = {
        item.native_id: item for page in odnoklassniki.pages(reading(world, settings, options=GROUPS)) for item in page.items
    }
    found, above = mention("odnoklassniki", items[world.key(5)[1]]), world.key(4)[1]
    assert (found.parent_id, found.conversation_id, found.page_id) == (above, above, server.GROUP)
    assert found.in_reply_to_author_id == mention("odnoklassniki", items[above]).author_id
    assert found.created_at == world.at(5)
    assert not any(TOKEN.encode() in item.raw for item in items.values())


def test_young_topics_are_asked_for_together(network: responses.RequestsMock, settings: Settings) -> None:
    world = serve("odnoklassniki", network)
    recent = [(world.key(n)[1], None) for n in (1, 2, 3, 4, 9)]
    given = reading(world, settings, {"group:1": {"watermark": 1}}, recent=recent)
    (page,) = odnoklassniki.pages(given)
    assert {item.native_id for item in page.items} == {world.key(5)[1], world.key(10)[1]}
    assert (page.stream, len(world.urls)) == ("threads", 3), "one call for the topics, one for each discussion that has comments"
    assert mention("odnoklassniki", page.items[0]).page_id == server.GROUP


def test_lookup_tells_counts_edits_and_what_is_gone(network: responses.RequestsMock, settings: Settings) -> None:
    world = serve("odnoklassniki", network)
    world.edited[1], world.gone[3], world.gone[5] = int(world.at(9).timestamp()), "author", "page"
    asked_for = [Key(*world.key(n)) for n in (1, 3, 7)]
    asked_for += [Key(*world.key(n), conversation_id=world.key(n - 1)[1]) for n in (5, 10)]
    pages = list(odnoklassniki.lookup(reading(world, settings), asked_for))
    items = {item.native_id: mention("odnoklassniki", item) for page in pages for item in page.items}
    assert set(items) == {world.key(n)[1] for n in (1, 7, 10)}
    assert "edited" in str(items[world.key(1)[1]].text)
    assert items[world.key(7)[1]].text == "Velmora 7", "a cut text would look like an edit"
    graves = {(grave.native_id, grave.kind) for page in pages for grave in page.gone}
    assert graves == {world.key(3)[::-1], world.key(5)[::-1]}


def test_what_may_not_be_seen_is_not_gone(network: responses.RequestsMock, settings: Settings) -> None:
    world = serve("odnoklassniki", network)
    world.plan = {1: world.error("458"), 2: world.error("458")}
    (page,) = odnoklassniki.lookup(reading(world, settings), [Key(*world.key(1))])
    assert (list(page.items), list(page.gone)) == ([], [])
    closed = (200, {}, json.dumps({"comments": [], "has_more": False}).encode())
    world.plan = {world.requests + 2: closed}
    (page,) = odnoklassniki.lookup(reading(world, settings), [Key(*world.key(5), conversation_id=world.key(4)[1])])
    assert list(page.gone) == [], "an empty list against the topic's own count proves nothing"


def test_the_interval_bounds_a_stream(network: responses.RequestsMock, settings: Settings) -> None:
    world = serve("odnoklassniki", network)
    given = reading(world, settings, {f"group:{server.GROUP}": {"watermark": int(world.at(20).timestamp())}}, options=GROUPS)
    found = keys(odnoklassniki.pages(given))
    assert found == {world.key(n) for n in (18, 19, 20, 21, 22, 23)}, "the overlap of two hours, and not the whole history"
    assert len(asked(world, "stream.get")) == 2


def test_comments_of_several_pages_are_read_to_the_end(network: responses.RequestsMock, settings: Settings) -> None:
    world = serve("odnoklassniki", network)
    plain = world.thing
    world.thing = lambda n: replace(plain(n), parent=2 if n > 2 else None)  # type: ignore[method-assign]
    assert keys(odnoklassniki.pages(reading(world, settings, options=GROUPS))) == world.keys()
    assert len(asked(world, "discussions.getComments")) == 5, "21 comments, five a page"
    world.stuck = True
    with pytest.raises(PlatformError) as caught:
        list(odnoklassniki.pages(reading(world, settings, {"group:1": {"watermark": 1}}, recent=[(world.key(2)[1], None)])))
    assert caught.value.code == LOOP
