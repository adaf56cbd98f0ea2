"""A WordPress site's REST API over a plot, as developer.wordpress.org/rest-api describes it.

    GET /wordpress/wp-json/wp/v2/posts?search&after&before&modified_after&modified_before&include&page&per_page&orderby&order
    GET /wordpress/wp-json/wp/v2/comments?post&search&after&before&include&page&per_page&order      answers beneath their posts
    GET …/posts/{id}, …/comments/{id}     404 rest_post_invalid_id where it was deleted, 401 rest_forbidden where it was unpublished

X-WP-Total and X-WP-TotalPages count a list; a page past its end is 400 rest_post_invalid_page_number (posts) or [] (comments).
Bounds are open. Times are UTC in *_gmt and three hours later, without a zone, in the site's own fields.
"""

from __future__ import annotations

import html
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from sandbox.plot import Ask, Plot, Reply, Thing, html_reply, json_reply

PLATFORM = "wordpress"
PREFIX = "/wordpress"
SITE = "platform.test"
OPTIONS: Mapping[str, Any] = {}
RATE_LIMIT, SERVER_ERROR = "429", "internal_server_error"
HAS_ANSWERS = True
SAMPLE = ("/wp-json/wp/v2/posts", {"per_page": "100", "_embed": "author"})
_API = "/wp-json/wp/v2/"
_LOCAL = timezone(timedelta(hours=3))
_STATUS = {
    "rest_no_route": 404, "rest_disabled": 404, "rest_cannot_access": 401, "rest_login_required": 401, "rest_not_logged_in": 401,
    "rest_unauthorized": 401, "rest_api_access_restricted": 401, "itsec_rest_api_access_restricted": 401, "rest_forbidden": 401,
    "rest_forbidden_context": 401, "incorrect_password": 401, "invalid_username": 401, "application_passwords_disabled": 401,
    "rest_invalid_param": 400, "rest_post_invalid_page_number": 400, "rest_post_invalid_id": 404, "rest_comment_invalid_id": 404,
    "rest_cannot_read": 401, "rest_cannot_read_post": 403, "rest_post_incorrect_password": 403, "internal_server_error": 500,
    "wp_die": 500,
}  # fmt: skip


def key(thing: Thing) -> tuple[str, str]:
    """Kind and native id of a thing."""
    return ("post" if thing.parent is None else "comment"), str(thing.number)


def error(code: str) -> Reply:
    """An error in WordPress' form; an HTTP status alone is a page of the web server."""
    if code.isdigit():
        return html_reply(
            f"<html><body><h1>{code}</h1></body></html>", int(code), {"Retry-After": "2"} if code == "429" else None
        )
    return json_reply({"code": code, "message": "as documented", "data": {"status": _STATUS[code]}}, _STATUS[code])


def answer(plot: Plot, ask: Ask) -> Reply:
    """The answer to a request below /wordpress."""
    path = ask.query.get("rest_route", "").replace("/wp/v2/", _API) or ask.path
    route, _, number = path.removeprefix(_API).partition("/")
    if not path.startswith(_API) or route not in ("posts", "comments", "pages"):
        return error("rest_no_route")
    wanted = [t for t in plot.things if route != "pages" and (t.parent is None) == (route == "posts")]
    if number:
        return _one(plot, ask, route, next((t for t in wanted if str(t.number) == number), None))
    return _many(plot, ask, route, [t for t in wanted if not t.gone])


def _one(plot: Plot, ask: Ask, route: str, thing: Thing | None) -> Reply:
    if thing is None or thing.gone in ("author", "platform"):
        return error("rest_comment_invalid_id" if route == "comments" else "rest_post_invalid_id")
    if thing.gone:
        return error("rest_cannot_read" if route == "comments" else "rest_forbidden")
    return json_reply(_shown(plot, ask, route, thing))


def _many(plot: Plot, ask: Ask, route: str, things: list[Thing]) -> Reply:
    size, page = int(ask.query.get("per_page", "10")), int(ask.query.get("page", "1"))
    if not 1 <= size <= 100 or page < 1:
        return error("rest_invalid_param")
    by_change = ask.query.get("orderby") == "modified"
    found = sorted(
        (t for t in things if _fits(plot, ask.query, t)), key=lambda t: (_changed(t) if by_change else t.at, t.number),
        reverse=ask.query.get("order", "desc") == "desc",
    )  # fmt: skip
    size = min(size, plot.page)
    pages = 99 if plot.stuck else -(-len(found) // size)
    if page > max(1, pages) and found and route != "comments":
        return error("rest_post_invalid_page_number")
    shown, _ = plot.cut(found, (page - 1) * size, size)
    headers = {"X-WP-Total": str(99 * size if plot.stuck else len(found)), "X-WP-TotalPages": str(pages)}
    if page < pages:
        headers["Link"] = f'<{ask.base}{_API}{route}?page={page + 1}>; rel="next"'
    return json_reply([_shown(plot, ask, route, thing) for thing in shown], 200, headers)


def _fits(plot: Plot, query: Mapping[str, str], thing: Thing) -> bool:
    bounds = {name: _epoch(query[name]) for name in ("after", "before", "modified_after", "modified_before") if name in query}
    numbers = {name: query[name].split(",") for name in ("include", "post") if query.get(name)}
    return (
        all(word.lower() in thing.text.lower() for word in query.get("search", "").split())
        and bounds.get("after", -1.0) < thing.at < bounds.get("before", 9e9)
        and bounds.get("modified_after", -1.0) < _changed(thing) < bounds.get("modified_before", 9e9)
        and str(thing.number) in numbers.get("include", [str(thing.number)])
        and ("post" not in numbers or str(plot.root_of(thing).number) in numbers["post"])
    )


def _epoch(text: str) -> float:
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def _changed(thing: Thing) -> int:
    return thing.edited_at or thing.at


def _times(name: str, at: int) -> dict[str, str]:
    form = "%Y-%m-%dT%H:%M:%S"
    return {
        name: datetime.fromtimestamp(at, _LOCAL).strftime(form),
        f"{name}_gmt": datetime.fromtimestamp(at, UTC).strftime(form),
    }


def _shown(plot: Plot, ask: Ask, route: str, thing: Thing) -> dict[str, Any]:
    body = {"rendered": f"<p>{html.escape(thing.text, quote=False)}</p>\n"}
    if route == "comments":
        return _comment(plot, ask, thing, body)
    post: dict[str, Any] = {
        "id": thing.number, **_times("date", thing.at), "guid": {"rendered": f"{ask.base}/?p={thing.number}"},
        **_times("modified", _changed(thing)), "slug": f"post-{thing.number}", "status": "publish", "type": "post",
        "link": f"{ask.base}/post-{thing.number}/", "title": {"rendered": f"Post {thing.number} &#8211; news"},
        "content": {**body, "protected": False}, "excerpt": {**body, "protected": False}, "author": thing.author,
        "featured_media": 0, "comment_status": "open", "sticky": False, "format": "standard", "categories": [1], "tags": [],
    }  # fmt: skip
    if "author" in ask.query.get("_embed", ""):
        post["_embedded"] = {"author": [{"id": thing.author, "name": f"Author {thing.author}", "slug": f"author-{thing.author}"}]}
    return post


def _comment(plot: Plot, ask: Ask, thing: Thing, body: dict[str, str]) -> dict[str, Any]:
    root = plot.root_of(thing)
    above = plot.find(thing.parent) if thing.parent is not None and thing.parent != root.number else None
    comment: dict[str, Any] = {
        "id": thing.number, "post": root.number, "parent": above.number if above else 0, "author": thing.author,
        "author_name": f"Author {thing.author}", "author_url": "", **_times("date", thing.at), "content": body,
        "link": f"{ask.base}/post-{root.number}/#comment-{thing.number}", "status": "approved", "type": "comment",
    }  # fmt: skip
    if "up" in ask.query.get("_embed", ""):
        embedded = {"up": root} | ({"in-reply-to": above} if above else {})
        comment["_embedded"] = {name: [{"id": other.number, "author": other.author}] for name, other in embedded.items()}
    return comment
