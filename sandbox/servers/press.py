"""A newspaper's site: robots.txt apart, a sitemap index, news sitemaps, and one page an article.

    GET /press/sitemap.xml            index of the news sitemaps, with lastmod
    GET /press/sitemap-news-N.xml     articles in order of writing: loc, lastmod (of an edit), news:publication_date, news:title
    GET /press/articles/N             the article: JSON-LD, navigation, related links; 410 once it is taken down

From sitemaps.org/protocol.html, Google's news sitemaps, schema.org NewsArticle. A 304 answers an unchanged ETag.
"""

from __future__ import annotations

import hashlib
import html
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from math import ceil
from typing import Any

from sandbox.plot import Ask, Plot, Reply, Thing, html_reply

PLATFORM = "news"
PREFIX = "/press"
SITE = "press.test"
OPTIONS: Mapping[str, Any] = {"sitemaps": ["sitemap.xml"]}
RATE_LIMIT, SERVER_ERROR = "429", "503"
HAS_ANSWERS = False
REPEATS_ARE_ERRORS = False  # an index that names itself ends the read and is named as a gap
SAMPLE: tuple[str, Mapping[str, str]] = ("/articles/7", {})
_NEWS = "http://www.google.com/schemas/sitemap-news/0.9"
_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_REASONS = {"401": "Unauthorized", "403": "Forbidden", "404": "Not Found", "410": "Gone", "429": "Too Many Requests",
            "500": "Internal Server Error", "502": "Bad Gateway", "503": "Service Unavailable", "504": "Gateway Timeout"}  # fmt: skip


def key(thing: Thing) -> tuple[str, str]:
    """(kind, native id): the canonical address."""
    return "article", _address(thing)


def _address(thing: Thing) -> str:
    return f"https://{SITE}/articles/{thing.number}"


def answer(plot: Plot, ask: Ask) -> Reply:
    """Sitemaps and pages; anything else is not found."""
    if ask.path == "/sitemap.xml":
        return _unless_known(_index(plot, ask.base), ask)
    if found := re.fullmatch(r"/sitemap-news-(\d+)\.xml", ask.path):
        return _unless_known(_news(plot, int(found[1]), ask.base), ask)
    if found := re.fullmatch(r"/articles/(\d+)", ask.path):
        thing = plot.find(int(found[1]))
        if thing is None:
            return error("404")
        return error("410") if thing.gone else html_reply(_page(thing))
    return error("404")


def _unless_known(body: str, ask: Ask) -> Reply:
    content = body.encode()
    tag = f'"{hashlib.sha256(content).hexdigest()[:16]}"'
    if tag in ask.headers.get("if-none-match", ""):
        return Reply(304, b"", {"ETag": tag})
    return Reply(200, content, {"Content-Type": "application/xml; charset=utf-8", "ETag": tag})


def _index(plot: Plot, base: str) -> str:
    names = [f"sitemap-news-{n}.xml" for n in range(1, max(1, ceil(len(plot.live()) / plot.page)) + 1)]
    if plot.stuck:
        names = ["sitemap.xml"]
    listed = "".join(f"<sitemap><loc>{base}/{name}</loc><lastmod>{_iso(plot.now)}</lastmod></sitemap>" for name in names)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<sitemapindex xmlns="{_SITEMAP}">{listed}</sitemapindex>'


def _news(plot: Plot, number: int, base: str) -> str:
    shown, _ = plot.cut(plot.live(), (number - 1) * plot.page)
    listed = "".join(
        f"<url><loc>{base}/articles/{thing.number}</loc><lastmod>{_iso(thing.edited_at or thing.at)}</lastmod><news:news><news:publication>"
        f"<news:name>The Press</news:name><news:language>en</news:language></news:publication><news:publication_date>{_iso(thing.at)}"
        f"</news:publication_date><news:title>{html.escape(_title(thing))}</news:title></news:news></url>"
        for thing in shown
    )
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="{_SITEMAP}" xmlns:news="{_NEWS}">{listed}</urlset>'


def _title(thing: Thing) -> str:
    return " ".join(thing.text.split()[:9])


def _page(thing: Thing) -> str:
    facts = {"@context": "https://schema.org", "@type": "NewsArticle", "headline": _title(thing), "datePublished": _iso(thing.at),
             "dateModified": _iso(thing.edited_at or thing.at), "author": {"@type": "Person", "name": f"Reporter {thing.author}"},
             "articleBody": thing.text, "mainEntityOfPage": _address(thing)}  # fmt: skip
    stated = json.dumps(facts).replace("</", "<\\/")
    paragraphs = "".join(f"<p>{html.escape(part)}</p>" for part in thing.text.split("\n") if part.strip())
    return (
        f'<!DOCTYPE html><html lang="en"><head><title>{html.escape(_title(thing))} | The Press</title>'
        f'<link rel="canonical" href="{_address(thing)}"><meta property="og:site_name" content="The Press">'
        f'<script type="application/ld+json">{stated}</script></head><body>'
        '<nav><a href="/">Home</a> <a href="/economy">Economy</a></nav><main><article>'
        f'<h1>{html.escape(_title(thing))}</h1><div class="body">{paragraphs}</div>'
        '<aside class="related"><a href="/articles/1">The first article of all that this newspaper ever wrote</a></aside>'
        "</article></main><footer>© The Press</footer></body></html>"
    )


def _iso(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S+00:00")


def error(code: str) -> Reply:
    """A web server's own page of a status."""
    status = int(code) if code in _REASONS else 404
    headers = {"Retry-After": "2"} if status == 429 else {}
    return html_reply(f"<html><head><title>{status} {_REASONS[str(status)]}</title></head><body></body></html>", status, headers)
