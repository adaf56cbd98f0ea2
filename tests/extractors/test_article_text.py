"""Articles out of pages: the text, the time of day, what is withheld; recorded pages against their publishers' own extraction."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from extractors.article_facts import zone_of
from extractors.article_lines import slim
from extractors.article_text import read_article
from extractors.base import iso
from extractors.parse import parse_with_rejects
from settings import RenownError
from settings.loader import REPOSITORY

sys.path.insert(0, str(REPOSITORY / "benchmarks"))
import article_text as benchmark

LONG = "The bank closed its branch in the old town on Monday, and nobody who had an account there was told of it in time. " * 2
MORE = "A spokeswoman said that letters had been sent in spring, but that the addresses of older customers were out of date. " * 2


def page(body: str, head: str = "", lang: str = "en") -> str:
    return f"<!DOCTYPE html><html lang='{lang}'><head><title>T</title>{head}</head><body>{body}</body></html>"


def ld(fields: str) -> str:
    return f'<script type="application/ld+json">{{"@context":"https://schema.org",{fields}}}</script>'


def test_recorded_pages_reach_the_mark_and_beat_trafilatura(shared_data: Path) -> None:
    rows = list(benchmark.measure(shared_data / "payloads/news_html"))[:9]
    assert len(rows) == 9
    assert sum(min(row.ours) >= 0.9 for row in rows) >= 8
    assert all(min(row.ours) >= 0.9 for row in rows if min(row.alone) < 0.9)
    assert all(benchmark.harmonic(row.ours) >= benchmark.harmonic(row.alone) for row in rows)
    assert [row.time_ours for row in rows].count("minute") == 8
    assert all(row.time_ours in ("minute", "printed") for row in rows)


def test_parse_reads_the_same_text_from_the_stored_form(shared_data: Path) -> None:
    for name, wanted, _ in benchmark.expected(shared_data / "payloads/news_html"):
        mentions, rejects = parse_with_rejects("news", (shared_data / "payloads/news_html" / name).read_bytes())
        assert (len(mentions), len(rejects)) == (1, 0), name
        assert min(benchmark.score(mentions[0].text or "", wanted)) >= 0.9, name


@pytest.mark.parametrize(
    ("head", "body", "expected"),
    [
        (ld('"@type":"NewsArticle","headline":"T","datePublished":"2025-03-30T01:30:00+0100"'), "", "2025-03-30T00:30:00Z"),
        (ld('"@graph":[{"@type":["Article"],"datePublished":"2025-03-30T09:05:10.123Z"}]'), "", "2025-03-30T09:05:10.123Z"),
        ('<meta property="article:published_time" content="2025-03-30T09:05:00+03:00">', "", "2025-03-30T06:05:00Z"),
        ("", '<time itemprop="datePublished" datetime="2025-03-30 09:05:00 +0300">x</time>', "2025-03-30T06:05:00Z"),
        ("", '<article><time datetime="2025-03-30T09:05Z">x</time></article>', "2025-03-30T09:05:00Z"),
        ('<meta name="pubdate" content="2025-03-30T09:05:00EET">', "", "2025-03-30T07:05:00Z"),
        ('<meta name="publish-date" content="Sun, 30 Mar 2025 09:05:00 GMT">', "", "2025-03-30T09:05:00Z"),
        ('<meta name="article_date_original" content="1743325500">', "", "2025-03-30T09:05:00Z"),
        # the day alone yields to a time of day that comes later
        ('<meta property="article:published_time" content="2025-03-30">', '<time datetime="2025-03-30T09:05Z">x</time>', "2025-03-30T09:05:00Z"),
        ('<meta property="article:published_time" content="2025-03-30">', "", "2025-03-30T00:00:00Z"),
        ('<meta property="article:published_time" content="2025-03-30T09:05:00">', "", None),  # no zone, no country: no instant
    ],
)  # fmt: skip
def test_time_of_publication(head: str, body: str, expected: str | None) -> None:
    article = read_article(page(f"<h1>T</h1>{body}<p>{LONG}</p>", head), "https://news.example/a")
    assert (iso(article.published_at) if article.published_at else None) == expected
    assert article.published_raw


@pytest.mark.parametrize(
    ("url", "printed", "lang", "expected"),
    [
        ("https://x.example.it/a", "erstellt: 01. April 2025, 15:25", "de", "2025-04-01T13:25:00Z"),
        ("https://example.vn/a", "Thứ tư, 22/10/2025, 19:25 (GMT+7)", "vi", "2025-10-22T12:25:00Z"),
        ("https://example.jp/a", "2025年1月13日 21時37分", "ja", None),  # no hh:mm: not read
        ("https://example.com/a", "01. April 2025, 15:25", "de", None),  # a zone that nobody states
        ("https://example.ru/a", "8 января 2026, 17:46", "ru", None),  # eleven zones
    ],
)
def test_printed_time(url: str, printed: str, lang: str, expected: str | None) -> None:
    article = read_article(page(f"<h1>T</h1><span>{printed}</span><p>{LONG}</p>", lang=lang), url)
    assert (iso(article.published_at) if article.published_at else None) == expected


def test_time_without_a_zone_is_read_in_the_given_one() -> None:
    html = page(f"<h1>T</h1><p>{LONG}</p>", '<meta property="article:published_time" content="2025-07-01T12:00:00">')
    assert read_article(html, zone=ZoneInfo("Europe/Madrid")).published_at == datetime(2025, 7, 1, 10, tzinfo=UTC)
    assert zone_of("https://a.example.it/") == ZoneInfo("Europe/Rome")
    assert zone_of("https://a.example.ru/") is None
    assert zone_of("https://a.example.com/") is None


def test_short_paragraphs_and_lists_stay_and_what_stands_around_goes() -> None:
    html = page(
        "<nav><a href='/'>Home</a></nav><main><article><h1>The headline of the piece</h1><p class='standfirst'>What it is about in a sentence of its own, long enough to stand.</p>"
        f"<div class='body'><p>{LONG}</p><p>So far.</p><ul><li>one branch</li><li>two tellers</li></ul>"
        "<div class='related-teaser'><p>Read what else happened in the old town this week, all of it in our great review.</p></div>"
        f"<p><a href='/x'>Read also: another piece about something else entirely</a></p><figure><figcaption>A picture of it.</figcaption></figure><p>{MORE}</p>"
        "<p>Jane Doe</p></div><div class='newsletter'><p>Subscribe to our newsletter to get all the news of the old town each day.</p></div>"
        "</article></main><footer>© Press</footer>",
        ld('"@type":"NewsArticle","headline":"The headline of the piece","author":[{"@type":"Person","name":"Jane Doe"}]'),
    )  # fmt: skip
    article = read_article(html, "https://news.example/a")
    assert article.text is not None
    assert article.text.split("\n") == ["What it is about in a sentence of its own, long enough to stand.", LONG.strip(), "So far.",
                                        "one branch", "two tellers", MORE.strip()]  # fmt: skip
    assert article.author_name == "Jane Doe"
    assert not article.truncated


def test_a_wrapper_for_every_paragraph_and_a_page_within_a_form() -> None:
    body = "".join(f"<div><div><p>{part}</p></div></div>" for part in (LONG, MORE, LONG[::-1] + "."))
    article = read_article(page(f"<form action='x'><h1>T</h1><div>{body}</div></form>"))
    assert len((article.text or "").split("\n")) == 3


def test_body_of_json_ld_where_the_page_has_none() -> None:
    html = page("<h1>T</h1><div id='app'></div>", ld(f'"@type":"NewsArticle","headline":"T","articleBody":"{LONG}"'))
    assert read_article(html).text == LONG.strip()


@pytest.mark.parametrize(
    ("fields", "body", "expected"),
    [
        ('"isAccessibleForFree":false', f"<p>{LONG}</p>", True),
        ('"isAccessibleForFree":"False"', f"<p>{LONG}</p>" + f"<p>{MORE}</p>" * 4, False),  # stated as paid, but it is all there
        ('"isAccessibleForFree":false,"hasPart":{"isAccessibleForFree":false,"cssSelector":".paid"}', f"<p>{LONG}</p>" + f"<p>{MORE}</p>" * 4, True),
        ('"isAccessibleForFree":true', f"<p>{LONG}</p>", False),
        ('"wordCount":900', f"<p>{LONG}</p>", True),
        ('"wordCount":40', f"<p>{LONG}</p>", False),
        ('"wordCount":40', f"<p>{LONG}</p><p>And then he said that it […]</p>", True),
    ],
)  # fmt: skip
def test_paywalls(fields: str, body: str, expected: bool) -> None:
    html = page(f"<article><h1>T</h1>{body}</article>", ld(f'"@type":"NewsArticle","headline":"T",{fields}'))
    assert read_article(html).truncated is expected


def test_a_page_without_an_article() -> None:
    assert read_article("<html>captcha</html>").text is None
    only_described = read_article(page("<h1>T</h1>", '<meta name="description" content="What the piece would have said.">'))
    assert (only_described.text, only_described.truncated) == ("What the piece would have said.", True)
    with pytest.raises(RenownError):
        read_article("")


def test_slim_keeps_what_is_read() -> None:
    html = page(
        f"<script>var x = '</p>'</script><style>p {{}}</style><p>{LONG}</p><!-- note -->",
        ld('"@type":"NewsArticle","headline":"T"'),
    )
    assert "ld+json" in slim(html)
    assert "var x" not in slim(html)
    assert "note" not in slim(html)
    assert read_article(slim(html)) == read_article(html)
