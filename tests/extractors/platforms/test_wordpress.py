"""WordPress: the recorded answers, shapes of the published schema that they lack, edits, deletions, paging, sites that are closed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import responses

from extractors.base import Key, PlatformError, Reading
from extractors.parse import parse_body, parse_with_rejects
from extractors.platforms import wordpress
from extractors.shapes import wordpress_objects
from sandbox.plots import plot_servers
from settings import RenownError, Settings
from tests.extractors.platforms.served import key_of, keys, mention, parsed, reading, serve
from tests.extractors.worlds import END, PlotWorld

UTC_TEN = datetime(2026, 3, 1, 10, tzinfo=UTC)


@pytest.fixture
def network() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def post(number: int, **more: Any) -> dict[str, Any]:
    return {"id": number, "date": "2026-03-01T13:00:00", "date_gmt": "2026-03-01T10:00:00", "modified": "2026-03-01T13:00:00",
            "modified_gmt": "2026-03-01T10:00:00", "link": f"https://blog.example/p{number}/", "type": "post", "author": 2,
            "title": {"rendered": f"Title {number}"}, "content": {"rendered": "<p>text</p>", "protected": False}, **more}  # fmt: skip


def comment(number: int, **more: Any) -> dict[str, Any]:
    return {"id": number, "post": 5, "parent": 0, "author": 0, "author_name": "Ann", "date": "2026-03-01T13:00:00",
            "date_gmt": "2026-03-01T10:00:00", "content": {"rendered": "<p>said</p>"}, "type": "comment",
            "link": f"https://blog.example/p5/#comment-{number}", **more}  # fmt: skip


def test_recorded_post(shared_data: Path) -> None:
    [found] = parse_body("wordpress", (shared_data / "payloads/wordpress/posts_search_p1.json").read_bytes())
    assert (found.site, found.kind, found.native_id, found.conversation_id) == ("127.0.0.1", "post", "6", "6")
    assert found.created_at == datetime(2026, 11, 21, 18, 7, 36, tzinfo=UTC)
    assert found.created_at_raw == "2026-11-21T18:07:36"
    assert (found.edited_at, found.truncated, found.deleted) == (None, False, False)
    assert (found.author_id, found.author_handle) == ("2", "ivan")
    assert found.text is not None
    assert found.text.endswith("не вернул")
    assert "🙂 & " in found.text
    assert "<" not in found.text
    assert found.title is not None
    assert found.title.endswith("отзыв 3")


def test_recorded_comment(shared_data: Path) -> None:
    body = (shared_data / "payloads/wordpress/comments.json").read_bytes()
    [found] = parse_body("wordpress", body, "https://blog.example/wp-json/wp/v2/comments?per_page=100")
    assert (found.site, found.kind, found.native_id, found.parent_id, found.conversation_id) == (
        "blog.example",
        "comment",
        "1",
        "1",
        "1",
    )
    assert (found.author_id, found.author_name) == (None, "A WordPress Commenter")
    assert found.created_at == datetime(2026, 11, 21, 18, 6, 16, tzinfo=UTC)
    assert found.text is not None
    assert found.text.count("\n") == 2, "one line break of the text is one"
    assert found.links == ("https://en.gravatar.com/",)


def test_recorded_feed(shared_data: Path) -> None:
    found = parse_body("wordpress", (shared_data / "payloads/wordpress/feed.rss").read_bytes())
    assert [(m.kind, m.native_id[:4], m.created_at) for m in found] == [
        ("post", "http", datetime(2026, 11, 21, 18, 7, 36, tzinfo=UTC)),
        ("post", "http", datetime(2026, 11, 21, 18, 7, 36, tzinfo=UTC)),
        ("post", "1", datetime(2026, 11, 21, 18, 6, 16, tzinfo=UTC)),
    ]
    assert found[2].engagement.comments == 1
    assert all(m.platform == "wordpress" and m.site == "127.0.0.1" for m in found)


@pytest.mark.parametrize(
    ("name", "code", "action"),
    [("error_401", "rest_not_logged_in", "fatal"), ("error_400_page_past_end", "rest_post_invalid_page_number", "skip")],
)
def test_recorded_errors(shared_data: Path, name: str, code: str, action: str) -> None:
    with pytest.raises(PlatformError) as caught:
        parse_body("wordpress", (shared_data / f"payloads/wordpress/{name}.json").read_bytes())
    assert (caught.value.code, caught.value.action) == (code, action)


def test_a_sitemap_is_no_answer(shared_data: Path) -> None:
    with pytest.raises(PlatformError, match="wordpress: an answer is not JSON"):
        parse_body("wordpress", (shared_data / "payloads/wordpress/sitemap_index.xml").read_bytes())


def test_edit_entities_and_media_of_a_post() -> None:
    content = '<p>a&nbsp;b &#8211; <img class="wp-smiley" alt="😀" src="s.png"/></p><p><img src="x.jpg"/>#fee <a href="https://a.example/x">x</a></p>'
    given = post(5, content={"rendered": content, "protected": False}, modified_gmt="2026-03-01T10:30:00", featured_media=9,
                 title={"rendered": "Fees &amp; <em>more</em>"}, slug="fees", lang="ru")  # fmt: skip
    [found] = parsed("wordpress", [given])
    assert found.text == "a b – 😀\n\n#fee x"
    assert found.title == "Fees & more"
    assert found.edited_at == UTC_TEN + timedelta(minutes=30)
    assert (found.media_count, found.hashtags, found.links, found.language_hint) == (2, ("fee",), ("https://a.example/x",), "ru")
    assert found.engagement.comments is None


def test_scheduled_before_it_was_published_is_no_edit() -> None:
    assert parsed("wordpress", [post(5, modified_gmt="2026-02-20T10:00:00")])[0].edited_at is None


def test_local_time_is_never_taken_for_utc() -> None:
    [without] = parsed("wordpress", [post(5, date_gmt=None)])
    assert (without.created_at, without.created_at_raw) == (None, "2026-03-01T13:00:00")
    [zeros] = parsed("wordpress", [post(5, date_gmt="0000-00-00T00:00:00")])
    assert zeros.created_at is None
    [item] = wordpress_objects.envelopes([post(5, date_gmt=None)], "blog.example", "Europe/Moscow")
    assert mention("wordpress", item).created_at == UTC_TEN


def test_a_post_behind_a_password_is_incomplete() -> None:
    [found] = parsed(
        "wordpress", [post(5, content={"rendered": "", "protected": True}, excerpt={"rendered": "", "protected": True})]
    )
    assert (found.text, found.truncated, found.title) == ("", True, "Title 5")


def test_an_author_that_is_withheld() -> None:
    withheld = {"author": [{"code": "rest_user_invalid_id", "message": "Invalid user ID.", "data": {"status": 404}}]}
    [found] = parsed("wordpress", [post(5, _embedded=withheld)])
    assert (found.author_id, found.author_name, found.author_handle) == ("2", None, None)


def test_a_thread_of_comments() -> None:
    given = [comment(8, author=3), comment(9, parent=8), comment(10, parent=7, _embedded={"up": [{"id": 5, "author": 2}], "in-reply-to": [
        {"id": 7, "author": 4}]}), comment(11, _embedded={"up": [{"id": 5, "author": 2}]}, type="pingback")]  # fmt: skip
    found = parsed("wordpress", given)
    assert [(m.native_id, m.parent_id, m.conversation_id, m.in_reply_to_author_id) for m in found] == [
        ("8", "5", "5", None), ("9", "8", "5", "3"), ("10", "7", "5", "4"), ("11", "5", "5", "2")]  # fmt: skip
    assert [m.author_id for m in found] == ["3", None, None, None]


def test_a_single_post_a_page_and_what_has_no_text() -> None:
    assert parsed("wordpress", post(5))[0].native_id == "5"
    assert parsed("wordpress", post(6, type="page"))[0].kind == "post"
    assert parsed("wordpress", comment(7))[0].kind == "comment"
    cut = post(5, excerpt={"rendered": "<p>begin [&hellip;]</p>"})
    del cut["content"]
    [short] = parsed("wordpress", [cut])
    assert (short.text, short.truncated) == ("begin […]", True)
    bare = post(5)
    del bare["content"]
    mentions, rejects = parse_with_rejects("wordpress", json.dumps([bare, post(6), {"title": {"rendered": "x"}}]).encode())
    assert ([m.native_id for m in mentions], [r.reason for r in rejects]) == (["6"], ["missing text", "missing id"])
    assert parse_with_rejects("wordpress", b"[]") == ([], [])


def test_older_and_hosted_apis() -> None:
    older = {"ID": 5, "title": "T &amp; t", "content": "<p>x</p>", "author": {"ID": 2, "username": "ann", "name": "Ann"},
             "date": "2026-03-01T13:00:00", "date_tz": "Europe/Moscow", "date_gmt": None, "link": "https://blog.example/p5/"}  # fmt: skip
    [found] = parsed("wordpress", [older])
    assert (found.native_id, found.title, found.text, found.created_at) == ("5", "T & t", "x", UTC_TEN)
    assert (found.author_id, found.author_handle, found.author_name) == ("2", "ann", "Ann")
    hosted = {"found": 1, "posts": [{"ID": 6, "title": "T", "content": "<p>y</p>", "author": {"ID": 3, "login": "bob", "name": "Bob"},
              "date": "2026-03-01T13:00:00+03:00", "modified": "2026-03-01T13:00:01+03:00", "URL": "https://blog.example/p6/",
              "discussion": {"comment_count": 4}, "like_count": 0}]}  # fmt: skip
    [found] = parsed("wordpress", hosted)
    assert (found.created_at, found.edited_at) == (UTC_TEN, UTC_TEN + timedelta(seconds=1))
    assert (found.engagement.likes, found.engagement.comments, found.url, found.site) == (
        0,
        4,
        "https://blog.example/p6/",
        "blog.example",
    )


def test_feeds_of_comments_and_with_numbers() -> None:
    feed = """<rss version="2.0"><channel><link>https://blog.example</link><title>Blog</title>
        <item><title>By: Ann</title><guid>https://blog.example/p5/#comment-9</guid><description>said</description></item>
        <item><title>T</title><link>https://blog.example/p6/</link><guid>https://blog.example/?page_id=6</guid><description>d</description></item>
        </channel></rss>"""
    answer, page = parsed("wordpress", feed.encode())
    assert (answer.kind, answer.native_id, answer.title) == ("comment", "9", None)
    assert (page.kind, page.native_id, page.title, page.site) == ("post", "6", "T", "blog.example")


@pytest.mark.parametrize(
    ("value", "code", "action"),
    [
        ({"code": "rest_no_route", "message": "No route", "data": {"status": 404}}, "rest_no_route", "fatal"),
        (
            {"code": "internal_server_error", "message": "<p>critical</p>", "data": {"status": 500}},
            "internal_server_error",
            "retry",
        ),
        ({"code": "some_plugin_busy", "message": "busy", "data": {"status": 503}}, "some_plugin_busy", "retry"),
        ({"code": "some_plugin_closed", "message": "login", "data": {"status": 401}}, "some_plugin_closed", "fatal"),
        ([{"code": "json_no_route", "message": "No route"}], "json_no_route", "fatal"),
        ({"error": "unknown_blog", "message": "Unknown blog"}, "unknown_blog", "fatal"),
    ],
)
def test_error_forms(value: Any, code: str, action: str) -> None:
    with pytest.raises(PlatformError) as caught:
        parsed("wordpress", value)
    assert (caught.value.code, caught.value.action) == (code, action)


def test_a_site_without_the_api_names_its_feed(network: responses.RequestsMock, settings: Settings) -> None:
    world = serve("wordpress", network)
    world.plan = dict.fromkeys(range(1, 9), (404, {}, b"<html>not here</html>"))
    with pytest.raises(PlatformError, match="platform rss"):
        list(wordpress.pages(reading(world, settings)))


def run(given: Reading) -> tuple[set[tuple[str, str]], dict[str, Any], set[str]]:
    """(keys, cursors, texts) of a whole read."""
    cursors = {name: dict(cursor) for name, cursor in given.cursors.items()}
    found, texts = set(), set()
    for page in wordpress.pages(given):
        found |= {(item.kind, item.native_id) for item in page.items}
        texts |= {mention("wordpress", item).text or "" for item in page.items}
        if page.cursor:
            cursors[page.stream] = dict(page.cursor)
    return found, cursors, texts


@pytest.mark.parametrize("is_old", [False, True], ids=["bounds known", "before 5.7"])
def test_an_edit_of_an_old_post_is_found(network: responses.RequestsMock, settings: Settings, is_old: bool) -> None:
    world = PlotWorld(plot_servers()["wordpress"])
    if is_old:
        ask = world._ask
        world._ask = lambda request: _without(ask(request), "modified_after", "modified_before")  # type: ignore[method-assign]
    world.serve(network)
    _, cursors, _ = run(reading(world, settings))
    world.edited[3] = int((END + timedelta(minutes=30)).timestamp())
    found, cursors, texts = run(replace(reading(world, settings, cursors), end=END + timedelta(hours=1)))
    assert ("post", "3") in found
    assert any("edited at" in text for text in texts)
    assert len(found) < 6, "history was read again"


def _without(ask: Any, *names: str) -> Any:
    ask.query = {name: value for name, value in ask.query.items() if name not in names}
    return ask


def test_a_removal_between_two_pages_loses_nothing(network: responses.RequestsMock, settings: Settings) -> None:
    world = serve("wordpress", network)
    found = set()
    for page in wordpress.pages(reading(world, settings)):
        found |= keys([page])
        if any(item.native_id == "22" for item in page.items):
            world.gone[22] = "author"
    assert world.keys() <= found


def test_a_proxy_that_strips_the_counts(network: responses.RequestsMock, settings: Settings) -> None:
    world = PlotWorld(plot_servers()["wordpress"])
    whole = world.callback

    def stripped(request: Any) -> tuple[int, dict[str, str], bytes]:
        status, headers, body = whole(request)
        return status, {name: text for name, text in headers.items() if not name.startswith("X-WP")}, body

    world.callback = stripped  # type: ignore[method-assign]
    world.serve(network)
    assert run(reading(world, settings))[0] == world.keys()


def test_one_closed_post_does_not_hide_the_comments_of_others(network: responses.RequestsMock, settings: Settings) -> None:
    world = serve("wordpress", network)
    refused = world.error("rest_cannot_read_post")
    world.plan = {2: refused, 3: refused}  # the batch, and its first post alone
    pages = [page for page in wordpress.pages(reading(world, settings)) if page.stream.startswith("posts:")]
    assert all("/comments?" in url and "&post=" in url for url in world.urls[1:7])
    assert ("comment", "20") in keys(pages)


def test_young_threads_are_asked_again_many_at_once(network: responses.RequestsMock, settings: Settings) -> None:
    world = serve("wordpress", network)
    given = reading(world, settings, {"posts:x": {"watermark": 1}}, recent=[("4", None), ("9", "2")])
    first = next(iter(wordpress.pages(given)))
    assert (first.stream, first.cursor, keys([first])) == ("threads", None, {("comment", "5"), ("comment", "10")})
    assert len(world.urls) == 1


@pytest.mark.parametrize("how", ["option", "official"])
def test_a_whole_site_is_read_without_search(network: responses.RequestsMock, settings: Settings, how: str) -> None:
    world = serve("wordpress", network)
    options, official = ({"everything": True}, []) if how == "option" else ({}, ["https://platform.test/blog"])
    assert run(reading(world, settings, options=options, pages=official))[0] == world.keys()
    assert not any("search=" in url or "post=" in url for url in world.urls)


def test_plain_permalinks(network: responses.RequestsMock, settings: Settings) -> None:
    world = serve("wordpress", network)
    assert run(reading(world, settings, options={"rest_route": True}))[0] == world.keys()
    assert all("/?rest_route=%2Fwp%2Fv2%2F" in url for url in world.urls)


def test_an_application_password_is_sent_and_learned(
    network: responses.RequestsMock, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = serve("wordpress", network)
    given = reading(world, settings, options={"password_env": "RENOWN_WORDPRESS_BLOG"})
    with pytest.raises(RenownError, match="set RENOWN_WORDPRESS_BLOG"):
        list(wordpress.pages(given))
    monkeypatch.setenv("RENOWN_WORDPRESS_BLOG", "ann:abcd efgh ijkl")
    list(wordpress.pages(given))
    assert network.calls[-1].request.headers["Authorization"] == "Basic YW5uOmFiY2QgZWZnaCBpamts"
    assert "abcd" not in given.http.clean("told abcd efgh ijkl and YW5uOmFiY2QgZWZnaCBpamts")
    monkeypatch.setenv("PATH_TO_SECRETS", "a:b")
    with pytest.raises(RenownError):
        list(wordpress.pages(reading(world, settings, options={"password_env": "PATH_TO_SECRETS"})))


def test_lookup_tells_what_is_gone(network: responses.RequestsMock, settings: Settings) -> None:
    world = serve("wordpress", network)
    world.gone = {3: "author", 4: "page", 10: "page", 15: "author"}
    world.edited[6] = int(END.timestamp())
    asked = [key_of(world, n) for n in (3, 4, 6, 10, 15, 20)]
    found = list(wordpress.lookup(reading(world, settings), [*asked, Key("post", "https://blog.example/?p=7")]))
    assert keys(found) == {("post", "6"), ("comment", "20")}
    graves = {(grave.kind, grave.native_id): (grave.basis, grave.reason, grave.site) for page in found for grave in page.gone}
    assert graves == {
        ("post", "3"): ("platform", "rest_post_invalid_id", "platform.test"),
        ("post", "4"): ("platform", "rest_forbidden", "platform.test"),
        ("comment", "10"): ("page", "rest_cannot_read", "platform.test"),
        ("comment", "15"): ("page", "rest_comment_invalid_id", "platform.test"),
    }


@pytest.mark.parametrize("status", [404, 403, 502])
def test_an_error_of_the_network_is_no_deletion(network: responses.RequestsMock, settings: Settings, status: int) -> None:
    world = serve("wordpress", network)
    world.gone = {3: "author"}
    world.plan = dict.fromkeys(range(4, 20), (status, {}, b"<html>firewall</html>"))
    with pytest.raises(PlatformError):
        list(wordpress.lookup(reading(world, settings), [key_of(world, 3)]))
    world.plan = dict.fromkeys(range(1, 60), (status, {}, b"<html>firewall</html>"))
    with pytest.raises(PlatformError):
        list(wordpress.lookup(reading(world, settings), [key_of(world, 3)]))


def test_comments_that_came_embedded_below_their_post() -> None:
    embedded = {"id": 7, "parent": 0, "author": 3, "author_name": "Ann", "date": "2026-03-01T14:00:00", "content": {"rendered": "<p>a</p>"},
                "link": "https://blog.example/p5/#comment-7", "type": "comment"}  # fmt: skip
    answer = embedded | {"id": 8, "parent": 7, "author": 0, "author_name": "Bob"}
    found = parsed("wordpress", [post(5, _embedded={"replies": [[embedded, answer]], "author": [{"id": 2, "name": "Cy"}]})])
    assert [(m.kind, m.native_id, m.parent_id, m.conversation_id, m.in_reply_to_author_id) for m in found[1:]] == [
        ("comment", "7", "5", "5", "2"),
        ("comment", "8", "7", "5", "3"),
    ]
    assert (found[1].text, found[1].author_name, found[1].created_at, found[1].created_at_raw) == (
        "a",
        "Ann",
        None,
        "2026-03-01T14:00:00",
    )


def test_answers_in_an_envelope_and_results_of_a_search() -> None:
    enclosed = {"body": [post(5)], "status": 200, "headers": {"X-WP-Total": 1}}
    assert [m.native_id for m in parsed("wordpress", enclosed)] == ["5"]
    result = {"id": 9, "title": "Card fees", "url": "https://blog.example/p9/", "type": "post", "subtype": "post"}
    [found] = parsed("wordpress", [result])
    assert (found.native_id, found.title, found.text, found.truncated, found.url) == ("9", "Card fees", "", True, result["url"])


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"error": "invalid_request", "error_description": "no"}, "invalid_request"),
        ({"errors": [{"error": "upload_error", "message": "no"}]}, "upload_error"),
        ({"body": {"code": "rest_post_invalid_id", "message": "no"}, "status": 404, "headers": {}}, "rest_post_invalid_id"),
    ],
)
def test_errors_of_wordpress_com_and_in_envelopes(body: dict[str, Any], code: str) -> None:
    with pytest.raises(PlatformError) as caught:
        parsed("wordpress", body)
    assert caught.value.code == code
