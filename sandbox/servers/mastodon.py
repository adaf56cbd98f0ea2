"""A Mastodon instance, as docs.joinmastodon.org shows its REST API.

    GET /api/v2/search                         statuses, newest first; limit, offset, min_id, max_id; wants a token
    GET /api/v1/timelines/tag/:tag, /public    newest first; max_id, Link header with rel="next"
    GET /api/v1/accounts/lookup, /accounts/:id/statuses
    GET /api/v1/statuses/:id, /statuses/:id/context

Every thing of the plot is found by every search and stands under every hashtag: what is told here is what the query would find.
Ids are snowflakes; what is gone is absent and "Record not found".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from html import escape
from typing import Any

from sandbox.plot import Ask, Plot, Reply, Thing, html_reply, json_reply, newest_first

PLATFORM = "mastodon"
PREFIX = "/mastodon"
SITE = "social.example"
OPTIONS: Mapping[str, Any] = {}
SAMPLE: tuple[str, Mapping[str, str]] = ("/api/v2/search", {"q": "bank"})
RATE_LIMIT = "429"
SERVER_ERROR = "500"
HAS_ANSWERS = True
_LARGEST = 40
_MESSAGES = {
    "401": "The access token is invalid",
    "403": "This action is not allowed",
    "404": "Record not found",
    "410": "Gone",
    "422": "This method requires an authenticated user",
    "429": "Too many requests",
    "500": "An unexpected error occurred",
    "503": "There was a temporary problem serving your request, please try again",
}


def key(thing: Thing) -> tuple[str, str]:
    """(kind, native id)."""
    return ("reply" if thing.parent is not None else "post"), number_of(thing)


def number_of(thing: Thing) -> str:
    """The status id: milliseconds in the upper bits, a sequence in the lower sixteen."""
    return str((thing.at * 1000 << 16) | thing.number)


def error(code: str) -> Reply:
    """The instance's own form; 502 and 504 come from the proxy before it."""
    if code in ("502", "504"):
        return html_reply("<html><head><title>nginx</title></head></html>", int(code))
    if code == "invalid_token":
        return json_reply({"error": code, "error_description": "The access token expired"})
    if not code.isdigit():
        return json_reply({"error": "Ein Fehler ist aufgetreten"})
    return json_reply({"error": _MESSAGES[code]}, int(code))


def answer(plot: Plot, ask: Ask) -> Reply:
    """One request. Without a token the public endpoints answer, search does not."""
    token = ask.headers.get("authorization", "").removeprefix("Bearer").strip()
    if ask.path == "/api/v2/search":
        return _search(plot, ask) if token else error("401")
    if ask.path == "/api/v1/accounts/lookup":
        return _lookup(ask.query.get("acct", ""))
    if found := re.fullmatch(r"/api/v1/accounts/(\d+)/statuses", ask.path):
        author = int(found[1])
        return _timeline(plot, ask, lambda thing: thing.author == author)
    if re.fullmatch(r"/api/v1/timelines/(tag/[^/]+|public)", ask.path):
        return _timeline(plot, ask, lambda thing: True)
    if found := re.fullmatch(r"/api/v1/statuses/(\d+)(/context)?", ask.path):
        thing = next((t for t in plot.live() if number_of(t) == found[1]), None)
        return error("404") if thing is None else _context(plot, thing) if found[2] else json_reply(status(plot, thing))
    return error("404")


def _search(plot: Plot, ask: Ask) -> Reply:
    low, high = _whole(ask, "min_id", 0), _whole(ask, "max_id", 1 << 80)
    found = [t for t in newest_first(plot.live()) if low < int(number_of(t)) < high]
    shown, _ = plot.cut(found, _whole(ask, "offset", 0), min(_whole(ask, "limit", 20), _LARGEST))
    return json_reply({"accounts": [], "statuses": [status(plot, t) for t in shown], "hashtags": []})


def _timeline(plot: Plot, ask: Ask, wanted: Callable[[Thing], bool]) -> Reply:
    high = 1 << 80 if plot.stuck else _whole(ask, "max_id", 1 << 80)
    found = sorted((t for t in plot.live() if wanted(t) and int(number_of(t)) < high), key=lambda t: -int(number_of(t)))
    shown, more = plot.cut(found, 0, min(_whole(ask, "limit", 20), _LARGEST))
    pages = [f'<{ask.base}{ask.path}?max_id={number_of(shown[-1])}>; rel="next"'] if shown and more is not None else []
    pages += [f'<{ask.base}{ask.path}?min_id={number_of(shown[0])}>; rel="prev"'] if shown else []
    return json_reply([status(plot, t) for t in shown], headers={"Link": ", ".join(pages)} if pages else None)


def _lookup(handle: str) -> Reply:
    found = re.fullmatch(r"u(\d+)", handle)
    return json_reply(account(int(found[1]))) if found else error("404")


def _context(plot: Plot, thing: Thing) -> Reply:
    above: list[Thing] = []
    below: list[Thing] = []
    parent = plot.find(thing.parent) if thing.parent is not None else None
    while parent is not None and not parent.gone:
        above.insert(0, parent)
        parent = plot.find(parent.parent) if parent.parent is not None else None
    _descend(plot, thing, below)
    return json_reply({"ancestors": _all(plot, above), "descendants": _all(plot, below)})


def _descend(plot: Plot, thing: Thing, below: list[Thing]) -> None:
    for child in plot.children(thing.number):
        if not child.gone:
            below.append(child)
            _descend(plot, child, below)


def _all(plot: Plot, things: Sequence[Thing]) -> list[dict[str, Any]]:
    return [status(plot, thing) for thing in things]


def status(plot: Plot, thing: Thing) -> dict[str, Any]:
    """A Status entity. An answer whose parent is gone has lost in_reply_to_id and kept in_reply_to_account_id, as on a real instance."""
    parent = plot.find(thing.parent) if thing.parent is not None else None
    number = number_of(thing)
    return {
        "id": number, "created_at": _iso(thing.at), "edited_at": _iso(thing.edited_at) if thing.edited_at else None,
        "in_reply_to_id": number_of(parent) if parent and not parent.gone else None, "in_reply_to_account_id": str(parent.author) if parent else None,
        "sensitive": False, "spoiler_text": "", "visibility": "public", "language": None,
        "uri": f"https://{SITE}/users/u{thing.author}/statuses/{number}", "url": f"https://{SITE}/@u{thing.author}/{number}",
        "replies_count": sum(1 for child in plot.children(thing.number) if not child.gone), "reblogs_count": 0,
        "favourites_count": thing.likes, "content": "".join(f"<p>{escape(line)}</p>" for line in thing.text.split("\n")),
        "reblog": None, "account": account(thing.author), "media_attachments": [], "mentions": [], "tags": [], "emojis": [],
        "card": None, "poll": None,
    }  # fmt: skip


def account(number: int) -> dict[str, Any]:
    """An Account entity."""
    return {
        "id": str(number), "username": f"u{number}", "acct": f"u{number}", "display_name": f"User {number}", "locked": False,
        "bot": False, "created_at": "2020-01-01T00:00:00.000Z", "note": "", "url": f"https://{SITE}/@u{number}",
        "followers_count": number, "following_count": 1, "statuses_count": 10, "emojis": [], "fields": [],
    }  # fmt: skip


def _iso(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _whole(ask: Ask, name: str, default: int) -> int:
    value = ask.query.get(name, "")
    return int(value) if value.isdigit() else default
