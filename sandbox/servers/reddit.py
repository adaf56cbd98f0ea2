"""Reddit's data API, as reddit.com/dev/api and recorded listings show it: one host for the login and the rest.

    POST /api/v1/access_token                     Basic id:secret → bearer token
    GET  /search, /r/:sub/search, /r/:sub/new, /r/:sub/comments, /user/:name/overview    Listings; after, limit; newest 1,000
    GET  /comments/:id[/_/:comment], /api/morechildren, /api/info

Every post of the plot is found by every search and stands in every subreddit. A tree shows a few comments of each level and a "more"
node for the rest. What is gone is in no listing; in trees and api/info it is a stub: [deleted] by its author, [removed] by moderators.
"""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Iterable, Mapping
from typing import Any

from sandbox.plot import Ask, Plot, Reply, Thing, html_reply, json_reply, newest_first

PLATFORM = "reddit"
PREFIX = "/reddit"
SITE = ""
OPTIONS: Mapping[str, Any] = {"whole": ["banking"]}
RATE_LIMIT = "429"
SERVER_ERROR = "503"
HAS_ANSWERS = True
CAP = 1000
LEVEL = 3  # comments of a level that a tree shows
_TOKEN = "sandbox-bearer-token"
SAMPLE: tuple[str, Mapping[str, str]] = ("/search", {"q": "bank"})
SAMPLE_TOKEN = _TOKEN
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_CATEGORY = {"author": "deleted", "page": "moderator", "platform": "reddit"}
_STUB = {"author": "[deleted]", "page": "[removed]", "platform": "[ Removed by Reddit ]"}


def key(thing: Thing) -> tuple[str, str]:
    """(kind, native id): the fullname."""
    return ("comment" if thing.parent is not None else "post"), fullname(thing)


def fullname(thing: Thing) -> str:
    """t1_ or t3_ and the number in base 36."""
    return ("t1_" if thing.parent is not None else "t3_") + _base36(thing.number + 46656)


def _base36(number: int) -> str:
    return (_base36(number // 36) if number >= 36 else "") + _DIGITS[number % 36]


def error(code: str) -> Reply:
    """Status errors as JSON, a bad request as HTML, an overload as plain text; names of the OAuth and form errors inside a 200."""
    if code in ("private", "quarantined", "banned", "gated"):
        return json_reply({"reason": code, "message": "Forbidden", "error": 403}, 403)
    if code in ("RATELIMIT", "USER_REQUIRED"):
        return json_reply({"json": {"errors": [[code, "as documented", "field"]]}})
    if code == "400":
        return html_reply("<html><body><h1>400 Bad request</h1>\nYour browser sent an invalid request.\n</body></html>", 400)
    if code in ("502", "504"):
        return Reply(int(code), b"upstream connect error", {"Content-Type": "text/plain"})
    if code == "error":
        return json_reply({"error": "something_new"})
    return (
        json_reply({"message": "as documented", "error": int(code)}, int(code)) if code.isdigit() else json_reply({"error": code})
    )


def answer(plot: Plot, ask: Ask) -> Reply:
    """One request; everything but the login wants a bearer token."""
    path = ask.path.strip("/")
    if path == "api/v1/access_token":
        return _login(ask)
    if ask.headers.get("authorization", "").lower() != f"bearer {_TOKEN}":
        return error("401")
    posts, everything = [t for t in plot.live() if t.parent is None], plot.live()
    if re.fullmatch(r"search|r/\w+/search|r/\w+/new", path):
        return _listing(plot, ask, posts)
    if re.fullmatch(r"r/\w+/comments", path):
        return _listing(plot, ask, [t for t in everything if t.parent is not None])
    if found := re.fullmatch(r"user/u(\d+)/overview", path):
        return _listing(plot, ask, [t for t in everything if t.author == int(found[1])])
    if found := re.fullmatch(r"comments/(\w+)(?:/_/(\w+))?", path):
        return _tree(plot, f"t3_{found[1]}", f"t1_{found[2]}" if found[2] else None)
    if path == "api/morechildren":
        return _more_children(plot, ask)
    if path == "api/info":
        wanted = ask.query.get("id", "").split(",")
        return json_reply(_wrap([data(plot, t) for t in plot.things if fullname(t) in wanted]))
    return error("404")


def _login(ask: Ask) -> Reply:
    scheme, _, pair = ask.headers.get("authorization", "").partition(" ")
    known = scheme == "Basic" and all(b64decode(pair).decode().partition(":")[::2])
    if not known:
        return error("401")
    if ask.form().get("grant_type") != "client_credentials":
        return error("unsupported_grant_type")
    return json_reply({"access_token": _TOKEN, "token_type": "bearer", "expires_in": 86400, "scope": "*"})


def _wrap(children: Iterable[dict[str, Any]], after: str | None = None) -> dict[str, Any]:
    return {"kind": "Listing", "data": {"after": after, "before": None, "modhash": "", "children": list(children)}}


def _listing(plot: Plot, ask: Ask, things: list[Thing]) -> Reply:
    found = newest_first(things)[:CAP]
    after = [place for place, thing in enumerate(found, 1) if fullname(thing) == ask.query.get("after")]
    limit = int(ask.query.get("limit", "25"))
    shown, more = plot.cut(found, after[0] if after else 0, min(limit, 100))
    return json_reply(_wrap([data(plot, t) for t in shown], fullname(shown[-1]) if shown and more is not None else None))


def _tree(plot: Plot, link: str, comment: str | None) -> Reply:
    root = next((t for t in plot.roots() if fullname(t) == link), None)
    if root is None:
        return error("404")
    top = [t for t in plot.under(root.number) if fullname(t) == comment] if comment else plot.children(root.number)
    return json_reply([_wrap([data(plot, root)]), _wrap(_level(plot, top, fullname(root), 0))])


def _level(plot: Plot, things: list[Thing], parent: str, depth: int) -> list[dict[str, Any]]:
    """A few comments with their answers, and a "more" node for the others."""
    shown = [data(plot, t, _level(plot, plot.children(t.number), fullname(t), depth + 1)) for t in things[:LEVEL]]
    rest = [fullname(t)[3:] for t in things[LEVEL:]]
    if rest:
        node = {"count": len(rest), "name": f"t1_{rest[0]}", "id": rest[0], "parent_id": parent, "depth": depth, "children": rest}
        shown.append({"kind": "more", "data": node})
    return shown


def _more_children(plot: Plot, ask: Ask) -> Reply:
    """A flat list; answers to what was asked for come along."""
    wanted = ask.query.get("children", "").split(",")
    things = [data(plot, t) for t in plot.things if t.parent is not None and fullname(t)[3:] in wanted]
    below = [
        data(plot, c) for t in plot.things if t.parent is not None and fullname(t)[3:] in wanted for c in plot.children(t.number)
    ]
    return json_reply({"json": {"errors": [], "data": {"things": [*things, *below]}}})


def data(plot: Plot, thing: Thing, replies: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    """A thing {kind, data}, in the form of raw_json=1."""
    root, name = plot.root_of(thing), fullname(thing)
    body: dict[str, Any] = {
        "id": name[3:], "name": name, "subreddit": "banking", "subreddit_id": "t5_2qhbank", "subreddit_subscribers": 1000,
        "author": f"u{thing.author}", "author_fullname": f"t2_u{thing.author}", "created_utc": float(thing.at),
        "edited": float(thing.edited_at) if thing.edited_at else False, "score": thing.likes, "score_hidden": False,
        "permalink": f"/r/banking/comments/{fullname(root)[3:]}/title/" + (f"{name[3:]}/" if thing.parent is not None else ""),
    }  # fmt: skip
    if thing.gone in ("author", "platform"):
        body |= {"author": "[deleted]"}
        body.pop("author_fullname")
    text = _STUB[thing.gone] if thing.gone else thing.text
    if thing.parent is None:
        body |= {
            "title": "A post", "selftext": text, "is_self": True, "num_comments": len(plot.under(thing.number)), "num_crossposts": 0,
            "removed_by_category": _CATEGORY[thing.gone] if thing.gone else None, "domain": "self.banking",
        }  # fmt: skip
        return {"kind": "t3", "data": body}
    parent = plot.find(thing.parent)
    body |= {"body": text, "link_id": fullname(root), "parent_id": fullname(parent) if parent else fullname(root)}
    return {"kind": "t1", "data": body | {"replies": _wrap(replies) if replies else ""}}
