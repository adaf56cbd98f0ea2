"""Reddit: recorded listing and errors, the shapes of things that they lack, removals told apart, trees, caps, subreddits, lookup."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import responses

from extractors.base import PlatformError
from extractors.parse import parse_body, parse_with_rejects
from extractors.platforms import reddit
from extractors.registry import PLATFORMS
from sandbox.servers import reddit as server
from settings import RenownError, Settings
from tests.extractors.platforms.served import key_of, keys, mention, parsed, reading, serve
from tests.extractors.worlds import TOKEN, PlotWorld


@pytest.fixture
def network() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def post(number: str, **more: Any) -> dict[str, Any]:
    data = {"id": number, "name": f"t3_{number}", "title": f"title {number}", "selftext": f"text {number}", "author": "ann",
            "author_fullname": "t2_ann", "created_utc": 1772359200.0, "edited": False, "is_self": True, "subreddit": "banking",
            "subreddit_id": "t5_b", "permalink": f"/r/banking/comments/{number}/x/", "num_comments": 2, "score": 5}  # fmt: skip
    return {"kind": "t3", "data": {**data, **more}}


def comment(number: str, parent: str = "t3_p", **more: Any) -> dict[str, Any]:
    data = {"id": number, "name": f"t1_{number}", "body": f"text {number}", "author": "bob", "author_fullname": f"t2_{number}",
            "created_utc": 1772359300.0, "edited": 1772359400.0, "link_id": "t3_p", "parent_id": parent, "score": 3, "replies": "",
            "permalink": f"/r/banking/comments/p/x/{number}/"}  # fmt: skip
    return {"kind": "t1", "data": {**data, **more}}


def listing(*children: dict[str, Any]) -> dict[str, Any]:
    return {"kind": "Listing", "data": {"after": None, "children": list(children)}}


def test_recorded_listing(shared_data: Path) -> None:
    found = parse_body("reddit", (shared_data / "payloads" / "reddit" / "search_listing.json").read_bytes())
    assert [m.native_id for m in found] == ["t3_3gpbiu", "t3_3x4kt2", "t3_3b4erh", "t3_1qvzkd", "t3_3qc02b", "t3_4at068"]
    first, second = found[0], found[1]
    assert (first.kind, first.author_handle, first.page_name, first.page_id) == ("post", "dClauzel", "redditdev", "t5_2qizd")
    assert first.created_at == datetime(2015, 8, 12, 9, 8, 34, tzinfo=UTC)
    assert first.edited_at == datetime(2015, 8, 13, 6, 35, 18, tzinfo=UTC)
    assert (second.edited_at, second.engagement.comments, first.engagement.comments) == (None, 5, 21)
    assert first.url == "https://www.reddit.com/r/redditdev/comments/3gpbiu/prawoauth2util_problem_using_get_banned_raise/"
    assert first.text is not None
    assert first.text.startswith("# solved\n\nProblem")
    assert not any(m.deleted for m in found)


@pytest.mark.parametrize(("name", "expected"), [("error_400_html.html", "error 400"), ("error_403.json", "error 403")])
def test_recorded_errors(shared_data: Path, name: str, expected: str) -> None:
    with pytest.raises(PlatformError, match=f"reddit: {expected}"):
        parse_body("reddit", (shared_data / "payloads" / "reddit" / name).read_bytes())


@pytest.mark.parametrize(
    ("body", "expected"),
    [(b'{"message": "Not Found", "error": 404}', "404"), (b'{"reason": "private", "message": "Forbidden", "error": 403}', "private"),
     (b'{"error": "invalid_grant"}', "invalid_grant"), (b"Too Many Requests", "429"), (b"upstream connect error", "503"),
     (b"<html><title>Too Many Requests</title><body>whoa there, pardner!</body></html>", "429"),
     (b'{"json": {"errors": [["RATELIMIT", "slow down", "ratelimit"]]}}', "RATELIMIT"), (b'{"error": "odd"}', "error")],
)  # fmt: skip
def test_error_bodies(body: bytes, expected: str) -> None:
    with pytest.raises(PlatformError) as caught:
        parse_body("reddit", body)
    assert caught.value.code == expected


def test_what_is_no_answer_at_all() -> None:
    with pytest.raises(RenownError, match="not JSON"):
        parse_body("reddit", b'{"kind": "Listing", "data": {"chil')


def test_reset_header_counts_seconds() -> None:
    error = reddit.error_of({"message": "Too Many Requests", "error": 429}, 429, {"X-Ratelimit-Reset": "17"})
    assert error is not None
    assert (error.action, round(error.wait_seconds or 0)) == ("wait_until", 17)


def test_pair_of_post_and_comments() -> None:
    below = comment("2", "t1_1")
    top = comment("1", replies=listing(below), score_hidden=True)
    more = {"kind": "more", "data": {"count": 2, "children": ["8", "9"], "parent_id": "t3_p", "id": "8", "name": "t1_8"}}
    found = parsed("reddit", [listing(post("p")), listing(top, more)])
    assert [m.native_id for m in found] == ["t3_p", "t1_1", "t1_2"]
    opened, first, second = found
    assert (opened.conversation_id, opened.parent_id, opened.title, opened.text) == ("t3_p", None, "title p", "text p")
    assert (first.parent_id, first.conversation_id, first.in_reply_to_author_id) == ("t3_p", "t3_p", "t2_ann")
    assert (second.parent_id, second.in_reply_to_author_id, second.kind, second.title) == ("t1_1", "t2_1", "comment", None)
    assert (first.engagement.likes, second.engagement.likes, second.engagement.comments) == (None, 3, None)
    assert second.edited_at == datetime(2026, 3, 1, 10, 3, 20, tzinfo=UTC)
    assert second.url == "https://www.reddit.com/r/banking/comments/p/x/2/"


def test_single_things_morechildren_and_archive_lines() -> None:
    assert [m.native_id for m in parsed("reddit", comment("7"))] == ["t1_7"]
    things = {"json": {"errors": [], "data": {"things": [comment("7"), comment("8", "t1_7")]}}}
    assert [m.in_reply_to_author_id for m in parsed("reddit", things)] == [None, "t2_7"]
    lines = b'{"id":"5","body":"old","link_id":"t3_1","created_utc":1500000000}\n{"id":"6","title":"t","selftext":"","created_utc":"1500000000"}'
    first, second = parsed("reddit", lines)
    assert (first.kind, first.native_id, second.kind, second.native_id, second.text) == ("comment", "t1_5", "post", "t3_6", "")
    assert second.created_at == datetime(2017, 7, 14, 2, 40, tzinfo=UTC)
    subreddit = {"kind": "t5", "data": {"id": "b"}}
    assert parsed("reddit", listing(subreddit)) == []


@pytest.mark.parametrize(
    ("thing", "basis"),
    [(comment("1", body="[deleted]", author="[deleted]"), "author"), (comment("1", body="[removed]"), "page"),
     (comment("1", body="[ Removed by Reddit ]"), "platform"), (post("1", selftext="[removed]", removed_by_category="moderator"), "page"),
     (post("1", selftext="[removed]", removed_by_category="automod_filtered"), "page"),
     (post("1", selftext="", removed_by_category="deleted"), "author"), (post("1", selftext="", removed_by_category="author"), "author"),
     (post("1", selftext="", removed_by_category="copyright_takedown"), "platform"), (post("1", selftext="[deleted]"), "author"),
     (comment("1", removal_reason="legal"), "platform")],
)  # fmt: skip
def test_who_removed_it(thing: dict[str, Any], basis: str) -> None:
    (item,) = PLATFORMS["reddit"].items(thing, None, "")
    found = mention("reddit", item)
    assert found.deleted
    assert found.text in (None, "", "text 1")
    assert [(grave.native_id, grave.kind, grave.basis) for grave in PLATFORMS["reddit"].tombstones(item)] == [
        (item.native_id, item.kind, basis)
    ]


def test_a_closed_account_is_no_deletion() -> None:
    (found,) = parsed("reddit", comment("1", author="[deleted]", author_fullname=None))
    assert (found.deleted, found.author_handle, found.author_id, found.text) == (False, None, None, "text 1")


def test_escaped_and_unescaped_shapes() -> None:
    old = comment("1", body="a &lt;b&gt; &amp;amp; c", body_html="&lt;div&gt;&lt;p&gt;a&lt;/p&gt;&lt;/div&gt;")
    new = comment("1", body="a <b> &amp; c", body_html='<div class="md"><p>a</p></div>')
    assert parsed("reddit", old)[0].text == parsed("reddit", new)[0].text == "a <b> & c"
    assert parsed("reddit", post("1", title="A &amp; B", selftext_html=None))[0].title == "A & B"


def test_links_media_crossposts_and_edits() -> None:
    link = post("1", is_self=False, selftext="", url="https://news.example/a?x=1&amp;y=2", post_hint="link", edited=True)
    (found,) = parsed("reddit", link)
    assert (found.text, found.links, found.edited_at) == ("", ("https://news.example/a?x=1&y=2",), None)
    picture = post("1", is_self=False, selftext="", url="https://i.redd.it/a.png", post_hint="image")
    assert (parsed("reddit", picture)[0].links, parsed("reddit", picture)[0].media_count) == ((), 1)
    gallery = post("1", selftext=None, gallery_data={"items": [{}, {}]}, media_metadata={"a": {}, "b": {}})
    assert (parsed("reddit", gallery)[0].media_count, parsed("reddit", gallery)[0].text) == (2, "")
    words = post("1", selftext="see [this](https://a.example/x) of /u/carl_1 and u/dee-2", selftext_html=None)
    assert (parsed("reddit", words)[0].links, parsed("reddit", words)[0].mentions) == (
        ("https://a.example/x",),
        ("carl_1", "dee-2"),
    )
    shared, original = parsed("reddit", post("2", crosspost_parent="t3_1", crosspost_parent_list=[post("1")["data"]]))
    assert (shared.repost_of_id, original.native_id) == ("t3_1", "t3_1")
    assert (shared.title, original.title) == ("title 2", "title 1")


def test_a_crosspost_under_its_originals_title_has_none_of_its_own() -> None:
    shared, original = parsed("reddit", post("2", title="title 1", selftext="", crosspost_parent="t3_1", crosspost_parent_list=[post("1")["data"]]))
    assert (shared.title, shared.text, original.title) == (None, "", "title 1")
    assert parsed("reddit", post("2", title="title 1"))[0].title == "title 1"


def test_missing_ids_and_texts() -> None:
    mentions, rejects = parse_with_rejects("reddit", b'{"kind":"t1","data":{"body":"a"}}\n{"kind":"t1","data":{"id":"5"}}')
    assert mentions == []
    assert [reject.reason for reject in rejects] == ["missing id", "missing text"]


class Crowd(PlotWorld):
    """Post 1 and, below it, comments 2 to 23: twelve of the first level, a chain of ten below the second."""

    def thing(self, n: int) -> Any:
        return replace(super().thing(n), parent=None if n == 1 else 1 if n < 14 else 2 if n == 14 else n - 1)


def test_more_comments_are_fetched(network: responses.RequestsMock, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    world = Crowd(server)
    world.serve(network)
    assert keys(reddit.pages(reading(world, settings))) == world.keys()
    assert sum("morechildren" in url for url in world.urls) > 0
    young = reading(world, settings, {"x": {"watermark": 1}}, options={"search": False}, recent=[(world.key(1)[1], None)])
    found = {item.native_id: mention("reddit", item) for page in reddit.pages(young) for item in page.items}
    assert found[world.key(20)[1]].in_reply_to_author_id == f"t2_u{world.thing(19).author}"
    assert {m.conversation_id for m in found.values()} == {world.key(1)[1]}


def test_a_thread_that_continues_on_a_page_of_its_own() -> None:
    node = {"count": 0, "children": [], "parent_id": "t1_abc", "id": "_", "name": "t1__"}
    assert list(reddit._more("t3_p", node, set())) == [("comments/p/_/abc", {"limit": 500, "sort": "new"})]
    many = {"children": [str(n) for n in range(150)], "parent_id": "t3_p"}
    asked: set[str] = set()
    calls = list(reddit._more("t3_p", many, asked))
    assert [len(params["children"].split(",")) for _, params in calls] == [100, 50]
    assert list(reddit._more("t3_p", many, asked)) == []


def test_the_end_of_a_capped_listing_is_a_gap(
    network: responses.RequestsMock, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = serve("reddit", network)
    monkeypatch.setattr(server, "CAP", 10)
    found = list(reddit.pages(reading(world, settings, options={"cap": 10})))
    assert len(keys(found)) < len(world.keys())
    assert [page.gap for page in found if page.gap] == [
        "the listing ended after its newest 10 entries; what is older than them is not readable"
    ]
    cursors = {page.stream: dict(page.cursor) for page in found if page.cursor}
    assert not any(page.gap for page in reddit.pages(reading(world, settings, cursors, options={"cap": 10})))


def test_subreddits_pages_and_accounts(network: responses.RequestsMock, settings: Settings) -> None:
    world = serve("reddit", network)
    options = {"subreddits": ["r/banking", "germany"]}
    given = reading(world, settings, options=options, handles=["u7"], pages=["r/velmora"])
    streams = {page.stream.rpartition(":")[0] or page.stream for page in reddit.pages(given)}
    assert streams == {"search:r/banking/search", "search:r/germany/search", "r/velmora/new", "r/velmora/comments", "user/u7"}
    assert all("restrict_sr=1" in url for url in world.urls if "/search" in url)


def test_comments_of_a_whole_subreddit_know_whom_they_answer(network: responses.RequestsMock, settings: Settings) -> None:
    world = serve("reddit", network)
    world.gone[4] = "author"  # a post that no listing shows any more; its answer stands
    found = {
        i.native_id: i
        for page in reddit.pages(reading(world, settings, options={"search": False, "whole": ["x"]}))
        for i in page.items
    }
    answer = mention("reddit", found[world.key(10)[1]])
    assert answer.in_reply_to_author_id == f"t2_u{world.thing(9).author}"
    assert world.key(5)[1] in found
    assert world.key(4)[1] not in found


def test_a_private_subreddit_is_a_gap(network: responses.RequestsMock, settings: Settings) -> None:
    world = serve("reddit", network)
    world.plan = {2: world.error("private")}
    found = list(reddit.pages(reading(world, settings, options={"search": False, "whole": ["x"]})))
    assert [page.gap for page in found if page.gap] == ["x cannot be read (private)"]
    assert keys(found) == {world.key(n) for n in (5, 10, 15, 20)}  # the comments are read all the same


def test_an_expired_token_is_asked_for_again(network: responses.RequestsMock, settings: Settings) -> None:
    world = serve("reddit", network)
    world.plan = {4: world.error("401")}
    given = reading(world, settings)
    assert keys(reddit.pages(given)) == world.keys()
    assert sum("access_token" in url for url in world.urls) == 2
    assert {secret for secret in given.http.all_secrets() if TOKEN not in secret} >= {"sandbox-bearer-token"}


def test_lookup_tells_edits_and_who_removed(network: responses.RequestsMock, settings: Settings) -> None:
    world = serve("reddit", network)
    world.edited[1] = int(world.at(1).timestamp()) + 60
    world.gone.update({2: "author", 3: "page", 5: "platform"})
    wanted = [*(key_of(world, n) for n in (1, 2, 3, 5)), replace(key_of(world, 1), native_id="t3_unknown")]
    (page,) = reddit.lookup(reading(world, settings), wanted)
    graves = {grave.native_id: grave.basis for item in page.items for grave in reddit.tombstones(item)}
    assert graves == {world.key(2)[1]: "author", world.key(3)[1]: "page", world.key(5)[1]: "platform"}
    assert [(grave.native_id, grave.basis) for grave in page.gone] == [("t3_unknown", "platform")]
    assert mention("reddit", page.items[0]).edited_at == datetime.fromtimestamp(world.edited[1], UTC)


def test_the_tree_of_a_listed_comment_comes_along(network: responses.RequestsMock, settings: Settings) -> None:
    world = Crowd(server)
    world.serve(network)
    listed = server.data(world.plot, world.thing(20))
    items, around = reddit._Network(reading(world, settings)).join([listed["data"] | {"__kind": "t1"}])
    assert [(item.kind, item.native_id) for item in items] == [world.key(20)]
    assert {(item.kind, item.native_id) for item in around} == world.keys() - {world.key(1), world.key(20)}
