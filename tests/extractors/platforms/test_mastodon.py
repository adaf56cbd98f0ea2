"""Mastodon: the recorded answers, shapes of docs.joinmastodon.org that they lack, threads, accounts, keyless reading, lookup."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import responses

from extractors.base import PlatformError
from extractors.parse import parse_body, parse_with_rejects
from extractors.platforms import mastodon
from settings import Settings
from tests.extractors.platforms.served import key_of, keys, mention, parsed, reading, serve


@pytest.fixture
def network() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def status(number: str, **more: Any) -> dict[str, Any]:
    return {"id": number, "created_at": "2026-03-01T10:00:00.123Z", "in_reply_to_id": None, "in_reply_to_account_id": None,
            "spoiler_text": "", "visibility": "public", "content": f"<p>text {number}</p>", "reblog": None,
            "account": {"id": "7", "username": "ann", "acct": "ann@far.example"}, **more}  # fmt: skip


def test_recorded_search_and_error(shared_data: Path) -> None:
    folder = shared_data / "payloads" / "mastodon"
    assert parse_with_rejects("mastodon", (folder / "search_v2.json").read_bytes()) == ([], [])
    with pytest.raises(PlatformError, match="mastodon: error error"):
        parse_body("mastodon", (folder / "error_422.json").read_bytes())


def test_every_field_of_a_status() -> None:
    content = (
        '<p>Hi <span class="h-card"><a href="https://far.example/@bob" class="u-url mention">@<span>bob</span></a></span> 😀 :bank:<br>'
        '<a href="https://here.example/tags/Fees" class="mention hashtag" rel="tag">#<span>Fees</span></a> &amp; '
        '<a href="https://a.example/x"><span class="invisible">https://</span><span class="ellipsis">a.example/</span>'
        '<span class="invisible">x</span></a></p><p>End</p>'
    )
    account = {"id": "7", "username": "ann", "acct": "ann", "display_name": "Ann", "followers_count": 3, "following_count": 4,
               "statuses_count": 5, "created_at": "2020-01-01T00:00:00.000Z"}  # fmt: skip
    given = status(
        "9", content=content, account=account, spoiler_text="money", language="en", edited_at="2026-03-01T11:00:00.000Z", replies_count=1,
        reblogs_count=2, favourites_count=3, quotes_count=4, url="https://here.example/@ann/9", media_attachments=[{"id": "1"}, {"id": "2"}],
        mentions=[{"acct": "bob@far.example", "url": "https://far.example/@bob"}], tags=[{"name": "fees"}],
        card={"url": "https://a.example/x"}, poll={"options": [{"title": "yes"}, {"title": "no"}]},
    )  # fmt: skip
    (found,) = parsed("mastodon", given, "https://here.example/api/v1/statuses/9")
    assert (found.site, found.native_id, found.kind, found.conversation_id) == ("here.example", "9", "post", "9")
    assert found.text == "Hi @bob 😀 :bank:\n#Fees & https://a.example/x\n\nEnd\nyes\nno"
    assert (found.title, found.language_hint, found.media_count) == ("money", "en", 2)
    assert (found.mentions, found.hashtags, found.links) == (("bob@far.example",), ("fees",), ("https://a.example/x",))
    assert (found.author_followers, found.author_following, found.author_posts) == (3, 4, 5)
    assert (found.author_id, found.author_handle, found.author_name) == ("7", "ann", "Ann")
    engagement = found.engagement
    assert (engagement.likes, engagement.shares, engagement.comments, engagement.quotes, engagement.views) == (3, 2, 1, 4, None)
    assert found.created_at == datetime(2026, 3, 1, 10, 0, 0, 123000, tzinfo=UTC)
    assert found.edited_at == datetime(2026, 3, 1, 11, tzinfo=UTC)


def test_boosts_and_quotes_bring_their_originals() -> None:
    boost = status("9", reblog=status("5"), content="<p>text 5</p>")
    first, original = parsed("mastodon", [boost])
    assert (first.repost_of_id, original.native_id, original.repost_of_id) == ("5", "5", None)
    quote = status("8", content='<p class="quote-inline">RE: <a href="https://x.example/4">x</a></p><p>mine</p>',
                   quote={"state": "accepted", "quoted_status": status("4")})  # fmt: skip
    first, original = parsed("mastodon", {"statuses": [quote], "accounts": [], "hashtags": []})
    assert (first.text, first.quote_of_id, first.links, original.native_id) == ("mine", "4", (), "4")
    shallow = status("8", quote={"state": "accepted", "quoted_status_id": "4"})
    assert parsed("mastodon", shallow)[0].quote_of_id == "4"
    assert parsed("mastodon", status("8", quote={"state": "revoked", "quoted_status": None}))[0].quote_of_id is None
    assert parsed("mastodon", status("8", quote_id=4))[0].quote_of_id == "4"


def test_context_tells_the_root_of_every_answer() -> None:
    above = [status("1"), status("2", in_reply_to_id="1")]
    below = [status("4", in_reply_to_id="3", in_reply_to_account_id="7"), status("5", in_reply_to_id="4")]
    found = {m.native_id: m for m in parsed("mastodon", {"ancestors": above, "descendants": below})}
    assert {n: m.conversation_id for n, m in found.items()} == {"1": "1", "2": "1", "4": "1", "5": "1"}
    assert (found["4"].kind, found["4"].parent_id, found["4"].in_reply_to_author_id) == ("reply", "3", "7")
    asked = {m.native_id: m.conversation_id for m in parsed("mastodon", {"ancestors": [], "descendants": below})}
    assert asked == {"4": "3", "5": "3"}


def test_a_timeline_tells_a_root_only_where_it_holds_the_whole_chain() -> None:
    listed = [status("5", in_reply_to_id="4"), status("4", in_reply_to_id="3"), status("3"), status("9", in_reply_to_id="8")]
    assert [m.conversation_id for m in parsed("mastodon", listed)] == ["3", "3", "3", None]
    circle = [status("1", in_reply_to_id="2"), status("2", in_reply_to_id="1")]
    assert [m.conversation_id for m in parsed("mastodon", circle)] == [None, None]


def test_notifications_conversations_streams_and_odd_entries() -> None:
    notes = [{"id": "1", "type": "mention", "created_at": "2026-03-01T00:00:00Z", "account": {}, "status": status("3")},
             {"id": "2", "type": "follow", "account": {"id": "7", "username": "ann"}}]  # fmt: skip
    assert [m.native_id for m in parsed("mastodon", notes)] == ["3"]
    assert [
        m.native_id for m in parsed("mastodon", [{"id": "1", "unread": True, "accounts": [], "last_status": status("4")}])
    ] == ["4"]
    assert [m.native_id for m in parsed("mastodon", {"notification_groups": [], "accounts": [], "statuses": [status("5")]})] == [
        "5"
    ]
    line = b'{"event":"update","payload":"{\\"id\\":\\"6\\",\\"content\\":\\"<p>a</p>\\"}"}\n{"event":"delete","payload":"7"}'
    new, gone = parsed("mastodon", line)
    assert (new.native_id, new.text, gone.native_id, gone.deleted) == ("6", "a", "7", True)
    mentions, rejects = parse_with_rejects(
        "mastodon", b'[{"content":"<p>no id</p>"},{"id":"8","visibility":"public"},{"id":9,"content":""}]'
    )
    assert [m.native_id for m in mentions] == ["9"]
    assert [reject.reason for reject in rejects] == ["missing id", "missing text"]
    assert mentions[0].text == ""
    orphan = parsed("mastodon", status("3", in_reply_to_account_id="8"))[0]  # its parent was deleted: the account stays
    assert (orphan.kind, orphan.parent_id, orphan.in_reply_to_author_id, orphan.conversation_id) == ("reply", None, "8", None)


@pytest.mark.parametrize(
    ("body", "expected"),
    [({"error": "The access token is invalid"}, "error 401"), ({"error": "Record not found"}, "error 404"),
     ({"error": "invalid_token", "error_description": "x"}, "error invalid_token"), ({"error": "Zu viele Anfragen"}, "error error")],
)  # fmt: skip
def test_errors_inside_a_200(body: dict[str, Any], expected: str) -> None:
    with pytest.raises(PlatformError, match=expected):
        parsed("mastodon", body)


def test_rate_limit_reset_is_iso() -> None:
    until = (datetime.now(UTC) + timedelta(seconds=40)).isoformat()
    error = mastodon.error_of({"error": "Zu viele Anfragen"}, 429, {"x-ratelimit-reset": until})
    assert error is not None
    assert error.action == "wait_until"
    assert error.wait_seconds is not None
    assert 30 < error.wait_seconds <= 41


def test_keyless_reading_takes_hashtags(network: responses.RequestsMock, settings: Settings) -> None:
    world = serve("mastodon", network)
    found = list(mastodon.pages(reading(world, settings, options={"tags": ["#Velmora"]}, token=None)))
    assert keys(found) == world.keys()
    assert {page.stream for page in found} == {"tag:Velmora"}
    assert not any("/search" in url for url in world.urls)
    default = mastodon._tags(reading(world, settings, token=None))
    assert "Velmora" in default
    assert not any(" " in tag for tag in default)


def test_a_search_is_read_past_its_window(network: responses.RequestsMock, settings: Settings) -> None:
    world = serve("mastodon", network)
    found = list(mastodon.pages(reading(world, settings, options={"search_window": 6})))
    assert keys(found) == world.keys()
    assert all("offset=9" not in url for url in world.urls)


def test_accounts_are_read_whole_with_their_conversations(network: responses.RequestsMock, settings: Settings) -> None:
    world = serve("mastodon", network)
    options = {"search": False, "tags": []}
    found = list(mastodon.pages(reading(world, settings, options=options, handles=["@u7", "nobody"])))
    mine = {world.key(n) for n in world.numbers() if world.thing(n).author == 7}
    threads = {world.key(n) for n in world.numbers() if n % 5 in (0, 4)}
    assert mine < keys(found) <= mine | threads
    assert world.key(14) in keys(found)  # written by another one, answered by thing 15 of this account
    assert [page.gap for page in found if page.gap] == ["account nobody is not known on this instance"]
    answer = next(mention("mastodon", i) for page in found for i in page.items if i.native_id == world.key(15)[1])
    assert answer.conversation_id == answer.parent_id == world.key(14)[1]


def test_private_statuses_are_not_collected(network: responses.RequestsMock, settings: Settings) -> None:
    given = reading(serve("mastodon", network), settings)
    talks = mastodon._Conversations(given)
    shown = talks.answer([status("1"), status("2", visibility="direct"), status("3", visibility="unlisted")])
    assert [item.native_id for item in shown.items] == ["1", "3"]


def test_young_threads_and_cut_threads(network: responses.RequestsMock, settings: Settings) -> None:
    world = serve("mastodon", network)
    post = world.key(4)[1]
    options = {"search": False, "tags": [], "context_limit": 1}
    given = reading(world, settings, {"x": {"watermark": 1}}, options=options, recent=[(post, None)])
    assert keys(mastodon.pages(given)) == {world.key(5)}
    gone = reading(world, settings, {"x": {"watermark": 1}}, options=options, recent=[("404404", None)])
    assert keys(mastodon.pages(gone)) == set()


def test_lookup_tells_edits_and_what_is_gone(network: responses.RequestsMock, settings: Settings) -> None:
    world = serve("mastodon", network)
    world.edited[2] = int(world.at(2).timestamp()) + 60
    world.gone[3] = "author"
    (page,) = mastodon.lookup(reading(world, settings), [key_of(world, n) for n in (2, 3, 4)])
    assert keys([page]) == {world.key(2), world.key(4)}
    assert [(grave.kind, grave.native_id, grave.basis) for grave in page.gone] == [(*world.key(3), "platform")]
    assert mention("mastodon", page.items[0]).edited_at is not None


def test_a_proxys_404_is_no_deletion(network: responses.RequestsMock, settings: Settings) -> None:
    world = serve("mastodon", network)
    world.plan = {1: (404, {}, b"<html>nginx</html>")}
    with pytest.raises(PlatformError, match="error 404"):
        list(mastodon.lookup(reading(world, settings), [key_of(world, 2)]))


def test_page_without_link_header_goes_on_from_its_last_status() -> None:
    assert mastodon._next_id({}, [{"id": "9"}, {"id": "8"}]) == "8"
    assert mastodon._next_id({"Link": '<https://h/api?min_id=9>; rel="prev"'}, [{"id": "8"}]) is None
    both = '<https://h/api?limit=2&max_id=7>; rel="next", <https://h/api?min_id=9>; rel="prev"'
    assert mastodon._next_id({"link": both}, [{"id": "8"}]) == "7"


def test_a_thread_cut_at_the_instances_limit_is_read_on_below(
    network: responses.RequestsMock, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    talks = mastodon._Conversations(reading(serve("mastodon", network), settings, options={"context_limit": 2}))
    below = {
        "1": [status("2", in_reply_to_id="1"), status("3", in_reply_to_id="2", replies_count=1)],
        "3": [status("4", in_reply_to_id="3")],
    }
    monkeypatch.setattr(talks, "_ask_context", lambda number: ([status("1")] if number != "1" else [], below.get(number, [])))
    assert [found["id"] for found in talks.context("1")] == ["2", "3", "1", "4"]
    assert set(talks.roots.values()) == {"1"}
