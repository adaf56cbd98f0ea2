"""App Store: the storefronts' feed of customer reviews, as public clients quote it.

    GET /app_store/{country}/rss/customerreviews/page={1..10}/id={app}/sortby=mostrecent/{json|xml}
    GET /app_store/v1/apps/{app}/customerReviews?include=response&sort=-createdDate&limit=&cursor=    GET /app_store/v1/customerReviews/{id}

Newest first by the time of the last edit, ten pages; page 11 is a 400 in plain text. The app itself stands before the reviews of
the first page; a page with one entry holds it bare, not in an array; an empty feed has no `entry`. Removed reviews are absent.
App Store Connect (Apple's API reference) knows own apps only, by a token of three parts; ids are others than the feed's; the date of a
review is that of its first writing; answers come as included resources, those that wait for publication too; a removed review is a 404.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from html import escape
from typing import Any

from sandbox.plot import Ask, Plot, Reply, Thing, json_reply, newest_first

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


def connect_id(thing: Thing) -> str:
    """The id of a review or an answer in App Store Connect."""
    return f"{thing.number:08x}-b08c-0014-729e-fbd500000000"


def _connect(plot: Plot, ask: Ask) -> Reply:
    """App Store Connect: a list, or one review."""
    if not re.fullmatch(r"Bearer [\w-]+\.[\w-]+\.[\w-]+", ask.headers.get("authorization", "")):
        return _refused(401, "NOT_AUTHORIZED", "Authentication credentials are missing or invalid.")
    one = re.fullmatch(r"/v1/customerReviews/(.+)", ask.path)
    reviews = [thing for thing in plot.live() if thing.parent is None]
    if one:
        thing = next((thing for thing in reviews if connect_id(thing) == one[1]), None)
        if thing is None:
            return _refused(404, "NOT_FOUND", "The specified resource does not exist")
        return json_reply({"data": _resource(plot, thing), "included": _answers(plot, [thing])})
    if ask.path != f"/v1/apps/{APP}/customerReviews":
        return _refused(404, "NOT_FOUND", "The specified resource does not exist")
    if ask.query.get("sort") != "-createdDate" or not 1 <= int(ask.query.get("limit", "50")) <= 200:
        return _refused(400, "PARAMETER_ERROR.INVALID", "A parameter has an invalid value")
    token = ask.query.get("cursor", "0")
    if not token.isdigit():
        return _refused(400, "PARAMETER_ERROR.INVALID", "A parameter has an invalid value")
    shown, following = plot.cut(newest_first(reviews), int(token), int(ask.query.get("limit", "50")))
    here = f"https://api.appstoreconnect.apple.com{ask.path}"
    links = {"self": here, **({"next": f"{here}?cursor={following}&limit=200"} if following is not None else {})}
    value = {"data": [_resource(plot, thing) for thing in shown], "links": links, "meta": {"paging": {"total": len(reviews), "limit": 200}}}
    included = _answers(plot, shown) if ask.query.get("include") == "response" else []
    return json_reply({**value, **({"included": included} if included else {})})


def _resource(plot: Plot, thing: Thing) -> dict[str, Any]:
    told = {"rating": thing.rating, "title": thing.text[:20], "body": thing.text, "reviewerNickname": f"author {thing.author}",
            "createdDate": _time(thing.at), "territory": "USA"}  # fmt: skip
    answers = [child for child in plot.children(thing.number) if not child.gone]
    related = {"data": {"type": "customerReviewResponses", "id": connect_id(answers[0])}} if answers else {}
    return {"type": "customerReviews", "id": connect_id(thing), "attributes": told, "relationships": {"response": related}}


def _answers(plot: Plot, shown: list[Thing]) -> list[dict[str, Any]]:
    found = [child for thing in shown for child in plot.children(thing.number) if not child.gone]
    return [
        {"type": "customerReviewResponses", "id": connect_id(child),
         "attributes": {"responseBody": child.text, "lastModifiedDate": _time(_changed(child)),
                        "state": "PUBLISHED" if child.at <= plot.now else "PENDING_PUBLISH"},
         "relationships": {"review": {"data": {"type": "customerReviews", "id": f"{child.parent:08x}-b08c-0014-729e-fbd500000000"}}}}
        for child in found
    ]  # fmt: skip


def _refused(status: int, code: str, title: str) -> Reply:
    return json_reply({"errors": [{"status": str(status), "code": code, "title": title}]}, status)


def answer(plot: Plot, ask: Ask) -> Reply:
    """A page of the feed, or of App Store Connect."""
    if ask.path.startswith("/v1/"):
        return _connect(plot, ask)
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
