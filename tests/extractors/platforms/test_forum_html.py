"""Forums read from their pages: recorded pages by hand-written expectations, every engine's own shape, walks over a served forum.

No recording holds phpBB 2, XenForo 1, vBulletin, MyBB, SMF or Invision: their pages here are shaped by the engines' templates.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import responses

from extractors.base import Item, Key, Mention, PlatformError
from extractors.parse import parse_body
from extractors.platforms import forum_html
from extractors.shapes.forum_page import ForumPage, clean_url
from extractors.shapes.forum_times import day_order, find_stamp, read_moment, stated_offset, zone_of
from sandbox.servers import forum_html as server
from settings import RenownError, Settings
from tests.extractors.platforms.forum_pages import ADDRESSES, PAGES
from tests.extractors.platforms.served import key_of, keys, mention, reading, serve
from tests.extractors.worlds import PlotWorld

FETCHED = datetime(2015, 4, 15, 12, tzinfo=UTC)
ENGINES = sorted(PAGES)


@pytest.fixture
def network() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def read(name: str, text: str | None = None) -> list[Mention]:
    page = ForumPage(text or PAGES[name], ADDRESSES[name], {"timezone": "Europe/Riga"})
    return [forum_html.to_mention(forum_html.make_item(envelope, ""), FETCHED) for envelope in page.envelopes()]


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]


@pytest.mark.parametrize("name", ENGINES)
def test_an_engine_s_thread_is_read_whole(name: str) -> None:
    one, two = read(name)
    assert (one.kind, one.native_id, two.kind, two.native_id) == ("post", "101", "reply", "102")
    assert (one.text, one.title, one.site, one.conversation_id) == ("Fees are high", "Card fees", "f.test", "5")
    assert (one.author_name, two.author_name) == ("Ann", "Bob")
    assert one.author_id == "7"
    assert (one.parent_id, two.parent_id, two.in_reply_to_author_id) == (None, "101", "7")
    assert one.created_at == utc(2015, 4, 13, 12, 6)
    assert two.created_at == utc(2015, 4, 14, 7, 5)
    assert (one.edited_at, two.edited_at) == (None, utc(2015, 4, 14, 13))
    assert two.text is not None
    assert re.fullmatch(r"I agree (:\)|😄) see x", two.text)
    assert (two.links, two.media_count) == (("http://bank.test/a",), 0)
    assert one.url is not None
    assert "101" in one.url
    assert one.url.startswith("https://f.test/")


@pytest.mark.parametrize("name", [name for name in ENGINES if name != "subsilver2"])
def test_the_next_page_is_found_without_session_id(name: str) -> None:
    page = ForumPage(PAGES[name], ADDRESSES[name])
    assert page.next_url is not None
    assert re.search(r"page.?2|start=1[05]|5\.15", page.next_url)
    assert "0123456789abcdef" not in page.next_url
    assert page.number == 1
    assert all("0123456789abcdef" not in json.dumps(envelope) for envelope in page.envelopes())


def test_counts_and_profiles() -> None:
    found = {name: read(name)[0] for name in ENGINES}
    assert {name: m.engagement.likes for name, m in found.items() if m.engagement.likes is not None} == dict.fromkeys(
        ("xenforo1", "xenforo2", "vbulletin5", "smf21", "invision4"), 5
    )
    assert {name for name, m in found.items() if m.author_posts == 1626} == set(ENGINES) - {"invision4"}
    assert {name for name, m in found.items() if m.author_location == "Riga"} == set(ENGINES) - {"invision4", "smf20"}
    assert found["phpbb3"].author_created_at == utc(2010, 4, 5, 12, 6)
    assert found["vbulletin3"].author_created_at is None, "a month is no moment"


def test_raw_dates_are_kept_and_relative_ones_need_the_fetch() -> None:
    body = PAGES["phpbb3"].encode()
    known = parse_body("forum_html", body, ADDRESSES["phpbb3"], FETCHED)
    assert [m.created_at_raw for m in known] == ["Пн апр 13, 2015 3:06 pm", "Вчера, 10:05"]
    unknown = parse_body("forum_html", body, ADDRESSES["phpbb3"], None)
    assert [m.created_at for m in unknown] == [utc(2015, 4, 13, 12, 6), None]


@pytest.mark.parametrize(
    ("raw", "language", "zone", "expected"),
    [
        ("Heute, 12:10", "de", None, utc(2015, 4, 15, 12, 10)),
        ("Вчера", "ru", None, utc(2015, 4, 14, 12)),
        ("3 hours ago", "en", None, utc(2015, 4, 15, 9)),
        ("01-02-2015, 10:11 AM", "en", None, utc(2015, 1, 2, 10, 11)),
        ("01-02-2015, 10:11", "tr", "Europe/Istanbul", utc(2015, 2, 1, 8, 11)),
        ("2015年4月1日 10:00", "zh", "+08:00", utc(2015, 4, 1, 2)),
        ("Monday at 5:12 PM", "en", None, utc(2015, 4, 13, 17, 12)),
        ("just now", "en", "Europe/Riga", FETCHED),
        ("1428926760", "en", "Europe/Riga", utc(2015, 4, 13, 12, 6)),
        ("23 Nisan 2014 15:00", "tr", None, utc(2014, 4, 23, 15)),
        ("Jan 2005", "en", None, None),
        ("no date", "en", None, None),
    ],
)
def test_dates_of_people(raw: str, language: str, zone: str | None, expected: datetime | None) -> None:
    assert read_moment(raw, language, day_order(language, [raw]), zone, FETCHED) == expected


def test_order_and_zone_come_from_the_page_before_its_language() -> None:
    assert day_order("en-US", ["03-04-2015", "25-04-2015"]) == "DMY"
    assert day_order("de", ["03-04-2015", "04-25-2015"]) == "MDY"
    assert day_order("de", ["04-25-2015"], "ymd") == "YMD"
    assert [day_order(language, []) for language in ("en", "en-GB", "ru", "zh-CN", None)] == ["MDY", "DMY", "DMY", "YMD", "MDY"]
    assert stated_offset("All times are GMT -5. The time now is 3:00 AM.") == "-05:00"
    assert stated_offset("UTC + 1 Stunde [ Sommerzeit ]") == "+02:00"
    assert stated_offset("no zone") is None
    assert str(zone_of("Europa/Berlin")) == "Europe/Berlin"
    assert zone_of("Nowhere/Atlantis") is None
    assert find_stamp("geändert von r23 am 14.10.2020, 12:18, insgesamt") == "14.10.2020, 12:18"


def test_posts_that_broken_markup_puts_into_each_other_stay_apart() -> None:
    opened = PAGES["xenforo2"].replace(
        '<header class="message-attribution">', '<div class="open"><header class="message-attribution">'
    )
    one, two = read("xenforo2", opened)
    assert (one.native_id, one.text, two.native_id) == ("101", "Fees are high", "102")


@pytest.mark.parametrize(("who", "basis"), [("Bob", "author"), ("Mod", "page")])
def test_stubs_say_who_removed_a_post(who: str, basis: str) -> None:
    stub = PAGES["phpbb3"].replace(
        '<div class="notice">Пос',
        f'<div class="notice post_deleted_msg">Deleted by <a class="username">{who}</a></div><div class="notice">Пос',
    )
    page = ForumPage(stub, ADDRESSES["phpbb3"])
    one, two = (forum_html.make_item(envelope, "") for envelope in page.envelopes())
    assert [grave.basis for grave in forum_html.tombstones(two)] == [basis]
    assert list(forum_html.tombstones(one)) == []
    assert forum_html.to_mention(two, FETCHED).deleted


def test_a_vbulletin_stub_has_no_text_and_is_deleted() -> None:
    stub = re.sub(r'<li class="postbitlegacy postcontainer old" id="post_102">.*?</li>', '<li class="postbitdeleted postbit postcontainer" id="post_102">'
                  '<div class="username_container"><span class="username">Bob</span></div><div class="deletedby">This message has been deleted by '
                  '<a class="username" href="member.php?1-Mod">Mod</a></div></li>', PAGES["vbulletin4"], flags=re.DOTALL)  # fmt: skip
    gone = read("vbulletin4", stub)[1]
    assert (gone.native_id, gone.deleted, gone.text) == ("102", True, None)


def test_the_second_page_of_a_thread_has_replies_only() -> None:
    later = PAGES["phpbb3"].replace('<li class="active"><span>1</span></li>', '<li class="active"><span>2</span></li>')
    page = ForumPage(later, "https://f.test/viewtopic.php?t=5&start=10")
    assert [envelope["kind"] for envelope in page.envelopes()] == ["reply", "reply"]
    assert page.envelopes()[0].get("parent") is None
    assert page.envelopes({"id": "99", "author_id": "3"})[0]["parent"] == {"id": "99", "author_id": "3"}


def test_error_pages_and_other_pages_are_told_apart() -> None:
    for code in ("login", "challenge", "message"):
        with pytest.raises(PlatformError) as caught:
            parse_body("forum_html", server.error(code).body)
        assert caught.value.code == code
    with pytest.raises(RenownError, match="no known forum engine"):
        parse_body("forum_html", b"<html><body><p>a shop</p></body></html>")


def test_session_ids_leave_addresses() -> None:
    assert clean_url("https://f.test/a?sid=0123456789abcdef&t=5#p1") == "https://f.test/a?t=5#p1"
    assert clean_url("https://f.test/a?t=5&amp;s=0123456789abcdef") == "https://f.test/a?t=5"
    assert clean_url("https://f.test/a?s=abc") == "https://f.test/a?s=abc"


def test_lists_of_threads() -> None:
    rows = {
        "https://f.test/forums/a.2/": '<html id="XF" lang="en"><body><div class="structItem structItem--thread"><div class="structItem-title">'
        '<a href="/threads/x.5/unread">X</a></div><div class="structItem-cell--latest"><time datetime="2015-04-14T10:00:00+0000"></time></div></div></body></html>',
        "https://f.test/forumdisplay.php?f=2": '<html lang="en"><head><meta name="generator" content="vBulletin 3.8.7"></head><body><table><tr><td>'
        '<a href="showthread.php?t=5" id="thread_title_5">X</a></td><td>04-14-2015 <span class="time">10:00 AM</span></td></tr></table></body></html>',
        "https://f.test/forumdisplay.php?fid=2": '<html lang="en"><body><span class="post_date"></span><table><tr class="inline_row"><td><span id="tid_5">'
        '<a href="showthread.php?tid=5">X</a></span></td><td><span class="lastpost">04-14-2015, 10:00 AM</span></td></tr></table></body></html>',
    }  # fmt: skip
    for address, text in rows.items():
        threads = ForumPage(text, address).threads(FETCHED)
        assert [(thread.native_id, thread.last) for thread in threads] == [("5", utc(2015, 4, 14, 10))], address


def test_recorded_phpbb(shared_data: Path) -> None:
    body = (shared_data / "payloads/forum_html/foren.myoos.de.html").read_bytes()
    (post,) = parse_body("forum_html", body)
    assert (post.kind, post.native_id, post.conversation_id, post.site) == ("post", "453", "167", "foren.myoos.de")
    assert (post.author_id, post.author_handle, post.author_posts, post.author_location) == ("5", "r23", 1626, "Hagen")
    assert post.created_at == utc(2009, 1, 21, 4, 42), "the page names Europe/Berlin"
    assert post.created_at_raw == "21.01.2009, 05:42"
    assert post.text is not None
    assert "Akt von Freundschaft" not in post.text
    assert "Digitalagentur" not in post.text
    assert len(post.links) == 11
    assert post.url == "https://foren.myoos.de/viewtopic.php?p=453#p453"


def test_recorded_xenforo(shared_data: Path) -> None:
    body = (shared_data / "payloads/forum_html/villagersandheroes.com.forums.patchnotes.html").read_bytes()
    found = parse_body("forum_html", body)
    assert [m.native_id for m in found] == ["53504", "53670", "53693", "53700", "53760", "53773", "53796", "54374", "54375"]
    assert [m.kind for m in found] == ["post"] + ["reply"] * 8
    assert {m.conversation_id for m in found} == {"3976"}
    assert [m.author_id for m in found] == ["8", "201", "93", "235", "8", "219", "201", "201", "8"]
    assert [m.parent_id for m in found] == [None, "53504", "53504", "53504", "53504", "53504", "53700", "53773", "54374"]
    assert [m.in_reply_to_author_id for m in found][6:] == ["235", "219", "201"]
    assert [m.engagement.likes for m in found] == [1, 1, 4, 2, 1, 1, 3, 0, 3]
    assert found[0].created_at == utc(2020, 9, 18, 15, 56, 40)
    assert found[7].edited_at == utc(2020, 10, 6, 16, 38, 55)
    assert str(found[1].text).endswith(":(")
    assert "Damon Otter" not in str(found[4].text)


def test_recorded_xenforo_article(shared_data: Path) -> None:
    body = (shared_data / "payloads/forum_html/anglerboard.de-rute.html").read_bytes()
    (article,) = parse_body("forum_html", body)
    assert (article.kind, article.native_id, article.author_id, article.author_name) == (
        "article",
        "434",
        "210716",
        "Catch more fish",
    )
    assert article.created_at == utc(2022, 1, 21, 11, 25, 31)
    assert article.media_count == 9


def test_only_active_threads_are_read_again(settings: Settings, network: responses.RequestsMock) -> None:
    world = serve("forum_html", network)
    world.page = 4
    cursors = {
        page.stream: dict(page.cursor)
        for page in forum_html.pages(reading(world, settings, options=world.server.OPTIONS))
        if page.cursor
    }
    world.requests, world.added = 0, 3  # 24 opens a thread, 25 answers it, 26 opens another
    again = list(
        forum_html.pages(
            reading(world, settings, {s: {"watermark": "2026-03-01T23:30:00Z"} for s in cursors}, options=world.server.OPTIONS)
        )
    )
    assert {"9024", "9025", "9026"} <= {native_id for _, native_id in keys(again)}
    assert world.requests < 8


def test_a_long_thread_is_read_from_its_end(
    settings: Settings, network: responses.RequestsMock, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = serve("forum_html", network)
    made = PlotWorld.thing

    def one_thread(self: PlotWorld, n: int) -> Any:
        thing = made(self, n)
        thing.parent = None if n == 1 else 1
        return thing

    monkeypatch.setattr(PlotWorld, "thing", one_thread)
    found = keys(forum_html.pages(reading(world, settings, options=world.server.OPTIONS)))
    assert len(found) == 23
    world.urls.clear()
    recent = {"board https://platform.test/forum_html/viewforum.php?f=2": {"watermark": "2026-03-01T22:00:00Z"}}
    pages = list(forum_html.pages(reading(world, settings, recent, options=world.server.OPTIONS)))
    starts = [re.search(r"start=(\d+)", url) for url in world.urls if "viewtopic" in url]
    assert [int(start[1]) if start else 0 for start in starts] == [0, 20, 15]
    last = [mention("forum_html", item) for page in pages for item in page.items][-1]
    assert (last.parent_id, last.in_reply_to_author_id) == ("9001", "8"), "page 1 told who opened the thread"


def test_a_budget_of_pages_is_a_gap_and_the_next_run_goes_on(settings: Settings, network: responses.RequestsMock) -> None:
    world = serve("forum_html", network)
    options = {**world.server.OPTIONS, "max_pages_per_run": 7}
    cursors: dict[str, Any] = {}
    seen: set[tuple[str, str]] = set()
    runs = 0
    while runs < 12:
        runs += 1
        pages = list(forum_html.pages(reading(world, settings, cursors, options=options)))
        cursors |= {page.stream: json.loads(json.dumps(page.cursor)) for page in pages if page.cursor}
        seen |= keys(pages)
        gaps = [page.gap for page in pages if page.gap]
        if not gaps:
            break
        assert gaps[0].startswith("max_pages_per_run 7 reached")
    assert seen == world.keys()
    assert runs > 2


def test_named_threads_boards_of_the_index_and_official_pages(settings: Settings, network: responses.RequestsMock) -> None:
    world = serve("forum_html", network)
    named = keys(forum_html.pages(reading(world, settings, options={"threads": ["viewtopic.php?t=4"]})))
    assert named == {("post", "9004"), ("reply", "9005")}
    pages = list(
        forum_html.pages(reading(world, settings, options={"threads": ["viewtopic.php?t=9"]}, pages=["viewtopic.php?t=4"]))
    )
    assert keys(pages) == {("post", "9004"), ("reply", "9005"), ("post", "9009"), ("reply", "9010")}
    told = {m.native_id: m.page_id for page in pages for item in page.items for m in [mention("forum_html", item)]}
    assert (told["9004"], told["9009"]) == ("viewtopic.php?t=4", None)


def test_threads_of_a_feed(settings: Settings, network: responses.RequestsMock) -> None:
    feed = b"""<feed xmlns="http://www.w3.org/2005/Atom"><entry><link href="viewtopic.php?t=4#p9004"/><updated>2026-03-01T05:00:00Z</updated></entry>
    <entry><link href="viewtopic.php?t=9"/><updated>2026-01-01T05:00:00Z</updated></entry></feed>"""
    network.add(responses.GET, "https://platform.test/forum_html/feed", body=feed)
    world = serve("forum_html", network)
    assert keys(forum_html.pages(reading(world, settings, options={"feeds": ["feed"]}))) == {("post", "9004"), ("reply", "9005")}


def test_removed_posts_and_edits_of_a_served_forum(settings: Settings, network: responses.RequestsMock) -> None:
    world = serve("forum_html", network)
    world.gone, world.edited = {5: "author", 10: "page", 15: "platform"}, {4: 1772330000}
    items: list[Item] = [
        i for page in forum_html.pages(reading(world, settings, options=world.server.OPTIONS)) for i in page.items
    ]
    graves = {grave.native_id: grave.basis for item in items for grave in forum_html.tombstones(item)}
    assert graves == {"9005": "author", "9010": "page"}
    assert "9015" not in {item.native_id for item in items}
    edited = next(mention("forum_html", item) for item in items if item.native_id == "9004")
    assert edited.edited_at == datetime.fromtimestamp(1772330000, UTC)


def test_lookup_tells_what_is_gone(settings: Settings, network: responses.RequestsMock) -> None:
    world = serve("forum_html", network)
    world.gone = {5: "platform", 9: "platform"}
    base = "https://platform.test/forum_html/viewtopic.php?p="
    asked = [Key(*world.key(n), url=f"{base}{9000 + n}") for n in (4, 5, 9)] + [key_of(world, 3)]
    pages = list(forum_html.lookup(reading(world, settings), asked))
    assert keys(pages) == {("post", "9004")}
    assert {(grave.native_id, grave.basis) for page in pages for grave in page.gone} == {
        ("9005", "platform"),
        ("9009", "platform"),
    }


def test_a_thread_that_vanished_is_a_gap_and_the_walk_goes_on(settings: Settings, network: responses.RequestsMock) -> None:
    world = serve("forum_html", network)
    world.plan = {2: (404, {}, b"<html><body>gone</body></html>"), 4: (403, {}, b"<html><body>members only</body></html>")}
    pages = list(forum_html.pages(reading(world, settings, options=world.server.OPTIONS)))
    assert [page.gap for page in pages if page.gap] == [
        "thread 23: forum_html: error 404 (not found)",
        "thread 21: forum_html: error 403 (forbidden)",
    ]
    assert len(keys(pages)) == 21


def test_a_vbulletin_3_style_without_tables() -> None:
    def section(own: int, author: str, number: int) -> str:
        return (f'<div id="edit{own}"><section id="post{own}" class="tborder"><div class="thead"><a href="http://f.test/{own}-post{number}.html"'
                f' id="postcount{own}" name="{number}"><strong>post #{number}</strong></a><span itemprop="dateCreated">04-25-2015, 09:47 PM</span></div>'
                f'<div class="alt2"><div id="postmenu_{own}"><a class="bigusername" href="http://f.test/3{own}-{author}.html">{author}</a></div>'
                f'<div class="smallfont"><div>Posts: 26</div></div></div><div id="td_post_{own}"><div id="post_message_{own}">words {own}</div></div>'
                f"</section></div>")  # fmt: skip

    page = f'<html><head><link rel="canonical" href="http://f.test/108-cars/5-fees.html"></head><body>{section(1, "ann", 1)}{section(2, "bob", 2)}</body></html>'
    first, second = parse_body("forum_html", page.encode())
    assert (first.native_id, first.kind, first.author_id, first.author_handle, first.text) == (
        "1",
        "post",
        "31",
        "ann",
        "words 1",
    )
    assert (first.created_at, first.author_posts) == (utc(2015, 4, 25, 21, 47), 26)
    assert (second.kind, second.parent_id, second.in_reply_to_author_id) == ("reply", "1", "31")


def test_boxes_that_look_like_posts_are_none() -> None:
    vbulletin = PAGES["vbulletin4"].replace("</ol>", '<li class="postbitlegacy" id="post_thanks_box_101"></li></ol>', 1)
    assert "post_thanks_box" in vbulletin
    assert [m.native_id for m in read("vbulletin4", vbulletin)] == ["101", "102"]
    block = "<div class='post_block hentry' id='{}'><span class='author'>{}</span><div class='entry-content'>words</div></div>"
    board = f"<html><body id='ips_body'><script>ipb.topic.topic_id = 77;</script>{block.format('post_id_1', 'ann')}{block.format('similar_topics', '')}</body></html>"
    [found] = parse_body("forum_html", board.encode())
    assert (found.native_id, found.conversation_id, found.author_name) == ("1", "77", "ann")


def test_an_address_that_is_shown_cut_is_made_whole() -> None:
    address = "http://bank.test/a/long/way/to/the/page.html"
    link = f'<a class="postlink" href="{address}">http://bank.test/a/lo ... page.html</a>'
    found = read("phpbb3", PAGES["phpbb3"].replace("Fees are high</div>", f"See {link}</div>", 1))
    assert found[0].text == f"See {address}"


def test_xenforo_s_likes_are_no_address_of_a_post() -> None:
    page = re.sub(r'<a href="threads/card-fees\.5/#post-101".*?</a>', "", PAGES["xenforo1"])
    page = page.replace('<span class="LikeText">', '<span class="LikeText"><a href="posts/101/likes">9 others</a>', 1)
    assert read("xenforo1", page)[0].url == "https://f.test/posts/101/"
