"""An aggregated news feed: RSS 2.0 with full text, paged by RFC 5005 links, conditional requests.

    GET /news/feed.xml?page=N    50 articles, newest first; atom:link rel="next" to the older page; ETag, 304

Dates are RFC 822; `source` says which publisher; an article has no author.
"""

from __future__ import annotations

import hashlib
import html
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from functools import lru_cache
from math import ceil

from fastapi import APIRouter, Request, Response

from sandbox.servers.common import whole
from sandbox.world.model import CLOCK_END, Item, World
from sandbox.world.names import PUBLISHERS

PREFIX = "/news"
_PAGE = 50
_NAMES = {site: name for publishers in PUBLISHERS.values() for name, site in publishers}
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" '
    'xmlns:atom="http://www.w3.org/2005/Atom" xmlns:fh="http://purl.org/syndication/history/1.0"><channel>'
)


def rfc822(at: int) -> str:
    """A moment as RSS writes it."""
    return format_datetime(datetime.fromtimestamp(at, UTC), usegmt=True)


def article(item: Item) -> str:
    """One <item>, its text as an excerpt and in full as HTML."""
    site = item.publisher or ""
    paragraphs = "".join(f"<p>{html.escape(part, quote=False)}</p>" for part in item.text.split("\n") if part.strip())
    excerpt = item.text if len(item.text) <= 180 else item.text[:180] + "…"
    return (
        f"<item><title>{html.escape(item.title or '', quote=False)}</title><link>{item.native_id}</link>"
        f'<guid isPermaLink="true">{item.native_id}</guid><pubDate>{rfc822(item.event_at)}</pubDate>'
        f'<source url="https://{site}/feed.xml">{html.escape(_NAMES.get(site, site))}</source>'
        f"<description>{html.escape(html.escape(excerpt, quote=False), quote=False)}</description>"
        f"<content:encoded><![CDATA[{paragraphs.replace(']]>', ']]]]><![CDATA[>')}]]></content:encoded></item>"
    )


class Feed:
    """Pages of the feed, rendered when first asked for."""

    def __init__(self, world: World) -> None:
        self.items = [item for item in reversed(world.of("rss")) if not item.deleted]
        self.pages = max(1, ceil(len(self.items) / _PAGE))
        self.page = lru_cache(maxsize=None)(self._page)

    def _page(self, number: int, address: str) -> tuple[bytes, str, int]:
        """(body, ETag, last modification) of one page."""
        items = self.items[(number - 1) * _PAGE : number * _PAGE]
        changed = max((item.at for item in items), default=CLOCK_END)
        links = [("self", number), ("first", 1), ("last", self.pages)]
        links += [("previous", number - 1)] if number > 1 else []
        links += [("next", number + 1)] if number < self.pages else []
        body = _HEAD + "<title>Business news</title><link>https://news.example/</link>"
        body += "<description>Business news of several publishers</description>"
        body += "".join(
            f'<atom:link rel="{rel}" type="application/rss+xml" href="{address}{f"?page={page}" if page > 1 else ""}"/>'
            for rel, page in links
        )
        body += f"<lastBuildDate>{rfc822(changed)}</lastBuildDate>" + "".join(map(article, items)) + "</channel></rss>"
        content = body.encode("utf-8")
        return content, f'"{hashlib.sha256(content).hexdigest()[:20]}"', changed


def rate_limited() -> Response:
    """A feed's 429, with Retry-After."""
    return Response("Too Many Requests", 429, {"Retry-After": "2"}, "text/plain")


def server_error() -> Response:
    """A publisher's 503."""
    return Response("<html><body>503 Service Unavailable</body></html>", 503, media_type="text/html")


def _unchanged(request: Request, tag: str, changed: int) -> bool:
    if (known := request.headers.get("if-none-match")) is not None:
        return tag in [part.strip().removeprefix("W/") for part in known.split(",")]
    since = request.headers.get("if-modified-since")
    try:
        return since is not None and parsedate_to_datetime(since).timestamp() >= changed
    except ValueError:
        return False


def router(world: World) -> APIRouter:
    """The routes below /news."""
    feed, routes = Feed(world), APIRouter(prefix=PREFIX)

    @routes.get("/feed.xml")
    async def page(request: Request) -> Response:
        number = whole(request.query_params.get("page"), 1)
        if not 1 <= number <= feed.pages:
            return Response("Not Found", 404, media_type="text/plain")
        body, tag, changed = feed.page(number, str(request.url.replace(query="")))
        headers = {"ETag": tag, "Last-Modified": rfc822(changed), "Cache-Control": "max-age=60"}
        if _unchanged(request, tag, changed):
            return Response(status_code=304, headers=headers)
        return Response(body, 200, headers, "application/rss+xml; charset=utf-8")

    return routes
