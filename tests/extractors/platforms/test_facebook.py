"""Facebook: the recorded answers, older and newer shapes of the Graph API, permalinks for ids, usage headers, halving, lookup."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import responses

from extractors.base import Key, Page, PlatformError
from extractors.parse import parse_body
from extractors.platforms import facebook
from extractors.shapes import graph
from extractors.slices import LOOP
from sandbox.servers import facebook as server
from settings import Settings
from tests.extractors.platforms.served import keys, mention, parsed, reading, serve
from tests.extractors.worlds import TOKEN

PAGES = {"pages": [server.PAGE]}


@pytest.fixture
def network() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def post(**more: Any) -> dict[str, Any]:
    return {"id": "11_22", "created_time": "2024-03-01T10:00:00+0000", "message": "fees", **more}


def error(code: Any, headers: dict[str, str] | None = None, **more: Any) -> PlatformError:
    found = facebook.error_of({"error": {"message": "told", "type": "OAuthException", "code": code, **more}}, 400, headers or {})
    assert found is not None
    return found


# -- recorded ----------------------------------------------------------------------------------------------------------
def test_recorded_comments_have_the_ids_of_their_permalinks(shared_data: Path) -> None:
    found = parse_body("facebook", (shared_data / "payloads/facebook/comments_p1.json").read_bytes())
    assert len(found) == len({m.native_id for m in found}) == 10
    top, reply = found[0], found[5]
    thread = "19292868552_10158407654328553"
    assert {(m.kind, m.conversation_id, m.page_id, m.author_id) for m in found} == {("comment", thread, "19292868552", None)}
    assert (top.native_id, top.parent_id) == ("10158407654328553_10158407835073553", thread)
    assert (reply.native_id, reply.parent_id) == ("10158407654328553_10158409983033553", "10158407654328553_10158407903973553")
    assert (top.created_at, top.created_at_raw) == (datetime(2021, 8, 10, 18, 45, 3, tzinfo=UTC), "2021-08-10T18:45:03+0000")
    assert (top.engagement.likes, top.engagement.comments, top.engagement.shares) == (0, 1, None)
    assert reply.links == ("http://bit.ly/2NsSg8i",)
    assert found[1].text is not None
    assert found[1].text.count("😕") == 1


@pytest.mark.parametrize("name", ["feed_fields_p1.json", "feed_fields_p2.json"])
def test_recorded_feed(shared_data: Path, name: str) -> None:
    found = parse_body("facebook", (shared_data / "payloads/facebook" / name).read_bytes())
    assert [m.native_id.split("_")[0] for m in found] == ["4"] * 5
    assert (found[0].kind, found[0].page_id, found[0].conversation_id) == ("post", "4", found[0].native_id)
    assert found[0].created_at == datetime(2021, 7, 4, 19, 50, 58, tzinfo=UTC)
    assert found[3].mentions == ("adam.the.creator",)
    assert found[0].engagement.likes is None


def test_recorded_page_and_error(shared_data: Path) -> None:
    folder = shared_data / "payloads/facebook"
    assert parse_body("facebook", (folder / "page.json").read_bytes()) == []
    with pytest.raises(PlatformError) as caught:
        parse_body("facebook", (folder / "error_100_missing_feature.json").read_bytes())
    assert (caught.value.action, caught.value.code, caught.value.exit_code) == ("fatal", "100", 2)
    assert "Page Public Content Access" in str(caught.value)


# -- shapes --------------------------------------------------------------------------------------------------------------
def test_every_field_of_a_post() -> None:
    card = {"type": "share", "media_type": "link", "url": "https://l.facebook.com/l.php?u=https%3A%2F%2Fbank.example%2Fa&h=1"}
    album = {"type": "album", "media_type": "album", "subattachments": {"data": [{"type": "photo"}, {"type": "video_inline"}]}}
    given = post(
        message="See https://bank.example/b #Fees", permalink_url="https://www.facebook.com/11/posts/22/", shares={"count": 3},
        attachments={"data": [card, album]}, reactions={"data": [], "summary": {"total_count": 9}}, like={"summary": {"total_count": 5}},
        comments={"data": [], "summary": {"total_count": 4}}, message_tags=[{"id": "5", "name": "Velmora Bank", "type": "page"}],
        place={"name": "Branch", "location": {"country": "Germany", "latitude": 52.5, "longitude": 13.4}},
        **{"from": {"id": "11", "name": "Velmora", "username": "velmorabank"}},
    )  # fmt: skip
    (found,) = parsed("facebook", given)
    assert (found.native_id, found.kind, found.page_id, found.url) == (
        "11_22",
        "post",
        "11",
        "https://www.facebook.com/11/posts/22/",
    )
    assert (found.author_id, found.author_handle, found.author_name) == ("11", "velmorabank", "Velmora")
    assert (found.engagement.likes, found.engagement.shares, found.engagement.comments) == (9, 3, 4)
    assert (found.links, found.hashtags, found.mentions) == (
        ("https://bank.example/b", "https://bank.example/a"), ("Fees",), ("Velmora Bank",),
    )  # fmt: skip
    assert (found.media_count, found.place_name, found.country, found.latitude) == (2, "Branch", "Germany", 52.5)
    assert not found.deleted


def test_version_2_shapes() -> None:
    given = {
        "id": "11_22", "created_time": 1709287200, "story": "X updated their status", "type": "photo", "link": "https://www.facebook.com/p",
        "picture": "https://cdn.example/1.jpg", "message_tags": {"0": [{"id": "5", "name": "Velmora"}]}, "from": {"id": "7", "name": "Ann"},
        "likes": {"data": [{"id": "1"}, {"id": "2"}]}, "comments": {"data": [{"id": "22_1", "message": "why?", "likes": 2,
        "created_time": "2014-03-01T10:00:00+0000", "from": {"id": "8", "name": "Bob"}}], "paging": {"next": "https://x/?access_token=abc"}},
    }  # fmt: skip
    first, comment = parsed("facebook", {"data": [given]})
    assert (first.text, first.created_at) == ("X updated their status", datetime(2024, 3, 1, 10, tzinfo=UTC))
    assert (first.engagement.likes, first.engagement.comments, first.media_count, first.mentions) == (2, None, 1, ("Velmora",))
    assert (comment.kind, comment.native_id, comment.parent_id, comment.conversation_id) == ("comment", "22_1", "11_22", "11_22")
    assert (comment.author_id, comment.in_reply_to_author_id, comment.engagement.likes) == ("8", "7", 2)


def test_the_line_about_a_share_is_nobodys_word() -> None:
    given = {"id": "11_22", "created_time": 1709287200, "from": {"id": "7", "name": "Ann"}, "story": "Ann shared Velmora's post."}
    assert [m.text for m in parsed("facebook", {"data": [given]})] == ["Ann shared Velmora's post."]
    (shared,) = parsed("facebook", {"data": [{**given, "parent_id": "12_3"}]})
    assert (shared.text, shared.repost_of_id) == ("", "12_3")
    (told,) = parsed("facebook", {"data": [{**given, "parent_id": "12_3", "message": "So true"}]})
    assert told.text == "So true"
    (own,) = parsed("facebook", {"data": [{**given, "parent_id": "11_22"}]})
    assert (own.text, own.repost_of_id) == ("Ann shared Velmora's post.", None)


def test_a_page_with_its_feed_a_map_by_ids_and_a_batch() -> None:
    page = {"id": "11", "name": "Velmora", "followers_count": 5, "fan_count": 4, "feed": {"data": [post()], "paging": {}}}
    (found,) = parsed("facebook", page)
    assert (found.page_id, found.page_name, found.page_followers) == ("11", "Velmora", 5)
    assert [m.native_id for m in parsed("facebook", {"11_22": post(), "11_23": post(id="11_23")})] == ["11_22", "11_23"]
    batch = [
        {"code": 200, "body": json.dumps({"data": [post()]})},
        {"code": 400, "body": '{"error":{"code":100,"message":"x"}}'},
        None,
    ]
    assert [m.native_id for m in parsed("facebook", batch)] == ["11_22"]
    with pytest.raises(PlatformError, match="facebook: error 100 "):
        parsed("facebook", batch[1:2])


def test_which_edge_an_answer_came_from() -> None:
    plain = {"data": [{"id": "22_1", "message": "a", "created_time": "2024-03-01T10:00:00+0000"}]}
    assert parsed("facebook", plain)[0].kind == "post"
    by_url = parsed("facebook", plain, "https://graph.facebook.com/v26.0/11_22/comments")[0]
    assert (by_url.kind, by_url.parent_id) == ("comment", "11_22")
    by_summary = parsed("facebook", {**plain, "summary": {"order": "chronological", "total_count": 1, "can_comment": True}})[0]
    assert (by_summary.kind, by_summary.conversation_id) == ("comment", None)
    link = {"paging": {"next": "https://graph.facebook.com/v3.2/11_22/comments?access_token=x&after=y"}}
    assert parsed("facebook", {**plain, **link})[0].conversation_id == "11_22"


def test_replies_inside_comments_and_parents_that_are_told() -> None:
    reply = {"id": "22_2", "message": "b", "created_time": "2024-03-01T11:00:00+0000", "like_count": 0}
    top = {"id": "22_1", "message": "a", "from": {"id": "7"}, "comment_count": 1, "comments": {"data": [reply]}}
    _, second = parsed("facebook", {"data": [top]}, "https://graph.facebook.com/v26.0/11_22/comments")
    assert (second.parent_id, second.conversation_id, second.in_reply_to_author_id) == ("22_1", "11_22", "7")
    told = {**reply, "parent": {"id": "22_9", "from": {"id": "3"}}, "object": {"id": "11_22"}}
    (found,) = parsed("facebook", told)
    assert (found.kind, found.parent_id, found.in_reply_to_author_id) == ("comment", "22_9", "3")
    assert found.conversation_id == "11_22"


def test_permalinks() -> None:
    host = "https://www.facebook.com"
    coded = "Y29tbWVudDoyMl8x"  # base64 of comment:22_1
    assert graph.permalink(f"{host}/permalink.php?story_fbid=22&id=11&comment_id={coded}") == graph.Permalink("11", "22", "1")
    assert graph.permalink(f"{host}/velmora/photos/a.1/22/?type=3&comment_id=1&reply_comment_id=2").comment_id(None) == "22_2"
    assert graph.permalink(f"{host}/11/posts/pfbid0abc?comment_id=1").comment_id("11_22") == "22_1"
    assert graph.permalink("https://elsewhere.example/11/posts/22") == graph.Permalink()
    assert graph.permalink("https://[www.facebook.com/") == graph.Permalink()


def test_media_alone_is_an_empty_text_and_a_message_that_was_not_asked_for_is_missing() -> None:
    assert parsed("facebook", {"data": [{**post(attachments={"data": [{"type": "photo"}]}), "message": None}]})[0].text == ""
    bare = {name: told for name, told in post().items() if name != "message"}
    asked = {"next": "https://graph.facebook.com/v10.0/11/feed?fields=id%2Cmessage%2Ccreated_time&until=1"}
    assert parsed("facebook", {"data": [post(), bare], "paging": asked})[1].text == ""
    assert len(parsed("facebook", {"data": [post(), bare]})) == 1


def test_what_the_page_hid_is_a_tombstone_of_the_page() -> None:
    (item,) = facebook.items({"data": [{"id": "22_1", "message": "a", "like_count": 1, "is_hidden": True}]}, None, "")
    assert mention("facebook", item).deleted
    assert [(grave.basis, grave.kind, grave.reason) for grave in facebook.tombstones(item)] == [("page", "comment", "hidden")]
    (shown,) = facebook.items({"data": [post(is_hidden=False)]}, None, "")
    assert list(facebook.tombstones(shown)) == []


# -- errors and budgets -----------------------------------------------------------------------------------------------------
def test_error_forms() -> None:
    busy = {
        "x-business-use-case-usage": json.dumps(
            {"11": [{"type": "pages", "call_count": 100, "estimated_time_to_regain_access": 7}]}
        )
    }
    assert (error(32, busy).action, error(32, busy).wait_seconds) == ("wait_until", 420.0)
    assert error(32).action == "stop", "a throttle that tells no end is not hammered"
    assert (error(80002, busy).code, error(80002, busy).action) == ("80001", "wait_until")
    assert error(4, {"Retry-After": "3"}).wait_seconds == 3.0
    assert error(230).code == "200"
    assert (error(190, error_subcode=463).code, error(190, error_subcode=1).code) == ("190/463", "190")
    assert (error(100, error_subcode=33).action, error(100).action) == ("skip", "fatal")
    assert (error(9001, is_transient=True).action, error(9001).action) == ("retry", "fatal")
    old = facebook.error_of({"error_code": 190, "error_msg": "told"}, 200, {})
    assert (old and old.code) == "190"
    page = facebook.error_of(["<html>"], 502, {})
    assert (page and page.action) == "retry"


def test_an_answer_that_would_be_too_large_is_asked_for_in_halves(network: responses.RequestsMock, settings: Settings) -> None:
    world = serve("facebook", network)
    world.plan = {2: world.error("1/reduce"), 3: world.error("1/reduce")}
    pages = list(facebook.pages(reading(world, settings, options=PAGES)))
    assert keys(pages) == world.keys()
    limits = [parse_qs(urlsplit(address).query).get("limit") for address in world.urls if "/feed" in address]
    assert limits[:3] == [["5"], ["2"], ["1"]]
    world.plan = dict.fromkeys(range(world.requests + 2, world.requests + 9), world.error("1/reduce"))
    with pytest.raises(PlatformError) as caught:
        list(facebook.pages(reading(world, settings, options=PAGES)))
    assert caught.value.code == graph.REDUCE


def test_a_run_stops_before_the_budget_is_used_up(network: responses.RequestsMock, settings: Settings) -> None:
    world = serve("facebook", network)
    page = json.dumps({"id": server.PAGE, "name": "Velmora"}).encode()
    world.plan = {1: (200, {"X-App-Usage": '{"call_count":12,"total_time":96,"total_cputime":1}'}, page)}
    with pytest.raises(PlatformError) as caught:
        list(facebook.pages(reading(world, settings, options=PAGES)))
    assert (caught.value.action, caught.value.code, world.requests) == ("stop", "usage", 1)
    world.plan = {world.requests + 1: world.plan[1]}
    assert keys(facebook.pages(reading(world, settings, options={**PAGES, "usage_stop": 101}))) == world.keys()


# -- collecting ---------------------------------------------------------------------------------------------------------------
def test_the_token_travels_in_a_header_and_is_in_no_cursor(network: responses.RequestsMock, settings: Settings) -> None:
    world = serve("facebook", network)
    pages = list(facebook.pages(reading(world, settings, pages=[server.PAGE])))
    assert keys(pages) == world.keys(), "the bank's own page is read"
    assert not any(TOKEN in address for address in world.urls)
    positions = [page.cursor["todo"][0][2] for page in pages if page.cursor and page.cursor.get("todo")]
    assert positions
    assert all("__paging_token=enc_" in position and "access_token" not in position for position in positions)


def test_tagged_posts_name_the_page_and_hide_their_author(network: responses.RequestsMock, settings: Settings) -> None:
    world = serve("facebook", network)
    found = {
        page.stream.partition(":")[0]: page for page in facebook.pages(reading(world, settings, options=PAGES)) if page.items
    }
    posts = {stream: mention("facebook", page.items[0]) for stream, page in found.items()}
    assert (posts["tagged"].author_id, posts["tagged"].page_id, posts["tagged"].mentions) == (None, None, ("velmorabank",))
    assert (posts["feed"].page_id, posts["feed"].page_followers) == (server.PAGE, 1300)
    assert not any(
        "/tagged" in page.stream for page in facebook.pages(reading(world, settings, options={**PAGES, "tagged": False}))
    )


def test_a_page_or_edge_that_may_not_be_read_is_a_gap(network: responses.RequestsMock, settings: Settings) -> None:
    world = serve("facebook", network)
    gaps = [page.gap for page in facebook.pages(reading(world, settings, options={"pages": ["404404", server.PAGE]})) if page.gap]
    assert gaps == [
        "page 404404 cannot be read: facebook: error 100/33 (the object does not exist, or may not be seen with this token)"
    ]
    with pytest.raises(PlatformError):
        list(facebook.pages(reading(world, settings, options={"pages": ["404404"]})))
    number = next(n for n, address in enumerate(world.urls, 1) if "/tagged" in address) - 1  # without the page that is not there
    world.plan = {world.requests + number: world.error("10")}
    pages = list(facebook.pages(reading(world, settings, options=PAGES)))
    assert [page.gap for page in pages if page.gap] == [
        f"posts that tag page {server.PAGE} cannot be read: facebook: error 10 (permission denied or feature missing)"
    ]


def test_comments_that_may_not_be_read_are_counted(network: responses.RequestsMock, settings: Settings) -> None:
    world = serve("facebook", network)
    list(facebook.pages(reading(world, settings, options=PAGES)))
    number = next(n for n, address in enumerate(world.urls, 1) if "/comments" in urlsplit(address).path)
    world.plan = {world.requests + number: world.error("100/33")}
    gaps = [page.gap for page in facebook.pages(reading(world, settings, options=PAGES)) if page.gap]
    assert gaps == ["the comments of 1 posts may not be read"]


def test_young_threads_are_read_again(network: responses.RequestsMock, settings: Settings) -> None:
    world = serve("facebook", network)
    _, above = world.key(4)
    given = reading(world, settings, {"feed": {"watermark": 1}}, recent=[(above, "9007")])
    (page,) = facebook.pages(given)
    found = mention("facebook", page.items[0])
    assert (page.stream, found.native_id, found.parent_id, found.in_reply_to_author_id) == (
        "threads",
        world.key(5)[1],
        above,
        "9007",
    )


def test_lookup_tells_counts_edits_and_what_is_gone(network: responses.RequestsMock, settings: Settings) -> None:
    world = serve("facebook", network)
    world.edited[1], world.gone[3], world.gone[5], world.gone[10] = int(world.at(9).timestamp()), "author", "author", "page"
    asked = [Key(*world.key(n), page_id=server.PAGE) for n in (1, 2, 3)]
    asked += [Key(*world.key(n), conversation_id=f"{server.PAGE}_70004") for n in (5, 10, 15)]
    pages = list(facebook.lookup(reading(world, settings, options=PAGES), asked))
    items = {item.native_id: mention("facebook", item) for page in pages for item in page.items}
    assert "edited" in str(items[world.key(1)[1]].text)
    assert items[world.key(10)[1]].deleted, "the page hid it"
    assert items[world.key(15)[1]].conversation_id == f"{server.PAGE}_70004"
    graves = {(grave.native_id, grave.kind, grave.basis) for page in pages for grave in page.gone}
    assert graves == {(world.key(3)[1], "post", "platform"), (world.key(5)[1], "comment", "platform")}


def test_a_lost_right_is_not_a_deletion(network: responses.RequestsMock, settings: Settings) -> None:
    world = serve("facebook", network)
    lost = world.error("100/33")
    world.plan = dict.fromkeys(range(1, 9), lost)
    (page,) = facebook.lookup(reading(world, settings), [Key(*world.key(1), page_id=server.PAGE)])
    assert (list(page.items), list(page.gone)) == ([], [])


def test_six_hundred_posts_of_a_year_are_a_gap() -> None:
    made = [facebook.make_item({"item": post(id=f"11_{n}", created_time="2024-03-01T10:00:00+0000")}, "") for n in range(600)]
    pages = [Page(made[:599], "feed:11", {"todo": [1]}), Page(made[599:], "feed:11", {"watermark": 1}, more=False)]
    assert [page.gap for page in facebook._capped(iter(pages))] == [None, "600 posts came of 2024: there may be more"]
    assert facebook._capped(iter([Page(made[:599], "feed:11", more=False)])).__next__().gap is None


def test_times_of_a_slice_are_both_asked_for_and_checked(network: responses.RequestsMock, settings: Settings) -> None:
    world = serve("facebook", network)
    list(facebook.pages(reading(world, settings, options=PAGES)))
    first = parse_qs(urlsplit(next(address for address in world.urls if "/feed" in address)).query)
    assert int(first["until"][0]) - int(first["since"][0]) == timedelta(days=29).total_seconds()
    assert "reactions.summary(true).limit(0)" in first["fields"][0]


def test_comments_of_several_pages_are_read_to_the_end(network: responses.RequestsMock, settings: Settings) -> None:
    world = serve("facebook", network)
    plain = world.thing
    world.thing = lambda n: replace(plain(n), parent=2 if n > 2 else None)  # type: ignore[method-assign]
    assert keys(facebook.pages(reading(world, settings, options=PAGES))) == world.keys()
    asked = [address for address in world.urls if "/comments" in urlsplit(address).path]
    assert len(asked) == 5, "21 comments, five a page"
    world.stuck = True
    with pytest.raises(PlatformError) as caught:
        list(facebook.pages(reading(world, settings, {"feed": {"watermark": 1}}, recent=[(world.key(2)[1], None)])))
    assert caught.value.code == LOOP
