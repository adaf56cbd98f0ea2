"""A review site of the sandbox's own: pages for people, twenty reviews each, the company's answers inside them.

    GET /review_site/bank/velmora?page=N     newest first; a link rel=next until the last page; schema.org JSON-LD beside the mark-up

Dates name Berlin's time without a zone. Removed reviews are absent. OPTIONS is how a bank declares this site.
"""

from __future__ import annotations

import json
from datetime import datetime
from html import escape
from typing import Any
from zoneinfo import ZoneInfo

from sandbox.plot import Ask, Plot, Reply, Thing, html_reply, newest_first

PLATFORM, PREFIX, SITE = "review_site", "/review_site", "reviews.example"
COMPANY = "velmora"
SAMPLE: tuple[str, dict[str, str]] = (f"/bank/{COMPANY}", {})  # a page for the fuzz tests
RATE_LIMIT, SERVER_ERROR, HAS_ANSWERS = "429", "500", True
_DATE = {"type": "date", "format": "%d.%m.%Y %H:%M:%S", "zone": "Europe/Berlin"}
OPTIONS: dict[str, Any] = {
    "list": "bank/{id}", "ids": [COMPANY], "next": "a[rel=next]", "sort": "newest", "container": "#reviews",
    "item": "article.review", "id": {"attribute": "data-id"},
    "fields": {
        "text": {"select": ".text"}, "title": {"select": "h3"}, "rating": {"select": ".stars", "attribute": "title", "type": "stars"},
        "author_name": {"select": ".author"}, "author_id": {"select": ".author", "attribute": "href", "regex": r"/users/(\d+)"},
        "created_at": {"select": ".meta time", **_DATE}, "edited_at": {"select": ".edited", **_DATE},
        "likes": {"select": ".useful", "type": "number", "regex": r"(\d+)"},
    },
    "reply": {"item": ".answer", "id": {"attribute": "data-id"},
              "fields": {"text": {"select": ".text"}, "created_at": {"select": "time", **_DATE}}},
}  # fmt: skip


def key(thing: Thing) -> tuple[str, str]:
    """(kind, native id)."""
    return ("review" if thing.parent is None else "reply", f"r{thing.number}")


def error(code: str) -> Reply:
    """An error page."""
    status = int(code) if code.isdigit() else 500
    return html_reply(f"<html><head><title>Error {status}</title></head><body>Error</body></html>", status)


def answer(plot: Plot, ask: Ask) -> Reply:
    """A list page."""
    if ask.path != f"/bank/{COMPANY}":
        return error("404")
    page = max(1, int(ask.query["page"])) if ask.query.get("page", "").isdigit() else 1
    listed = newest_first(thing for thing in plot.live() if thing.parent is None)
    shown, following = plot.cut(listed, (page - 1) * plot.page)
    link = f'<a rel="next" href="?page={page + 1}">next</a>' if following is not None else ""
    body = "".join(_review(plot, thing) for thing in shown) or "<p>No reviews yet</p>"
    script = json.dumps(_marked_up(shown), ensure_ascii=False).replace("</", "<\\/")
    head = f'<head><meta charset="utf-8"><title>Velmora Bank</title><script type="application/ld+json">{script}</script></head>'
    return html_reply(f'<!doctype html><html>{head}<body><div id="reviews">{body}</div>{link}</body></html>')


def _time(at: int) -> str:
    return datetime.fromtimestamp(at, ZoneInfo("Europe/Berlin")).strftime("%d.%m.%Y %H:%M:%S")


def _review(plot: Plot, thing: Thing) -> str:
    edited = f'<time class="edited">{_time(thing.edited_at)}</time>' if thing.edited_at else ""
    answers = "".join(
        f'<div class="answer" data-id="{key(child)[1]}"><div class="text">{escape(child.text)}</div><time>{_time(child.at)}</time></div>'
        for child in plot.children(thing.number)
        if not child.gone
    )
    return (
        f'<article class="review" data-id="{key(thing)[1]}"><h3>{escape(thing.text[:20])}</h3>'
        f'<div class="meta"><a class="author" href="/users/{thing.author}">author {thing.author}</a><time>{_time(thing.at)}</time>{edited}'
        f'<span class="stars" title="{thing.rating} of 5"></span><span class="useful">useful: {thing.likes}</span></div>'
        f'<div class="text">{escape(thing.text)}</div>{answers}</article>'
    )


def _marked_up(things: list[Thing]) -> dict[str, Any]:
    listed = [
        {
            "@type": "Review", "@id": f"https://{SITE}/reviews/{key(thing)[1]}", "datePublished": thing.moment().isoformat(),
            "author": {"@type": "Person", "name": f"author {thing.author}"}, "reviewBody": thing.text,
            "reviewRating": {"@type": "Rating", "ratingValue": str(thing.rating), "bestRating": "5"},
        }
        for thing in things
    ]  # fmt: skip
    return {"@context": "https://schema.org", "@type": "BankOrCreditUnion", "name": "Velmora Bank", "review": listed}
