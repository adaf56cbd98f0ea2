"""Telegram: recorded fragments against hand-written expectations, the other shapes of the pages' mark-up, walks and lookups."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import responses

from extractors.base import Key, Page, PlatformError
from extractors.parse import parse_body
from extractors.platforms import telegram
from sandbox.plot import Ask
from sandbox.servers import telegram as server
from settings import RenownError, Settings
from tests.extractors.platforms import served
from tests.extractors.test_contract_suite import read, reading
from tests.extractors.worlds import PlotWorld

# fragment → what its one message is, read off the recording by hand
RECORDED: dict[int, dict[str, Any]] = {
    2: {"native_id": "tchantest/1", "created_at": "2023-02-24T07:26:49Z", "text": "Channel created", "media_count": 0},
    3: {"native_id": "tchantest/92", "created_at": "2023-02-24T12:20:19Z"},
    4: {"native_id": "tchantest/84", "created_at": "2023-02-24T11:01:46Z", "media_count": 4, "views": 436_600,
        "text": "Multiple videos and pictures"},
    5: {"native_id": "tchantest/82", "created_at": "2023-02-24T10:15:33Z", "views": 3_100_000},
    6: {"native_id": "tchantest/2", "created_at": "2023-02-24T07:28:01Z", "views": None},
    7: {"native_id": "tchantest/3", "media_count": 1, "text": "Channel photo updated"},
    8: {"native_id": "tchantest/62", "text": "Bigger\ntext\nmessage\nnumber\n34", "views": 2},
    9: {"native_id": "tchantest/89", "text": ";)", "links": ["https://t.me/some_user"], "repost_of_id": None},
    10: {"native_id": "tchantest/79", "author_name": "Álvaro Justen", "author_handle": "tchantest", "created_at": "2023-02-24T08:07:51Z"},
}  # fmt: skip
HEADER = (
    '<div class="tgme_channel_info_header_title">Bank 👍</div><div class="tgme_channel_info_header_username"><a>@bank_news</a></div>'
    '<div class="tgme_channel_info_counter"><span class="counter_value">1.2K</span> <span class="counter_type">subscribers</span></div>'
)


def message(inside: str, number: int = 5, meta: str = "", classes: str = "") -> str:
    return (
        f'<div class="tgme_widget_message {classes}" data-post="bank_news/{number}" data-view="abc"><div class="tgme_widget_message_bubble">'
        f"{inside}<div><span class='tgme_widget_message_meta'>{meta}<a class='tgme_widget_message_date'>"
        f"<time datetime='2026-03-01T10:00:00+03:00'>10:00</time></a></span></div></div></div>"
    )


def one(inside: str, **named: Any) -> dict[str, Any]:
    [mention] = parse_body("telegram", (HEADER + message(inside, **named)).encode())
    return mention.to_dict()


def text(shown: str) -> str:
    return f'<div class="tgme_widget_message_text js-message_text">{shown}</div>'


@pytest.fixture
def network() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


@pytest.mark.parametrize("fragment", sorted(RECORDED))
def test_recorded_fragments(fragment: int, shared_data: Path) -> None:
    body = (shared_data / "payloads" / "telegram" / f"tme_s_fragment_{fragment}.html").read_bytes()
    [mention] = parse_body("telegram", body)
    found = mention.to_dict()
    found |= found["engagement"]
    assert {name: found[name] for name in RECORDED[fragment]} == RECORDED[fragment]
    assert found["kind"] == "message"
    assert found["page_id"] == "tchantest"
    assert "👍" in found["page_name"]


def test_recorded_header_holds_no_message(shared_data: Path) -> None:
    assert parse_body("telegram", (shared_data / "payloads" / "telegram" / "tme_s_fragment_1.html").read_bytes()) == []


def test_channel_counters_and_zone() -> None:
    found = one(text("hello"))
    assert (found["page_followers"], found["page_name"]) == (1200, "Bank 👍")
    assert (found["created_at"], found["created_at_raw"]) == ("2026-03-01T07:00:00Z", "2026-03-01T10:00:00+03:00")


def test_emoji_tags_handles_and_links() -> None:
    found = one(text('<i class="emoji"><b>😀</b></i> <tg-emoji emoji-id="1"><i class="emoji"><b>🔥</b></i></tg-emoji><br/>'
                     '<a href="?q=%23rates">#rates</a> <a href="https://t.me/other_bank">@other_bank</a> '
                     '<a href="https://bank.example/a?b=1&amp;c=2">here</a>'))  # fmt: skip
    assert found["text"] == "😀 🔥\n#rates @other_bank here"
    assert (found["hashtags"], found["mentions"], found["links"]) == (
        ["rates"],
        ["other_bank"],
        ["https://bank.example/a?b=1&c=2"],
    )


def test_reply_is_parent_and_not_text() -> None:
    reply = ('<a class="tgme_widget_message_reply" href="https://t.me/bank_news/3"><span class="tgme_widget_message_author_name">Bank</span>'
             '<div class="tgme_widget_message_text js-message_reply_text">above</div></a>')  # fmt: skip
    found = one(reply + text("below"))
    assert (found["text"], found["parent_id"], found["conversation_id"], found["in_reply_to_author_id"]) == (
        "below", "bank_news/3", "bank_news/3", "bank_news")  # fmt: skip
    assert found["author_name"] is None


def test_forwarded_message_is_a_repost() -> None:
    source = '<div class="tgme_widget_message_forwarded_from">Forwarded from&nbsp;{}</div>'
    linked = source.format('<a class="tgme_widget_message_forwarded_from_name" href="https://t.me/other_bank/77">Other</a>')
    hidden = source.format('<span class="tgme_widget_message_forwarded_from_name">Ann</span>')
    assert one(linked + text("a"))["repost_of_id"] == "other_bank/77"
    assert one(hidden + text("a"))["repost_of_id"] is None


def test_media_without_words_has_an_empty_text() -> None:
    document = ('<a class="tgme_widget_message_document_wrap" href="https://t.me/bank_news/5"><div class="message_media_not_supported_wrap">'
                '<div class="message_media_not_supported_label">Media is too big</div></div></a>')  # fmt: skip
    found = one(document)
    assert (found["text"], found["media_count"], found["truncated"]) == ("", 1, False)


def test_withheld_message_is_told_as_truncated() -> None:
    box = '<div class="message_media_not_supported_wrap"><div class="message_media_not_supported_label">Please open Telegram</div></div>'
    assert (one(box)["text"], one(box)["truncated"]) == ("", True)


def test_nothing_at_all_is_a_reject() -> None:
    with pytest.raises(RenownError, match="missing text"):
        one("")


def test_poll_reactions_and_preview() -> None:
    poll = ('<div class="tgme_widget_message_poll"><div class="tgme_widget_message_poll_question">Best?</div>'
            '<div class="tgme_widget_message_poll_option_text">A</div><div class="tgme_widget_message_poll_option_text">B</div></div>')  # fmt: skip
    reactions = ('<span class="tgme_reaction tgme_reaction_paid"><i class="icon"></i>7.03K</span>'
                 '<span class="tgme_reaction"><i class="emoji"><b>👍</b></i>12</span><span class="tgme_reaction"><tg-emoji emoji-id="5"></tg-emoji>3</span>')  # fmt: skip
    preview = (
        '<a class="tgme_widget_message_link_preview" href="https://bank.example/news"><div class="link_preview_title">T</div></a>'
    )
    found = one(poll + reactions + preview)
    assert found["text"] == "Best?\nA\nB"
    assert found["engagement"]["likes"] == 7045
    assert found["links"] == ["https://bank.example/news"]
    assert one(text("x"))["engagement"] == dict.fromkeys(("likes", "shares", "comments", "views", "quotes"))


def test_group_member_and_place() -> None:
    author = '<div class="tgme_widget_message_author"><a class="tgme_widget_message_author_name" href="https://t.me/ann_smith">Ann</a></div>'
    place = '<a class="tgme_widget_message_location_wrap" href="https://maps.google.com/maps?q=55.75,37.61&ll=55.75,37.61"></a>'
    found = one(author + place)
    assert (found["author_handle"], found["author_name"], found["page_id"]) == ("ann_smith", "Ann", "bank_news")
    assert (found["latitude"], found["longitude"]) == (55.75, 37.61)


def test_the_scripts_own_answer_is_a_json_string() -> None:
    [mention] = parse_body("telegram", json.dumps(message(text("from a string"))).encode())
    assert mention.text == "from a string"


@pytest.mark.parametrize(("page", "code"), [
    ('<div class="tgme_page"><div class="tgme_page_extra">@ann</div></div>', "no_preview"),
    ('<div class="tgme_widget_message_error">Post not found</div>', "not_found"),
])  # fmt: skip
def test_pages_without_messages_are_errors(page: str, code: str) -> None:
    with pytest.raises(PlatformError) as caught:
        parse_body("telegram", f"<html><body>{page}</body></html>".encode())
    assert (caught.value.code, caught.value.exit_code) == (code, 2)


def test_volatile_parts_are_not_stored() -> None:
    bodies = [message(text("same")).replace('data-view="abc"', f'data-view="{view}"') for view in ("one", "two")]
    raws = [next(iter(telegram.items({"html": body}, None, ""))).raw for body in bodies]
    assert raws[0] == raws[1]


class Two(PlotWorld):
    """The same world, asked for a name without a preview as well."""

    @property
    def source(self) -> Any:
        options = {"channels": ["https://t.me/s/velmora_news", "@closed_group"], "official": False}
        return super().source.model_copy(update={"options": options})


def test_a_channel_without_preview_is_a_gap(network: responses.RequestsMock, settings: Settings) -> None:
    world = Two(server)
    world.serve(network)
    pages, keys, _ = read(world, reading(world, settings))
    assert keys == world.keys()
    assert [page.gap for page in pages if page.gap] == [
        "channel closed_group: telegram: error no_preview (" + telegram.CONTRACT.rule("no_preview").meaning + ")"  # type: ignore[union-attr]
    ]


def test_search_reads_only_what_is_found(network: responses.RequestsMock, settings: Settings) -> None:
    world = PlotWorld(server)
    world.serve(network)
    given = reading(world, settings)
    given.source = given.source.model_copy(update={"options": {**server.OPTIONS, "search": True}, "query": "17"})
    assert read(world, given)[1] == {("message", "velmora_news/17")}


def test_broken_off_page_is_asked_again(network: responses.RequestsMock, settings: Settings) -> None:
    world = PlotWorld(server)
    world.serve(network)
    whole = server.answer(
        world.plot,
        world._ask(type("R", (), {"url": world.base + "/s/velmora_news", "body": b"", "headers": {}, "method": "GET"})),
    )
    world.plan = {1: (200, {}, whole.body[: len(whole.body) * 2 // 3])}
    assert read(world, reading(world, settings))[1] == world.keys()


def test_lookup_finds_edits_and_removals(network: responses.RequestsMock, settings: Settings) -> None:
    world = PlotWorld(server)
    world.serve(network)
    world.edited, world.gone = {3: 1_772_400_000}, {4: "author"}
    keys = [Key("message", f"velmora_news/{number}") for number in (3, 4)]
    pages = list(telegram.lookup(reading(world, settings), keys))
    [item] = [item for page in pages for item in page.items]
    assert "edited at" in (telegram.to_mention(item, None).text or "")
    assert [(grave.native_id, grave.basis) for page in pages for grave in page.gone] == [("velmora_news/4", "platform")]


def test_lookup_takes_no_fault_for_a_removal(network: responses.RequestsMock, settings: Settings) -> None:
    world = PlotWorld(server)
    world.serve(network)
    world.plan = {n: (503, {}, b"") for n in range(1, 30)}
    with pytest.raises(PlatformError):
        list(telegram.lookup(reading(world, settings), [Key("message", "velmora_news/3")]))


def test_line_ends_of_the_source_are_blanks() -> None:
    assert one(text("a\n   b<br/>c<pre>d\ne</pre>"))["text"] == "a b\nc\nd\ne"


def test_a_sticker_that_is_shown_withholds_nothing() -> None:
    box = '<div class="message_media_not_supported_wrap"></div>'
    assert one(box)["truncated"]
    shown = one(box + '<div class="tgme_widget_message_sticker_wrap"><picture></picture></div>')
    assert (shown["truncated"], shown["text"], shown["media_count"]) == (False, "", 1)


# -- comments: the discussion widget, of which no recording exists -------------------------------------------------------
class Talk(PlotWorld):
    """Below message 4 stand 120 comments, 31 to 150; the fortieth thing answers the thirty-fifth."""

    def __init__(self) -> None:
        super().__init__(server)  # type: ignore[arg-type]
        self.total = 150

    def thing(self, n: int) -> Any:
        made = super().thing(n)
        made.parent = None if n <= 30 else 35 if n == 140 else 4
        return made

    def comments(self, *numbers: int) -> set[tuple[str, str]]:
        return {server.comment_key(4, self.thing(n)) for n in numbers}


def discussed(
    world: Talk, settings: Settings, posts: Any, cursors: dict[str, Any] | None = None, **options: Any
) -> tuple[list[Page], set[tuple[str, str]]]:
    told = {"channels": [], "official": False, "comments": True, **options}
    told = {name: value for name, value in told.items() if value is not None}
    recent = [(f"{server.CHANNEL}/{number}", None) for number in posts]
    found = list(telegram.pages(served.reading(world, settings, cursors, options=told, recent=recent)))
    return found, served.keys(found)


@pytest.fixture
def talk(network: responses.RequestsMock) -> Talk:
    made = Talk()
    made.serve(network)
    return made


def test_comments_of_young_messages(talk: Talk, settings: Settings) -> None:
    found, keys = discussed(talk, settings, [4, 7, 3])
    assert keys == talk.comments(*range(51, 151))  # the newest hundred
    assert [page.gap for page in found if page.gap] == ["20 of 120 comments of velmora_news/4 are not shown"]
    told = {item.native_id: served.mention("telegram", item) for page in found for item in page.items}
    own, answer = (told[server.comment_key(4, talk.thing(n))[1]] for n in (139, 140))
    assert (own.kind, own.url, own.text) == ("comment", "https://t.me/velmora_news/4?comment=5139", "Velmora 139")
    assert (own.author_handle, own.author_name) == (f"member{talk.thing(139).author}", f"Member {talk.thing(139).author}")
    assert (own.parent_id, own.conversation_id, own.page_id, own.in_reply_to_author_id) == (
        "velmora_news/4", "velmora_news/4", "velmora_news", "velmora_news")  # fmt: skip
    assert (answer.parent_id, answer.conversation_id, answer.in_reply_to_author_id) == (
        "velmora_news/4?comment=5035", "velmora_news/4", None)  # fmt: skip
    assert answer.text == "Velmora 140"
    assert own.created_at == talk.at(139)


def test_what_an_earlier_run_saw_is_no_gap(talk: Talk, settings: Settings) -> None:
    found, _ = discussed(talk, settings, [4])
    cursors = {"comments": dict(found[-1].cursor or {})}
    assert cursors["comments"] == {"seen": {"velmora_news/4": 5150}}
    talk.added = 30
    found, keys = discussed(talk, settings, [4], cursors)
    assert talk.comments(*range(151, 181)) <= keys
    assert not any(page.gap for page in found)
    talk.added = 200
    found, _ = discussed(talk, settings, [4], {"comments": dict(found[-1].cursor or {})})
    assert [page.gap for page in found if page.gap] == ["220 of 320 comments of velmora_news/4 are not shown"]


def test_a_channel_without_discussions_is_left_alone(talk: Talk, settings: Settings) -> None:
    assert discussed(talk, settings, [3, 6, 9, 12, 15, 18])[1] == set()
    assert talk.requests == 3
    talk.requests = 0
    assert discussed(talk, settings, [3, 6, 4, 9, 12, 15, 18])[1]
    assert talk.requests == 6  # three in a row, from the one that had comments on
    talk.requests = 0
    assert discussed(talk, settings, [4], comments=None)[1] == set()
    assert talk.requests == 0


def test_a_discussions_page_is_parsed_and_comments_are_not_looked_up(talk: Talk, settings: Settings) -> None:
    page = server.answer(talk.plot, Ask("GET", "/velmora_news/4", {"embed": "1", "discussion": "1", "comments_limit": "2"})).body
    assert {m.native_id for m in parse_body("telegram", page)} == {"velmora_news/4?comment=5149", "velmora_news/4?comment=5150"}
    closed = server.answer(talk.plot, Ask("GET", "/velmora_news/3", {"embed": "1", "discussion": "1"})).body
    assert parse_body("telegram", closed) == []
    given = served.reading(talk, settings)
    assert list(telegram.lookup(given, [Key("comment", "velmora_news/4?comment=5149")])) == []
    assert talk.requests == 0
