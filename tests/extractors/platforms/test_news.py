"""News sites: sitemaps of every kind, articles fetched once and again when they move, what cannot be read, what is gone."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import responses

from extractors.base import Key, Mention, Page, PlatformError, Reading, iso
from extractors.parse import parse_body, parse_with_rejects, understand
from extractors.platforms import news
from extractors.platforms.rss import read_feed
from extractors.registry import PLATFORMS
from extractors.site_listing import address_key, native_id_of
from extractors.sitemaps import read_sitemap
from sandbox.plots import plot_servers
from settings import RenownError, Settings
from tests.extractors.platforms.served import reading, serve
from tests.extractors.test_contract_suite import read
from tests.extractors.worlds import HOST, PlotWorld

NEWS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"'
LONG = "The bank closed its branch in the old town on Monday, and nobody who had an account there was told of it in time. " * 3
ARTICLE = f"<html><head><title>T</title></head><body><article><h1>T</h1><p>{LONG}</p></article></body></html>"


@pytest.fixture
def network() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


@pytest.fixture
def world(network: responses.RequestsMock) -> PlotWorld:
    return serve("news", network)


def site(network: responses.RequestsMock, answers: Mapping[str, Any]) -> list[str]:
    """Serve path → (status, body, headers) or body below HOST; returns the growing list of paths asked for."""
    asked: list[str] = []

    def callback(request: Any) -> tuple[int, dict[str, str], bytes]:
        path = request.url.removeprefix(HOST)
        asked.append(path)
        found = answers.get(path, (404, "no", {}))
        status, body, headers = found if isinstance(found, tuple) else (200, found, {})
        if headers.get("ETag") and request.headers.get("If-None-Match") == headers["ETag"]:
            return 304, headers, b""
        return status, headers, body.encode() if isinstance(body, str) else body

    network.add_callback(responses.GET, re.compile(re.escape(HOST) + ".*"), callback)
    return asked


def at_host(settings: Settings, cursors: dict[str, Any] | None = None, **options: Any) -> tuple[PlotWorld, Reading]:
    world = PlotWorld(plot_servers()["news"])
    given = reading(world, settings, cursors, options=options)
    given.source = given.source.model_copy(update={"site": ""})
    given.base_url = HOST
    return world, given


def urlset(*entries: str) -> str:
    return f"<urlset {NEWS}>{''.join(f'<url>{entry}</url>' for entry in entries)}</urlset>"


def entry(path: str, moment: str = "2026-03-20T10:00:00Z", title: str = "A title", lastmod: str = "") -> str:
    changed = f"<lastmod>{lastmod}</lastmod>" if lastmod else ""
    return (f"<loc>{HOST}{path}</loc>{changed}<n:news><n:publication><n:name>P</n:name><n:language>en</n:language></n:publication>"
            f"<n:publication_date>{moment}</n:publication_date><n:title>{title}</n:title></n:news>")  # fmt: skip


def mentions(pages: list[Page]) -> list[Mention]:
    found = [understand(PLATFORMS["news"], item, None) for page in pages for item in page.items]
    return [mention for mention in found if isinstance(mention, Mention)]


def test_an_article_of_the_sandbox(world: PlotWorld, settings: Settings) -> None:
    world.edited[7] = int(world.at(7).timestamp()) + 600
    pages, _, _ = read(world, reading(world, settings, options=world.server.OPTIONS))
    found = {m.native_id: m for m in mentions(pages)}["https://press.test/articles/7"]
    assert (found.kind, found.site, found.title, found.author_name) == ("article", "press.test", found.text, "Reporter 8")
    assert (found.page_name, found.language_hint, found.truncated) == ("The Press", "en", False)
    assert found.created_at == world.at(7)
    assert found.edited_at is not None
    assert found.text is not None
    assert found.text.startswith("Velmora 7 edited")


def test_nothing_is_fetched_twice_and_an_edit_is(world: PlotWorld, settings: Settings) -> None:
    first = reading(world, settings, options=world.server.OPTIONS)
    _, _, cursors = read(world, first)
    world.urls.clear()
    _, keys, cursors = read(world, reading(world, settings, cursors, options=world.server.OPTIONS))
    assert keys == set()
    assert [url for url in world.urls if "/articles/" in url] == []
    world.edited[3] = int(world.at(9).timestamp())
    world.urls.clear()
    _, keys, _ = read(world, reading(world, settings, cursors, options=world.server.OPTIONS))
    assert keys == {("article", "https://press.test/articles/3")}
    assert [url for url in world.urls if "/articles/" in url] == [f"{HOST}/press/articles/3"]


def test_lookup_tells_fresh_articles_from_those_that_are_gone(world: PlotWorld, settings: Settings) -> None:
    world.gone[4] = "page"
    world.plan = {
        3: (503, {}, b"down"),
        4: (503, {}, b""),
        5: (503, {}, b""),
        6: (503, {}, b""),
        7: (503, {}, b""),
        8: (503, {}, b""),
    }
    keys = [Key("article", f"https://press.test/articles/{n}", url=f"{HOST}/press/articles/{n}") for n in (3, 4, 5)]
    pages = list(news.lookup(reading(world, settings), keys))
    assert [item.native_id for page in pages for item in page.items] == ["https://press.test/articles/3"]
    graves = [grave for page in pages for grave in page.gone]
    assert [(g.native_id, g.kind, g.basis, g.reason) for g in graves] == [
        ("https://press.test/articles/4", "article", "platform", "410")
    ]


def test_robots_names_the_sitemaps_and_forbids_addresses(settings: Settings, network: responses.RequestsMock) -> None:
    robots = f"User-agent: *\nDisallow: /private/\nSitemap: {HOST}/news.xml.gz\n"
    listed = gzip.compress(urlset(entry("/a?utm_source=x&id=1"), entry("/private/b", title="Held back")).encode())
    asked = site(network, {"/robots.txt": robots, "/news.xml.gz": listed, "/a?utm_source=x&id=1": ARTICLE, "/private/b": ARTICLE})
    world, given = at_host(settings)
    pages, _, _ = read(world, given)
    found = {m.native_id: m for m in mentions(pages)}
    assert set(found) == {f"{HOST}/a?id=1", f"{HOST}/private/b"}
    assert "/private/b" not in asked
    held = found[f"{HOST}/private/b"]
    assert (held.text, held.truncated, iso(held.created_at or world.at(1))) == ("Held back", True, "2026-03-20T10:00:00Z")
    assert [page.gap for page in pages if page.gap] == ["1 listed articles could not be read (robots)"]


def test_include_exclude_titles_and_the_interval(settings: Settings, network: responses.RequestsMock) -> None:
    listed = urlset(entry("/eco/a", title="Velmora grows"), entry("/eco/b", title="Rain"), entry("/sport/c", title="Velmora cup"),
                    entry("/eco/video/d", title="Velmora film"), entry("/eco/old", "2026-02-01T00:00:00Z", "Velmora then"))  # fmt: skip
    asked = site(network, {"/s.xml": listed, **{f"/eco/{name}": ARTICLE for name in "ab"}})
    world, given = at_host(settings, sitemaps=["/s.xml"], include=["/eco/"], exclude="/video/", match_titles=True)
    read(world, given)
    assert [path for path in asked if path not in ("/robots.txt", "/s.xml")] == ["/eco/a"]


def test_an_unchanged_sitemap_is_not_sent_again(settings: Settings, network: responses.RequestsMock) -> None:
    asked = site(network, {"/s.xml": (200, urlset(entry("/a")), {"ETag": '"1"'}), "/a": ARTICLE})
    world, given = at_host(settings, sitemaps=["/s.xml"])
    _, keys, cursors = read(world, given)
    assert keys == {("article", f"{HOST}/a")}
    _, again = at_host(settings, cursors, sitemaps=["/s.xml"])
    _, keys, after = read(world, again)
    assert (keys, asked.count("/a")) == (set(), 1)
    assert after[""]["read"] == cursors[""]["read"] == {address_key(f"{HOST}/a"): next(iter(cursors[""]["read"].values()))}


def test_an_unreachable_article_is_tried_again_by_later_runs_and_then_told_by_its_title(
    settings: Settings, network: responses.RequestsMock
) -> None:
    site(network, {"/s.xml": urlset(entry("/a"), entry("/b", title="")), "/a": (500, "", {}), "/b": (403, "", {})})
    cursors: dict[str, Any] = {}
    told = []
    for _ in range(4):
        _, given = at_host(settings, cursors, sitemaps=["/s.xml"])
        seen: list[Page] = []
        for page in news.pages(given):
            seen.append(page)
            cursors = {"": dict(page.cursor or {})}
        told.append([(m.native_id, m.truncated) for m in mentions(seen)])
    assert told == [[], [], [(f"{HOST}/a", True)], []]


def test_a_site_that_is_down_ends_the_run(settings: Settings, network: responses.RequestsMock) -> None:
    site(network, {"/s.xml": urlset(*(entry(f"/{n}") for n in range(9))), **{f"/{n}": (500, "", {}) for n in range(9)}})
    world, given = at_host(settings, sitemaps=["/s.xml"])
    with pytest.raises(PlatformError) as caught:
        read(world, given)
    assert caught.value.code == "500"


def test_a_page_that_breaks_off_is_asked_for_again_and_one_that_is_never_closed_is_believed(
    settings: Settings, network: responses.RequestsMock
) -> None:
    asked = site(
        network,
        {
            "/s.xml": urlset(entry("/a"), entry("/b")),
            "/a": ARTICLE.partition("</body>")[0],
            "/b": ARTICLE.partition("</body>")[0],
        },
    )
    world, given = at_host(settings, sitemaps=["/s.xml"])
    _, keys, _ = read(world, given)
    assert keys == {("article", f"{HOST}/a"), ("article", f"{HOST}/b")}
    assert (asked.count("/a"), asked.count("/b")) == (3, 3), "three times the same: this is how its pages end"


def test_feeds_and_single_addresses(settings: Settings, network: responses.RequestsMock) -> None:
    feed = '<rss version="2.0"><channel><title>n</title><item><title>t</title><link>/f</link><pubDate>Fri, 20 Mar 2026 10:00:00 GMT</pubDate></item></channel></rss>'
    asked = site(network, {"/feed.xml": feed, "/f": ARTICLE, "/u": ARTICLE})
    world, given = at_host(settings, feeds=["/feed.xml"], urls=["/u"])
    pages, keys, cursors = read(world, given)
    assert keys == {("article", f"{HOST}/f"), ("article", f"{HOST}/u")}
    assert {m.native_id: m.created_at_raw for m in mentions(pages)}[f"{HOST}/f"] == "Fri, 20 Mar 2026 10:00:00 GMT"
    _, again = at_host(settings, cursors, feeds=["/feed.xml"], urls=["/u"])
    read(world, again)
    assert (asked.count("/f"), asked.count("/u")) == (1, 1)


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ("https://platform.test/a/b?utm_medium=x#top", "https://platform.test/a/b"),
        ("/a/c", "https://platform.test/a/c"),
        ("https://www.platform.test/a/b", "https://www.platform.test/a/b"),
        ("https://platform.test/", "https://platform.test/a/b?x=1"),  # a front page is no article
        ("https://other.test/a/b", "https://platform.test/a/b?x=1"),  # another publisher's address
    ],
)
def test_native_id_is_the_canonical_address(stated: str, expected: str) -> None:
    html = ARTICLE.replace("<title>", f'<link rel="canonical" href="{stated}"><title>')
    assert parse_body("news", html.encode(), "https://platform.test/a/b?x=1&utm_source=y")[0].native_id == expected


def test_parse_of_a_sitemap_gives_titles_and_rejects_the_rest() -> None:
    body = urlset(entry("/a", title="Rates &amp; fees", lastmod="2026-03-21T00:00:00Z"), f"<loc>{HOST}/b</loc>")
    found, rejects = parse_with_rejects("news", body.encode("utf-16"))
    assert [(m.native_id, m.text, m.title, m.truncated, m.language_hint, m.page_name) for m in found] == [
        (f"{HOST}/a", "Rates & fees", "Rates & fees", True, "en", "P")
    ]
    assert [(r.item.native_id, r.reason) for r in rejects] == [(f"{HOST}/b", "missing text")]


@pytest.mark.parametrize(
    "body",
    [
        b'<?xml version="1.0"?><!DOCTYPE urlset [<!ENTITY a "b">]><urlset><url><loc>&a;</loc></url></urlset>',
        b"\x1f\x8b\x08\x00broken",
        b"<html><body>no sitemap</body></html>",
        b"<urlset><url><loc>https://a.test/</loc>",
        b"words",
    ],
)
def test_what_is_no_sitemap_is_refused(body: bytes) -> None:
    with pytest.raises(RenownError):
        read_sitemap(body)


def test_sitemaps_of_plain_lines_and_odd_prefixes() -> None:
    assert [e["loc"] for e in read_sitemap(b"https://a.test/1\nhttps://a.test/2\n").entries] == [
        "https://a.test/1",
        "https://a.test/2",
    ]
    odd = b'<s:sitemapindex xmlns:s="http://www.google.com/schemas/sitemap/0.84"><s:sitemap><s:loc> https://a.test/x </s:loc></s:sitemap></s:sitemapindex>'
    assert read_sitemap(odd).children == [{"loc": "https://a.test/x"}]
    assert native_id_of("https://a.test/x/?fbclid=1#y") == "https://a.test/x/"


def test_an_external_dtd_is_not_loaded_and_entities_of_a_feed_are_refused() -> None:
    dtd = b'<!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" "http://127.0.0.1:9/x.dtd"><rss version="0.91"><channel><title>t</title></channel></rss>'
    assert read_feed(dtd)["title"] == "t"
    for hidden in (b"<!-- <rss> -->", b" " * 300_000):
        bomb = hidden + b'<!DOCTYPE rss [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><rss><channel><title>&b;</title></channel></rss>'
        with pytest.raises(PlatformError, match="entities"):
            read_feed(bomb)
    speaks_of_it = b"<rss version='2.0'><channel><title>t</title><item><description><![CDATA[how <!ENTITY works]]></description></item></channel></rss>"
    assert len(read_feed(speaks_of_it)["entries"]) == 1
