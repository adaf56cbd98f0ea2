"""Facebook's Graph API over a Plot: one page, its feed, the posts that tag it, and comments with replies.

    GET /facebook/v26.0/{page}?fields=                     the page
    GET /facebook/v26.0/{page}/feed | tagged?since&until   posts, newest first; paging.next carries the token, until and __paging_token
    GET /facebook/v26.0/{post}/comments?filter=stream      comments and replies, oldest first, by cursors; summary.total_count
    GET /facebook/v26.0/{id} and /?ids=a,b                 nodes; one id that does not exist fails the whole request

Posts of authors divisible by three lie elsewhere and tag the page: `from` is not told for them. What is removed is absent; a comment that
the page hid stays with is_hidden. Only the fields that were asked for come. Written from the Graph API reference.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from sandbox.plot import Ask, Plot, Reply, Thing, json_reply, newest_first

PLATFORM = "facebook"
PREFIX = "/facebook"
SITE = ""
PAGE = "501000111"
OPTIONS: Mapping[str, Any] = {"pages": [PAGE]}
RATE_LIMIT = "32"
SERVER_ERROR = "2"
HAS_ANSWERS = True
SAMPLE: tuple[str, Mapping[str, str]] = (f"/v26.0/{PAGE}/feed", {"limit": "25"})
_BUSY = {"X-Business-Use-Case-Usage": f'{{"{PAGE}":[{{"type":"pages","call_count":100,"estimated_time_to_regain_access":1}}]}}'}
_THROTTLES = ("4", "17", "32", "341", "613", "80001")
_SPLIT = re.compile(r",(?![^{(]*[})])")


def _story(thing: Thing) -> str:
    return f"7000{thing.number}"


def _tags(thing: Thing) -> bool:
    return thing.author % 3 == 0 and not thing.official


def _post_id(thing: Thing) -> str:
    return f"{9000 + thing.author if _tags(thing) else PAGE}_{_story(thing)}"


def _comment_id(plot_root: Thing, thing: Thing) -> str:
    return f"{_story(plot_root)}_{8000 + thing.number}"


def key(thing: Thing) -> tuple[str, str]:
    """A comment's id holds the story that it lies under, which is the thing before it in small worlds."""
    if thing.parent is None:
        return "post", _post_id(thing)
    return "comment", f"7000{thing.parent}_{8000 + thing.number}"


def _moment(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")


def _person(thing: Thing) -> dict[str, str]:
    return (
        {"id": PAGE, "name": "Velmora Bank"}
        if thing.official
        else {"id": str(9000 + thing.author), "name": f"Reader {thing.author}"}
    )


def _page() -> dict[str, Any]:
    return {
        "id": PAGE,
        "name": "Velmora Bank",
        "username": "velmorabank",
        "fan_count": 1200,
        "followers_count": 1300,
        "category": "Bank",
    }


def _post(plot: Plot, thing: Thing) -> dict[str, Any]:
    shown = [answer for answer in plot.under(thing.number) if _is_shown(answer)]
    node = {
        "id": _post_id(thing), "created_time": _moment(thing.at), "updated_time": _moment(thing.edited_at or thing.at),
        "message": thing.text, "permalink_url": f"https://www.facebook.com/{_post_id(thing).replace('_', '/posts/')}/",
        "status_type": "mobile_status_update", "is_hidden": False, "is_published": True,
        "reactions": {"data": [], "summary": {"total_count": thing.likes, "viewer_reaction": "NONE"}},
        "comments": {"data": [], "summary": {"order": "chronological", "total_count": len(shown), "can_comment": True}},
    }  # fmt: skip
    return node if _tags(thing) else {**node, "from": _person(thing)}


def _comment(plot: Plot, thing: Thing) -> dict[str, Any]:
    root, above = plot.root_of(thing), plot.find(thing.parent or 0)
    own = _comment_id(root, thing)
    address = f"https://www.facebook.com/{_post_id(root).replace('_', '/posts/')}/?comment_id="
    node: dict[str, Any] = {
        "id": own, "created_time": _moment(thing.at), "message": thing.text, "from": _person(thing), "like_count": thing.likes,
        "comment_count": len(plot.children(thing.number)), "is_hidden": thing.gone == "page", "can_comment": True,
        "permalink_url": address + str(8000 + thing.number),
    }  # fmt: skip
    if above is not None and above.number != root.number:
        node["parent"] = {"id": _comment_id(root, above), "from": _person(above)}
        node["permalink_url"] = f"{address}{8000 + above.number}&reply_comment_id={8000 + thing.number}"
    return node


def _is_shown(thing: Thing) -> bool:
    return not thing.gone or (thing.parent is not None and thing.gone == "page")


def _picked(node: dict[str, Any], fields: str | None) -> dict[str, Any]:
    """Only what was asked for; without `fields` the few that come by default."""
    names = [re.split(r"[.{(]", part, maxsplit=1)[0].strip() for part in _SPLIT.split(fields or "id,message,created_time")]
    return {name: value for name, value in node.items() if name in names or name == "id"}


def _failed(code: int | str, message: str, status: int = 400, headers: Mapping[str, str] | None = None, **more: Any) -> Reply:
    body = {"message": message, "type": "OAuthException", "code": int(code), **more, "fbtrace_id": "A1bC2dE3fG4"}
    return json_reply({"error": body}, status, headers)


def error(code: str) -> Reply:
    """The platform's form of an error of the contract: code, or code/error_subcode."""
    if code == "1/reduce":
        told = {"code": 1, "message": "Please reduce the amount of data you're asking for, then retry your request"}
        return json_reply({"error": told}, 500)
    whole, _, detail = code.partition("/")
    more = {"error_subcode": int(detail)} if detail else {}
    if whole in ("1", "2"):
        return _failed(whole, "An unexpected error has occurred. Please retry your request later.", 500, None, is_transient=True)
    if whole in _THROTTLES:
        return _failed(whole, f"(#{whole}) Request limit reached", 403, _BUSY, is_transient=True)
    return _failed(whole, f"(#{whole}) As documented", 401 if whole == "190" else 400, None, **more)


def answer(plot: Plot, ask: Ask) -> Reply:
    """The answer to a request below the prefix."""
    token = ask.query.get("access_token") or re.sub(r"^(?:Bearer|OAuth)\s+", "", ask.headers.get("authorization", ""))
    if not token:
        return _failed(104, "An access token is required to request this resource.", 401)
    steps = [step for step in ask.path.split("/") if step][1:]
    if not steps:
        return _by_ids(plot, ask)
    node, edge = steps[0], steps[1] if len(steps) > 1 else ""
    if node == PAGE and edge in ("feed", "tagged"):
        return _posts(plot, ask, token, edge)
    if edge == "comments":
        return _comments(plot, ask, token, node)
    found = _node(plot, node)
    return _missing(node) if found is None or edge else json_reply(_picked(found, ask.query.get("fields")))


def _missing(name: str) -> Reply:
    told = f"Unsupported get request. Object with ID '{name}' does not exist, cannot be loaded due to missing permissions"
    return _failed(100, told, 400, None, error_subcode=33)


def _node(plot: Plot, name: str) -> dict[str, Any] | None:
    if name == PAGE:
        return _page()
    for thing in plot.things:
        if not _is_shown(thing):
            continue
        if thing.parent is None and _post_id(thing) == name:
            return _post(plot, thing)
        if thing.parent is not None and _comment_id(plot.root_of(thing), thing) == name:
            return _comment(plot, thing)
    return None


def _by_ids(plot: Plot, ask: Ask) -> Reply:
    names = [name for name in ask.query.get("ids", "").split(",") if name]
    found = {name: _node(plot, name) for name in names}
    lost = [name for name, node in found.items() if node is None]
    if lost or not names:
        return _missing(", ".join(lost))
    return json_reply({name: _picked(node, ask.query.get("fields")) for name, node in found.items() if node is not None})


def _whole(value: str | None, default: int) -> int:
    return int(value) if value and value.isdecimal() else default


def _next_address(ask: Ask, token: str, changed: Mapping[str, Any]) -> str:
    query = {**ask.query, **changed, "access_token": token}
    return f"https://graph.facebook.com{ask.path}?{urlencode(query)}"


def _posts(plot: Plot, ask: Ask, token: str, edge: str) -> Reply:
    since, until = _whole(ask.query.get("since"), 0), _whole(ask.query.get("until"), plot.now)
    roots: Iterable[Thing] = [t for t in plot.roots() if not t.gone and _tags(t) == (edge == "tagged")]
    place = _whole(ask.query.get("__paging_token", "").removeprefix("enc_"), 0)
    shown, more = plot.cut(newest_first(roots, since, until), place, _whole(ask.query.get("limit"), 25))
    body: dict[str, Any] = {"data": [_picked(_post(plot, t), ask.query.get("fields")) for t in shown]}
    if shown:
        body["paging"] = {"cursors": {"before": "b", "after": "a"}}
    if more is not None:
        body["paging"]["next"] = _next_address(ask, token, {"__paging_token": f"enc_{more}"})
    return json_reply(body)


def _comments(plot: Plot, ask: Ask, token: str, name: str) -> Reply:
    root = next((t for t in plot.roots() if not t.gone and _post_id(t) == name), None)
    if root is None:
        return _missing(name)
    listed = [thing for thing in plot.under(root.number) if _is_shown(thing)]
    place = int(base64.b64decode(ask.query["after"])) if ask.query.get("after") else 0
    shown, more = plot.cut(listed, place, _whole(ask.query.get("limit"), 25))
    body: dict[str, Any] = {"data": [_picked(_comment(plot, t), ask.query.get("fields")) for t in shown]}
    if shown:
        after = base64.b64encode(str(place + len(shown)).encode()).decode()
        body["paging"] = {"cursors": {"before": "MA==", "after": after}}
        if more is not None:
            body["paging"]["next"] = _next_address(ask, token, {"after": base64.b64encode(str(more).encode()).decode()})
    if ask.query.get("summary") in ("1", "true"):
        body["summary"] = {"order": "chronological", "total_count": len(listed), "can_comment": True}
    return json_reply(body)
