"""LiveJournal: the recorded feed, Atom and single entries as the site's code writes them, entry pages of all layouts, threads."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import responses

from extractors.base import Key, PlatformError
from extractors.parse import parse_body
from extractors.platforms import livejournal
from extractors.shapes import livejournal_objects
from sandbox.plot import Plot
from sandbox.servers import livejournal as server
from settings import RenownError, Settings
from tests.extractors.test_contract_suite import read, reading
from tests.extractors.worlds import PlotWorld

ADDRESS = "https://velmora-club.livejournal.com/1088.html"


def comment(own: int, **fields: Any) -> dict[str, Any]:
    """As Site.page and __rpc_get_thread write it."""
    basic = {"talkid": own // 256, "dtalkid": own, "thread": own, "parent": 0, "level": 1, "uname": "ann_s", "dname": "Ann", "subject": "",
             "article": "Good <b>bank</b><br />👍", "ctime": "April 2 2018, 21:03:47 UTC", "ctime_ts": 1522703027, "etime_ts": None, "loaded": 1,
             "collapsed": 0, "shown": 1, "deleted": 0, "suspended": None, "leafclass": None, "poster": "velmora_club",
             "thread_url": f"{ADDRESS}?thread={own}#t{own}"}  # fmt: skip
    return basic | fields


def feed(inside: str, head: str = "<lj:journal>velmora_club</lj:journal><lj:journaltype>community</lj:journaltype>") -> bytes:
    return (f"<?xml version='1.0'?><!-- bots --><rss version='2.0' xmlns:lj='http://www.livejournal.org/rss/lj/1.0/'><channel>"
            f"<title>Club</title><link>https://velmora-club.livejournal.com/</link>{head}{inside}</channel></rss>").encode()  # fmt: skip


def entry(description: str = "text", extra: str = "", number: int = 1088) -> str:
    return (f"<item><guid isPermaLink='true'>https://velmora-club.livejournal.com/{number}.html</guid><pubDate>Sat, 10 Aug 2024 10:00:32 GMT</pubDate>"
            f"<link>https://velmora-club.livejournal.com/{number}.html</link><description>{description}</description>{extra}</item>")  # fmt: skip


def parse(body: bytes | str | Any, url: str | None = None) -> list[dict[str, Any]]:
    raw = body if isinstance(body, bytes) else body.encode() if isinstance(body, str) else json.dumps(body).encode()
    return [mention.to_dict() for mention in parse_body("livejournal", raw, url)]


@pytest.fixture
def network() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def test_recorded_feed(shared_data: Path) -> None:
    folder = shared_data / "payloads" / "livejournal"
    found = parse((folder / "feed.xml").read_bytes())
    oracle = json.loads((folder / "feed.normalized.json").read_text())
    assert len(found) == 25
    assert found[0]["created_at"] == "2024-08-10T10:00:32Z"
    for expected in oracle:
        mine = next(mention for mention in found if mention["url"] == expected["link"])
        assert mine["created_at"] == expected["published_at"].replace(" +0000", "Z").replace(" ", "T")
        assert expected["text"].startswith(mine["title"])
    assert all(mention["native_id"] and mention["text"] and mention["author_handle"] for mention in found)
    assert found[0]["engagement"]["comments"] is None, "a scrambled count is unknown, not 0"
    assert found[13]["engagement"]["comments"] == 6


def test_feed_of_a_community() -> None:
    [found] = parse(feed(entry("&lt;p&gt;Hello &amp;amp; bye&lt;/p&gt;", "<title>T</title><lj:poster>ann_s</lj:poster><lj:reply-count>12</lj:reply-count>"
                               "<category>banks</category>")))  # fmt: skip
    assert (found["native_id"], found["site"], found["page_id"], found["page_name"]) == (
        "1088",
        "velmora-club.livejournal.com",
        "velmora_club",
        "Club",
    )
    assert (found["author_handle"], found["text"], found["title"], found["hashtags"]) == ("ann_s", "Hello & bye", "T", ["banks"])
    assert (found["engagement"]["comments"], found["created_at"], found["language_hint"]) == (12, "2024-08-10T10:00:32Z", None)


def test_author_of_a_personal_journal_and_of_a_mail_address() -> None:
    personal = "<lj:journal>ann_s</lj:journal><lj:journaltype>personal</lj:journaltype>"
    assert parse(feed(entry(extra="<author>ann@lj.example</author>"), personal))[0]["author_handle"] == "ann_s"
    assert parse(feed(entry()))[0]["author_handle"] is None


def test_a_cut_is_told() -> None:
    cut = '&lt;p&gt;start&lt;/p&gt;&lt;b&gt;(&lt;a href="https://velmora-club.livejournal.com/1088.html#cutid1"&gt;Read more&lt;/a&gt;)&lt;/b&gt;'
    assert parse(feed(entry(cut)))[0]["truncated"]
    assert not parse(feed(entry("whole (see it)")))[0]["truncated"]


def test_atom_tells_edits() -> None:
    atom = """<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom" xmlns:lj="http://www.livejournal.com"><title>Club</title>
      <lj:journal username="velmora_club" type="community"/><link rel="alternate" href="https://velmora-club.livejournal.com/"/>
      <entry><id>urn:lj:livejournal.com:atom1:velmora_club:1088</id><author><name>Ann Smith</name></author><lj:poster user="ann_s"/>
      <link rel="alternate" href="https://velmora-club.livejournal.com/1088.html"/><link rel="self" href="https://x/?itemid=1088"/>
      <title>T</title><published>2024-08-10T10:00:32Z</published><updated>2024-08-10T12:00:00Z</updated><category term="banks"/>
      <content type="html">&lt;p&gt;Hi&lt;/p&gt;</content></entry></feed>"""
    [found] = parse(atom)
    assert (found["native_id"], found["created_at"], found["edited_at"]) == (
        "1088",
        "2024-08-10T10:00:32Z",
        "2024-08-10T12:00:00Z",
    )
    assert (found["author_handle"], found["author_name"], found["text"], found["page_id"]) == (
        "ann_s",
        "Ann Smith",
        "Hi",
        "velmora_club",
    )


def test_comments_as_json() -> None:
    top, below = parse({"replycount": 2, "comments": [comment(16448), comment(16704, parent=16448, uname="bank", etime_ts=1522703100)]},
                       "https://velmora-club.livejournal.com/velmora_club/__rpc_get_thread?journal=velmora_club&itemid=1088")  # fmt: skip
    assert (top["kind"], top["native_id"], top["parent_id"], top["conversation_id"]) == ("comment", "16448", "1088", "1088")
    assert (top["text"], top["created_at"], top["author_handle"], top["author_name"]) == (
        "Good bank\n👍",
        "2018-04-02T21:03:47Z",
        "ann_s",
        "Ann",
    )
    assert (below["parent_id"], below["conversation_id"], below["in_reply_to_author_id"]) == ("16448", "1088", "ann_s")
    assert below["edited_at"] == "2018-04-02T21:05:00Z"
    assert top["edited_at"] is None
    assert top["site"] == "velmora-club.livejournal.com"


@pytest.mark.parametrize(("fields", "basis", "reason"), [
    ({"deleted": 1, "article": None, "leafclass": "deleted"}, "platform", "deleted"),
    ({"deleted": 1, "article": None, "deletedby": "deleted by author"}, "author", "deleted"),
    ({"deleted": 1, "article": None, "deletedby": "journal owner"}, "page", "deleted"),
    ({"shown": 0, "article": None, "leafclass": "screened"}, "page", "screened"),
    ({"leafclass": "spammed", "article": None}, "page", "spam"),
    ({"suspended": 1, "article": None}, "platform", "suspended"),
])  # fmt: skip
def test_stubs_tell_who_took_a_comment_away(fields: dict[str, Any], basis: str, reason: str) -> None:
    [item] = livejournal.items({"comments": [comment(16448, **fields)]}, ADDRESS, "")
    assert livejournal.to_mention(item, None).deleted
    assert [(grave.native_id, grave.basis, grave.reason) for grave in livejournal.tombstones(item)] == [("16448", basis, reason)]


def test_lines_that_are_no_comments() -> None:
    assert [
        m["native_id"]
        for m in parse({"comments": [{"type": "more", "more": 5}, comment(1, loaded=0, article=None), comment(512)]}, ADDRESS)
    ] == ["512"]


@pytest.mark.parametrize(("shown", "moment"), [
    ("2015-6-25 18:15:0", datetime(2015, 6, 25, 18, 15, tzinfo=UTC)),
    ("2015-06-25 06:15 pm (UTC)", datetime(2015, 6, 25, 18, 15, tzinfo=UTC)),
    ("April 2 2018, 21:03:47 UTC", datetime(2018, 4, 2, 21, 3, 47, tzinfo=UTC)),
    ("2015-13-45 18:15:0", None), ("9 months ago", None), (None, None),
])  # fmt: skip
def test_times_of_comments(shown: Any, moment: datetime | None) -> None:
    assert livejournal_objects.shown_time(shown) == moment


NEW_PAGE = (
    f'<html><head><link rel="canonical" href="{ADDRESS}"></head><body><h1 class="aentry-post__title"><span class="aentry-post__title-text">T</span></h1>'
    '<time>June 25 2015, 18:15</time><div class="aentry-post__text aentry-post__text--view">Body <img src="x.jpg"></div>'
    "<script>Site.page = {};\nSite.entry = {};</script></body></html>"
)


def test_newer_entry_page() -> None:
    page = json.dumps({"replycount": 1, "comments": [comment(16448, article='"};</b> end')]})
    post, below = parse(
        NEW_PAGE.replace("Site.page = {}", f"Site.page = {page}").replace(
            "Site.entry = {}", 'Site.entry = {"ditemid":1088,"title":"T"}'
        )
    )
    assert (post["kind"], post["native_id"], post["title"], post["text"], post["media_count"]) == ("post", "1088", "T", "Body", 1)
    assert (post["created_at"], post["created_at_raw"]) == (None, "June 25 2015, 18:15"), "the author's zone is not told"
    assert (post["engagement"]["comments"], post["author_handle"]) == (1, "velmora_club")
    assert (below["conversation_id"], below["text"], below["in_reply_to_author_id"]) == ("1088", '"}; end', "velmora_club")


def test_entry_page_with_comments_json() -> None:
    blob = json.dumps([comment(16448)])
    body = f'<html><body><h3 class="b-singlepost-title">T</h3><article class="b-singlepost-body entry-content">B</article><script type="text/json" id="comments_json">{blob}</script></body></html>'
    assert [(m["kind"], m["native_id"]) for m in parse(body, ADDRESS)] == [("post", "1088"), ("comment", "16448")]


def test_classic_layout() -> None:
    one = ('<div id="ljcmt16448" class="comment-wrap"><span class="ljuser" lj:user="ann_s"><a><b>ann_s</b></a></span>'
           '<span title="x">2015-6-25 18:15:0</span><div class="comment-text">Hello</div></div>')  # fmt: skip
    two = ('<div id="ljcmt16704"><span lj:user="bank"></span><span>2015-06-25 06:20 pm (UTC)</span><div class="comment-text">Answer</div>'
           f'<a href="{ADDRESS}?thread=16448#t16448">Parent</a></div>')  # fmt: skip
    gone = '<div id="ljcmt16960">(Deleted comment)</div>'
    found = parse(f'<html><body><div class="entry-content">Body</div>{one}{two}{gone}</body></html>', ADDRESS)
    assert [(m["native_id"], m["parent_id"], m["deleted"]) for m in found[1:]] == [
        ("16448", "1088", False),
        ("16704", "16448", False),
        ("16960", "1088", True),
    ]
    assert [m["created_at"] for m in found[1:3]] == ["2015-06-25T18:15:00Z", "2015-06-25T18:20:00Z"]
    assert (found[1]["author_handle"], found[1]["text"]) == ("ann_s", "Hello")


@pytest.mark.parametrize(("body", "code"), [
    ("<html><head><title>Deleted Account</title></head><body></body></html>", "journal_deleted"),
    ('{"error": "no such entry"}', "error"),
])  # fmt: skip
def test_error_bodies(body: str, code: str) -> None:
    with pytest.raises(PlatformError) as caught:
        parse(body)
    assert caught.value.code == code


def test_entities_are_refused() -> None:
    with pytest.raises(RenownError, match="entities"):
        parse(b'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "b">]><rss><channel/></rss>')


@pytest.mark.parametrize(("written", "name"), [
    ("https://velmora-club.livejournal.com/", "velmora_club"), ("http://users.livejournal.com/_ann_/", "_ann_"),
    ("https://velmora-club.livejournal.com/1088.html", "velmora_club"), ("https://bank.example/", None),
])  # fmt: skip
def test_names_of_journals(written: str, name: str | None) -> None:
    assert livejournal.journal_name(written) == name


def test_addresses(settings: Settings) -> None:
    given = reading(PlotWorld(server), settings)
    given.base_url = "https://livejournal.com"
    assert livejournal._url(given, "velmora_club", "data/rss") == "https://velmora-club.livejournal.com/data/rss"
    assert livejournal._url(given, "_ann_", "data/rss") == "https://users.livejournal.com/_ann_/data/rss"


class Busy(PlotWorld):
    """Entry 1 with 22 comments, of which 3 to 23 answer each other in turn or the entry."""

    late_comment = False

    @property
    def plot(self) -> Plot:
        things = [self.thing(number) for number in range(1, 24 + self.late_comment)]
        for thing in things[1:]:
            thing.parent = 1 if thing.number % 2 == 0 else thing.number - 1
        return Plot(things, int(self.at(100).timestamp()), 5)


def test_comments_of_all_pages(network: responses.RequestsMock, settings: Settings) -> None:
    world = Busy(server)
    world.serve(network)
    _, keys, _ = read(world, reading(world, settings))
    assert len(keys) == 23


def test_comments_are_asked_again_only_when_their_number_grew(network: responses.RequestsMock, settings: Settings) -> None:
    world = Busy(server)
    world.serve(network)
    _, _, cursors = read(world, reading(world, settings))
    assert not [key for key in read(world, reading(world, settings, cursors))[1] if key[0] == "comment"]
    world.late_comment = True
    assert ("comment", server._id(24)) in read(world, reading(world, settings, cursors))[1]


def test_lookup(network: responses.RequestsMock, settings: Settings) -> None:
    world = PlotWorld(server)
    world.serve(network)
    world.gone = {4: "author", 11: "page"}
    keys = [Key("post", server._id(number), page_id="velmora_club") for number in (3, 11)]
    keys.append(Key("comment", server._id(5), conversation_id=server._id(4), page_id="velmora_club"))
    items = [item for page in livejournal.lookup(reading(world, settings), keys) for item in page.items]
    graves = {(g.native_id, g.kind, item.site) for item in items for g in livejournal.tombstones(item)}
    site = "velmora-club.livejournal.com"
    assert graves == {(server._id(11), "post", site), (server._id(5), "comment", site)}
    assert [item.native_id for item in items if "gone" not in item.value] == [server._id(3)]


def test_a_style_that_writes_xml() -> None:
    """The entry and its comments, nested; a collapsed comment has an author and a moment, but no text."""

    def written(own: int, user: str, inside: str, state: str = "", parent: str = "") -> str:
        return (f'<comment depth="1" id="{own}"{state}><parent>{parent}</parent><user name="N {user}" username="{user}" type="P" />'
                f"<date>2018-4-2 9:3:7</date><url>{ADDRESS}?thread={own}#t{own}</url><subject></subject><text>{inside}</text>")  # fmt: skip

    below = (
        written(2, "bob", "", ' full="false"', f"{ADDRESS}?thread=1#t1")
        + "</comment>"
        + written(3, "cy", "", ' deleted="true"')
        + "</comment>"
    )
    body = (f'<entrypage><entry id="1088"><user name="Ann" username="ann_s" type="P" /><date>2018-4-2 12:0:0</date><url>{ADDRESS}</url>'
            f"<subject>Title</subject><text>a&lt;br /&gt;b</text></entry><comments>{written(1, 'dora', 'c &lt;b&gt;d&lt;/b&gt;')}"
            f"<comments>{below}</comments></comment></comments></entrypage>").encode()  # fmt: skip
    entry, first, collapsed, gone = parse_body("livejournal", body)
    assert (entry.native_id, entry.title, entry.text, entry.author_id, entry.site) == (
        "1088", "Title", "a\nb", "ann_s", "velmora-club.livejournal.com")  # fmt: skip
    assert (entry.created_at, entry.created_at_raw) == (None, "2018-4-2 12:0:0")  # in a zone that the page does not tell
    assert (first.native_id, first.text, first.author_name, first.parent_id, first.in_reply_to_author_id) == (
        "1",
        "c d",
        "N dora",
        "1088",
        "ann_s",
    )
    assert first.created_at == datetime(2018, 4, 2, 9, 3, 7, tzinfo=UTC)
    assert (collapsed.parent_id, collapsed.in_reply_to_author_id, collapsed.text, collapsed.truncated) == ("1", "dora", "", True)
    assert (gone.deleted, gone.truncated, first.truncated) == (True, False, False)
