"""A NodeBB forum's public JSON, as its OpenAPI describes it.

    GET /nodebb/api/recent?page=N              topics, the last written to first
    GET /nodebb/api/recent/posts/{term}?page=N posts, newest first
    GET /nodebb/api/topic/{tid}?page=N         a topic with posts in order of writing
    GET /nodebb/api/v3/posts/{pid}[/summary]   one post in {status, response}
Source: NodeBB's public/openapi (TopicObject, PostDataObject, PostObject, Pagination, Error). Deleted posts stay as stubs, purged ones vanish.
"""

from __future__ import annotations

import html
from collections.abc import Mapping
from typing import Any

from sandbox.plot import Ask, Plot, Reply, Thing, json_reply, newest_first
from sandbox.servers.common import iso_millis

PLATFORM = "nodebb"
PREFIX = "/nodebb"
SITE = "nodebb.test"
OPTIONS: Mapping[str, Any] = {}
RATE_LIMIT = "429"
SERVER_ERROR = "503"
HAS_ANSWERS = True
SAMPLE = ("/api/topic/4", {"page": "1"})
_STUB = "[[topic:post-is-deleted]]"
_STATUS = {"too-many-requests": 429, "not-found": 404, "not-authorised": 401, "forbidden": 403, "bad-request": 400,
           "internal-server-error": 500, "service-unavailable": 503}  # fmt: skip


def key(thing: Thing) -> tuple[str, str]:
    """("post" or "reply", pid)."""
    return ("post" if thing.parent is None else "reply"), str(_pid(thing))


def _pid(thing: Thing) -> int:
    return 700 + thing.number


def answer(plot: Plot, ask: Ask) -> Reply:
    """The JSON that is asked for."""
    parts = ask.path.strip("/").split("/")
    number = int(ask.query["page"]) if ask.query.get("page", "").isdigit() else 1
    if parts[:3] == ["api", "recent", "posts"]:
        listed, _ = plot.cut(newest_first(plot.live()), (number - 1) * plot.page)
        return json_reply([_summary(plot, thing) for thing in listed])
    if parts == ["api", "recent"]:
        return _recent(plot, number)
    if parts[:2] == ["api", "topic"] and len(parts) > 2 and parts[2].isdigit():
        root = plot.find(int(parts[2]))
        return _topic(plot, root, number) if root and root.parent is None and root.gone != "platform" else _missing(ask)
    if parts[:3] == ["api", "v3", "posts"] and len(parts) > 3 and parts[3].isdigit():
        return _single(plot, int(parts[3]) - 700, "summary" in parts)
    return _missing(ask)


def _missing(ask: Ask) -> Reply:
    return json_reply({"path": ask.path.removeprefix("/api"), "title": "[[global:404.title]]", "bodyClass": "page-404"}, 404)


def _thread(plot: Plot, root: Thing) -> list[Thing]:
    return [
        root,
        *(thing for thing in sorted(plot.under(root.number), key=lambda t: (t.at, t.number)) if thing.gone != "platform"),
    ]


def _pagination(number: int, total: int, size: int) -> dict[str, Any]:
    pages = max(1, -(-total // size))
    return {"currentPage": number, "pageCount": pages, "next": {"page": min(pages, number + 1), "active": number < pages},
            "prev": {"page": max(1, number - 1), "active": number > 1}, "rel": [], "pages": []}  # fmt: skip


def _about(plot: Plot, root: Thing) -> dict[str, Any]:
    posts = _thread(plot, root)
    last = max(posts, key=lambda thing: thing.at)
    return {
        "tid": root.number, "uid": root.author, "cid": 2, "title": f"Topic &amp; {root.number}", "titleRaw": f"Topic & {root.number}",
        "slug": f"{root.number}/topic-{root.number}", "mainPid": _pid(root), "postcount": len(posts), "viewcount": 30, "deleted": 0, "pinned": 0,
        "locked": 0, "timestamp": root.at * 1000, "timestampISO": iso_millis(root.at), "lastposttime": last.at * 1000,
        "lastposttimeISO": iso_millis(last.at), "teaserPid": _pid(last),
    }  # fmt: skip


def _recent(plot: Plot, number: int) -> Reply:
    roots = [root for root in plot.roots() if root.gone != "platform"]
    ordered = sorted(roots, key=lambda r: (max(t.at for t in _thread(plot, r)), r.number), reverse=True)
    listed, after = plot.cut(ordered, (number - 1) * plot.page)
    total = len(ordered) if not plot.stuck else (number + 1) * plot.page
    rows = [_about(plot, root) | {"user": _user(root), "teaser": None, "tags": []} for root in listed]
    return json_reply(
        {"nextStart": after or 0, "topicCount": total, "topics": rows, "pagination": _pagination(number, total, plot.page)}
    )


def _topic(plot: Plot, root: Thing, number: int) -> Reply:
    posts = _thread(plot, root)
    listed, _ = plot.cut(posts, (number - 1) * plot.page)
    if not listed:
        return json_reply({"path": f"/topic/{root.number}", "title": "[[global:404.title]]", "bodyClass": "page-404"}, 404)
    total = len(posts) if not plot.stuck else (number + 1) * plot.page
    shown = [_post(plot, thing) | {"index": posts.index(thing)} for thing in listed]
    return json_reply(_about(plot, root) | {"posts": shown, "tags": [], "pagination": _pagination(number, total, plot.page)})


def _user(thing: Thing) -> dict[str, Any]:
    return {"uid": thing.author, "isLocal": True, "username": f"user{thing.author}", "displayname": f"User {thing.author}",
            "userslug": f"user{thing.author}", "picture": None, "status": "offline", "icon:text": "U", "icon:bgColor": "#f44336"}  # fmt: skip


def _bare(thing: Thing) -> dict[str, Any]:
    deleter = {"deleterUid": thing.author if thing.gone == "author" else 1} if thing.gone else {"deleterUid": 0}
    edited = (
        {"edited": thing.edited_at * 1000, "editedISO": iso_millis(thing.edited_at)}
        if thing.edited_at
        else {"edited": 0, "editedISO": ""}
    )
    return {"pid": _pid(thing), "uid": thing.author, "timestamp": thing.at * 1000, "timestampISO": iso_millis(thing.at), "deleted": int(bool(thing.gone)),
            "upvotes": thing.likes, "downvotes": 0, "votes": thing.likes, "bookmarks": 0, "announces": 0, **deleter, **edited}  # fmt: skip


def _content(thing: Thing) -> str:
    return _STUB if thing.gone else f'<p dir="auto">{html.escape(thing.text, quote=False)}</p>\n'


def _post(plot: Plot, thing: Thing) -> dict[str, Any]:
    above = plot.find(thing.parent) if thing.parent is not None else None
    pointed = (
        {
            "toPid": _pid(above),
            "parent": {
                "uid": above.author,
                "pid": _pid(above),
                "content": _content(above),
                "user": {"username": f"user{above.author}"},
            },
        }
        if above
        else {}
    )
    answers = plot.children(thing.number)
    return _bare(thing) | {
        "tid": plot.root_of(thing).number, "content": _content(thing), "attachments": [], "uploads": [], **pointed,
        "user": _user(thing) | {"reputation": 5, "postcount": 12, "topiccount": 3, "signature": ""}, "editor": None, "bookmarked": False, "upvoted": False,
        "downvoted": False, "replies": {"hasMore": False, "users": [], "text": "", "count": len(answers)}, "selfPost": False, "events": [],
        "topicOwnerPost": thing.author == plot.root_of(thing).author, "display_edit_tools": False, "display_delete_tools": False,
        "display_moderator_tools": False, "display_move_tools": False, "display_post_menu": False,
    }  # fmt: skip


def _summary(plot: Plot, thing: Thing) -> dict[str, Any]:
    root = plot.root_of(thing)
    pointed: dict[str, Any] = (
        {"toPid": _pid(above)} if thing.parent is not None and (above := plot.find(thing.parent)) else {"toPid": None}
    )
    return {
        "pid": _pid(thing), "tid": root.number, **pointed, "url": f"https://{SITE}/post/{_pid(thing)}", "content": _content(thing), "uid": thing.author,
        "timestamp": thing.at * 1000, "timestampISO": iso_millis(thing.at), "deleted": bool(thing.gone), "upvotes": thing.likes, "downvotes": 0,
        "votes": thing.likes, "replies": len(plot.children(thing.number)), "user": _user(thing), "topic": _about(plot, root),
        "category": {"cid": 2, "name": "General"}, "isMainPost": thing.parent is None,
    }  # fmt: skip


def _single(plot: Plot, number: int, whole: bool) -> Reply:
    thing = plot.find(number)
    if thing is None or thing.gone == "platform":
        return error("not-found")
    parent = plot.find(thing.parent) if thing.parent is not None else None
    raw = _bare(thing) | {"tid": plot.root_of(thing).number, "content": _STUB if thing.gone else thing.text, "replies": len(plot.children(number)),
                          **({"toPid": _pid(parent)} if parent else {})}  # fmt: skip
    return json_reply({"status": {"code": "ok", "message": "OK"}, "response": _summary(plot, thing) if whole else raw})


def error(code: str) -> Reply:
    """NodeBB's errors: {status, response} of the v3 API, {path, title} of pages, plain words of the guards before both."""
    if code in _STATUS:
        headers = {"Retry-After": "2"} if code == "too-many-requests" else {}
        return json_reply({"status": {"code": code, "message": "as documented"}, "response": {}}, _STATUS[code], headers)
    if code == "429":
        return Reply(429, b"Too Many Requests", {"Content-Type": "text/plain; charset=utf-8", "Retry-After": "2"})
    if int(code) >= 500:
        return Reply(int(code), b"<html><body><h1>as documented</h1></body></html>", {"Content-Type": "text/html; charset=utf-8"})
    titled = {"path": "/recent", "title": f"[[global:{code}.title]]", "bodyClass": f"page-{code}"}
    return json_reply(titled | ({"loggedIn": False, "error": "as documented"} if code == "403" else {}), int(code))
