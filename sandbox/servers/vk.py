"""VK API, as dev.vk.com and recorded bodies show it; every error comes with HTTP 200.

    GET|POST /vk/method/newsfeed.search    posts that hold all words of q, newest first; the first 1,000 only
    GET|POST /vk/method/wall.getComments   comments of a post; those below a comment by comment_id or thread_items_count
    GET|POST /vk/method/wall.get           posts of a wall
    GET|POST /vk/method/wall.getById       up to 100 posts by owner_id; what does not exist is left out
    GET|POST /vk/method/wall.getComment    one comment

The page past the end is empty, repeats total_count, and has no next_from. Deleted items stay as stubs (is_deleted on
posts, deleted on comments). Texts hold HTML entities now and then.
"""

from __future__ import annotations

import html
import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import lru_cache
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request, Response

from sandbox.servers.common import Json, json_answer, whole
from sandbox.servers.matching import TextIndex
from sandbox.world.finish import wall_of
from sandbox.world.model import CLOCK_END, Account, Item, World

PREFIX = "/vk"
_WINDOW = 1000
_MENTION = re.compile(r"@[A-Za-z0-9_]+")
_METHODS = ("newsfeed.search", "wall.getComments", "wall.get", "wall.getById", "wall.getComment")


class Wall:
    """VK items by wall, post and text."""

    def __init__(self, world: World) -> None:
        items = world.of("vk")
        self.accounts = world.accounts["vk"]
        self.posts = sorted((i for i in items if i.parent is None), key=lambda item: (-item.at, -item.number))
        self.text = TextIndex(self.posts)
        self.by_key = {item.native_id: item for item in items}
        self.comments: dict[str, list[Item]] = defaultdict(list)
        self.below: dict[int, list[Item]] = defaultdict(list)
        for item in items:
            if item.parent is not None:
                self.comments[item.thread.native_id].append(item)
                if (top := top_comment(item)) is not item:
                    self.below[id(top)].append(item)
        self.search = lru_cache(maxsize=512)(self._search)
        self._clubs = {a.handle.lower(): -int(a.account_id) for a in self.accounts.values() if a.account_id[0] == "-"}

    def linked(self, handle: str) -> str:
        """A community's @handle as VK stores it; any other one unchanged."""
        number = self._clubs.get(handle[1:].lower())
        return f"[club{number}|{handle}]" if number else handle

    def _search(self, query: str) -> tuple[int, ...]:
        """Places of posts that hold every word (or quoted phrase) of the query and no word after a minus."""
        parts = _query_parts(query)
        found = self.text.everything
        for part in parts:
            hits = self.text.find(part.lstrip("-"))
            found = found - hits if part.startswith("-") else found & hits
        return tuple(sorted(found)) if parts else ()


def _query_parts(query: str) -> list[str]:
    parts = []
    for place, piece in enumerate(query.split('"')):
        parts += [piece] if place % 2 and piece.strip() else piece.split() if place % 2 == 0 else []
    return parts


def top_comment(item: Item) -> Item:
    """The comment of the first level above (or the item itself): VK has two levels only."""
    while item.parent is not None and item.parent.parent is not None:
        item = item.parent
    return item


# -- objects ---------------------------------------------------------------------------------------------------------
def served_text(wall: Wall, item: Item) -> str:
    """The text as the API gives it: @community as [club1|@community], every fourth text with HTML entities."""
    text = _MENTION.sub(lambda found: wall.linked(found[0]), item.text)
    if item.number % 4:
        return text
    escaped = html.escape(text, quote=True).replace("&#x27;", "&#39;")
    return "".join(char if ord(char) < 0x2190 or 0x3000 < ord(char) < 0xFE00 else f"&#{ord(char)};" for char in escaped)


def post(wall: Wall, item: Item, *, nested: bool = False) -> Json:
    """A wall post; a repost holds its original in copy_history."""
    owner, numbers = int(wall_of(item)), item.engagement
    body: Json = {
        "id": item.number, "date": item.at, "owner_id": owner, "from_id": _from_id(item), "post_type": "post",
        "text": served_text(wall, item), "marked_as_ads": 0, "attachments": [], "post_source": {"type": "vk"},
    }  # fmt: skip
    if item.deleted:
        return body | {"text": "", "is_deleted": True}
    body |= {"edited": item.edited_at} if item.edited_at else {}
    if nested:
        return body
    body |= {
        "comments": {"can_post": 1, "count": numbers["comments"], "groups_can_post": True},
        "likes": {"can_like": 1, "count": numbers["likes"], "user_likes": 0, "can_publish": 1},
        "reposts": {"count": numbers["shares"], "user_reposted": 0}, "views": {"count": numbers["views"]},
        "is_favorite": False, "donut": {"is_donut": False}, "short_text_rate": 0.8,
    }  # fmt: skip
    if item.repost_of:
        body["copy_history"] = [post(wall, item.repost_of, nested=True)]
    return body


def _from_id(item: Item) -> int:
    return int(item.author.account_id) if item.author else 0


def comment(wall: Wall, item: Item, threads: int) -> Json:
    """A comment; below one of the first level comes its thread, with up to `threads` items."""
    thread = item.thread
    stack = [] if top_comment(item) is item else [top_comment(item).number]
    body: Json = {
        "id": item.number, "from_id": _from_id(item), "date": item.at, "text": served_text(wall, item),
        "post_id": thread.number, "owner_id": int(wall_of(item)), "parents_stack": stack,
        "likes": {"can_like": 1, "count": item.engagement["likes"], "user_likes": 0},
    }  # fmt: skip
    if item.parent is not None and item.parent.parent is not None and item.answered_author:
        body["reply_to_user"] = int(item.answered_author.account_id)
        body["reply_to_comment"] = item.parent.number
    if item.deleted:
        body |= {"text": "", "deleted": True, "is_deleted": True}
    if not stack:
        below = wall.below[id(item)]
        shown = [comment(wall, other, 0) for other in below[:threads]]
        body["thread"] = {
            "count": len(below), "items": shown, "can_post": True, "show_reply_button": True, "groups_can_post": True
        }  # fmt: skip
    return body


def _profiles(wall: Wall, items: Sequence[Item]) -> Json:
    people = {item.author.account_id: item.author for item in items if item.author}
    for item in items:
        originals = [item.repost_of.author, item.repost_of.page] if item.repost_of else []
        people |= {other.account_id: other for other in (item.page, item.answered_author, *originals) if other}
    persons = [_profile(account) for number, account in people.items() if not number.startswith("-")]
    return {"profiles": persons, "groups": [_group(a) for number, a in people.items() if number.startswith("-")]}


def _profile(account: Account) -> Json:
    first, _, last = account.name.partition(" ")
    body: Json = {
        "id": int(account.account_id), "first_name": first, "last_name": last, "screen_name": account.handle,
        "can_access_closed": True, "is_closed": False, "sex": 0, "photo_50": "https://vk.com/images/camera_50.png",
        "followers_count": account.followers, "verified": int(account.verified),
    }  # fmt: skip
    return body | ({"city": {"id": 1, "title": account.location}} if account.location else {})


def _group(account: Account) -> Json:
    return {
        "id": -int(account.account_id), "name": account.name, "screen_name": account.handle, "is_closed": 0,
        "type": "page", "members_count": account.followers, "verified": int(account.verified),
        "photo_50": "https://vk.com/images/community_50.png",
    }  # fmt: skip


# -- methods ---------------------------------------------------------------------------------------------------------
def error(code: int, message: str, params: Json) -> Response:
    """VK's error form, HTTP 200; the request's parameters come back, the token left out."""
    echoed = [{"key": key, "value": str(value)} for key, value in params.items() if key != "access_token"]
    return json_answer({"error": {"error_code": code, "error_msg": message, "request_params": echoed}})


def _newsfeed_search(wall: Wall, params: Json) -> Json:
    size = min(max(whole(params.get("count"), 30), 0), 200)
    start = whole(str(params.get("start_from") or "0").partition("/")[0], 0)
    since = whole(params.get("start_time"), CLOCK_END - 86400)
    until = whole(params.get("end_time"), CLOCK_END)
    places = wall.search(str(params.get("q", "")))
    found = [wall.posts[place] for place in places if since <= wall.posts[place].at <= until]
    page = found[:_WINDOW][start : start + size]
    body: Json = {"items": [post(wall, item) for item in page]}
    if page and start + size < min(len(found), _WINDOW):
        body["next_from"] = f"{start + size}/{wall_of(page[-1])}_{page[-1].number}"
    body |= {"count": min(len(found), _WINDOW), "total_count": len(found)}
    return body | (_profiles(wall, page) if str(params.get("extended", "")) in ("1", "true") else {})


def _wall_get(wall: Wall, params: Json) -> Json:
    owner, size = str(params.get("owner_id", "")), min(max(whole(params.get("count"), 20), 0), 100)
    start = max(whole(params.get("offset"), 0), 0)
    found = [item for item in wall.posts if wall_of(item) == owner]
    page = found[start : start + size]
    body: Json = {"count": len(found), "items": [post(wall, item) for item in page]}
    return body | (_profiles(wall, page) if str(params.get("extended", "")) in ("1", "true") else {})


def _wall_get_comments(wall: Wall, params: Json) -> Json | None:
    key = f"{params.get('owner_id')}_{params.get('post_id')}"
    size, start = min(max(whole(params.get("count"), 10), 0), 100), max(whole(params.get("offset"), 0), 0)
    threads = min(max(whole(params.get("thread_items_count"), 0), 0), 10)
    if key not in wall.by_key:
        return None
    everything = wall.comments[key]
    if number := whole(params.get("comment_id"), 0):
        level = [c for c in everything if top_comment(c).number == number and top_comment(c) is not c]
    else:
        level = [c for c in everything if top_comment(c) is c]
    if params.get("sort") == "desc":
        level = level[::-1]
    page = level[start : start + size]
    body: Json = {
        "count": len(everything) if not number else len(level), "items": [comment(wall, c, threads) for c in page],
        "current_level_count": len(level), "can_post": True, "show_reply_button": True, "groups_can_post": True,
    }  # fmt: skip
    shown = page + [other for c in page for other in wall.below[id(c)][:threads]]
    return body | (_profiles(wall, shown) if str(params.get("extended", "")) in ("1", "true") else {})


def _wall_get_by_id(wall: Wall, params: Json) -> Json:
    named = str(params.get("posts", "")).split(",")[:100]
    page = [item for key in named if (item := wall.by_key.get(key)) and item.parent is None]
    return {"items": [post(wall, item) for item in page], **_profiles(wall, page)}


def _wall_get_comment(wall: Wall, params: Json) -> Json | None:
    item = wall.by_key.get(f"{params.get('owner_id')}_{params.get('comment_id')}")
    if item is None or item.parent is None:
        return None
    return {"items": [comment(wall, item, 0)], **_profiles(wall, [item])}


def rate_limited() -> Response:
    """Error 6: too many requests a second."""
    return error(6, "Too many requests per second", {"v": "5.199"})


def server_error() -> Response:
    """Error 10: internal."""
    return error(10, "Internal server error: could not get application", {"v": "5.199"})


def _call(wall: Wall, method: str, params: Json, token: str) -> Response:
    if not token:
        return error(15, "Access denied: token required", params)
    if not params.get("v"):
        return error(8, "Invalid request: v (version) is required. Supported versions: 5.81 and later.", params)
    if method not in _METHODS:
        return error(3, "Unknown method passed", params)
    if method == "wall.getComments" and not (params.get("owner_id") and params.get("post_id")):
        return error(100, "One of the parameters specified was missing or invalid: post_id is undefined", params)
    methods: dict[str, Callable[[Wall, Json], Json | None]] = {
        "newsfeed.search": _newsfeed_search, "wall.get": _wall_get, "wall.getComments": _wall_get_comments,
        "wall.getById": _wall_get_by_id, "wall.getComment": _wall_get_comment,
    }  # fmt: skip
    body = methods[method](wall, params)
    return json_answer({"response": body}) if body is not None else error(212, "Access to post comments denied", params)


def router(world: World) -> APIRouter:
    """The routes below /vk."""
    wall, routes = Wall(world), APIRouter(prefix=PREFIX)

    @routes.api_route("/method/{method}", methods=["GET", "POST"])
    async def call(method: str, request: Request) -> Response:
        params: Json = dict(request.query_params)
        if request.method == "POST":
            params |= dict(parse_qsl((await request.body()).decode()))
        bearer = request.headers.get("authorization", "").removeprefix("Bearer").strip()
        return _call(wall, method, params, str(params.get("access_token") or bearer))

    return routes
