"""Feeds that extend their entries, name their author once, or state no time zone."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from extractors.base import Mention
from extractors.parse import parse_body
from extractors.platforms import rss
from extractors.shapes.feed_cleaning import without_strangers
from extractors.times import from_feed, from_rfc822, zone_of

ATOM = "http://www.w3.org/2005/Atom"


def channel(inside: str) -> bytes:
    return f'<rss version="2.0"><channel><title>News</title><link>https://n.example/</link><item>{inside}</item></channel></rss>'.encode()


def atom(entry: str, head: str = "") -> bytes:
    return f'<feed xmlns="{ATOM}"><id>f</id><title>Blog</title>{head}<entry><id>e1</id><title>T</title>{entry}</entry></feed>'.encode()


def one(body: bytes) -> Mention:
    [found] = parse_body("rss", body)
    return found


def test_an_extension_inside_an_entry_does_not_speak_for_it() -> None:
    own = "<title>Card fees</title><link>https://n.example/1</link><description>Fees rise in May.</description>"
    extension = '<og xmlns:og="http://ogp.example/ns#"><title>Other</title><description></description><part><guid>9</guid></part></og>'
    writer = "<author><name>Ann</name><title>Editor in chief</title></author>"
    found = one(channel(own + extension + writer))
    assert (found.title, found.text, found.author_name) == ("Card fees", "Fees rise in May.", "Ann")
    assert (found.url, found.native_id) == ("https://n.example/1", "https://n.example/1")


def test_a_link_without_an_address_is_none() -> None:
    links = '<link rel="alternate" href="https://n.example/1"/><link rel="enclosure" type="image/png">https://n.example/i.png</link>'
    assert one(atom(links + "<summary>x</summary>")).url == "https://n.example/1"


def test_what_belongs_to_an_entry_stays() -> None:
    media = '<m:group xmlns:m="http://search.yahoo.com/mrss/"><m:title>M</m:title><m:content url="https://n.example/v.mp4"/></m:group>'
    inside = '<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>One</p><summary>two</summary></div></content>'
    source = "<source><id>s</id><title>Their blog</title><link href='https://s.example/'/></source>"
    body = atom(inside + media + source)
    assert without_strangers(body) is None
    assert one(body).text == "One\ntwo"
    assert without_strangers(b"<rss><channel><item><title>x") is None


def test_encodings_survive_the_cleaning() -> None:
    words = "<title>Банк</title><description>Карта заблокирована</description><x><title/></x>"
    body = '<?xml version="1.0" encoding="windows-1251"?>' + channel(words).decode()
    assert one(body.encode("windows-1251")).text == "Карта заблокирована"
    live = rss.read_feed(body.encode("windows-1251"), "text/xml; charset=windows-1251")
    assert live["entries"][0]["title"] == "Банк"


def several(*inside: str) -> list[Mention]:
    items = "".join(f"<item>{part}</item>" for part in inside)
    return parse_body("rss", f'<rss version="2.0"><channel><title>N</title><link>https://n.example/</link>{items}</channel></rss>'.encode())


def test_an_id_that_several_entries_bear_is_nobodys() -> None:
    entry = "<title>{0}</title><guid isPermaLink='false'>{1}</guid><link>{2}</link><description>d</description>"
    found = several(*(entry.format(f"T{n}", "same", f"https://n.example/{n}") for n in (1, 2)))
    assert [m.native_id for m in found] == ["https://n.example/1", "https://n.example/2"]
    home = several(*(entry.format(f"T{n}", "https://n.example/", "https://go.example/") for n in (1, 2)))
    assert len({m.native_id for m in home}) == 2
    assert all(m.native_id.startswith("sha256:") for m in home)
    kept = several(entry.format("T1", "a", "https://n.example/1"), entry.format("T1, corrected", "a", "https://n.example/1"))
    assert [m.native_id for m in kept] == ["a", "a"]


@pytest.mark.parametrize(
    ("described", "text"),
    [
        ("&amp;lt;p&amp;gt;Fees &amp;lt;a href=\"https://n.example/?a=1&amp;amp;b=2\"&amp;gt;rise&amp;lt;/a&amp;gt;&amp;lt;/p&amp;gt;", "Fees rise"),
        ("<img src='https://n.example/i.png'/>&lt;p&gt;Fees rise&lt;/p&gt;", "Fees rise"),
        ("&lt;p&gt;Write &amp;lt;br&amp;gt; for a break&lt;/p&gt;", "Write <br> for a break"),  # words about HTML
        ("Rates &amp;lt; 5 %", "Rates < 5 %"),
    ],
)
def test_what_was_escaped_twice_is_html(described: str, text: str) -> None:
    assert one(channel(f"<title>T</title><description>{described}</description>")).text == text


def test_a_plain_summary_of_a_podcast_that_is_html() -> None:
    summary = '<x:summary xmlns:x="http://www.itunes.com/dtds/podcast-1.0.dtd">One&lt;br&gt;two &amp;amp; three</x:summary>'
    assert one(channel(f"<title>T</title><author>Ann &amp;amp; Bo</author>{summary}")).text == "One\ntwo & three"
    assert one(channel(f"<title>T</title><author>Ann &amp;amp; Bo</author>{summary}")).author_name == "Ann & Bo"


def test_the_author_of_an_atom_feed_wrote_what_names_nobody() -> None:
    head = "<author><name>Ann Bell</name></author>"
    assert one(atom("<summary>x</summary>", head)).author_name == "Ann Bell"
    assert one(atom("<summary>x</summary><author><name>Bo</name></author>", head)).author_name == "Bo"
    source = "<source><author><name>Cy</name></author><title>Their blog</title></source>"  # RFC 4287: where the entry comes from first
    assert one(atom(f"<summary>x</summary>{source}", head)).author_name == "Cy"
    editor = b"<rss version='2.0'><channel><managingEditor>desk@n.example (Desk)</managingEditor><item><title>T</title></item></channel></rss>"
    assert one(editor).author_name is None


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("Fri, 17 May 2019 06:00:00 BST", datetime(2019, 5, 17, 5, tzinfo=UTC)),
        ("Mon, 21 Jan 2008 8:56 am PST", datetime(2008, 1, 21, 16, 56, tzinfo=UTC)),
        ("Mon, 21 Jan 2008 12:05 p.m. GMT", datetime(2008, 1, 21, 12, 5, tzinfo=UTC)),
        ("Mon, 21 Jan 2008 12:05 AM GMT", datetime(2008, 1, 21, 0, 5, tzinfo=UTC)),
        ("Thu, 17 Jan 2019 06:00:00 BST", None),  # in winter it is not London's
        ("Fri, 17 May 2019 06:00:00", None),
        ("22.11.2022 12:16:00", None),
    ],
)
def test_halves_of_the_day_british_summer_time_and_no_zone(written: str, moment: datetime | None) -> None:
    assert from_rfc822(written) == moment
    assert from_feed(written) == moment


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("22.11.2022 12:16:00", datetime(2022, 11, 22, 11, 16, tzinfo=UTC)),
        ("2016/6/29 15:07", datetime(2016, 6, 29, 13, 7, tzinfo=UTC)),
        ("Fri, 17 May 2019 06:00:00", datetime(2019, 5, 17, 4, tzinfo=UTC)),
        ("Seg, 24 Set 2018 19:42:40", datetime(2018, 9, 24, 17, 42, 40, tzinfo=UTC)),
        ("Fri, 17 May 2019 06:00:00 GMT", datetime(2019, 5, 17, 6, tzinfo=UTC)),
        ("05/03/2019 15:21", None),  # the fifth of March or the third of May
        ("31.02.2022 12:16:00", None),
    ],
)
def test_a_stated_zone_is_used_where_a_date_has_none(written: str, moment: datetime | None) -> None:
    assert from_feed(written, zone_of("Europe/Prague")) == moment


def test_the_option_timezone_is_the_feeds() -> None:
    document: dict[str, Any] = rss.read_feed(channel("<title>T</title><guid>1</guid><pubDate>22.11.2022 12:16:00</pubDate>"))
    [item] = rss._items(document, "", "https://n.example/feed", "Europe/Prague")
    found = rss.to_mention(rss.make_item(item.value, ""), None)
    assert (found.created_at, found.created_at_raw) == (datetime(2022, 11, 22, 11, 16, tzinfo=UTC), "22.11.2022 12:16:00")
    [bare] = rss._items(document, "", "https://n.example/feed")
    assert rss.to_mention(bare, None).created_at is None
    assert zone_of("Nowhere/None") is None
