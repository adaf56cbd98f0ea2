"""The AT protocol's XRPC as the lexicons com.atproto.server and app.bsky.feed show it: one host that logs in and answers.

    POST com.atproto.server.createSession   {identifier, password} → accessJwt, refreshJwt, did, handle
    GET  app.bsky.feed.searchPosts          q, since (inclusive), until (exclusive), limit, cursor; 10,000 results at most
    GET  app.bsky.feed.getAuthorFeed, getPostThread, getPosts

Every post of the plot is found by every search. Posts cannot be edited; what is gone vanishes, and is notFound in a thread.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from sandbox.plot import Ask, Plot, Reply, Thing, html_reply, json_reply, newest_first

PLATFORM = "bluesky"
PREFIX = "/bluesky"
SITE = ""
OPTIONS: Mapping[str, Any] = {}
RATE_LIMIT = "RateLimitExceeded"
SERVER_ERROR = "InternalServerError"
HAS_ANSWERS = True
CAP = 10_000
_SESSION = "eyJ0eXAiOiJhdCtqd3QifQ.sandbox.session"
SAMPLE: tuple[str, Mapping[str, str]] = ("/xrpc/app.bsky.feed.searchPosts", {"q": "bank"})
SAMPLE_TOKEN = _SESSION
_STATUS = {
    "AuthMissing": 401, "AuthenticationRequired": 401, "AuthFactorTokenRequired": 401, "AccountTakedown": 401, "Forbidden": 403,
    "RateLimitExceeded": 429, "InternalServerError": 500, "MethodNotImplemented": 501, "UpstreamFailure": 502,
    "NotEnoughResources": 503, "UpstreamTimeout": 504,
}  # fmt: skip


def key(thing: Thing) -> tuple[str, str]:
    """(kind, native id)."""
    return ("reply" if thing.parent is not None else "post"), uri_of(thing)


def did_of(author: int) -> str:
    """The author's decentralised id."""
    return f"did:plc:{author:024d}"


def uri_of(thing: Thing) -> str:
    """The at:// address of a post."""
    return f"at://{did_of(thing.author)}/app.bsky.feed.post/3{thing.number:012d}"


def error(code: str) -> Reply:
    """{error, message}; a bare number is a proxy's page."""
    if code.isdigit():
        return html_reply(f"<html><title>{code}</title></html>", int(code))
    return json_reply({"error": code, "message": "as documented"}, _STATUS.get(code, 400))


def answer(plot: Plot, ask: Ask) -> Reply:
    """One request; everything but the login wants a session token."""
    method = ask.path.removeprefix("/xrpc/")
    if method == "com.atproto.server.createSession":
        return _login(ask)
    methods: dict[str, Callable[[Plot, Ask], Reply]] = {
        "app.bsky.feed.searchPosts": _search, "app.bsky.feed.getAuthorFeed": _feed,
        "app.bsky.feed.getPostThread": _thread, "app.bsky.feed.getPosts": _posts,
    }  # fmt: skip
    if method not in methods:
        return error("MethodNotImplemented")
    if ask.headers.get("authorization") != f"Bearer {_SESSION}":
        return error("AuthMissing")
    return methods[method](plot, ask)


def _login(ask: Ask) -> Reply:
    login = ask.json() or {}
    if ask.method != "POST" or not login.get("identifier") or not login.get("password"):
        return error("AuthenticationRequired")
    return json_reply(
        {"accessJwt": _SESSION, "refreshJwt": f"{_SESSION}.refresh", "did": did_of(1), "handle": login["identifier"]}
    )


def _search(plot: Plot, ask: Ask) -> Reply:
    if not ask.query.get("q"):
        return error("InvalidRequest")
    since, until = _epoch(ask.query.get("since"), 0), _epoch(ask.query.get("until"), 1 << 40)
    found = newest_first(plot.live(), since, until - 1)[:CAP]
    shown, place = plot.cut(found, _whole(ask.query.get("cursor"), 0), min(_whole(ask.query.get("limit"), 25), 100))
    body: dict[str, Any] = {"posts": [view(plot, thing) for thing in shown], "hitsTotal": len(found)}
    return json_reply(body if place is None else body | {"cursor": str(place)})


def _feed(plot: Plot, ask: Ask) -> Reply:
    actor = ask.query.get("actor", "")
    found = [t for t in newest_first(plot.live()) if actor in (did_of(t.author), handle_of(t.author))]
    if not any(actor in (did_of(t.author), handle_of(t.author)) for t in plot.things):
        return json_reply({"error": "InvalidRequest", "message": "Profile not found"}, 400)
    shown, place = plot.cut(found, _whole(ask.query.get("cursor"), 0), min(_whole(ask.query.get("limit"), 50), 100))
    body: dict[str, Any] = {"feed": [_feed_view(plot, thing) for thing in shown]}
    return json_reply(body if place is None else body | {"cursor": str(place)})


def _feed_view(plot: Plot, thing: Thing) -> dict[str, Any]:
    if thing.parent is None:
        return {"post": view(plot, thing)}
    parent = plot.find(thing.parent)
    return {"post": view(plot, thing), "reply": {"root": _shown(plot, plot.root_of(thing)), "parent": _shown(plot, parent)}}


def _shown(plot: Plot, thing: Thing | None) -> dict[str, Any]:
    if thing is None or thing.gone:
        return {"$type": "app.bsky.feed.defs#notFoundPost", "uri": uri_of(thing) if thing else "", "notFound": True}
    return {"$type": "app.bsky.feed.defs#postView", **view(plot, thing)}


def _thread(plot: Plot, ask: Ask) -> Reply:
    thing = next((t for t in plot.live() if uri_of(t) == ask.query.get("uri")), None)
    if thing is None:
        return json_reply({"error": "NotFound", "message": "Post not found"}, 400)
    return json_reply({"thread": _tree(plot, thing, _whole(ask.query.get("depth"), 6))})


def _tree(plot: Plot, thing: Thing, depth: int) -> dict[str, Any]:
    node: dict[str, Any] = {"$type": "app.bsky.feed.defs#threadViewPost", "post": view(plot, thing)}
    if depth > 0:
        node["replies"] = [_tree(plot, child, depth - 1) for child in plot.children(thing.number) if not child.gone]
    return node


def _posts(plot: Plot, ask: Ask) -> Reply:
    uris = {value for name, value in ask.pairs if name == "uris"}
    if not uris or len(uris) > 25:
        return error("InvalidRequest")
    return json_reply({"posts": [view(plot, thing) for thing in plot.live() if uri_of(thing) in uris]})


def handle_of(author: int) -> str:
    """The author's handle."""
    return f"u{author}.example"


def view(plot: Plot, thing: Thing) -> dict[str, Any]:
    """A postView."""
    created = datetime.fromtimestamp(thing.at, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    record: dict[str, Any] = {"$type": "app.bsky.feed.post", "text": thing.text, "createdAt": created, "langs": []}
    parent = plot.find(thing.parent) if thing.parent is not None else None
    if parent is not None:
        record["reply"] = {
            "root": {"uri": uri_of(plot.root_of(thing)), "cid": "bafyroot"}, "parent": {"uri": uri_of(parent), "cid": "bafyparent"}
        }  # fmt: skip
    return {
        "uri": uri_of(thing), "cid": f"bafyrei{thing.number:052d}",
        "author": {"did": did_of(thing.author), "handle": handle_of(thing.author), "displayName": f"User {thing.author}", "labels": []},
        "record": record, "replyCount": sum(1 for child in plot.children(thing.number) if not child.gone), "repostCount": 0,
        "likeCount": thing.likes, "quoteCount": 0, "indexedAt": created, "labels": [],
    }  # fmt: skip


def _epoch(text: str | None, default: int) -> int:
    try:
        return int(datetime.fromisoformat((text or "").replace("Z", "+00:00")).timestamp())
    except ValueError:
        return default


def _whole(text: str | None, default: int) -> int:
    return int(text) if text and text.isdigit() else default
