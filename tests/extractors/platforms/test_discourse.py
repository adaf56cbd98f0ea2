"""Discourse: answers of other endpoints than the walked ones, in the shapes that the software's serializers write."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import responses

from extractors.base import Key, PlatformError
from extractors.parse import parse_body
from extractors.platforms import discourse
from sandbox.servers.discourse import is_by_moderator
from sandbox.world.model import Item
from settings import Settings
from tests.extractors.platforms.sandboxed import answer_with, forward, mentions, reading, world
from tests.extractors.platforms.served import parsed

URL = "https://forum.example/x.json"
PAGE_OF_A_LOOK = 20  # posts


def post(number: int, **more: Any) -> dict[str, Any]:
    return {"id": 100 + number, "user_id": 6 + number, "username": f"user-{number}", "name": f"User {number}", "topic_id": 5, "post_number": number,
            "topic_slug": "card-fees", "cooked": f"<p>text {number}</p>", "created_at": "2026-03-01T10:00:00.000Z", "version": 1, **more}  # fmt: skip


def test_a_user_s_actions_are_posts_with_excerpts_each_once() -> None:
    action = {"action_type": 5, "created_at": "2026-03-01T10:00:00.000Z", "excerpt": "begin&hellip;", "topic_id": 5, "post_number": 2, "post_id": 102,
              "slug": "card-fees", "title": "Card fees", "user_id": 8, "username": "bob", "name": "Bob", "acting_username": "ann",
              "acting_user_id": 7, "deleted": False}  # fmt: skip
    liked = action | {"action_type": 1, "post_id": 103, "excerpt": "whole"}
    one, two = parsed("discourse", {"user_actions": [action, action, liked]}, URL)
    assert (one.native_id, one.kind, one.author_id, one.author_handle) == ("102", "reply", "8", "bob")
    assert (one.text, one.truncated, one.conversation_id) == ("begin…", True, "5")
    assert one.url == "https://forum.example/t/card-fees/5/2"
    assert (two.native_id, two.text, two.truncated) == ("103", "whole", False)
    assert one.created_at is not None
    assert two.created_at is None
    gone = parsed("discourse", {"user_actions": [action | {"deleted": True}]})[0]
    assert gone.deleted


def test_a_search_gives_blurbs_and_the_titles_beside_them() -> None:
    found = {"id": 101, "username": "ann", "created_at": "2026-03-01T10:00:00.000Z", "like_count": 2, "blurb": "...about fees...", "post_number": 1,
             "topic_id": 5}  # fmt: skip
    answer = {"posts": [found, found | {"id": 102, "post_number": 2, "blurb": "short"}],
              "topics": [{"id": 5, "title": "Card fees", "slug": "card-fees", "views": 9}], "grouped_search_result": {}}  # fmt: skip
    first, second = parsed("discourse", answer, URL)
    assert (first.text, first.truncated, first.title, first.kind) == ("...about fees...", True, "Card fees", "post")
    assert first.url == "https://forum.example/t/card-fees/5/1"
    assert (second.text, second.truncated, second.title, second.kind) == ("short", False, None, "reply")
    assert first.engagement.likes == 2
    assert first.engagement.views is None


def test_a_topic_tells_views_and_whom_a_later_page_answers() -> None:
    topic = {"id": 5, "title": "Card fees", "slug": "card-fees", "views": 40, "details": {"participants": [{"id": 99, "username": "cy"}]},
             "post_stream": {"posts": [post(1), post(2, reply_to_post_number=9, reply_to_user={"username": "cy"})]}}  # fmt: skip
    first, answer = parsed("discourse", topic)
    assert (first.engagement.views, answer.engagement.views) == (40, None)
    assert (answer.parent_id, answer.in_reply_to_author_id) == (None, "99")


def test_a_saved_post_in_its_wrapper_and_one_in_a_folder_of_the_host() -> None:
    [one] = parsed("discourse", {"post": post(2, post_url="/community/t/card-fees/5/2")}, URL)
    assert (one.native_id, one.url) == ("102", "https://forum.example/community/t/card-fees/5/2")


def test_words_are_the_author_s_own() -> None:
    cooked = (
        '<p>Hi <a class="mention" href="/u/ann-b">@ann-b</a>, see <code>@nobody</code><br>\nline <img class="emoji" alt=":slight_smile:"></p>\n'
        '<div class="lightbox-wrapper"><a class="lightbox" href="/a.png"><img src="/a.png"><div class="meta"><span>a.png</span> 9×9 1 KB</div></a></div>'
        "<pre><code>one\ntwo</code></pre>"
    )
    [one] = parsed("discourse", post(1, cooked=cooked))
    assert one.mentions == ("ann-b",)
    assert one.text == "Hi @ann-b, see @nobody\nline 🙂\n\none\ntwo"
    assert one.media_count == 1


def test_hidden_posts_are_cut_and_small_actions_count_where_somebody_wrote() -> None:
    [hidden] = parsed("discourse", post(2, hidden=True, cooked_hidden=True, cooked="<p>hidden</p>"))
    assert hidden.truncated
    bare, said = post(2, post_type=3, cooked="", action_code="closed.enabled"), post(3, post_type=3, cooked="<p>why</p>")
    assert [m.native_id for m in parsed("discourse", {"latest_posts": [bare, said]})] == ["103"]


@pytest.mark.parametrize("answer", [{"topic_list": {"topics": [{"id": 5, "title": "x"}]}, "users": []}, {"category_list": {"categories": []}},
                                    [{"type": "topic", "results": [{"id": 1}]}]])  # fmt: skip
def test_lists_of_topics_hold_no_posts(answer: Any) -> None:
    assert parsed("discourse", answer) == []


@pytest.mark.parametrize(
    ("body", "code", "action"),
    [
        (b'{"status":500,"error":"Internal Server Error"}', "500", "retry"),
        (b'["BAD CSRF"]', "error", "fatal"),
        (b"Slow down, too many requests from this IP. Please retry again in 12 seconds.", "rate_limit", "wait_until"),
    ],
)
def test_errors_in_other_forms(body: bytes, code: str, action: str) -> None:
    with pytest.raises(PlatformError) as caught:
        parse_body("discourse", body)
    assert (caught.value.code, caught.value.action) == (code, action)
    assert caught.value.wait_seconds == (12 if code == "rate_limit" else None)


# -- lookup ----------------------------------------------------------------------------------------------------------
@pytest.fixture
def network() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def key_of(item: Item) -> Key:
    return Key("post" if item.parent is None else "reply", str(item.number), conversation_id=str(item.topic_number))


def test_lookup_in_the_sandbox(network: responses.RequestsMock, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    forward(network, "/discourse")
    posts = [item for item in world().of("discourse") if not item.deleted]
    topic = next(item for item in posts if item.parent is None)
    edited = next(item for item in posts if item.edited_at and item.parent is not None)
    standing = [item for item in posts if item.parent is not None and item is not edited]
    by_staff = next(item for item in standing if is_by_moderator(item))
    by_author = next(item for item in standing if not is_by_moderator(item))
    for item in (by_staff, by_author):
        monkeypatch.setattr(item, "deleted", True)
    absent = Key("reply", "999999999")
    given = reading(settings, "discourse", {})
    pages = list(discourse.lookup(given, [*map(key_of, (by_staff, by_author, topic, edited)), absent]))
    assert [(t.kind, t.native_id, t.basis) for page in pages for t in page.gone] == [
        (key_of(by_staff).kind, str(by_staff.number), "platform"), ("reply", "999999999", "platform")]  # fmt: skip
    found = mentions("discourse", pages)
    assert set(found) == {str(item.number) for item in (by_author, topic, edited)}
    assert [grave.basis for page in pages for item in page.items for grave in discourse.tombstones(item)] == ["author"]
    assert found[str(topic.number)].title == topic.title, "which posts#show leaves out"
    assert found[str(topic.number)].engagement.views is not None
    assert found[str(edited.number)].edited_at is not None
    assert found[str(edited.number)].engagement.likes == edited.engagement["likes"]


def test_lookup_says_of_an_unchanged_post_what_the_walk_said(network: responses.RequestsMock, settings: Settings) -> None:
    """Else each look would make a version of its own."""
    forward(network, "/discourse")
    walked = mentions("discourse", [next(discourse.pages(reading(settings, "discourse", {})))])
    shown = {own: mention for own, mention in walked.items() if not mention.deleted}
    pages = list(discourse.lookup(reading(settings, "discourse", {}), [Key(mention.kind, own) for own, mention in shown.items()]))
    looked = mentions("discourse", pages)
    assert len(looked) == len(shown) > PAGE_OF_A_LOOK
    assert len(pages) == -(-len(shown) // PAGE_OF_A_LOOK)
    assert [page.more for page in pages] == [True] * (len(pages) - 1) + [False]
    told = ("kind", "title", "text", "url", "author_id", "parent_id", "conversation_id", "in_reply_to_author_id", "edited_at")
    assert [(own, name) for own in shown for name in told if getattr(looked[own], name) != getattr(shown[own], name)] == []


@pytest.mark.parametrize(
    ("status", "kind", "basis", "reason"),
    [
        (404, "not_found", "platform", None),
        (410, "not_found", "platform", None),
        (403, "invalid_access", "page", "invalid_access"),
    ],
)
def test_what_the_forum_says_of_a_post_that_is_not_to_be_had(
    network: responses.RequestsMock, settings: Settings, status: int, kind: str, basis: str, reason: str | None
) -> None:
    answer_with(network, lambda path, query: (status, {"errors": ["as documented"], "error_type": kind}))
    (page,) = discourse.lookup(reading(settings, "discourse", {}), [Key("reply", "102")])
    assert list(page.items) == []
    assert [(t.native_id, t.kind, t.basis, t.reason) for t in page.gone] == [("102", "reply", basis, reason)]


@pytest.mark.parametrize(
    ("status", "answer", "code"),
    [
        (404, b"<html>nginx</html>", "404"),
        (403, {"errors": ["You need to be logged in to do that."], "error_type": "not_logged_in"}, "not_logged_in"),
        (403, b"<html>checking your browser</html>", "403"),
        (200, {}, "malformed"),
    ],
)
def test_lookup_takes_no_other_refusal_for_a_deletion(
    network: responses.RequestsMock, settings: Settings, status: int, answer: Any, code: str
) -> None:
    answer_with(network, lambda path, query: (status, answer))
    with pytest.raises(PlatformError) as caught:
        list(discourse.lookup(reading(settings, "discourse", {}), [Key("reply", "102")]))
    assert caught.value.code == code
