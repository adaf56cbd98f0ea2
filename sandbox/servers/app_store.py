"""App Store: the storefronts' feed of customer reviews, as public clients quote it.

    GET /app_store/{country}/rss/customerreviews/page={1..10}/id={app}/sortby=mostrecent/{json|xml}

Newest first by the time of the last edit, ten pages; page 11 is a 400 in plain text. The app itself stands before the reviews of
the first page; a page with one entry holds it bare, not in an array; an empty feed has no `entry`. Removed reviews are absent.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from html import escape
from typing import Any

from sandbox.plot import Ask, Plot, Reply, Thing, json_reply

PLATFORM, PREFIX, SITE = "app_store", "/app_store", ""
APP, COUNTRY = "123456789", "us"
OPTIONS = {"apps": [APP], "countries": [COUNTRY]}
RATE_LIMIT, SERVER_ERROR, HAS_ANSWERS = "429", "500", False
DEPTH = 10
SAMPLE: tuple[str, dict[str, str]] = (
    f"/{COUNTRY}/rss/customerreviews/page=2/id={APP}/sortby=mostrecent/json",
    {},
)  # a page for the fuzz tests
_PATH = re.compile(r"/([a-z]{2})/rss/customerreviews/page=(\d+)/id=(\d+)/sortby=mostrecent/(json|xml)", re.I)


def key(thing: Thing) -> tuple[str, str]:
    """(kind, native id)."""
    return "review", str(8_000_000_000 + thing.number)


def error(code: str) -> Reply:
    """An HTTP status with a line of plain text."""
    status = int(code) if code.isdigit() else 500
    return Reply(status, b"CustomerReviews RSS cannot be served", {"Content-Type": "text/plain"})


def answer(plot: Plot, ask: Ask) -> Reply:
    """A page of the feed."""
    found = _PATH.fullmatch(ask.path)
    if not found:
        return error("404")
    country, page, app, form = found[1].lower(), int(found[2]), found[3], found[4].lower()
    if not 1 <= page <= DEPTH:
        return Reply(400, b"CustomerReviews RSS page depth is limited to 10", {"Content-Type": "text/plain"})
    wanted = plot.live() if (country, app) == (COUNTRY, APP) else []
    listed = sorted(wanted, key=lambda thing: (_changed(thing), thing.number), reverse=True)
    shown, _ = plot.cut(listed, (page - 1) * plot.page)
    last = DEPTH if plot.stuck else min(DEPTH, max(1, -(-len(listed) // plot.page)))
    entries = [_entry(thing, country) for thing in shown]
    if page == 1 and shown:
        entries.insert(0, _app())
    stem = f"https://itunes.apple.com/{country}/rss/customerreviews"
    if form == "xml":
        return Reply(200, _atom(entries, stem, page, last).encode(), {"Content-Type": "application/atom+xml; charset=utf-8"})
    listing: dict[str, Any] = {"entry": entries if len(entries) > 1 else entries[0]} if entries else {}
    feed: dict[str, Any] = {
        "author": {"name": {"label": "iTunes Store"}, "uri": {"label": "http://www.apple.com/itunes/"}}, **listing,
        "updated": {"label": _time(plot.now)}, "rights": {"label": "Copyright 2008 Apple Inc."},
        "title": {"label": "iTunes Store: Customer Reviews"}, "id": {"label": f"{stem}/page={page}/id={app}/sortby=mostrecent/json"},
        "link": [{"attributes": {"rel": rel, "href": f"{stem}/page={n}/id={app}/sortby=mostrecent/json"}}
                 for rel, n in (("self", page), ("first", 1), ("last", last), ("next", min(page + 1, last)))],
    }  # fmt: skip
    return json_reply({"feed": feed})


def _changed(thing: Thing) -> int:
    return thing.edited_at or thing.at


def _time(at: int) -> str:
    return datetime.fromtimestamp(at, timezone(timedelta(hours=-7))).isoformat()


def _app() -> dict[str, Any]:
    return {
        "im:name": {"label": "Velmora"}, "rights": {"label": "© Velmora"}, "title": {"label": "Velmora - Velmora Bank"},
        "id": {"label": f"https://apps.apple.com/{COUNTRY}/app/velmora/id{APP}?uo=2", "attributes": {"im:id": APP}},
    }  # fmt: skip


def _entry(thing: Thing, country: str) -> dict[str, Any]:
    return {
        "author": {"uri": {"label": f"https://itunes.apple.com/{country}/reviews/id{700 + thing.author}"},
                   "name": {"label": f"author {thing.author}"}, "label": ""},
        "updated": {"label": _time(_changed(thing))}, "im:rating": {"label": str(thing.rating)}, "im:version": {"label": "5.2.1"},
        "id": {"label": key(thing)[1]}, "title": {"label": thing.text[:20]},
        "content": {"label": thing.text, "attributes": {"type": "text"}},
        "link": {"attributes": {"rel": "related", "href": f"https://itunes.apple.com/{country}/review?id={APP}&type=Purple%20Software"}},
        "im:voteSum": {"label": str(thing.likes)}, "im:contentType": {"attributes": {"term": "Application", "label": "Application"}},
        "im:voteCount": {"label": str(thing.likes + 1)},
    }  # fmt: skip


def _atom(entries: list[dict[str, Any]], stem: str, page: int, last: int) -> str:
    links = "".join(f'<link rel="{rel}" href="{stem}/page={n}/id={APP}/sortby=mostrecent/xml"/>'
                    for rel, n in (("self", page), ("first", 1), ("last", last)))  # fmt: skip
    body = "".join(_atom_entry(entry) for entry in entries)
    return (
        '<?xml version="1.0" encoding="utf-8"?><feed xmlns:im="http://itunes.apple.com/rss" xmlns="http://www.w3.org/2005/Atom">'
        f"<id>{stem}</id><title>iTunes Store: Customer Reviews</title>{links}{body}</feed>"
    )


def _atom_entry(entry: dict[str, Any]) -> str:
    if "im:name" in entry:
        return f"<entry><id>{escape(entry['id']['label'])}</id><im:name>{escape(entry['im:name']['label'])}</im:name></entry>"
    name, uri = entry["author"]["name"]["label"], entry["author"]["uri"]["label"]
    plain = "".join(f"<{tag}>{escape(entry[tag]['label'])}</{tag}>"
                    for tag in ("updated", "id", "title", "im:rating", "im:version", "im:voteSum", "im:voteCount"))  # fmt: skip
    text = escape(entry["content"]["label"])
    return (
        f'<entry>{plain}<content type="text">{text}</content><content type="html">&lt;p&gt;{escape(text)}&lt;/p&gt;</content>'
        f"<author><name>{escape(name)}</name><uri>{uri}</uri></author>"
        f'<link rel="related" href="{escape(entry["link"]["attributes"]["href"])}"/></entry>'
    )
